"""Converters are called after what all their users have in common, never after one of several."""

from __future__ import annotations

import pytest
from relaxgen.python.converter_names import converter_names

UNSIGNED = "rt.IntegerConverter(rt.Data('unsignedInt'))"
PATTERN = "rt.TextConverter(rt.Data('string', ('pattern', '[a-z]+')))"


@pytest.mark.parametrize(
    ("expression", "fields", "name"),
    [
        (UNSIGNED, [("Disk", "size")], "_DISK_SIZE"),
        (PATTERN, [("Disk", "uuid"), ("StoragePool", "uuid")], "_UUID"),
        (UNSIGNED, [("Disk", "queues"), ("Driver", "iops")], "_UNSIGNED_INT"),
        (
            "rt.IntegerConverter(rt.Data('int', ('minInclusive', '1'), ('maxInclusive', '255')))",
            [("A", "x"), ("B", "y")],
            "_INT_FROM_1_TO_255",
        ),
        ("rt.WordPairConverter('yes', 'no')", [("A", "x"), ("B", "y")], "_YES_NO"),
    ],
)
def test_the_name_says_what_users_share(expression: str, fields: list[tuple[str, str]], name: str) -> None:
    assert converter_names([(expression, *field, "") for field in fields]) == {expression: name}


def test_the_define_of_a_type_names_it_where_all_fields_have_it_from_there() -> None:
    uses = [(PATTERN, "Disk", "file", "absFilePath"), (PATTERN, "Os", "kernel", "absFilePath")]
    assert converter_names(uses) == {PATTERN: "_ABS_FILE_PATH"}
    (name,) = converter_names([*uses, (PATTERN, "Os", "loader", "")]).values()
    assert name.startswith("_TEXT_")


def test_a_name_stays_when_another_field_of_other_name_comes_first() -> None:
    fields = [("Disk", "a"), ("Disk", "b")]
    uses = [(PATTERN, *field, "") for field in fields]
    assert converter_names(uses) == converter_names([(PATTERN, "Aardvark", "c", ""), *uses])
    (name,) = converter_names(uses).values()
    assert name.startswith("_TEXT_")


def test_literals_tell_names_apart() -> None:
    literals = ["rt.LiteralConverter('pci')", "rt.LiteralConverter('usb')"]
    uses = [(literal, owner, "mode", "") for literal in literals for owner in ("A", "B")]
    assert list(converter_names(uses).values()) == ["_MODE_PCI", "_MODE_USB"]


def test_two_converters_never_share_a_name() -> None:
    names = converter_names([(UNSIGNED, "Disk", "driver_type", ""), (PATTERN, "DiskDriver", "type", "")])
    assert len(set(names.values())) == 2
