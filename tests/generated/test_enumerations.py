"""Enumerations: tokens as strings, indexes of the table, sentinels that no document has, tokens of newer schemas."""

from __future__ import annotations

import copy
import enum
import json
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

NEWER = "<disk type='file' snapshot='nightly'><target dev='vda'/></disk>"


def test_members_carry_tokens_and_indexes_of_the_table(domain: ModuleType) -> None:
    members = [(member.name, member.value, member.index, member.constant) for member in domain.DiskSnapshot]
    assert members == [
        ("DEFAULT", "default", 0, "VIR_DOMAIN_DISK_SNAPSHOT_DEFAULT"),
        ("NO", "no", 1, "VIR_DOMAIN_DISK_SNAPSHOT_NO"),
        ("INTERNAL", "internal", 2, "VIR_DOMAIN_DISK_SNAPSHOT_INTERNAL"),
        ("EXTERNAL", "external", 3, "VIR_DOMAIN_DISK_SNAPSHOT_EXTERNAL"),
    ]
    assert issubclass(domain.DiskSnapshot, enum.StrEnum)


def test_indexes_and_constants_are_those_of_an_enum_declaration(
    generate_and_import: Callable[..., ModuleType], tmp_path: Path
) -> None:
    schema = tmp_path / "disk.rng"
    schema.write_text(
        """<element name="disk" xmlns="http://relaxng.org/ns/structure/1.0"
                 xmlns:b="urn:relaxgen:binding:1">
             <attribute name="bus" b:enum="diskBus">
               <choice><value>ide</value><value>usb</value><value>sd</value></choice>
             </attribute>
             <attribute name="mode"><choice><value>fast</value><value>slow</value></choice></attribute>
           </element>""",
        encoding="utf-8",
    )
    tables = tmp_path / "bus.c"
    tables.write_text(
        """
        enum { BUS_NONE = 2, BUS_IDE = 5, BUS_PARALLEL = BUS_IDE, BUS_USB, BUS_SECURE, BUS_LAST };
        VIR_ENUM_IMPL(diskBus, BUS_LAST, "", "", "none", "", "", "ide", "usb", "sd")
        """,
        encoding="utf-8",
    )
    package = generate_and_import("declared_constants", schema, enums=(tables,))
    assert {member.value: (member.index, member.constant) for member in package.DiskBus if member} == {
        "none": (2, "BUS_NONE"),
        "ide": (5, "BUS_IDE"),
        "usb": (6, "BUS_USB"),
        "sd": (7, "BUS_SECURE"),
    }
    assert [(member.index, member.constant) for member in package.DiskMode] == [(0, ""), (1, "")]


def test_a_member_is_its_token_as_a_string(domain: ModuleType) -> None:
    member = domain.DiskSnapshot.EXTERNAL
    assert member == "external"
    assert {"external": 1}[member] == 1
    assert f"{member}" == "external"
    assert str(member) == "external"
    assert json.dumps({"snapshot": member}) == '{"snapshot": "external"}'
    assert domain.DiskSnapshot("external") is member
    assert repr(member) == "DiskSnapshot.EXTERNAL"


def test_tokens_and_members_are_turned_into_each_other(domain: ModuleType) -> None:
    assert domain.parse_disk_snapshot("no") is domain.DiskSnapshot.NO
    assert domain.format_disk_snapshot(domain.DiskSnapshot.NO) == "no"
    for member in domain.DiskSnapshot:
        if member is not domain.DiskSnapshot.DEFAULT:
            assert domain.parse_disk_snapshot(domain.format_disk_snapshot(member)) is member


@pytest.mark.parametrize("token", ["yes", "", "NO", "default", " no x"])
def test_a_wrong_token_is_refused_with_the_right_ones(domain: ModuleType, token: str) -> None:
    with pytest.raises(ValueError, match=f"'{token}' is not one of no, internal, external"):
        domain.parse_disk_snapshot(token)


def test_a_misspelt_token_is_refused_with_the_enumeration_and_the_nearest_one(domain: ModuleType) -> None:
    refusal = "'extrenal' is not one of no, internal, external, the values of DiskSnapshot (did you mean 'external'?)"
    with pytest.raises(ValueError, match=f"^{re.escape(refusal)}$"):
        domain.parse_disk_snapshot("extrenal")
    plain = {"target": {"dev": "vda"}, "snapshot": "extrenal"}
    with pytest.raises(ValueError, match=f"^{re.escape(f'Disk.snapshot: {refusal}')}$"):
        domain.from_dict(domain.Disk, plain)


def test_a_sentinel_is_no_token_of_documents(domain: ModuleType) -> None:
    with pytest.raises(ValueError, match="DEFAULT is not one of no, internal, external"):
        domain.format_disk_snapshot(domain.DiskSnapshot.DEFAULT)
    with pytest.raises(domain.ParseError, match="'default' is not"):
        domain.parse_disk("<disk snapshot='default'><target dev='vda'/></disk>")


