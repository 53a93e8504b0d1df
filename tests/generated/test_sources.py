"""Everything that a document may be read from gives the same object."""

from __future__ import annotations

import io
import xml.etree.ElementTree as StandardElementTree
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lxml import etree

DISK = "<disk type='file'><source file='/é😀'/><target dev='vda'/></disk>"
DECLARED = '<?xml version="1.0" encoding="{}"?>\n' + DISK.replace("😀", "")


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


SOURCES: dict[str, Callable[[Path], Any]] = {
    "str": lambda _: DISK,
    "str with a byte order mark": lambda _: "\ufeff" + DISK,
    "bytes": lambda _: DISK.encode(),
    "bytearray": lambda _: bytearray(DISK.encode()),
    "memoryview": lambda _: memoryview(DISK.encode()),
    "bytes with a byte order mark": lambda _: DISK.encode("utf-8-sig"),
    "UTF-16": lambda _: DISK.encode("utf-16"),
    "UTF-16, declared": lambda _: f'<?xml version="1.0" encoding="utf-16"?>{DISK}'.encode("utf-16"),
    "path": lambda folder: written(folder / "disk.xml", DISK.encode()),
    "file": lambda _: io.BytesIO(DISK.encode()),
    "lxml element": lambda _: etree.fromstring(DISK),
    "lxml tree": lambda _: etree.ElementTree(etree.fromstring(DISK)),
    "lxml element inside another": lambda _: etree.fromstring(f"<devices><!-- - -->{DISK} </devices>")[1],
    "lxml element with comments": lambda _: etree.fromstring(DISK.replace("><", "><!-- c --><?p i?><")),
    "str with comments": lambda _: DISK.replace("><", ">\n<!-- c --><?p i?>\n<"),
    "str behind white space": lambda _: f"\n {DISK}\n",
    "DOCTYPE": lambda _: f"<!DOCTYPE disk>{DISK}",
    "DOCTYPE elsewhere": lambda _: f"<!DOCTYPE disk SYSTEM 'file:///etc/passwd'>{DISK}",
    "DOCTYPE on the net": lambda _: f"<!DOCTYPE disk PUBLIC 'x' 'http://127.0.0.1:9/x.dtd'>{DISK}",
    "DOCTYPE with nothing in it": lambda _: f"<!DOCTYPE disk []>{DISK}",
    "CDATA": lambda _: DISK.replace("<target", "<![CDATA[ ]]><target"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_gives_the_same_object(domain: ModuleType, tmp_path: Path, name: str) -> None:
    expected = domain.Disk(
        type=domain.StorageType.FILE,
        source=domain.DiskSource(file="/é😀"),
        target=domain.DiskTarget(dev="vda"),
    )
    assert domain.parse_disk(SOURCES[name](tmp_path)) == expected


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_can_be_validated(domain: ModuleType, tmp_path: Path, name: str) -> None:
    assert domain.parse_disk(SOURCES[name](tmp_path), validate=True).target.dev == "vda"


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-8", "utf-16"])
def test_bytes_are_in_the_encoding_that_they_declare(domain: ModuleType, encoding: str) -> None:
    disk = domain.parse_disk(DECLARED.format(encoding).encode(encoding))
    assert disk.source.file == "/é"


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "us-ascii", "no-such-encoding"])
def test_a_str_has_no_encoding_whatever_it_declares(domain: ModuleType, encoding: str) -> None:
    disk = domain.parse_disk(DECLARED.format(encoding), validate=True)
    assert disk.source.file == "/é"


def test_an_open_file_is_named_in_faults(domain: ModuleType, tmp_path: Path) -> None:
    path = written(tmp_path / "guest.xml", b"<disk>\n  <bogus/>\n</disk>")
    with path.open("rb") as file, pytest.raises(domain.ParseError) as caught:
        domain.parse_disk(file)
    assert {fault.file for fault in caught.value.faults} == {str(path)}


def test_an_element_of_a_file_is_named_in_faults(domain: ModuleType, tmp_path: Path) -> None:
    path = written(tmp_path / "guest.xml", b"<devices>\n<disk>\n  <target dev='vda'/><bogus/>\n</disk></devices>")
    with pytest.raises(domain.ParseError) as caught:
        domain.parse_disk(etree.parse(path).getroot()[0])
    assert [(fault.file, fault.line, fault.path) for fault in caught.value.faults] == [(str(path), 3, "/disk/bogus")]
    assert str(caught.value).startswith(f"{path}:3: /disk/bogus: ")


def test_reading_leaves_a_tree_alone(domain: ModuleType) -> None:
    root = etree.fromstring(f"<devices>{DISK}tail</devices>")
    before = etree.tostring(root)
    disk = domain.parse_disk(root[0])
    disk.target.dev = "vdb"
    assert etree.tostring(root) == before


def test_a_path_given_as_text_is_explained(domain: ModuleType) -> None:
    with pytest.raises(domain.ParseError, match=r"this text is not XML; to read a file, pass a pathlib\.Path"):
        domain.parse_disk("/var/lib/guest.xml")


@pytest.mark.parametrize("source", ["", b"", io.BytesIO()])
def test_nothing_at_all_is_an_empty_document(domain: ModuleType, source: Any) -> None:
    with pytest.raises(domain.ParseError, match="the document is empty"):
        domain.parse_disk(source)


@pytest.mark.parametrize("source", ["  \n", b" ", "plain text", "{}", b"\x00\x01", b"\xff\xfe", "<", "&"])
def test_what_is_no_document_is_one_kind_of_error(domain: ModuleType, source: Any) -> None:
    with pytest.raises(domain.ParseError) as caught:
        domain.parse_disk(source)
    (fault,) = caught.value.faults
    assert fault.line >= 1
    assert fault.column >= 1


def test_a_lone_surrogate_has_its_place(domain: ModuleType) -> None:
    with pytest.raises(domain.ParseError) as caught:
        domain.parse_disk("<disk>\n  <target dev='vda\ud800'/>\n</disk>")
    (fault,) = caught.value.faults
    assert (fault.line, fault.column) == (2, 19)


@pytest.mark.parametrize(
    ("source", "named"),
    [
        (None, "NoneType"),
        (42, "int"),
        (StandardElementTree.fromstring("<disk/>"), "xml.etree.ElementTree.Element"),
        (StandardElementTree.ElementTree(StandardElementTree.fromstring("<disk/>")), "ElementTree"),
        (etree.Comment("disk"), "_Comment"),
        (["<disk/>"], "list"),
    ],
)
def test_what_can_hold_no_xml_is_a_mistake_of_the_program(domain: ModuleType, source: Any, named: str) -> None:
    with pytest.raises(TypeError, match=f"cannot read XML from .*{named}"):
        domain.parse_disk(source)


def test_a_text_file_is_a_mistake_of_the_program(domain: ModuleType) -> None:
    with pytest.raises(TypeError, match="binary mode"):
        domain.parse_disk(io.StringIO(DISK))


def test_a_missing_file_is_a_missing_file(domain: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        domain.parse_disk(tmp_path / "none.xml")


def test_comments_in_a_tree_do_not_cut_texts(domain: ModuleType) -> None:
    root = etree.fromstring("<disk><target dev='vda'/><!-- a --><serial>1<!-- b -->2<?p i?>3</serial></disk>")
    assert domain.parse_disk(root).serial == "123"
    assert len(root) == 3
    assert domain.parse_vcpu(etree.fromstring("<vcpu>1<!-- b -->2</vcpu>")).value == 12
