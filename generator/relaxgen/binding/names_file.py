"""The names file: the names that a package has, kept from one release of its schema to the next.

Names are derived from the schema, and its author moves defines about without a thought of them. A names file pins each
name to its place, so that the same element keeps its class whatever happens around it::

    [class]
    "/domain/devices/disk" = "Disk"
    "/domain/devices/disk/address[@type='pci']" = "PciAddress"    # a member of a union

    [field]
    "/domain/devices/disk/@snapshot" = "snapshot"
    "/domain/devices/disk/source" = "source"

    [enum]
    "/domain/devices/disk/@snapshot" = "DiskSnapshot"

    [member.DiskSnapshot]
    internal = "INTERNAL"

    [alias]
    DiskDevice = "Disk"                                           # an old name of a class or an enumeration

`names_text` writes what a model has; `read_names` reads it back as entries of a bindings file, which give way to what
an author says. Besides names they keep kinds: what is one class stays one, and a union keeps the members that it has,
while new values join it. Tables and lines are sorted, so that a change of the schema changes few lines.
"""

from __future__ import annotations

import json
import keyword
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..diagnostics.errors import Diagnostics, nearest_or_all
from ..diagnostics.locations import SourceLocation
from ..diagnostics.toml_locations import TomlDocument, read_toml, toml_kind
from ..relaxng.name_class import QName
from .addresses import AddressError, parse_address
from .bindings_file import ChoicesNote, Entry, Note, Subject, UnionNote, is_normal, wrong_class_name, wrong_field_name
from .model import ClassModel, ClassReference, FieldKind, FieldModel, Model
from .naming import name_key
from .values import EnumType, parts_of

_WITHOUT_DECIDER = re.compile(r"\[[^/]*\]$")

TABLES = ("class", "field", "enum", "alias", "member")

HEADER = """\
# The names of the generated package, by their places in documents. Commit this file. relaxgen generate updates it:
# names in this file do not change, new names are added, and the names of places that are gone are removed. To rename
# something, edit its name here; the old name can stay for a while under [alias].
"""


