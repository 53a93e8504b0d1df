"""Documents that are changed: everything that was not touched stays as it was, everything new finds its place."""

from __future__ import annotations

import copy
import pickle
import re
from types import ModuleType
from typing import Any

import pytest

from benchmarks.round_trip import difference

GUEST = """<domain type='kvm'>
  <name>guest</name>
  <memory unit='KiB'>1048576</memory>
  <os>
    <type>hvm</type>
  </os>
  <devices>
    <interface type='user'/>
    <disk type='file'>
      <source file='/a'/>
      <target dev='vda'/>
    </disk>
    <input type='mouse'/>
    <disk type='file'>
      <source file='/b'/>
      <target dev='vdb'/>
    </disk>
    <interface type='network'>
      <source network='default'/>
    </interface>
    <disk type='file'>
      <source file='/c'/>
      <target dev='vdc'/>
    </disk>
  </devices>
</domain>
"""


@pytest.fixture
def guest(domain: ModuleType) -> Any:
    return domain.parse_domain(GUEST)


def order(domain: ModuleType, guest: Any) -> list[str]:
    """The devices as they stand in the document: the file of a disk, the type of another."""
    text = domain.format_domain(guest)
    found = re.findall(r"<(disk|interface|input|source|sound|emulator)\b(?: (?:type|file|model)='([^']*)')?", text)
    return [value or name for name, value in found if (name, value) not in (("disk", "file"), ("source", ""))]


def test_children_of_one_name_are_one_list(guest: Any) -> None:
    assert [disk.source.file for disk in guest.devices.disks] == ["/a", "/b", "/c"]
    assert [interface.type for interface in guest.devices.interfaces] == ["user", "network"]


def test_the_order_of_the_document_is_remembered(domain: ModuleType, guest: Any) -> None:
    assert domain.format_domain(guest) == GUEST
    assert order(domain, guest) == ["user", "/a", "mouse", "/b", "network", "/c"]


def test_a_removed_child_leaves_the_others_in_place(domain: ModuleType, guest: Any) -> None:
    del guest.devices.disks[2]
    assert order(domain, guest) == ["user", "/a", "mouse", "/b", "network"]


def test_a_new_child_goes_behind_the_last_of_its_name(domain: ModuleType, guest: Any) -> None:
    source, target = domain.DiskSource(file="/new"), domain.DiskTarget(dev="vdd")
    disk = domain.Disk(type=domain.StorageType.FILE, source=source, target=target)
    guest.devices.disks.append(disk)
    assert order(domain, guest) == ["user", "/a", "mouse", "/b", "network", "/c", "/new"]


def test_a_first_child_of_its_name_goes_to_its_place_in_the_schema(domain: ModuleType, guest: Any) -> None:
    guest.devices.emulator = "/usr/bin/qemu"
    guest.devices.sounds.append(domain.Sound(model=domain.SoundModel.ICH9))
    found = order(domain, guest)
    assert found[0] == "emulator"
    assert [each for each in found if each not in ("emulator", "ich9")] == [
        "user", "/a", "mouse", "/b", "network", "/c",
    ]  # fmt: skip
    assert "ich9" in found


def test_a_reordered_list_fills_the_places_of_its_name(domain: ModuleType, guest: Any) -> None:
    guest.devices.disks.reverse()
    assert order(domain, guest) == ["user", "/c", "mouse", "/b", "network", "/a"]


def test_an_emptied_list_leaves_nothing(domain: ModuleType, guest: Any) -> None:
    guest.devices.disks.clear()
    assert order(domain, guest) == ["user", "mouse", "network"]


def test_a_new_object_is_written_in_the_order_of_the_schema(domain: ModuleType, guest: Any) -> None:
    devices = domain.Devices(
        interfaces=guest.devices.interfaces, disks=guest.devices.disks, inputs=guest.devices.inputs
    )
    text = domain.format_devices(devices)
    domain.parse_devices(text, validate=True)
    assert re.findall(r"\n  <(\w+)", text) == ["disk"] * 3 + ["interface"] * 2 + ["input"]


