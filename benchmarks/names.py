"""Counts the names of a package that change over the releases of a schema: classes, fields, enumerations.

Two models are compared place by place, from the roots down: an element or attribute in both models is one place. A
change is a pair of different names, or of different kinds (a class that became a union), for the same place; each pair
counts once. The last line counts each old name once, however many others it has become. Additions and removals are not
counted, and neither is a name that remains as an alias.

    python -m benchmarks.names                     ten releases of libvirt's domain.rng
    python -m benchmarks.names --names             the same with a names file, carried from release to release
    python -m benchmarks.names --preset libvirt
"""

from __future__ import annotations

import argparse
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from relaxgen.binding.model import ClassModel, ClassReference, FieldModel, Model, UnionModel
from relaxgen.binding.names_file import names_text
from relaxgen.binding.values import ChoiceType, EnumType, ListType, ValueType
from relaxgen.pipeline import read_model
from relaxgen.project.request import PackageRequest

from .subjects import CORPUS

RELEASES = ("1.0.0", "1.1.0", "1.2.0", "1.3.0", "2.1.0", "3.0.0", "5.0.0", "7.0.0", "9.0.0", "11.3.0")
KINDS = ("class", "kind", "field", "enumeration")


@dataclass(slots=True)
class Changes:
    """Pairs of old and new names, by what they name."""

    found: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    places: int = 0
    aliases: Mapping[str, str] = field(default_factory=dict)

    def compare(self, kind: str, old: str, new: str) -> None:
        if old != new and self.aliases.get(old) != new:
            self.found[kind].add((old, new))

    def moved(self) -> dict[str, int]:
        """How many old names there are in the pairs; a class of another kind or another name is one."""
        old = {kind: {name for name, _ in pairs} for kind, pairs in self.found.items()}
        old["class"] |= old.pop("kind")
        return {kind: len(names) for kind, names in old.items()}


class _Sides:
    """Two models walked together."""

    def __init__(self, old: Model, new: Model) -> None:
        self._old = {one.name: one for one in (*old.classes, *old.unions)}
        self._new = {one.name: one for one in (*new.classes, *new.unions)}
        self._roots = {root.xml_name: root.type.name for root in old.roots}
        self._new_roots = {root.xml_name: root.type.name for root in new.roots}
        self.changes = Changes(aliases=new.aliases)

    def walk(self) -> Changes:
        pairs = [(name, self._new_roots[xml]) for xml, name in self._roots.items() if xml in self._new_roots]
        seen = set(pairs)
        while pairs:
            old, new = pairs.pop()
            self.changes.places += 1
            self.changes.compare("class", old, new)
            for pair in self._inside(self._old[old], self._new[new]):
                if pair not in seen:
                    seen.add(pair)
                    pairs.append(pair)
        return self.changes

    def _inside(self, old: ClassModel | UnionModel, new: ClassModel | UnionModel) -> Iterator[tuple[str, str]]:
        if type(old) is not type(new):
            self.changes.compare(
                "kind", old.name, f"{new.name}, a {'union' if isinstance(new, UnionModel) else 'class'}"
            )
        old_members, new_members = _members(old), _members(new)
        for token, name in old_members.items():
            other = new_members.get(token) or new_members.get("")
            if other is not None:
                self.changes.compare("class", name, other) if token else None
                yield from self._children(self._class(self._old, name), self._class(self._new, other))
        if "" in old_members:
            for other in new_members.values():
                yield from self._children(self._class(self._old, old.name), self._class(self._new, other))

    def _class(self, side: dict[str, ClassModel | UnionModel], name: str) -> ClassModel:
        found = side[name]
        assert isinstance(found, ClassModel)
        return found

    def _children(self, old: ClassModel, new: ClassModel) -> Iterator[tuple[str, str]]:
        fields = {_place(one): one for one in new.fields}
        for one in old.fields:
            other = fields.get(_place(one))
            if other is None:
                continue
            self.changes.compare("field", f"{old.name}.{one.name}", f"{old.name}.{other.name}")
            for enum, later in zip(_enums(one.type), _enums(other.type), strict=False):
                self.changes.compare("enumeration", enum, later)
            yield from _references(one, other)


def _members(one: ClassModel | UnionModel) -> dict[str, str]:
    """The classes by the token that leads to them; a class that is no union by none."""
    if isinstance(one, ClassModel):
        return {"": one.name}
    return {token: variant.name for variant in one.variants for token in variant.tokens}


def _place(one: FieldModel) -> tuple[str, object]:
    is_child = one.xml_name is not None and one.kind.value != "attribute"
    return ("child" if is_child else one.kind.value), one.xml_name


def _references(old: FieldModel, new: FieldModel) -> Iterator[tuple[str, str]]:
    if isinstance(old.type, ClassReference) and isinstance(new.type, ClassReference):
        yield old.type.name, new.type.name
    items = {item.xml_name: item.type.name for item in new.items}
    for item in old.items:
        if item.xml_name in items:
            yield item.type.name, items[item.xml_name]


def _enums(value: ValueType | ClassReference | None) -> Iterator[str]:
    match value:
        case EnumType():
            yield value.name
        case ListType():
            yield from _enums(value.item)
        case ChoiceType():
            for part in value.types:
                yield from _enums(part)


def compare(old: Model, new: Model) -> Changes:
    return _Sides(old, new).walk()


def extracted(directory: Path, releases: tuple[str, ...]) -> None:
    with tarfile.open(CORPUS / "libvirt-history.tar.xz") as archive:
        members = [member for member in archive if Path(member.name).parent.name in releases]
        archive.extractall(directory, members, filter="data")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="")
    parser.add_argument("--schema", default="domain.rng")
    parser.add_argument("--names", action="store_true", help="keep a names file from release to release")
    parser.add_argument("--list", action="store_true", help="every change")
    options = parser.parse_args()
    totals = dict.fromkeys(KINDS, 0)
    moved = Counter[str]()
    with TemporaryDirectory() as temporary:
        directory = Path(temporary)
        extracted(directory, RELEASES)
        previous: Model | None = None
        for release in RELEASES:
            schema = directory / "rel" / release / options.schema
            request = PackageRequest((schema,), directory / "package", preset=options.preset)
            if options.names:
                request = replace(request, names=directory / "relaxgen.names.toml")
            model = read_model(request)
            if options.names:
                (directory / "relaxgen.names.toml").write_text(names_text(model), encoding="utf-8")
            if previous is not None:
                changes = compare(previous, model)
                print(f"{release:>7}  {changes.places:4} classes ", end="")
                print("".join(f"  {kind} {len(changes.found[kind]):3}" for kind in KINDS), flush=True)
                moved.update(changes.moved())
                for kind in KINDS:
                    totals[kind] += len(changes.found[kind])
                    if options.list:
                        print(
                            "".join(f"      {kind}: {old} → {new}\n" for old, new in sorted(changes.found[kind])),
                            end="",
                        )
            previous = model
    print("  total               ", "".join(f"  {kind} {count:3}" for kind, count in totals.items()))
    print("changes in all:", sum(totals.values()))
    print("names that moved:", ", ".join(f"{kind} {count}" for kind, count in moved.items()))


if __name__ == "__main__":
    main()
