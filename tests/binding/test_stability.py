"""Names hold still: under reordering, when the schema grows elsewhere, and from one release of it to the next."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from relaxgen.binding.model import BaseModel, ClassReference, Model
from relaxgen.binding.values import EnumType
from relaxgen.pipeline import read_model
from relaxgen.project.request import PackageRequest

from tests.binding.dump import dump

CASES = Path(__file__).parent / "cases"
RNG = "{http://relaxng.org/ns/structure/1.0}"

WHOLE = [
    case
    for case in sorted(CASES.glob("*.rng"))
    if case.with_suffix(".model").exists() and "<!-- with:" not in case.read_text(encoding="utf-8")
    if etree.parse(case).getroot().tag == f"{RNG}grammar"
]


def can_be_reordered(case: Path) -> bool:
    parts = list(etree.parse(case).getroot())
    plain = all(part.tag in (f"{RNG}define", f"{RNG}start") and part.get("combine") is None for part in parts)
    return plain and len(parts) > 1


REORDERABLE = [case for case in WHOLE if can_be_reordered(case)]


def model_of(file: Path, tables: Path) -> Model:
    return read_model(PackageRequest((file,), Path("model"), (tables,) if tables.exists() else ()))


def names_by_path(model: Model) -> dict[str, str]:
    """The class or union for each element path."""
    found = {path: one.name for one in model.classes if not one.union for path in one.paths}
    return found | {path: one.name for one in model.unions for path in one.paths}


def types_of_fields(model: Model) -> dict[tuple[str, str], str]:
    """The class or enumeration of each field, by the paths of its class."""
    return {
        (path + one.name * bool(one.union), field.name): field.type.name
        for one in model.classes
        for path in one.paths
        for field in one.fields
        if isinstance(field.type, (ClassReference, EnumType))
    }


def base_names(base: BaseModel) -> tuple[str, ...]:
    return base.name, base.base, *(field.name for field in base.fields)


@pytest.mark.parametrize("case", REORDERABLE, ids=lambda case: case.stem)
def test_the_order_of_definitions_does_not_matter(case: Path, tmp_path: Path) -> None:
    tree = etree.parse(case)
    grammar = tree.getroot()
    grammar[:] = list(reversed(grammar))
    reordered = tmp_path / case.name
    tree.write(reordered)
    tables = case.with_suffix(".enums")
    assert dump(model_of(reordered, tables)) == dump(model_of(case, tables))


@pytest.mark.parametrize("case", WHOLE, ids=lambda case: case.stem)
def test_a_schema_that_grows_elsewhere_keeps_its_names(case: Path, tmp_path: Path) -> None:
    """Another root, with an attribute of its own and with every define of an element below it."""
    tree = etree.parse(case)
    grammar = tree.getroot()
    (start,) = grammar.findall(f"{RNG}start")
    defines = [part.attrib["name"] for part in grammar.iterfind(f"{RNG}define") if part[-1].tag == f"{RNG}element"]
    before = model_of(case, case.with_suffix(".enums"))
    choice = etree.SubElement(start, f"{RNG}choice")
    choice.append(start[0])
    longer = etree.SubElement(choice, f"{RNG}element", name="zebraCrossingLightPole")
    etree.SubElement(longer, f"{RNG}attribute", name="zebra")
    for define in defines:
        optional = etree.SubElement(longer, f"{RNG}zeroOrMore")
        etree.SubElement(optional, f"{RNG}ref", name=define)
    grown = tmp_path / case.name
    tree.write(grown)
    after = model_of(grown, case.with_suffix(".enums"))
    paths = names_by_path(after)
    assert {path: paths.get(path, name) for path, name in names_by_path(before).items()} == names_by_path(before)
    assert [*map(base_names, after.bases)] == [*map(base_names, before.bases)]
    bases = {one.name: one.base for one in after.classes}
    assert {one.name: bases.get(one.name, one.base) for one in before.classes} == {
        one.name: one.base for one in before.classes
    }


def test_from_one_release_of_libvirt_to_the_next_nothing_changes_its_name_but_what_is_shared_now(corpus: Path) -> None:
    old, new = (
        model_of(corpus / f"libvirt-{version}" / "schemas" / "domain.rng", Path("none"))
        for version in ("9.0.0", "11.3.0")
    )
    old_names, new_names = names_by_path(old), names_by_path(new)
    assert len(old_names) > 350
    changed = {path: new_names[path] for path, name in old_names.items() if new_names.get(path, name) != name}
    assert changed == {"/domain/devices/disk/iotune": "Iotune"}, "throttle groups hold the same define by now"
    old_types, new_types = types_of_fields(old), types_of_fields(new)
    assert len(old_types) > 500
    moved = {place: new_types[place] for place, name in old_types.items() if new_types.get(place, name) != name}
    assert moved == {
        ("/domain/devices/disk", "iotune"): "Iotune",
        ("/domain/features/hyperv", "tlbflush"): "HypervTlbflush",  # which has more than a state by now
    }