@pytest.mark.parametrize("twin", [copy.deepcopy, lambda given: pickle.loads(pickle.dumps(given))])
def test_a_copy_remembers_the_order(domain: ModuleType, guest: Any, twin: Any) -> None:
    assert domain.format_domain(twin(guest)) == GUEST


def test_an_edit_changes_one_line(domain: ModuleType, guest: Any) -> None:
    guest.devices.disks[1].snapshot = domain.DiskSnapshot.EXTERNAL
    old = "    <disk type='file'>\n      <source file='/b'/>"
    assert domain.format_domain(guest) == GUEST.replace(old, old.replace("'file'", "'file' snapshot='external'", 1))


@pytest.mark.parametrize(("text", "value"), [("02", 2), ("+2", 2), (" 2 ", 2), ("0000000000002", 2), ("\n2\n", 2)])
def test_a_number_is_spelled_as_it_was_until_it_changes(domain: ModuleType, text: str, value: int) -> None:
    document = f"<vcpu>{text}</vcpu>\n"
    vcpu = domain.parse_vcpu(document)
    assert vcpu.value == value
    assert domain.format_vcpu(vcpu) == document
    vcpu.value = 3
    assert domain.format_vcpu(vcpu) == "<vcpu>3</vcpu>\n"
    vcpu.value = 2
    assert difference(domain.format_vcpu(vcpu).encode(), document.encode()) == ""


def test_a_number_in_an_attribute_is_spelled_as_it_was_until_it_changes(domain: ModuleType) -> None:
    document = "<address type='drive' controller='00' bus='01' unit='002'/>\n"
    address = domain.parse_address(document)
    assert (address.controller, address.bus, address.unit) == (0, 1, 2)
    assert domain.format_address(address) == document
    address.bus = 7
    assert domain.format_address(address) == document.replace("01", "7")


def test_an_equal_object_is_spelled_in_our_way(domain: ModuleType) -> None:
    address = domain.parse_address("<address type='drive' controller='00' bus='01' unit='002'/>")
    fields = {name: getattr(address, name) for name in ("type", "controller", "bus", "unit")}
    made = domain.DriveAddress(**fields)
    assert made == address
    assert domain.format_address(made) == "<address type='drive' controller='0' bus='1' unit='2'/>\n"


def test_spellings_of_removed_children_trouble_nobody(domain: ModuleType) -> None:
    devices = domain.parse_cpu_numa(
        "<numa><cell id='00' cpus='0' memory='0512'/><cell id='01' cpus='1' memory='0512'/></numa>"
    )
    del devices.cells[0]
    assert "id='01'" in domain.format_cpu_numa(devices)
    assert "memory='0512'" in domain.format_cpu_numa(devices)


COMMANDLINE = """<domain type='qemu' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>guest</name>
  <memory>1</memory>
  <os>
    <type>hvm</type>
  </os>
  <q:commandline>
    <q:arg value='-s'/>
    <q:env name='A' value='b'/>
  </q:commandline>
</domain>
"""


def test_prefixes_are_those_of_the_document(domain: ModuleType) -> None:
    guest = domain.parse_domain(COMMANDLINE)
    assert difference(domain.format_domain(guest).encode(), COMMANDLINE.encode()) == ""
    assert "  <q:commandline>\n    <q:arg value='-s'/>\n" in domain.format_domain(guest)
    guest.qemu_commandline.args.append(domain.QemuCommandlineArg(value="-S"))
    assert "    <q:arg value='-S'/>\n" in domain.format_domain(guest)
    assert domain.format_domain(copy.deepcopy(guest)) == domain.format_domain(guest)


def test_without_a_document_prefixes_are_those_of_the_schema(domain: ModuleType) -> None:
    line = domain.QemuCommandline(args=[domain.QemuCommandlineArg(value="-s")])
    text = domain.format_qemu_commandline(line)
    assert text == (
        "<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"
        "  <qemu:arg value='-s'/>\n"
        "</qemu:commandline>\n"
    )
    assert domain.parse_qemu_commandline(text) == line


