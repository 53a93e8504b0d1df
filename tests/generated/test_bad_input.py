"""Documents that are broken, hostile or wrong: one kind of error, which has every fault with its place."""

from __future__ import annotations

import pickle
from pathlib import Path
from types import ModuleType

import pytest
from lxml import etree

LAUGHS = "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 10))
SECRET = "not to be read"


ENTITIES = {
    "billion laughs": f'<!DOCTYPE disk [<!ENTITY a0 "ha">{LAUGHS}]><disk><serial>&a9;</serial></disk>',
    "billion laughs in an attribute": f'<!DOCTYPE disk [<!ENTITY a0 "ha">{LAUGHS}]><disk type="&a9;"/>',
    "quadratic": f'<!DOCTYPE disk [<!ENTITY a "{"x" * 100_000}">]><disk><serial>{"&a;" * 10_000}</serial></disk>',
    "harmless": '<!DOCTYPE disk [<!ENTITY a "x">]><disk><target dev="vda"/><serial>&a;</serial></disk>',
    "unused": '<!DOCTYPE disk [<!ENTITY a "x">]><disk><target dev="vda"/></disk>',
    "external": '<!DOCTYPE disk [<!ENTITY a SYSTEM "URI">]><disk><target dev="vda"/><serial>&a;</serial></disk>',
    "parameter": '<!DOCTYPE disk [<!ENTITY % a SYSTEM "URI"> %a;]><disk><target dev="vda"/></disk>',
    "attribute default": '<!DOCTYPE disk [<!ATTLIST disk snapshot CDATA "no">]><disk><target dev="vda"/></disk>',
    "element": "<!DOCTYPE disk [<!ELEMENT disk ANY>]><disk><target dev='vda'/></disk>",
    "notation": '<!DOCTYPE disk [<!NOTATION gif SYSTEM "x">]><disk><target dev="vda"/></disk>',
    "undeclared": "<disk><target dev='vda'/><serial>&a;</serial></disk>",
    "undeclared beside a DTD": "<!DOCTYPE disk SYSTEM 'x.dtd'><disk><target dev='vda'/><serial>&a;</serial></disk>",
    "undeclared in an attribute": "<!DOCTYPE disk SYSTEM 'x.dtd'><disk><target dev='vda&a;'/></disk>",
}


@pytest.mark.parametrize("name", ENTITIES)
@pytest.mark.parametrize("validate", [False, True])
def test_declarations_and_entities_are_refused(domain: ModuleType, tmp_path: Path, name: str, validate: bool) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    text = ENTITIES[name].replace("URI", secret.as_uri())
    with pytest.raises(domain.ParseError) as caught:
        domain.parse_disk(text, validate=validate)
    (fault,) = caught.value.faults
    assert fault.code in ("doctype", "entity", "malformed")
    assert fault.line == 1
    assert fault.column > 1
    assert "declar" in fault.message or "not defined" in fault.message
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("tag", ["a", "backingStore"])
@pytest.mark.parametrize("levels", [257, 100_000])
def test_depth_is_bounded(domain: ModuleType, tag: str, levels: int) -> None:
    text = f"<disk>{f'<{tag}>' * levels}{f'</{tag}>' * levels}</disk>"
    with pytest.raises(domain.ParseError, match="nested deeper than 256") as caught:
        domain.parse_disk(text)
    assert caught.value.faults[0].code == "limit"
    assert len(str(caught.value)) < 1000


def test_a_tree_deeper_than_the_stack_is_refused(domain: ModuleType) -> None:
    root = element = etree.fromstring("<disk><target dev='vda'/></disk>")
    for _ in range(5000):
        element = etree.SubElement(element, "backingStore", type="file")
        etree.SubElement(element, "format", type="raw")
        etree.SubElement(element, "source")
    with pytest.raises(domain.ParseError, match="nested too deep"):
        domain.parse_disk(root)


@pytest.mark.parametrize(
    "document", ["<disk type='%s'/>", "<disk><!--%s--></disk>", "<disk><?a %s?></disk>", "<disk><![CDATA[%s]]></disk>"]
)
def test_length_is_bounded(domain: ModuleType, document: str) -> None:
    with pytest.raises(domain.ParseError, match="longer than 10,000,000 bytes") as caught:
        domain.parse_disk(document % ("x" * 10_000_001))
    assert caught.value.faults[0].code == "limit"
    assert len(str(caught.value)) < 1000


MALFORMED = {
    "<disk>\n  <source file=/a/>\n</disk>": 2,
    "<disk>\n  <target dev='a' dev='b'/>\n</disk>": 2,
    "<disk>\n  <target>\n</disk>": 3,
    "<disk/>x": 1,
    "<disk": 1,
    "<disk>&#0;</disk>": 1,
    "<disk>\x01</disk>": 1,
    "<q:disk/>": 1,
    "\n<?xml version='1.0'?><disk/>": 2,
}


