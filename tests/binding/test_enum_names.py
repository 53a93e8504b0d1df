"""Names for enumerations, as a table of wishes."""

from __future__ import annotations

import pytest

from generator.binding.enum_names import Owner, Wish, enum_names
from generator.enums.table import EnumTable
from generator.errors import Diagnostics
from generator.source import UNKNOWN_LOCATION


def wish(*places: str, table: str = "", define: str = "", tokens: tuple[str, ...] = ("a", "b")) -> Wish:
    """``places`` are written ``Class.field`` or ``Union/Member.field``."""
    found = []
    for place in places:
        owner, field = place.split(".")
        name, _, member = owner.partition("/")
        found.append((Owner(name, member or name), field))
    enum_table = EnumTable(table, "", (), UNKNOWN_LOCATION) if table else None
    return Wish(enum_table, define, tokens, tuple(found), UNKNOWN_LOCATION)


def named(*wishes: Wish, classes: tuple[str, ...] = ()) -> list[str]:
    diagnostics = Diagnostics()
    names = enum_names(wishes, lambda name: UNKNOWN_LOCATION if name in classes else None, diagnostics)
    assert diagnostics.found == []
    return names


@pytest.mark.parametrize(
    ("one", "name"),
    [
        (wish("Disk.type"), "DiskType"),
        (wish("Disk.error_policy"), "DiskErrorPolicy"),
        (wish("Disk.type", define="diskTypes"), "DiskTypes"),
        (wish("Disk.type", define="diskTypes", table="virDomainDiskKind"), "DiskKind"),
        (wish("LoaderNvram.type", "Disk.type", "DiskMirror.type"), "DiskType"),
        (wish("One.type", "Two.type"), "OneType"),
        (wish("Address/PciAddress.mode"), "AddressMode"),
    ],
)
def test_one_enumeration(one: Wish, name: str) -> None:
    assert named(one) == [name]


def test_tables_come_before_defines_and_defines_before_places() -> None:
    wishes = wish("Disk.bus"), wish("Target.bus", define="diskBus"), wish("Bus.bus", table="virDomainDiskBus")
    assert named(*wishes) == ["DiskBusToken", "TargetBus", "DiskBus"]


def test_members_of_a_union_that_differ_name_their_own() -> None:
    wishes = wish("Controller/UsbController.model"), wish("Controller/IdeController.model")
    assert named(*wishes) == ["UsbControllerModel", "IdeControllerModel"]


def test_members_of_a_union_that_agree_share_one() -> None:
    assert named(wish("Timer/TscTimer.policy", "Timer/RtcTimer.policy")) == ["TimerPolicy"]


def test_what_a_class_is_called_is_passed_over() -> None:
    assert named(wish("Os.firmware"), classes=("OsFirmware",)) == ["OsFirmwareToken"]
    assert named(wish("Os.firmware", "Loader.firmware"), classes=("OsFirmware",)) == ["LoaderFirmware"]
    assert named(wish("Input.type", table="virInput"), classes=("Input",)) == ["InputToken"]


def test_the_tokens_are_the_last_resort() -> None:
    wishes = wish("Os.a"), wish("Os.a", tokens=("x", "y")), wish("Os.a", tokens=("x", "z"))
    assert named(*wishes) == ["OsA", "OsAToken", "OsX"]


def test_names_with_the_same_words_are_the_same_name() -> None:
    """Their functions, `parse_disk_type`, would be the same too."""
    assert named(wish("Disk.type"), wish("X.y", define="disk_type"), wish("Z.y", define="diskType")) == [
        "DiskTypeToken",
        "DiskType",
        "ZY",
    ]


def test_where_no_name_is_left_the_author_is_told() -> None:
    diagnostics = Diagnostics()
    enum_names([wish("Os.a")], lambda name: True, diagnostics)
    assert [one.message for one in diagnostics.errors] == ["no name is left for the enumeration of 'a', 'b'"]
