"""Implied values, as a user of a package meets them: filled in by parsing, left out by formatting, remembered where a
document spelled them out."""

from __future__ import annotations

import copy
from itertools import product
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks.round_trip import difference
from tests.conftest import GenerateAndImport
from tests.engine.differences import outcome, without_engine

SCHEMA = Path(__file__).parents[1] / "binding" / "cases" / "implied.rng"

HEAD = "<target dev='hda'/>"


@pytest.fixture(scope="module")
def small(generate_and_import: GenerateAndImport) -> ModuleType:
    return generate_and_import("implied_values", SCHEMA)


@pytest.mark.parametrize("device", ["", " device='disk'", " device='cdrom'", " device='floppy'"])
@pytest.mark.parametrize("snapshot", ["", " snapshot='no'", " snapshot='internal'", " snapshot='external'"])
@pytest.mark.parametrize("readonly", ["", "<readonly/>"])
@pytest.mark.parametrize("way", ["format", "like"])
def test_every_combination_comes_back_as_it_was(
    domain: ModuleType, device: str, snapshot: str, readonly: str, way: str
) -> None:
    text = f"<disk type='file'{device}{snapshot}>\n  {HEAD}\n  {readonly}\n</disk>\n"
    disk = domain.parse_disk(text, validate=True)
    assert disk.readonly is (readonly != "" or "cdrom" in device)
    if snapshot:
        assert f" snapshot='{disk.snapshot}'" == snapshot
    else:
        assert disk.snapshot is (domain.DiskSnapshot.NO if disk.readonly else None)
    if way == "like":
        assert domain.format_disk(disk, like=text) == text
    else:
        assert not difference(text.encode(), domain.format_disk(disk).encode())


@pytest.mark.parametrize(("readonly", "written"), [(True, False), (False, True)])
def test_no_is_written_where_it_is_not_implied(domain: ModuleType, readonly: bool, written: bool) -> None:
    disk = domain.Disk(
        type="file", target=domain.DiskTarget(dev="hda"), readonly=readonly, snapshot=domain.DiskSnapshot.NO
    )
    assert ("snapshot='no'" in domain.format_disk(disk)) is written


def test_what_was_implied_is_written_when_the_reason_goes_away(domain: ModuleType) -> None:
    disk = domain.parse_disk(f"<disk type='file' device='cdrom'>{HEAD}</disk>")
    assert (disk.readonly, disk.snapshot) == (True, domain.DiskSnapshot.NO)
    disk.device = domain.DiskDevice.DISK
    assert "<readonly/>" in domain.format_disk(disk)
    disk.readonly = False
    assert "snapshot='no'" in domain.format_disk(disk)


def test_what_was_spelled_out_stays_so_in_copies(domain: ModuleType) -> None:
    disk = domain.parse_disk(f"<disk type='file' snapshot='no'>{HEAD}<readonly/></disk>")
    assert "snapshot='no'" in domain.format_disk(copy.deepcopy(disk))
    disk.snapshot = domain.DiskSnapshot.EXTERNAL
    assert "snapshot='external'" in domain.format_disk(disk)


def test_an_edit_away_from_what_is_implied_is_written(domain: ModuleType) -> None:
    text = f"<disk type='file'>\n  {HEAD}\n  <readonly/>\n</disk>\n"
    disk = domain.parse_disk(text)
    disk.snapshot = domain.DiskSnapshot.INTERNAL
    assert domain.format_disk(disk, like=text) == text.replace("'file'", "'file' snapshot='internal'")


def test_what_is_always_implied_is_the_default_and_never_none(small: ModuleType) -> None:
    assert small.Disk().device is small.DiskDevice.DISK
    assert small.Disk().serial == "none"
    assert small.format_disk(small.Disk()) == "<disk/>\n"
    assert small.parse_disk("<disk/>") == small.Disk()


@pytest.mark.parametrize("field", ["device", "serial"])
def test_nothing_in_place_of_what_is_always_implied_is_refused(small: ModuleType, field: str) -> None:
    disk = small.Disk(**{field: None})
    refused = outcome(small.format_disk, disk)
    assert refused == (None, f"FormatError: Disk.{field} = None: is required")
    with without_engine(small):
        assert outcome(small.format_disk, disk) == refused


def test_conditions_hold_where_they_say(small: ModuleType) -> None:
    for bus, queues, readonly in product(("", "usb", "ide"), ("", "4"), ("", "<readonly/>")):
        attributes = (f" bus='{bus}'" if bus else "") + (f" queues='{queues}'" if queues else "")
        text = f"<disk{attributes}>{readonly}</disk>"
        disk = small.parse_disk(text)
        assert disk.queues == (int(queues) if queues else 1 if bus == "usb" else None), text
        without_queues = disk.queues is None
        implied = bool(readonly) or (bus == "usb" and without_queues)
        assert disk.snapshot is (small.DiskSnapshot.NO if implied else None), text
        assert not difference(text.encode(), small.format_disk(disk).encode()), text


def test_documentation_says_what_is_implied(domain: ModuleType) -> None:
    source = Path(str(domain.__file__)).with_name("disk.py").read_text(encoding="utf-8")
    assert "``no`` is implied where ``readonly``." in source
    assert "Implied where ``@device='cdrom'``." in source
