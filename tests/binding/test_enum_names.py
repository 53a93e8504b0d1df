"""Names for enumerations, as a table of enums."""

from __future__ import annotations

import pytest
from relaxgen.binding.attribute_groups import Holder
from relaxgen.binding.author_keys import AuthorKeys
from relaxgen.binding.enum_names import Owner, Place, UnnamedEnum, enum_names
from relaxgen.binding.given_names import GivenNames
from relaxgen.diagnostics.errors import Diagnostics
from relaxgen.diagnostics.locations import UNKNOWN_LOCATION
from relaxgen.enums.table import EnumTable


def enum(*places: str, table: str = "", define: str = "", tokens: tuple[str, ...] = ("a", "b")) -> UnnamedEnum:
    """``places`` are written ``Class.field`` or ``Union/Member.field``."""
    found = []
    for place in places:
        owner, field = place.split(".")
        name, _, member = owner.partition("/")
        found.append(Place(Owner(name, member or name), field))
    enum_table = EnumTable(table, "", (), UNKNOWN_LOCATION) if table else None
    return UnnamedEnum(enum_table, define, tokens, tuple(found), UNKNOWN_LOCATION)


def held(*places: str) -> UnnamedEnum:
    """An enumeration that stands in attributes: ``places`` are written ``Class.attribute define``; the attribute stands
    alone in its define, except where that ends with a ``+``."""
    found = []
    for place in places:
        (owner, field), define = place.split()[0].split("."), place.split()[1]
        holder = Holder(define.rstrip("+"), field, alone=not define.endswith("+"))
        found.append(Place(Owner(owner, owner), field, (holder,)))
    return UnnamedEnum(None, "", ("a", "b"), tuple(found), UNKNOWN_LOCATION)


def named(*enums: UnnamedEnum, classes: tuple[str, ...] = ()) -> list[str]:
    diagnostics = Diagnostics()
    names = enum_names(
        enums,
        lambda name: UNKNOWN_LOCATION if name in classes else None,
        GivenNames(AuthorKeys([]), diagnostics),
        diagnostics,
    )
    assert diagnostics.found == []
    return names


@pytest.mark.parametrize(
    ("one", "name"),
    [
        (enum("Disk.type"), "DiskType"),
        (enum("Disk.error_policy"), "DiskErrorPolicy"),
        (enum("Disk.type", define="diskTypes"), "DiskTypes"),
        (enum("Disk.type", define="diskTypes", table="virDomainDiskKind"), "DiskKind"),
        (enum("LoaderNvram.type", "Disk.type", "DiskMirror.type"), "DiskType"),
        (enum("One.type", "Two.type"), "OneType"),
        (enum("Address/PciAddress.mode"), "AddressMode"),
    ],
)
def test_one_enumeration(one: UnnamedEnum, name: str) -> None:
    assert named(one) == [name]


@pytest.mark.parametrize(
    ("one", "name"),
    [
        (enum("List.spacing", define="spacing.enumeration"), "Spacing"),
        (enum("List.spacing", define="enumeration"), "Enumeration"),
        (held("Set.show xlink.show.attribute"), "XlinkShow"),
        (held("Set.show attribute"), "SetShow"),
        (held("Rule.score attribute-score"), "Score"),
        (held("Set.rend att.global.attribute.rend"), "GlobalRend"),
        (held("Set.show show"), "SetShow"),
        (held("Set.show showing", "Book.show showing"), "Showing"),
        (held("Term.class term.start.class.attribute", "Term.class term.end.class.attribute"), "TermClass"),
        (held("See.class see.class.attribute", "Also.class also.class.attribute"), "SeeClass"),
        (held("Row.align align.attribute", "Image.align image.align.attribute"), "Align"),
        (held("Row.align align.attribute", "Image.align image+"), "Align"),
        (held("Row.align row.align.attribute", "Image.height image.attribute"), "RowAlign"),
        (held("Set.dir common.attributes+"), "SetDir"),
        (held("Set.dir common.attributes+", "Book.dir common.attributes+"), "CommonDir"),
        (held("Set.dir common.dir.atts+", "Book.dir common.dir.atts+"), "CommonDir"),
        (held("Set.dir common+", "Book.dir common+", "Part.dir common+"), "SetDir"),
        (held("Set.dir common+", "Book.dir common+", "Part.dir common+", "Sect.dir common+"), "CommonDir"),
    ],
)
def test_defines_that_hold_attributes(one: UnnamedEnum, name: str) -> None:
    assert named(one) == [name]


def test_what_a_define_says_it_holds_is_told_where_it_tells_apart() -> None:
    enums = enum("List.spacing", define="spacing.enumeration"), enum("Row.spacing", define="spacing.enumeration")
    assert named(*enums) == ["Spacing", "SpacingEnumeration"]
    assert named(enums[0], classes=("Spacing",)) == ["SpacingEnumeration"]


def test_tables_come_before_defines_and_defines_before_places() -> None:
    enums = enum("Disk.bus"), enum("Target.bus", define="diskBus"), enum("Bus.bus", table="virDomainDiskBus")
    assert named(*enums) == ["DiskBusToken", "TargetBus", "DiskBus"]


def test_members_of_a_union_that_differ_name_their_own() -> None:
    enums = enum("Controller/UsbController.model"), enum("Controller/IdeController.model")
    assert named(*enums) == ["UsbControllerModel", "IdeControllerModel"]


def test_members_of_a_union_that_agree_share_one() -> None:
    assert named(enum("Timer/TscTimer.policy", "Timer/RtcTimer.policy")) == ["TimerPolicy"]


def test_what_a_class_is_called_is_passed_over() -> None:
    assert named(enum("Os.firmware"), classes=("OsFirmware",)) == ["OsFirmwareToken"]
    assert named(enum("Os.firmware", "Loader.firmware"), classes=("OsFirmware",)) == ["LoaderFirmware"]
    assert named(enum("Input.type", table="virInput"), classes=("Input",)) == ["InputToken"]


def test_the_tokens_are_the_last_resort() -> None:
    enums = enum("Os.a"), enum("Os.a", tokens=("x", "y")), enum("Os.a", tokens=("x", "z"))
    assert named(*enums) == ["OsA", "OsAToken", "OsX"]


def test_names_with_the_same_words_are_the_same_name() -> None:
    """Their functions, `parse_disk_type`, would be the same too."""
    assert named(enum("Disk.type"), enum("X.y", define="disk_type"), enum("Z.y", define="diskType")) == [
        "DiskTypeToken",
        "DiskType",
        "ZY",
    ]


def test_where_no_name_is_left_the_author_is_told() -> None:
    diagnostics = Diagnostics()
    enum_names([enum("Os.a")], lambda name: True, GivenNames(AuthorKeys([]), diagnostics), diagnostics)
    assert [one.message for one in diagnostics.errors] == ["no name is left for the enumeration of 'a', 'b'"]
