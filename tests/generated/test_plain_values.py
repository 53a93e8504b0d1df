"""Objects as plain values and back, walking, finding and comparing them."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.conftest import GenerateAndImport

DOMAIN = """<domain type='kvm'><name>a</name><memory unit='KiB'>1024</memory><os><type>hvm</type></os>
<devices><disk type='file' device='disk' snapshot='no'><source file='/a'/><target dev='vda' bus='virtio'/><readonly/>
<address type='pci' domain='0x0000' bus='0x00' slot='0x04' function='0x0'/></disk>
<disk type='block'><target dev='vdb'/></disk></devices></domain>"""


KEYS = """<element name="keys" xmlns="http://relaxng.org/ns/structure/1.0"
    datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <zeroOrMore><element name="key"><choice>
    <value>none</value>
    <data type="base64Binary"/>
    <list><data type="hexBinary"/><data type="decimal"/></list>
  </choice></element></zeroOrMore>
  <zeroOrMore><element name="size"><choice>
    <value>none</value>
    <list><oneOrMore><data type="decimal"/></oneOrMore></list>
  </choice></element></zeroOrMore>
</element>
"""


@pytest.fixture
def guest(domain: ModuleType) -> Any:
    return domain.parse_domain(DOMAIN)


def test_plain_values_are_what_json_has_and_come_back_equal(domain: ModuleType, guest: Any) -> None:
    plain = domain.to_dict(guest)
    assert plain["devices"]["disks"][0]["snapshot"] == "no"
    assert json.loads(json.dumps(plain)) == plain
    assert domain.from_dict(domain.Domain, plain) == guest
    assert domain.from_json(domain.Domain, domain.to_json(guest)) == guest


def test_lists_beside_other_values_come_back_equal(generate_and_import: GenerateAndImport, tmp_path: Path) -> None:
    schema = tmp_path / "keys.rng"
    schema.write_text(KEYS, encoding="utf-8")
    package = generate_and_import("plain_lists", schema)
    keys = package.parse_keys(
        "<keys><key>QUJD</key><key>0FFF 1.5</key><key>none</key><size>1.50 2</size><size>none</size></keys>"
    )
    plain = package.to_dict(keys)
    assert plain == {"keys": ["QUJD", ["0FFF", "1.5"], "none"], "sizes": [["1.50", "2"], "none"]}
    assert package.from_dict(package.Keys, plain) == keys
    assert package.from_json(package.Keys, package.to_json(keys)) == keys
    for wrong in ([5], ["0FFF", "x"], ["0FFF"]):
        with pytest.raises(ValueError, match=r"^Keys\.keys\[0\]: "):
            package.from_dict(package.Keys, {"keys": [wrong]})


def test_an_empty_list_in_an_attribute_is_not_an_absent_one(
    generate_and_import: GenerateAndImport, tmp_path: Path
) -> None:
    schema = tmp_path / "words.rng"
    schema.write_text(
        """<element name="words" xmlns="http://relaxng.org/ns/structure/1.0"
          datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"><optional><attribute name="of"><list>
          <zeroOrMore><data type="NCName"/></zeroOrMore></list></attribute></optional></element>""",
        encoding="utf-8",
    )
    package = generate_and_import("plain_words", schema)
    for text, plain in (("<words of=''/>", {"of": []}), ("<words/>", {})):
        words = package.parse(text)
        assert package.to_dict(words) == plain
        assert package.from_dict(package.Words, plain) == words


def test_what_is_no_object_or_class_of_a_package_is_a_type_error(domain: ModuleType) -> None:
    for work in (domain.to_dict, domain.to_json, domain.walk, domain.text_of, lambda one: domain.differences(one, one)):
        with pytest.raises(TypeError, match=r"^an object of a generated class is expected, not int$"):
            work(3)
    for make, data in ((domain.from_dict, {}), (domain.from_json, "{}")):
        for kind in (str, domain.DiskSnapshot, domain.DiskTarget(dev="vda"), domain.Disk | domain.Domain):
            with pytest.raises(TypeError, match=r"^a generated class is expected, not "):
                make(kind, data)


def test_members_of_a_union_are_known_by_their_discriminator(domain: ModuleType, guest: Any) -> None:
    disk = domain.from_dict(domain.Disk, domain.to_dict(guest.devices.disks[0]))
    assert isinstance(disk.address, domain.PciAddress)
    assert disk.device is domain.DiskDevice.DISK


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"snapshott": "no"}, "Disk has no field 'snapshott' (did you mean 'snapshot'?)"),
        ({"snapshot": "nein"}, "Disk.snapshot: 'nein' is not one of"),
        ({"target": {"bus": "virtio"}}, "Disk.target.dev: is required"),
        (
            {"target": {"dev": "vda", "buss": "ide"}},
            "Disk.target: DiskTarget has no field 'buss' (did you mean 'bus'?)",
        ),
        ({"target": "vda"}, "Disk.target: 'vda' is not a dictionary"),
        ({"readonly": "yes"}, "Disk.readonly: 'yes' is no bool"),
        ({"address": {"type": "nix"}}, "Disk.address: nothing says which of"),
    ],
)
def test_what_does_not_fit_is_an_error_with_its_path(
    domain: ModuleType, guest: Any, change: dict[str, Any], message: str
) -> None:
    plain = domain.to_dict(guest.devices.disks[0])
    with pytest.raises(ValueError) as caught:
        domain.from_dict(domain.Disk, plain | change)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("element", "message"),
    [
        ({"$xml": 7}, "Metadata.elements[0]: 7 is not a name of an element"),
        ({"$xml": "a", "attributes": ["b"]}, "Metadata.elements[0]: ['b'] is not a dictionary of names and texts"),
        (
            {"$xml": "a", "attributes": {"b": 1}},
            "Metadata.elements[0]: {'b': 1} is not a dictionary of names and texts",
        ),
        ({"$xml": "a", "content": "text"}, "Metadata.elements[0]: 'text' is not a list"),
        ({"$xml": "a", "content": ["b", 1]}, "Metadata.elements[0].content[1]: 1 is neither a text nor an element"),
        ({"$xml": "a", "content": [{}]}, "Metadata.elements[0].content[0]: {} is neither a text nor an element"),
    ],
)
def test_open_content_that_does_not_fit_is_an_error_with_its_path(
    domain: ModuleType, element: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError) as caught:
        domain.from_dict(domain.Metadata, {"elements": [element]})
    assert str(caught.value) == message


def test_walking_gives_all_objects_of_a_class_in_order(domain: ModuleType, guest: Any) -> None:
    assert [target.dev for target in domain.walk(guest, domain.DiskTarget)] == ["vda", "vdb"]
    assert next(domain.walk(guest)) is guest
    assert [type(one) for one in domain.walk(guest, domain.Address)] == [domain.PciAddress]
    assert len([*domain.walk(guest, domain.Element)]) == len([*domain.walk(guest)])


def test_walking_finds_objects_of_a_programs_own_class(domain: ModuleType, guest: Any) -> None:
    class OwnTarget(domain.DiskTarget):  # type: ignore[name-defined, misc]
        pass

    guest.devices.disks[1].target = own = OwnTarget(dev="vdc")
    assert [*domain.walk(guest, OwnTarget)] == [own]


@pytest.mark.parametrize("name", ["DiskSnapshot", "AnyElement", "str", "stranger", "union", "text"])
def test_walking_refuses_what_it_cannot_find(domain: ModuleType, guest: Any, name: str) -> None:
    stranger = type("Stranger", (domain.Element,), {"__module__": "another.package"})
    others = {"str": str, "stranger": stranger, "union": domain.DiskTarget | str, "text": "DiskTarget"}
    wanted = others.get(name) or getattr(domain, name)
    with pytest.raises(TypeError, match=r" is not a class of elements of \w+, nor a union of such classes$"):
        domain.walk(guest, wanted)


def test_the_text_of_an_element_has_that_of_the_elements_inside(domain: ModuleType, guest: Any) -> None:
    metadata = domain.parse_metadata(
        "<metadata><a xmlns='urn:a' of='x'>one <b>two</b> three</a><c xmlns='urn:c'>&lt;4</c></metadata>"
    )
    assert domain.text_of(metadata) == "one two three<4"
    assert domain.text_of(metadata.elements[0]) == "one two three"
    assert domain.text_of(guest.devices.disks[0].target) == ""
    disk = domain.parse_disk(
        "<disk type='file'><target dev='vda'/><serial>S</serial><transient/><wwn>5000c50015ea71ad</wwn></disk>"
    )
    assert domain.text_of(disk) == "S5000c50015ea71ad"
    with pytest.raises(ValueError, match="contains itself"):
        metadata.elements.append(metadata)
        domain.text_of(metadata)


def test_a_path_leads_to_a_value_or_says_where_it_ends(domain: ModuleType, guest: Any) -> None:
    assert domain.find(guest, "devices.disks[1].target.dev") == "vdb"
    assert domain.find(guest, "devices.disks[-1]") is guest.devices.disks[1]
    with pytest.raises(LookupError, match=r"^devices\.disks\[0\] has no 'traget' \(did you mean 'target'\?\)$"):
        domain.find(guest, "devices.disks[0].traget")
    with pytest.raises(LookupError, match=r"^devices\.disks has no item 7$"):
        domain.find(guest, "devices.disks[7]")


def test_differences_are_paths_with_both_values(domain: ModuleType, guest: Any) -> None:
    other = domain.parse_domain(DOMAIN.replace("'vda'", "'sda'").replace("<readonly/>", ""))
    assert [tuple(one) for one in domain.differences(guest, other)] == [
        ("devices.disks[0].target.dev", "vda", "sda"),
        ("devices.disks[0].readonly", True, False),
    ]
    assert list(domain.differences(guest, guest)) == []


def test_items_of_lists_are_matched_by_a_key(domain: ModuleType, guest: Any) -> None:
    other = domain.parse_domain(DOMAIN)
    other.devices.disks.reverse()
    by_target = list(domain.differences(guest.devices, other.devices, key=lambda disk: disk.target.dev))
    assert by_target == []
    del other.devices.disks[0]
    (gone,) = domain.differences(guest.devices, other.devices, key=lambda disk: disk.target.dev)
    assert (gone.path, gone.new) == ("disks[1]", None)