def test_a_prefix_says_nothing(domain: ModuleType) -> None:
    other = COMMANDLINE.replace("q:", "any:").replace(":q=", ":any=")
    assert domain.parse_domain(other) == domain.parse_domain(COMMANDLINE)
    guest = domain.parse_domain(COMMANDLINE)
    guest.qemu_commandline = domain.parse_domain(other).qemu_commandline
    assert domain.parse_domain(domain.format_domain(guest)) == domain.parse_domain(COMMANDLINE)


METADATA = """<metadata>
  <app:settings xmlns:app='urn:app' app:level='3' plain='p'>
    <app:key name='k'>some <b>mixed</b> text</app:key>
    <other xmlns='urn:other' xmlns:x='urn:x' x:y='z'/>
  </app:settings>
  <second xmlns='urn:second'/>
</metadata>
"""


def test_open_content_is_kept_whole(domain: ModuleType) -> None:
    metadata = domain.parse_metadata(METADATA)
    assert difference(domain.format_metadata(metadata).encode(), METADATA.encode()) == ""
    settings, second = metadata.elements
    assert settings.name == "{urn:app}settings"
    assert settings.attributes == {"{urn:app}level": "3", "plain": "p"}
    assert settings.elements("{urn:app}key")[0].text == "some mixed text"
    assert second == domain.AnyElement("{urn:second}second")
    with pytest.raises(TypeError):
        hash(settings)


def test_open_content_is_edited_as_a_tree(domain: ModuleType) -> None:
    metadata = domain.parse_metadata(METADATA)
    metadata.elements[0].attributes["plain"] = "<&>"
    metadata.elements[0].elements("{urn:app}key")[0].content[-1] += "!"
    del metadata.elements[1]
    metadata.elements.append(domain.AnyElement("{urn:new}new", {"{urn:new}a": "1", "b": "2"}, ["text"]))
    text = domain.format_metadata(metadata)
    again = domain.parse_metadata(text)
    assert again == metadata
    assert again.elements[0].attributes["plain"] == "<&>"
    assert again.elements[0].elements("{urn:app}key")[0].text == "some mixed text!"
    assert again.elements[1].attributes == {"{urn:new}a": "1", "b": "2"}
    domain.parse_metadata(text, validate=True)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_open_content_survives_pickling(domain: ModuleType, protocol: int) -> None:
    metadata = domain.parse_metadata(METADATA)
    loaded = pickle.loads(pickle.dumps(metadata, protocol))
    assert loaded == metadata
    assert domain.format_metadata(loaded) == domain.format_metadata(metadata)
    assert domain.format_metadata(copy.deepcopy(metadata)) == domain.format_metadata(metadata)


def test_open_content_is_matched(domain: ModuleType) -> None:
    match domain.parse_metadata(METADATA).elements[0]:
        case domain.AnyElement("{urn:app}settings", {"plain": plain}):
            assert plain == "p"
        case _:
            pytest.fail("the pattern is that of the document")


SPECIAL = "a<b>&'\"\t\n\r]]>\u00a0\u2028é😀"


def test_every_character_that_xml_can_carry_comes_back(domain: ModuleType) -> None:
    made = domain.Domain(
        type=domain.Virt.KVM,
        name="guest",
        memory=domain.Memory(value=1),
        os=domain.Os(type=domain.OsType(value=domain.OsToken.HVM)),
        title=SPECIAL.replace("\n", " "),
        description=SPECIAL,
        metadata=domain.Metadata(elements=[domain.AnyElement("{urn:a}a", {"b": SPECIAL}, [SPECIAL])]),
    )
    for indent in (2, 0, None):
        again = domain.parse_domain(domain.format_domain(made, indent=indent))
        assert again.description == SPECIAL
        assert again.metadata.elements[0].attributes == {"b": SPECIAL}
        assert again.metadata.elements[0].text == SPECIAL


@pytest.mark.parametrize("indent", [None, 0, 1, 2, 4])
def test_indentation_is_a_choice_of_the_caller(domain: ModuleType, guest: Any, indent: int | None) -> None:
    text = domain.format_domain(guest, indent=indent)
    assert difference(text.encode(), GUEST.encode()) == ""
    assert ("\n" in text) == (indent is not None)
    if indent is not None:
        assert f"\n{' ' * indent}<name>" in text
        assert text.endswith("</domain>\n")
