"""What the schema does not know is refused, kept in its place, or dropped, as the caller wants."""

from __future__ import annotations

import copy
import pickle
from types import ModuleType
from typing import Any

import pytest

from benchmarks.round_trip import difference
from tests.growth import LESS_THAN_QUADRATIC, growth

NEWER = """<disk novel='n' type='file'>
  <before x='1'>
    <deep/>
  </before>
  <source file='/a' shape='round'/>
  <between xmlns='urn:new'>text</between>
  <target dev='vda'/>
  <after/>
</disk>
"""
KNOWN = "<disk type='file'>\n  <source file='/a'/>\n  <target dev='vda'/>\n</disk>\n"


def test_unknown_content_is_an_error_unless_asked_for(domain: ModuleType) -> None:
    for arguments in ({}, {"unknown": "error"}):
        with pytest.raises(domain.ParseError) as caught:
            domain.parse_disk(NEWER, **arguments)
        paths = [fault.path for fault in caught.value.faults]
        assert paths == [
            "/disk/@novel",
            "/disk/before",
            "/disk/source/@shape",
            "/disk/between",
            "/disk/after",
        ]


def test_unknown_content_is_kept_in_its_place(domain: ModuleType) -> None:
    disk = domain.parse_disk(NEWER, unknown="keep")
    assert disk == domain.parse_disk(KNOWN)
    assert domain.format_disk(disk).replace(" novel='n' type='file'", " type='file' novel='n'") == NEWER.replace(
        " novel='n' type='file'", " type='file' novel='n'"
    )


def test_unknown_content_can_be_looked_at(domain: ModuleType) -> None:
    disk = domain.parse_disk(NEWER, unknown="keep")
    assert [(each.kind, each.name) for each in disk.unknown] == [
        ("attribute", "novel"),
        ("element", "before"),
        ("element", "{urn:new}between"),
        ("element", "after"),
    ]
    assert disk.unknown[0].value == "n"
    assert disk.unknown[1].value.attributes == {"x": "1"}
    assert [(each.kind, each.name, each.value) for each in disk.source.unknown] == [("attribute", "shape", "round")]
    assert disk.target.unknown == ()


def test_unknown_content_is_dropped_on_request(domain: ModuleType) -> None:
    disk = domain.parse_disk(NEWER, unknown="ignore")
    assert disk.unknown == ()
    assert domain.format_disk(disk) == KNOWN


@pytest.mark.parametrize("twin", [copy.deepcopy, lambda given: pickle.loads(pickle.dumps(given))])
def test_unknown_content_survives_copies(domain: ModuleType, twin: Any) -> None:
    disk = domain.parse_disk(NEWER, unknown="keep")
    assert domain.format_disk(twin(disk)) == domain.format_disk(disk)


def test_kept_content_stays_while_known_content_is_edited(domain: ModuleType) -> None:
    disk = domain.parse_disk(NEWER, unknown="keep")
    disk.shareable = True
    disk.source = None
    text = domain.format_disk(disk)
    assert [word for word in ("<before", "<between", "<after", "<shareable") if word not in text] == []
    assert domain.parse_disk(text, unknown="ignore") == disk


@pytest.mark.parametrize("unknown", ["keep", "ignore"])
def test_leniency_is_for_what_is_unknown_only(domain: ModuleType, unknown: str) -> None:
    with pytest.raises(domain.ParseError) as caught:
        domain.parse_disk("<disk><target bus='ide'/><driver queues='many' novel='n'/></disk>", unknown=unknown)
    paths = [fault.path for fault in caught.value.faults]
    assert ("/disk/target" in paths) is (unknown == "ignore"), "a newer schema may do without a required attribute"
    assert "/disk/driver/@queues" in paths
    assert "/disk/driver/@novel" not in paths


def test_an_address_of_an_unknown_kind_is_kept(domain: ModuleType) -> None:
    text = "<disk>\n  <target dev='vda'/>\n  <address type='warp' lane='3'/>\n</disk>\n"
    disk = domain.parse_disk(text, unknown="keep")
    assert disk.address is None
    assert [(each.kind, each.name) for each in disk.unknown] == [("element", "address")]
    assert domain.format_disk(disk) == text
    assert domain.parse_disk(text, unknown="ignore").address is None
    with pytest.raises(domain.ParseError) as caught:
        domain.parse_disk(text)
    fault = caught.value.faults[0]
    assert fault.path == "/disk/address/@type"
    assert {"pci", "drive", "usb"} <= set(fault.expected)


def test_an_unknown_way_to_be_lenient_is_a_mistake_of_the_program(domain: ModuleType) -> None:
    with pytest.raises((TypeError, ValueError), match="unknown"):
        domain.parse_disk(KNOWN, unknown="warn")


GROWN = """<domain type='kvm'>
  <name lang='en'>guest</name>
  <memory>1</memory>
  <vcpu>
    2
  </vcpu>
  <os>
    <type>hvm</type>
  </os>
  <on_crash novel='n'>destroy<also/></on_crash>
  <devices>
    <disk type='file'>
      <source file='/a'/>
      <target dev='vda'/>
      <transient until='dawn'>
        <except/>
      </transient>
    </disk>
  </devices>
</domain>
"""