def test_a_sentinel_in_a_field_is_never_written(domain: ModuleType) -> None:
    disk = domain.Disk(target=domain.DiskTarget(dev="vda"), snapshot=domain.DiskSnapshot.DEFAULT)
    assert domain.format_disk(disk, indent=None) == "<disk><target dev='vda'/></disk>"


def test_white_space_around_a_token_is_kept_as_it_was(domain: ModuleType) -> None:
    text = "<disk snapshot=' no '>\n  <target dev='vda'/>\n</disk>\n"
    disk = domain.parse_disk(text)
    assert disk.snapshot is domain.DiskSnapshot.NO
    assert domain.format_disk(disk) == text


def test_an_unknown_token_is_kept_on_request(domain: ModuleType) -> None:
    disk = domain.parse_disk(NEWER, unknown="keep")
    assert disk.snapshot == "nightly"
    assert isinstance(disk.snapshot, domain.DiskSnapshot)
    assert not disk.snapshot.is_known
    assert domain.DiskSnapshot.NO.is_known
    assert disk.snapshot not in list(domain.DiskSnapshot)
    assert "nightly" in repr(disk.snapshot)
    assert [(each.kind, each.name, each.value) for each in disk.unknown] == [("token", "snapshot", "nightly")]
    assert domain.format_disk(disk, indent=None) == NEWER


def test_an_unknown_token_survives_pickling_and_copying(domain: ModuleType) -> None:
    disk = domain.parse_disk(NEWER, unknown="keep")
    twins = [copy.copy(disk), copy.deepcopy(disk)]
    twins += [pickle.loads(pickle.dumps(disk, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for twin in twins:
        assert twin == disk
        assert twin.snapshot == "nightly"
        assert not twin.snapshot.is_known
        assert domain.format_disk(twin, indent=None) == NEWER


def test_an_unknown_token_gives_way_to_an_edit(domain: ModuleType) -> None:
    disk = domain.parse_disk(NEWER, unknown="keep")
    disk.snapshot = domain.DiskSnapshot.NO
    assert domain.format_disk(disk, indent=None) == NEWER.replace("nightly", "no")
    disk.snapshot = None
    assert domain.format_disk(disk, indent=None) == NEWER.replace(" snapshot='nightly'", "")


def test_an_unknown_token_is_dropped_on_request(domain: ModuleType) -> None:
    disk = domain.parse_disk(NEWER, unknown="ignore")
    assert disk.snapshot is None
    assert disk.unknown == ()


def test_members_survive_pickling_as_themselves(domain: ModuleType) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(domain.DiskSnapshot.NO, protocol)) is domain.DiskSnapshot.NO
    assert copy.deepcopy(domain.DiskSnapshot.NO) is domain.DiskSnapshot.NO


def test_yes_and_no_are_booleans_in_the_style_of_the_schema(domain: ModuleType) -> None:
    target = domain.parse_disk_target("<target dev='sda' removable='on'/>")
    assert target.removable is True
    target.removable = False
    assert domain.format_disk_target(target) == "<target dev='sda' removable='off'/>\n"
    disk = domain.Disk(target=target, rawio=True)
    assert "rawio='yes'" in domain.format_disk(disk)


def test_constants_are_written_once_for_an_enumeration(
    generate_and_import: Callable[..., ModuleType], tmp_path: Path
) -> None:
    schema = tmp_path / "disk.rng"
    schema.write_text(
        '<element name="disk" xmlns="http://relaxng.org/ns/structure/1.0"><attribute name="bus"><choice>'
        "<value>ide</value><value>usb</value><value>sd</value><value>nvme</value></choice></attribute></element>",
        encoding="utf-8",
    )
    tables = tmp_path / "disk.enums"
    tables.write_text(
        """
        enum { BUS_IDE, BUS_USB, SECURE_BUS, BUS_LAST };
        VIR_ENUM_IMPL(diskBus, BUS_LAST, "ide", "usb", "sd")
        """,
        encoding="utf-8",
    )
    package = generate_and_import("constants_once", schema, enums=(tables,))
    assert {member.value: member.constant for member in package.DiskBus} == {
        "ide": "BUS_IDE",
        "usb": "BUS_USB",
        "sd": "SECURE_BUS",
        "nvme": "",
    }
    code = Path(str(package.__file__)).with_name("disk.py").read_text(encoding="utf-8")
    assert "constants='BUS_'" in code.replace('"', "'") and "BUS_IDE" not in code and "SECURE_BUS" in code
    disk = package.parse_disk("<disk bus='xen'/>", unknown="keep")
    assert disk.bus.constant == "" and not disk.bus.is_known
