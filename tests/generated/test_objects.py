"""Objects of generated classes are ordinary Python objects: made, compared, shown, copied, pickled and matched."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.conftest import GenerateAndImport

DISK = """<disk type='file' device='disk' snapshot='external'>
  <source file='/var/lib/libvirt/images/guest.qcow2'/>
  <target dev='vda' bus='virtio'/>
  <transient/>
</disk>
"""


@pytest.fixture
def disk(domain: ModuleType) -> Any:
    return domain.parse_disk(DISK)


def test_an_object_is_made_with_keywords_and_defaults(domain: ModuleType, disk: Any) -> None:
    made = domain.Disk(
        type=domain.StorageType.FILE,
        device=domain.DiskDevice.DISK,
        snapshot=domain.DiskSnapshot.EXTERNAL,
        source=domain.DiskSource(file="/var/lib/libvirt/images/guest.qcow2"),
        target=domain.DiskTarget(dev="vda", bus=domain.DiskBus.VIRTIO),
        transient=True,
    )
    assert made == disk
    assert made.readonly is False
    assert made.driver is None
    assert made.unknown == ()
    assert domain.format_disk(made) == DISK


def test_positions_say_nothing_so_a_constructor_takes_none(domain: ModuleType) -> None:
    with pytest.raises(TypeError, match="positional argument"):
        domain.DiskTarget("vda")


def test_a_required_field_has_no_default(domain: ModuleType) -> None:
    with pytest.raises(TypeError, match="'target'"):
        domain.Disk()


def test_lists_of_two_objects_are_two_lists(domain: ModuleType) -> None:
    one, other = domain.Devices(), domain.Devices()
    one.disks.append(domain.Disk(target=domain.DiskTarget(dev="vda")))
    assert other.disks == []
    given = [domain.Disk(target=domain.DiskTarget(dev="vda"))]
    devices = domain.Devices(disks=given)
    given.clear()
    assert len(devices.disks) == 1


def test_a_misspelt_field_is_an_error(domain: ModuleType, disk: Any) -> None:
    with pytest.raises(AttributeError, match="snapshott"):
        disk.snapshott = None
    with pytest.raises(TypeError, match="snapshott"):
        domain.Disk(target=disk.target, snapshott=None)
    assert not hasattr(disk, "__dict__")


def test_objects_are_equal_by_class_and_fields(domain: ModuleType, disk: Any) -> None:
    again = domain.parse_disk(DISK)
    assert disk == again
    again.target.bus = domain.DiskBus.SCSI
    assert disk != again
    assert disk != DISK
    assert domain.Memory(value=1) != domain.ScaledInteger(value=1)


def test_what_a_document_has_beyond_fields_plays_no_part_in_equality(domain: ModuleType, disk: Any) -> None:
    turned = DISK.replace("  <transient/>\n", "").replace("  <source", "  <transient/>\n  <source")
    assert turned != DISK
    assert domain.parse_disk(turned) == disk


def test_a_mutable_object_has_no_hash(disk: Any) -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(disk)


def test_repr_shows_what_is_set(domain: ModuleType, disk: Any) -> None:
    assert repr(disk) == (
        "Disk(type=StorageType.FILE, device=DiskDevice.DISK, snapshot=DiskSnapshot.EXTERNAL,"
        " source=DiskSource(file='/var/lib/libvirt/images/guest.qcow2'),"
        " target=DiskTarget(dev='vda', bus=DiskBus.VIRTIO), transient=True)"
    )
    assert repr(domain.Devices()) == "Devices()"


def test_repr_shows_a_no_that_was_said(domain: ModuleType) -> None:
    target = domain.parse_disk_target("<target dev='sda' removable='off'/>")
    assert target.removable is False
    assert repr(target) == "DiskTarget(dev='sda', removable=False)"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickling_loses_nothing(domain: ModuleType, protocol: int) -> None:
    text = DISK.replace("  <transient/>\n", "").replace("  <source", "  <transient/>\n  <source")
    disk = domain.parse_disk(text)
    loaded = pickle.loads(pickle.dumps(disk, protocol))
    assert loaded == disk
    assert loaded is not disk
    assert loaded.snapshot is domain.DiskSnapshot.EXTERNAL
    assert domain.format_disk(loaded) == text


def test_replacing_a_field_keeps_what_the_document_had_beyond_fields(domain: ModuleType) -> None:
    text = DISK.replace("  <transient/>\n", "").replace("  <source", "  <transient/>\n  <source")
    disk = domain.parse_disk(text)
    replaced = dataclasses.replace(disk, device=domain.DiskDevice.CDROM)
    assert disk.device is domain.DiskDevice.DISK
    assert domain.format_disk(replaced) == text.replace("'disk'", "'cdrom'")
    assert "_kept" not in {field.name for field in dataclasses.fields(disk)}
    assert "_kept" not in dataclasses.asdict(disk)


def test_the_signature_of_a_class_is_that_of_its_constructor(domain: ModuleType) -> None:
    assert list(inspect.signature(domain.DiskTarget).parameters) == [
        field.name for field in dataclasses.fields(domain.DiskTarget)
    ]


@pytest.mark.parametrize(
    ("name", "positional", "keywords", "message"),
    [
        ("DiskTarget", (), ["no_such_field"], "DiskTarget() got an unexpected keyword argument 'no_such_field'"),
        ("DiskTarget", (), ["dve"], "DiskTarget() got an unexpected keyword argument 'dve' (did you mean 'dev'?)"),
        (
            "DiskTarget",
            (),
            ["a", "bsu"],
            "DiskTarget() got unexpected keyword arguments 'a' and 'bsu' (did you mean 'bus'?)",
        ),
        ("DiskTarget", ("sda",), [], "DiskTarget() takes no positional arguments"),
        ("DiskTarget", (), ["bus"], "DiskTarget.__init__() missing 1 required keyword-only argument: 'dev'"),
    ],
)
def test_mistakes_with_keywords_name_the_class_and_what_was_meant(
    domain: ModuleType, name: str, positional: tuple[str, ...], keywords: list[str], message: str
) -> None:
    with pytest.raises(TypeError) as caught:
        getattr(domain, name)(*positional, **dict.fromkeys(keywords))
    assert str(caught.value) == message


def test_a_text_is_not_taken_as_a_list_of_its_letters(generate_and_import: GenerateAndImport, tmp_path: Path) -> None:
    schema = tmp_path / "book.rnc"
    schema.write_text("element book { element author { text }+, attribute id { text } }", encoding="utf-8")
    package = generate_and_import("texts_for_lists", schema)
    message = r"^Book\(\) takes a list as authors, not a text: authors=\['Jane'\]$"
    with pytest.raises(TypeError, match=message):
        package.Book(id="1", authors="Jane")
    with pytest.raises(TypeError, match=message):
        dataclasses.replace(package.Book(id="1", authors=("Ann",)), authors="Jane")
    with pytest.raises(TypeError, match="takes a list as authors, not a text"):
        package.Book(id="1", authors="")


def test_a_member_of_an_enumeration_is_not_taken_as_a_list(
    generate_and_import: GenerateAndImport, tmp_path: Path
) -> None:
    schema = tmp_path / "shelf.rnc"
    schema.write_text('element shelf { element colour { "red" | "blue" }+ }', encoding="utf-8")
    package = generate_and_import("words_for_lists", schema)
    with pytest.raises(TypeError, match="takes a list as colours, not a text"):
        package.Shelf(colours=package.ShelfColours.RED)


def test_other_mistakes_in_a_constructor_are_told_as_they_are(domain: ModuleType) -> None:
    with pytest.raises(TypeError, match=r"^'int' object is not iterable$"):
        domain.Devices(disks=1)
    with pytest.raises(TypeError, match="not iterable"):
        dataclasses.replace(domain.Devices(), disks=1)


def test_a_subclass_may_take_more(domain: ModuleType) -> None:
    class Labelled(domain.DiskTarget):  # type: ignore[misc]
        __slots__ = ("label",)

        def __init__(self, label: str, **fields: Any) -> None:
            super().__init__(**fields)
            self.label = label

    assert Labelled("a", dev="sda").label == "a"
    with pytest.raises(TypeError, match=r"^Labelled\(\) got .* 'dve' \(did you mean 'dev'\?\)$"):
        Labelled("a", dve="sda")
    assert [*inspect.signature(Labelled).parameters][:2] == ["label", "dev"]


def test_a_copy_shares_and_a_deep_copy_does_not(domain: ModuleType) -> None:
    text = DISK.replace("  <transient/>\n", "").replace("  <source", "  <transient/>\n  <source")
    disk = domain.parse_disk(text)
    shallow, deep = copy.copy(disk), copy.deepcopy(disk)
    assert shallow == deep == disk
    assert shallow.target is disk.target
    assert deep.target is not disk.target
    deep.target.dev = "vdb"
    shallow.readonly = True
    assert disk.target.dev == "vda"
    assert not disk.readonly
    assert domain.format_disk(disk) == text


def test_a_copy_does_not_share_what_its_document_had_beyond_fields(domain: ModuleType) -> None:
    guest = domain.parse_disk(DISK.replace("type=", "novel='1' type="), unknown="keep")
    for twin in (copy.deepcopy(guest), pickle.loads(pickle.dumps(guest))):
        assert twin.unknown == guest.unknown
        assert "novel='1'" in domain.format_disk(twin)


@pytest.mark.parametrize("replace", [dataclasses.replace, lambda given, **changes: given.__replace__(**changes)])
def test_replacing_gives_a_changed_copy(domain: ModuleType, disk: Any, replace: Any) -> None:
    changed = replace(disk, snapshot=domain.DiskSnapshot.NO)
    assert changed.snapshot is domain.DiskSnapshot.NO
    assert disk.snapshot is domain.DiskSnapshot.EXTERNAL
    assert changed.target is disk.target
    assert domain.format_disk(changed) == DISK.replace("external", "no")
    with pytest.raises(TypeError, match="bogus"):
        replace(disk, bogus=1)


def test_the_standard_library_sees_dataclasses(domain: ModuleType, disk: Any) -> None:
    assert dataclasses.is_dataclass(domain.Disk)
    assert dataclasses.is_dataclass(disk)
    names = [field.name for field in dataclasses.fields(domain.DiskTarget)]
    assert names == ["dev", "bus", "tray", "removable", "rotation_rate"]
    assert all(field.kw_only for field in dataclasses.fields(disk))
    assert dataclasses.asdict(disk.target) == {
        "dev": "vda",
        "bus": domain.DiskBus.VIRTIO,
        "tray": None,
        "removable": None,
        "rotation_rate": None,
    }
    assert dataclasses.asdict(disk)["target"]["dev"] == "vda"
    assert domain.Disk(**{field.name: getattr(disk, field.name) for field in dataclasses.fields(disk)}) == disk


def test_asdict_goes_into_lists_of_objects(domain: ModuleType) -> None:
    devices = domain.Devices(disks=[domain.Disk(target=domain.DiskTarget(dev=dev)) for dev in ("vda", "vdb")])
    assert [disk["target"]["dev"] for disk in dataclasses.asdict(devices)["disks"]] == ["vda", "vdb"]


def test_classes_match(domain: ModuleType, disk: Any) -> None:
    match disk:
        case domain.Disk(snapshot=domain.DiskSnapshot.EXTERNAL, target=domain.DiskTarget(dev=dev)):
            assert dev == "vda"
        case _:
            pytest.fail("the pattern is that of the document")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<address type='pci' domain='0x0000' bus='0x00' slot='0x04' function='0x0'/>", "PciAddress"),
        ("<address type='drive' controller='0' bus='1' unit='2'/>", "DriveAddress"),
        ("<address type='usb' bus='1' port='2'/>", "UsbAddress"),
    ],
)
def test_members_of_a_union_are_told_apart(domain: ModuleType, text: str, kind: str) -> None:
    address = domain.parse_address(text)
    assert type(address).__name__ == kind
    assert isinstance(address, domain.Address)
    assert isinstance(address, domain.Element)
    match address:
        case domain.PciAddress(slot=slot):
            assert slot == 4
        case domain.DriveAddress(bus=bus, unit=unit):
            assert (bus, unit) == (1, 2)
        case domain.UsbAddress(port=port):
            assert port == "2"
    assert domain.format_address(address) == text + "\n"
    assert not isinstance(domain.DiskTarget(dev="vda"), domain.Address)


def test_a_member_of_a_union_has_only_its_own_fields(domain: ModuleType) -> None:
    assert not hasattr(domain.UsbAddress(bus=1), "controller")
    with pytest.raises(TypeError, match="controller"):
        domain.UsbAddress(controller=1)


def test_every_pair_of_functions_is_for_one_element(domain: ModuleType) -> None:
    pairs = {name.partition("_")[2] for name in domain.__all__ if name.startswith(("parse_", "format_"))}
    assert len(pairs) > 300
    assert all(f"parse_{name}" in domain.__all__ and f"format_{name}" in domain.__all__ for name in pairs)


def test_completion_shows_fields_and_no_machinery(domain: ModuleType, disk: Any) -> None:
    public = [name for name in dir(disk) if not name.startswith("_")]
    fields = [field.name for field in dataclasses.fields(disk)]
    assert sorted([*fields, "unknown"]) == sorted(public)


def test_every_class_has_a_page_of_documentation(domain: ModuleType) -> None:
    classes = [each for each in (getattr(domain, name) for name in domain.__all__) if isinstance(each, type)]
    elements = [each for each in classes if issubclass(each, domain.Element)]
    assert len(elements) > 300
    assert [each.__name__ for each in elements if not (each.__doc__ or "").strip()] == []
    assert "``/domain/devices/disk``" in domain.Disk.__doc__