@dataclass(frozen=True, slots=True)
class PinnedNames:
    """The content of a names file: its entries, and the ``aliases``, which map old names to new ones, with the places
    of their lines. ``classes`` and ``enums`` are the lines of those tables, ``members`` the names of members by
    enumeration and token."""

    entries: tuple[Entry, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    alias_places: Mapping[str, SourceLocation] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    enums: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def applied(self, model: Model, diagnostics: Diagnostics) -> Model:
        """`model`, whose classes have their names already, with names of members and aliases. Reports aliases that are
        left out because something else has their names now."""
        for old, new in self.aliases.items():
            if name_key(old) != name_key(new) and {name_key(old), name_key(new)} <= model.name_keys:
                message = f"{old} was another name of {new}, and is the name of something else now; rename one of them"
                diagnostics.warning(self.alias_places[old], message)
        enums = tuple(
            replace(one, members=tuple(replace(member, name=known.get(member.token, "")) for member in one.members))
            if (known := self.members.get(one.name))
            else one
            for one in model.enums
        )
        return replace(model, enums=enums, aliases=self.aliases_for(model))

    def aliases_for(self, model: Model) -> dict[str, str]:
        """Maps old names to the names in `model`. If places with separate names now have one class, the other names
        become aliases. Aliases in the file stay until somebody removes them."""
        taken = model.name_keys
        tables = _tables_of(model)
        found = {old: new for old, new in self.aliases.items() if name_key(new) in taken}
        for pinned, present in ((self.classes, tables["class"]), (self.enums, tables["enum"])):
            for path, name in pinned.items():
                if path in present and present[path] != name:
                    found.setdefault(name, present[path])
        return {old: new for old, new in found.items() if name_key(old) not in taken}


# Writing


def names_text(model: Model, members: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """The names file for a model. ``members`` are the names that a back end gives the members of each enumeration."""
    tables = _tables_of(model)
    tables["alias"].update(model.aliases)
    tables |= {f"member.{_key(enum)}": {**names} for enum, names in sorted((members or {}).items())}
    parts = [HEADER]
    for name, table in tables.items():
        if table:
            lines = (f"{_key(path)} = {_string(table[path])}\n" for path in sorted(table))
            parts.append(f"\n[{name}]\n{''.join(lines)}")
    return "".join(parts)


def _tables_of(model: Model) -> dict[str, dict[str, str]]:
    places = _Places(model)
    tables: dict[str, dict[str, str]] = {name: {} for name in TABLES}
    for name, paths in places.paths.items():
        for path in paths:
            tables["class"].setdefault(path, name)
    for owner, path in places.owners():
        for one in owner.fields:
            place = places.address(owner, one, path)
            for address in [place] if place else places.alternatives(one, path):
                tables["field"].setdefault(address, one.name)
            if one.type is not None and not isinstance(one.type, ClassReference):
                for part in parts_of(one.type):
                    if isinstance(part, EnumType):
                        tables["enum"].setdefault(place or path, part.name)
    return tables


def _key(text: str) -> str:
    return text if text.isascii() and text.isidentifier() else _string(text)


def _string(text: str) -> str:
    """A basic string of TOML: the same as in JSON, except for one character that TOML requires to be escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


class _Places:
    """Where the classes of a model are.

    ``paths`` are the element paths of each class and union: that by which the roots reach it first, and one for each
    other parent. A member of a union has its values behind them."""

    def __init__(self, model: Model) -> None:
        self._named = {one.name: one for one in model.elements}
        self._prefixes = model.prefixes
        self._siblings: dict[tuple[str, bool], Counter[str]] = {}
        self.paths: dict[str, list[str]] = {}
        roots = Counter(root.xml_name.local for root in model.roots)
        queue = [(f"/{self._step(root.xml_name, roots)}", root.type.name) for root in model.roots]
        for path, name in queue:  # grows while it is gone through
            known = self.paths.setdefault(name, [])
            if not known:
                queue.extend(self._below(name, path))
            if path not in known:
                known.append(path)

    def _below(self, name: str, path: str) -> Iterator[tuple[str, str]]:
        for owner, own_path in self._members(name, path):
            if own_path != path:
                self.paths.setdefault(owner.name, []).extend(_variant_paths(owner, path))
            for one in owner.fields:
                if isinstance(one.type, ClassReference):
                    yield self.address(owner, one, own_path), one.type.name
                for address, item in zip(self._addresses(one, own_path), one.items, strict=True):
                    yield address, item.type.name

    def _addresses(self, one: FieldModel, path: str) -> Iterator[str]:
        siblings = Counter(item.xml_name.local for item in one.items)
        for item in one.items:
            yield f"{path}/{self._step(item.xml_name, siblings)}"

    def alternatives(self, one: FieldModel, path: str) -> Iterator[str]:
        """The addresses of the elements that the field allows, if it contains one of several."""
        return self._addresses(one, path) if one.kind is FieldKind.CHOICE else iter(())

    def address(self, owner: ClassModel, one: FieldModel, path: str) -> str:
        """The address of a field; nothing for text and open content, whose names are always the same."""
        if one.xml_name is None:
            return ""
        is_attribute = one.kind is FieldKind.ATTRIBUTE
        step = self._step(one.xml_name, self._siblings_of(owner, is_attribute))
        return f"{path}/{'@' if is_attribute else ''}{step}"

    def _siblings_of(self, owner: ClassModel, are_attributes: bool) -> Counter[str]:
        """How many attributes, or else children, have each local name; counted once for each class."""
        key = owner.name, are_attributes
        if key not in self._siblings:
            self._siblings[key] = Counter(
                one.xml_name.local
                for one in owner.fields
                if one.xml_name is not None and (one.kind is FieldKind.ATTRIBUTE) is are_attributes
            )
        return self._siblings[key]

    def _step(self, name: QName, siblings: Mapping[str, int]) -> str:
        """The local name alone if that is enough, because prefixes can change."""
        prefix = self._prefixes.get(name.namespace, "") if name.namespace else ""
        return name.local if siblings[name.local] == 1 or not prefix else f"{prefix}:{name.local}"

    def _members(self, name: str, path: str) -> Iterator[tuple[ClassModel, str]]:
        """The class, or each member of the union, with the first path of each."""
        one = self._named[name]
        if isinstance(one, ClassModel):
            yield one, path
            return
        for variant in one.variants:
            member = self._named[variant.name]
            assert isinstance(member, ClassModel)
            yield member, next(_variant_paths(member, path), path)

    def owners(self) -> Iterator[tuple[ClassModel, str]]:
        """Each class that has fields, with its first path."""
        for name, paths in self.paths.items():
            one = self._named[name]
            if isinstance(one, ClassModel):
                yield one, paths[0]


def _variant_paths(member: ClassModel, path: str) -> Iterator[str]:
    assert member.discriminator is not None, "a member of a union has a discriminator"
    attribute, tokens = member.discriminator
    for token in tokens:
        quotes = [quote for quote in ("'", '"') if quote not in token]
        if quotes:  # else no address can name the value
            yield f"{path}[@{attribute.local}={quotes[0]}{token}{quotes[0]}]"


# Reading


def read_names(file: Path, diagnostics: Diagnostics) -> PinnedNames:
    """Reads a names file, and reports its mistakes. A file that does not exist yet has no names.

    Raises:
        ConfigurationError: the file cannot be read or is not TOML.
    """
    if not file.exists():
        return PinnedNames()
    return _Reader(read_toml(file), diagnostics).names()


@dataclass(slots=True)
class _Reader:
    document: TomlDocument
    diagnostics: Diagnostics
    notes: dict[tuple[Subject, str], dict[str, Note]] = field(default_factory=dict)
    members: dict[str, dict[str, dict[str, list[str]]]] = field(default_factory=dict)
    """The values that lead to each class, by path and attribute of the union."""
    classes: dict[str, str] = field(default_factory=dict)
    paths: dict[str, list[str]] = field(default_factory=dict)
    children: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """The elements by the names of their fields, of each class."""

    def names(self) -> PinnedNames:
        for name in self.document.values:
            if name not in TABLES:
                hint = nearest_or_all(name, TABLES)
                self.diagnostics.error(self.document.key_place((name,)), f"unknown table {name!r}{hint}")
        for path, name, place in self._lines("class"):
            self._add_class(path, name, place)
        self._add_kinds()
        for path, name, place in self._lines("field"):
            key = "name" if "/@" in path else "field"
            owner, _, own = path.rpartition("/")
            if key == "field":
                self.children.setdefault(owner, {}).setdefault(name, []).append(own.rpartition(":")[2])
            for one in self._same_places(owner, f"/{own}"):
                self._add(_subject(one), one, key, Note(name, place, lenient=True, pinned=True))
        self._add_choices()
        enums: dict[str, str] = {}
        for path, name, place in self._lines("enum"):
            enums[path] = name
            # An enumeration is that of a field, or of the text of a class.
            owner, _, own = (path, "", "") if path in self.classes else path.rpartition("/")
            for one in self._same_places(owner, f"/{own}" if own else ""):
                self._add(_subject(one), one, "enum-name", Note(name, place, lenient=True, pinned=True))
        aliases = [*self._lines("alias")]
        new_names = {old: new for old, new, _ in aliases}
        places = {old: place for old, _, place in aliases}
        return PinnedNames(tuple(self._entries()), new_names, places, self.classes, enums, dict(self._members()))

    def _same_places(self, owner: str, tail: str) -> Iterator[str]:
        """The place, and the same one at all other paths of its class, whose fields are written down once."""
        yield owner + tail
        for other in self.paths.get(self.classes.get(owner, ""), ()):
            if other != owner:
                yield other + tail

    def _members(self) -> Iterator[tuple[str, dict[str, str]]]:
        tables = self._table(self.document.values.get("member", {}), ("member",), "a table for each enumeration")
        for enum, lines in tables.items():
            found: dict[str, str] = {}
            for token, name in self._table(lines, ("member", enum)).items():
                reason = _why_no_member(token, name, found)
                if reason:
                    self.diagnostics.error(self.document.value_place(("member", enum, token)), reason)
                else:
                    found[token] = str(name)
            yield enum, found

    def _table(self, value: object, path: tuple[str, ...], expected: str = "a table of names") -> Mapping[str, object]:
        if isinstance(value, dict):
            return value
        message = f"{'.'.join(path)} is {toml_kind(value)}, expected {expected}"
        self.diagnostics.error(self.document.key_place(path), message)
        return {}

    def _lines(self, table: str) -> Iterator[tuple[str, str, SourceLocation]]:
        for path, name in self._table(self.document.values.get(table, {}), (table,)).items():
            place = self.document.value_place((table, path))
            reason = _why_wrong(table, path, name)
            if reason:
                self.diagnostics.error(place, reason)
            else:
                yield path, str(name), place

    def _add_class(self, path: str, name: str, place: SourceLocation) -> None:
        self._add(Subject.ELEMENT, path, "name", Note(name, place, lenient=True, pinned=True))
        self.classes[path] = name
        self.paths.setdefault(name, []).append(path)
        step = parse_address(path, Subject.ELEMENT).steps[-1]
        if step.decider:
            union = path[: path.rindex("[")]
            groups = self.members.setdefault(union, {}).setdefault(step.decider, {})
            groups.setdefault(name, []).append(step.value)

    def _add_kinds(self) -> None:
        """A class with members is a union, and stays one; all others stay one class. The members of a union are
        written down at its first path."""
        of_name = {self.classes[path]: kinds for path, kinds in self.members.items() if path in self.classes}
        for (_, path), notes in self.notes.items():
            if path.endswith("]"):
                continue
            name = notes["name"]
            kinds = of_name.get(name.value, {})
            note: Note = Note("merge", name.location, lenient=True, pinned=True)
            for attribute, groups in kinds.items():
                found = tuple(map(tuple, groups.values()))
                note = UnionNote("split", name.location, True, True, attribute, found)
            notes["variants"] = note

    def _add_choices(self) -> None:
        """Elements that share a field go on to share it, and others have their own."""
        for owner, fields in self.children.items():
            shared = frozenset(name for names in fields.values() if len(names) > 1 for name in names)
            own = frozenset(name for names in fields.values() if len(names) == 1 for name in names)
            place = _WITHOUT_DECIDER.sub("", owner)
            for path in self._same_places(place, ""):
                name = self.notes.get((Subject.ELEMENT, path), {}).get("name")
                if name is not None:
                    self._add_choice(path, ChoicesNote("", name.location, True, True, shared, own))

    def _add_choice(self, path: str, note: ChoicesNote) -> None:
        known = self.notes[(Subject.ELEMENT, path)].get("content")
        if isinstance(known, ChoicesNote):  # of another member of a union
            note = replace(note, together=note.together | known.together, apart=note.apart | known.apart)
        self._add(Subject.ELEMENT, path, "content", note)

    def _add(self, subject: Subject, path: str, key: str, note: Note) -> None:
        self.notes.setdefault((subject, path), {})[key] = note

    def _entries(self) -> Iterable[Entry]:
        # Of two names for one thing the later one counts, and the first line is to win.
        for (subject, path), notes in reversed(self.notes.items()):
            first = next(iter(notes.values()))
            yield Entry(subject, path, notes, first.location, lenient=True)


def _subject(path: str) -> Subject:
    return Subject.ATTRIBUTE if "/@" in path else Subject.ELEMENT


def _why_no_member(token: str, name: object, others: Mapping[str, str]) -> str:
    if not isinstance(name, str):
        return f"{token} is {toml_kind(name)}, expected a name"
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_") or not is_normal(name):
        return f"{name!r} is not a name for a member: a letter, then letters, digits and '_'"
    return f"{name} is the name of another member already" if name in others.values() else ""


def _why_wrong(table: str, path: str, name: object) -> str:
    """Returns the mistake of one line; empty if it has none."""
    if not isinstance(name, str):
        return f"{path} is {toml_kind(name)}, expected a name"
    if table == "alias":
        return wrong_class_name(path) or wrong_class_name(name)
    try:
        parse_address(path, _subject(path) if table != "class" else Subject.ELEMENT)
    except AddressError as error:
        return str(error)
    if not path.startswith("/"):
        return f"{path!r} does not begin with the element of a document: /…"
    return wrong_field_name(name) if table == "field" else wrong_class_name(name)