@pytest.mark.parametrize("text", MALFORMED)
def test_what_is_not_well_formed_is_one_fault_with_its_place(domain: ModuleType, text: str) -> None:
    with pytest.raises(domain.ParseError) as caught:
        domain.parse_disk(text)
    (fault,) = caught.value.faults
    assert fault.code == "malformed"
    assert fault.message.startswith("not well-formed XML: ")
    assert fault.line == MALFORMED[text]
    assert 1 <= fault.column <= len(fault.source_line) + 1
    assert fault.source_line == text.split("\n")[fault.line - 1]


@pytest.mark.parametrize(
    ("text", "message", "suggestion"),
    [
        ("<dsik/>", "the root is <dsik>, not <disk>", "disk"),
        ("<domain/>", "the root is <domain>, not <disk>", ""),
        ("<disk xmlns='urn:other'/>", "the root <disk> is in the namespace 'urn:other' instead of no namespace", ""),
    ],
)
def test_a_wrong_root_is_told_from_the_right_one(domain: ModuleType, text: str, message: str, suggestion: str) -> None:
    with pytest.raises(domain.ParseError) as caught:
        domain.parse_disk(text)
    (fault,) = caught.value.faults
    assert (fault.line, fault.column, fault.code) == (1, 1, "wrong-root")
    assert fault.message == message
    assert fault.suggestion == suggestion
    assert fault.expected == (("no namespace",) if "xmlns" in text else ("disk",))


def test_a_root_of_the_vocabulary_that_starts_no_document_is_refused_by_the_package(domain: ModuleType) -> None:
    with pytest.raises(domain.ParseError, match="the root is <disk>, not <domain>"):
        domain.parse("<disk><target dev='vda'/></disk>")


MANY = """<disk type='fiel' bogus='1' snapshot='yes'>
  <source file='/a'/>
  <target bus='virtoi'/>
  <target dev='vdb'/>
  <mirro/>
  stray
  <readonly>x</readonly>
  <driver queues='many'/>
</disk>
"""


def test_all_faults_are_found_at_once(domain: ModuleType) -> None:
    with pytest.raises(domain.ParseError) as caught:
        domain.parse_disk(MANY)
    faults = caught.value.faults
    assert [(fault.line, fault.path) for fault in faults] == [
        (1, "/disk/@type"),
        (1, "/disk/@bogus"),
        (1, "/disk/@snapshot"),
        (3, "/disk/target[1]"),
        (3, "/disk/target[1]/@bus"),
        (4, "/disk/target[2]"),
        (5, "/disk/mirro"),
        (6, "/disk"),
        (7, "/disk/readonly"),
        (8, "/disk/driver/@queues"),
    ]
    by_path = {fault.path: fault for fault in faults}
    assert by_path["/disk/@snapshot"].expected == ("no", "internal", "external")
    assert by_path["/disk/@type"].suggestion == "file"
    assert by_path["/disk/target[1]/@bus"].suggestion == "virtio"
    assert by_path["/disk/target[1]"].expected == ("dev",)
    assert by_path["/disk/mirro"].suggestion == "mirror"
    assert by_path["/disk/@type"].column == MANY.index("type") + 1
    assert all(fault.column and fault.width and fault.source_line for fault in faults)


def test_a_fault_is_shown_as_the_manual_says(domain: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "guest.xml"
    path.write_text("<disk type='file' snapshot='extrenal'>\n  <target dev='vda'/>\n</disk>\n")
    with pytest.raises(domain.ParseError) as caught:
        domain.parse_disk(path)
    assert str(caught.value) == (
        f"{path}:1:19: /disk/@snapshot: 'extrenal' is not a disk snapshot\n"
        "     1 | <disk type='file' snapshot='extrenal'>\n"
        "       |                   ^^^^^^^^^^^^^^^^^^^\n"
        "  expected one of: external, internal, no   (did you mean 'external'?)"
    )


def test_faults_are_values(domain: ModuleType) -> None:
    with pytest.raises(domain.ParseError) as caught:
        domain.parse_disk(MANY)
    error = caught.value
    assert isinstance(error, ValueError)
    assert pickle.loads(pickle.dumps(error)).faults == error.faults
    assert all(isinstance(fault, domain.Fault) for fault in error.faults)
    assert set(error.faults[0].as_dict()) >= {"file", "line", "column", "path", "code", "message", "expected"}


@pytest.mark.parametrize("name", ["parse", "parse_domain"])
def test_an_error_shows_no_way_through_the_machinery(domain: ModuleType, name: str) -> None:
    with pytest.raises(domain.ParseError) as caught:
        getattr(domain, name)("<domain type='kvm'>\n  <bogus/>\n</domain>")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