def test_what_the_schema_knows_as_text_only_may_have_grown(domain: ModuleType) -> None:
    guest = domain.parse_domain(GROWN, unknown="keep")
    assert (guest.name, guest.on_crash, guest.devices.disks[0].transient) == ("guest", "destroy", True)
    assert domain.format_domain(guest) == GROWN
    assert [(each.kind, each.name) for each in guest.unknown] == [
        ("attribute", "lang"),
        ("attribute", "novel"),
        ("element", "also"),
    ]
    for twin in (copy.deepcopy(guest), pickle.loads(pickle.dumps(guest))):
        assert domain.format_domain(twin) == GROWN


def test_what_has_grown_outlives_an_edit(domain: ModuleType) -> None:
    guest = domain.parse_domain(GROWN, unknown="keep")
    guest.name = "a<b>&c"
    guest.on_crash = domain.LifecycleAction.RESTART
    guest.devices.disks[0].transient = False
    text = domain.format_domain(guest)
    assert "<name lang='en'>a&lt;b&gt;&amp;c</name>" in text
    assert "<on_crash novel='n'>restart<also/></on_crash>" in text
    assert "transient" not in text
    assert domain.parse_domain(text, unknown="keep").name == "a<b>&c"


def test_what_has_grown_is_refused_or_dropped_as_the_caller_wants(domain: ModuleType) -> None:
    with pytest.raises(domain.ParseError) as caught:
        domain.parse_domain(GROWN)
    assert [fault.path.removeprefix("/domain/") for fault in caught.value.faults] == [
        "name/@lang",
        "on_crash/@novel",
        "on_crash/also",
        "devices/disk/transient/@until",
        "devices/disk/transient/except",
    ]
    text = domain.format_domain(domain.parse_domain(GROWN, unknown="ignore"))
    domain.parse_domain(text, validate=True)


@pytest.mark.parametrize(
    "text",
    [
        "<disk xmlns:n='urn:new' n:a='1'>\n  <target dev='vda' n:b='2'/>\n  <n:c n:d='3'/>\n</disk>\n",
        "<disk>\n  <target xmlns:n='urn:new' dev='vda' n:b='2'/>\n</disk>\n",
        "<disk>\n  <target dev='vda'/>\n  <serial xmlns:n='urn:new' n:b='2'>s</serial>\n</disk>\n",
        "<disk>\n  <target dev='vda'/>\n  <c xmlns='urn:new'>\n    <d/>\n  </c>\n</disk>\n",
    ],
)
def test_unknown_content_keeps_its_prefixes(domain: ModuleType, text: str) -> None:
    assert difference(text.encode(), domain.format_disk(domain.parse_disk(text, unknown="keep")).encode()) == ""


def test_a_value_that_other_facets_could_allow_is_kept(domain: ModuleType) -> None:
    text = "<disk type='file'>\n  <target dev='vda'/>\n  <wwn>123</wwn>\n</disk>\n"
    with pytest.raises(domain.ParseError, match="wwn"):
        domain.parse_disk(text)
    disk = domain.parse_disk(text, unknown="keep")
    assert disk.wwn == "123"
    assert [tuple(one) for one in disk.unknown] == [("value", "wwn", "123")]
    assert domain.format_disk(disk) == text
    assert domain.format_disk(copy.deepcopy(disk)) == text
    assert domain.format_disk(pickle.loads(pickle.dumps(disk))) == text
    disk.wwn = "5000c50015ea71aa"
    assert domain.format_disk(disk) == text.replace("123", disk.wwn)


def test_an_attribute_that_a_newer_schema_no_longer_needs_stays_away(domain: ModuleType) -> None:
    text = "<disk type='file'>\n  <target bus='virtio'/>\n</disk>\n"
    disk = domain.parse_disk(text, unknown="keep")
    assert [tuple(one) for one in disk.target.unknown] == [("missing", "dev", "")]
    assert domain.format_disk(disk) == text
    disk.target.dev = "vda"
    assert domain.format_disk(disk) == text.replace("<target ", "<target dev='vda' ")


def _with_attributes(count: int) -> str:
    attributes = " ".join(f"a{number}='{number}'" for number in range(count))
    return f"<disk {attributes} type='file'><target dev='vda'/></disk>"


def test_thousands_of_unknown_attributes_are_kept(domain: ModuleType) -> None:
    document = _with_attributes(1000)
    disk = domain.parse_disk(document, unknown="keep")
    assert disk == domain.parse_disk(_with_attributes(0))
    assert domain.format_disk(disk, like=document) == document
    assert [(one.name, one.value) for one in disk.unknown] == [(f"a{number}", str(number)) for number in range(1000)]


@pytest.mark.parametrize("unknown", ["keep", "ignore"])
def test_unknown_attributes_take_time_that_grows_with_their_number(domain: ModuleType, unknown: str) -> None:
    documents = {count: _with_attributes(count) for count in (3_000, 12_000)}

    def read(count: int) -> None:
        domain.parse_disk(documents[count], unknown=unknown)

    assert growth(read, 3_000) < LESS_THAN_QUADRATIC


def test_open_elements_take_time_that_grows_with_their_number(domain: ModuleType) -> None:
    start = "<domain type='kvm'><name>a</name><memory>1</memory><os><type>hvm</type></os><metadata>"
    one = "<m:a xmlns:m='urn:m'> </m:a>"
    documents = {count: f"{start}{one * count}</metadata></domain>" for count in (1_000, 4_000)}

    def read(count: int) -> None:
        assert len(domain.parse_domain(documents[count], unknown="keep").metadata.elements) == count

    assert growth(read, 1_000) < LESS_THAN_QUADRATIC
