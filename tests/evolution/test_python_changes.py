"""What becomes of classes: two surfaces of our own."""

from __future__ import annotations

from relaxgen.diagnostics.locations import SourceLocation
from relaxgen.evolution.python_changes import compare_surfaces
from relaxgen.evolution.python_surface import ClassSurface, EnumSurface, FieldSurface, Surface, UnionSurface

PLACE = SourceLocation("a.rng", 1, 1)


def made(name: str, *fields: str, path: str = "/a") -> ClassSurface:
    table = {
        one: FieldSurface(one, "str | None", "None", ("attribute", one), index, PLACE)
        for index, one in enumerate(fields)
    }
    return ClassSurface(name, "module", path, table, True, PLACE)


def surface(*classes: ClassSurface, unions: tuple[UnionSurface, ...] = ()) -> Surface:
    return Surface({one.name: one for one in classes}, {one.name: one for one in unions}, {})


def messages(old: Surface, new: Surface) -> list[tuple[str, str]]:
    return [(one.rule.id, one.message) for one in compare_surfaces(old, new)]


def test_a_class_whose_place_several_take_is_not_called_otherwise() -> None:
    old, new = surface(made("Source", "bus", "host")), surface(made("UsbSource", "bus"), made("NetSource", "host"))
    assert messages(old, new) == [("API101", "class Source of /a is several classes now: UsbSource, NetSource")]


def test_one_of_several_may_still_have_all_its_fields() -> None:
    old, new = surface(made("Source", "bus")), surface(made("UsbSource", "bus"), made("NetSource", "host"))
    assert messages(old, new) == [("API103", "class Source of /a seems to be called UsbSource now")]


def test_a_renamed_enumeration_is_no_change_of_the_type_of_a_field() -> None:
    def with_enum(name: str, *members: str) -> Surface:
        field = FieldSurface("kind", name, "", ("attribute", "kind"), 0, PLACE)
        owner = ClassSurface("Device", "module", "/d", {"kind": field}, True, PLACE)
        return Surface(
            {"Device": owner}, {}, {name: EnumSurface(name, "module", {one: one for one in members}, "", PLACE)}
        )

    told = [("API110", "enumeration Old is gone; New has the same members")]
    assert messages(with_enum("Old", "A", "B"), with_enum("New", "A", "B")) == told
    assert "API109" in [rule for rule, _ in messages(with_enum("Old", "A", "B"), with_enum("New", "A"))]


def test_a_field_with_another_name_and_type_is_one_finding() -> None:
    def with_field(name: str, annotation: str) -> Surface:
        field = FieldSurface(name, annotation, "None", ("child", "secret"), 0, PLACE)
        return surface(ClassSurface("Encryption", "module", "/e", {name: field}, True, PLACE))

    assert messages(with_field("secrets", "list[str]"), with_field("secret", "str | None")) == [
        (
            "API105",
            "field secrets of Encryption seems to be called secret now, with another type: "
            "list[str] before, str | None now",
        )
    ]


def test_a_field_of_a_class_that_became_a_union_is_no_second_finding() -> None:
    kinds = (made("UsbSource", "bus"), made("NetSource", "host"))
    union = UnionSurface("Source", "module", ("UsbSource", "NetSource"), PLACE)
    owner = ClassSurface(
        "Device",
        "module",
        "/d",
        {"source": FieldSurface("source", "Source", "", ("child", "source"), 0, PLACE)},
        True,
        PLACE,
    )
    found = messages(surface(owner, made("Source", "bus")), surface(owner, *kinds, unions=(union,)))
    assert found == [("API101", "class Source of /a is a union of classes now: UsbSource | NetSource")]
