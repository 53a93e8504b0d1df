"""Objects that cannot be written are refused, and the error names the field."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest


def disk(domain: ModuleType, **fields: Any) -> Any:
    return domain.Disk(**{"target": domain.DiskTarget(dev="vda"), **fields})


def cookies(domain: ModuleType, **fields: Any) -> Any:
    return domain.DiskSourceCookies(cookies=[domain.DiskSourceCookie(name="session", **fields)])


def circle(domain: ModuleType) -> Any:
    store = domain.DiskBackingStore()
    store.backing_store = store
    return disk(domain, backing_store=store)


def tower(domain: ModuleType) -> Any:
    top = store = domain.DiskBackingStore()
    for _ in range(5000):
        store.backing_store = domain.DiskBackingStore()
        store = store.backing_store
    return disk(domain, backing_store=top)


UNWRITABLE: dict[str, tuple[Callable[[ModuleType], Any], str]] = {
    "nothing where something is needed": (lambda domain: disk(domain, target=None), "Disk.target = None: is required"),
    "nothing where there must be text": (
        lambda domain: disk(domain, source=domain.DiskSource(cookies=cookies(domain, value=None))),
        "Disk.source.cookies.cookies[0].value = None: is required",
    ),
    "a value out of range": (
        lambda domain: disk(domain, driver=domain.DiskDriver(queues=-4)),
        "Disk.driver.queues = -4: -4 must be from 0 to 4294967295",
    ),
    "text for a number": (
        lambda domain: disk(domain, driver=domain.DiskDriver(queues="4")),
        "Disk.driver.queues = '4': '4' is a string, not an integer",
    ),
    "yes for a number": (
        lambda domain: disk(domain, driver=domain.DiskDriver(queues=True)),
        "Disk.driver.queues = True: True is not an integer",
    ),
    "a number for text": (
        lambda domain: disk(domain, source=domain.DiskSource(file=5)),
        "Disk.source.file = 5: 5 is not a string",
    ),
    "yes for text": (
        lambda domain: disk(domain, source=domain.DiskSource(query=True)),
        "Disk.source.query = True: is of the wrong type",
    ),
    "text for a flag": (
        lambda domain: disk(domain, readonly="no"),
        "Disk.readonly = 'no': 'no' is not True or False",
    ),
    "a wrong token": (
        lambda domain: disk(domain, snapshot="sometimes"),
        "Disk.snapshot = 'sometimes': 'sometimes' is not one of no, internal, external",
    ),
    "a member of another enumeration": (
        lambda domain: disk(domain, snapshot=domain.DiskBus.VIRTIO),
        "Disk.snapshot = DiskBus.VIRTIO: DiskBus.VIRTIO is not one of no, internal, external",
    ),
    "text that the schema does not allow": (
        lambda domain: disk(domain, wwn="123"),
        "Disk.wwn = '123': '123' is not a 64-bit storage identifier",
    ),
    "a character that XML cannot carry": (
        lambda domain: disk(domain, serial="a\0b"),
        "Disk.serial = 'a\\x00b': character U+0000 at 1 is not allowed in XML",
    ),
    "a lone surrogate": (
        lambda domain: disk(domain, serial="\ud800"),
        "Disk.serial = '\\ud800': character U+D800 at 0 is not allowed in XML",
    ),
    "an object of another class": (
        lambda domain: disk(domain, target=domain.DiskBlockio()),
        "Disk.target = DiskBlockio(…): is no DiskTarget",
    ),
    "an object that is in no union": (
        lambda domain: disk(domain, address=domain.DiskTarget(dev="vda")),
        "Disk.address = DiskTarget(…): is no Address",
    ),
    "text for an object": (lambda domain: disk(domain, target="vda"), "Disk.target = 'vda': is no DiskTarget"),
    "an object that contains itself": (circle, "Disk.backing_store.backing_store = DiskBackingStore(…): the object"),
    "objects deeper than the stack": (tower, "objects are nested too deep"),
}


@pytest.mark.parametrize("name", UNWRITABLE)
def test_an_unwritable_field_is_named(domain: ModuleType, name: str) -> None:
    make, message = UNWRITABLE[name]
    with pytest.raises(domain.FormatError) as caught:
        domain.format_disk(make(domain))
    assert message in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_a_field_inside_lists_is_named_with_its_index(domain: ModuleType) -> None:
    devices = domain.Devices(disks=[disk(domain), disk(domain, serial="\x02")])
    with pytest.raises(domain.FormatError, match=r"^Devices\.disks\[1\]\.serial = '\\x02': "):
        domain.format_devices(devices)
    devices.disks[1] = None
    with pytest.raises(domain.FormatError, match=r"^Devices\.disks\[1\] = None: is required"):
        domain.format_devices(devices)
    devices.disks = disk(domain)
    with pytest.raises(domain.FormatError, match=r"^Devices\.disks = Disk\(…\): is not a list"):
        domain.format_devices(devices)


def test_an_object_in_two_places_is_no_circle(domain: ModuleType) -> None:
    alias = domain.DeviceAlias(name="ua-1")
    devices = domain.Devices(disks=[disk(domain, alias=alias), disk(domain, alias=alias)])
    assert domain.format_devices(devices).count("<alias name='ua-1'/>") == 2
    devices.disks[1].serial = "\x02"
    with pytest.raises(domain.FormatError, match=r"disks\[1\]\.serial"):
        domain.format_devices(devices)


@pytest.mark.parametrize(
    ("element", "message"),
    [
        ({"name": "{urn:a}a", "attributes": {"b": "\0"}}, "U+0000"),
        ({"name": "{urn:a}a", "content": ["\ufffe"]}, "U+FFFE"),
        ({"name": "{urn:a}not a name"}, "not a name"),
        ({"name": "{urn:a}a", "attributes": {"b='1' c": "2"}}, "b='1' c"),
        ({"name": "{urn:a}a><script"}, "script"),
        ({"name": "{urn:a}b:a"}, "b:a"),
        ({"name": "{urn:a}a", "attributes": {"xmlns": "urn:b"}}, "declares a namespace"),
        ({"name": "{urn:a}a", "attributes": {"{http://www.w3.org/2000/xmlns/}b": "urn:b"}}, "declares a namespace"),
        ({"name": "{urn:a}a", "prefixes": {"b c": "urn:b"}}, "b c"),
        ({"name": "{urn:a}a", "prefixes": {"b": ""}}, "cannot be used for the namespace ''"),
        ({"name": "{urn:a}a", "prefixes": {"xml": "urn:b"}}, "'xml' cannot be used for"),
        ({"name": "{urn:a}a", "content": [None]}, "NoneType"),
        ({"name": "{urn:a}a", "attributes": {"b": 5}}, "int"),
    ],
)
def test_open_content_cannot_break_out(domain: ModuleType, element: dict[str, Any], message: str) -> None:
    metadata = domain.Metadata(elements=[domain.AnyElement(**element)])
    with pytest.raises(domain.FormatError) as caught:
        domain.format_metadata(metadata)
    assert message in str(caught.value)


@pytest.mark.parametrize("namespace", ["urn:xmlns", "http://a/xml", "urn:1", "urn:a:xmlish", "urn:a&b='c'", "x"])
def test_open_content_finds_a_prefix_for_any_namespace(domain: ModuleType, namespace: str) -> None:
    inner = domain.AnyElement(f"{{{namespace}}}b", {f"{{{namespace}}}c": "1"})
    metadata = domain.Metadata(elements=[domain.AnyElement(f"{{{namespace}}}a", {}, [inner])])
    assert domain.parse_metadata(domain.format_metadata(metadata, indent=None)) == metadata


def test_a_wrong_object_for_a_function_is_refused(domain: ModuleType) -> None:
    with pytest.raises(domain.FormatError, match="str = 'x': is not an object of a generated class"):
        domain.format_disk("x")
    with pytest.raises((domain.FormatError, TypeError)):
        domain.format_disk(None)
    with pytest.raises((domain.FormatError, TypeError)):
        domain.format_address(disk(domain))


def test_the_package_formats_roots_only(domain: ModuleType) -> None:
    with pytest.raises(TypeError, match="Disk is not a root of a document"):
        domain.format(disk(domain))


def test_a_field_of_a_programs_own_class_is_named(domain: ModuleType) -> None:
    own = type("Own", (domain.Disk,), {"__module__": "__main__"})
    with pytest.raises(domain.FormatError, match=r"^Own\.driver = 4: is no DiskDriver$"):
        domain.format_disk(own(target=domain.DiskTarget(dev="vda"), driver=4))
