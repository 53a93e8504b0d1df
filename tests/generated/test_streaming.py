"""Elements of one class out of documents of any size."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from io import BytesIO, RawIOBase
from pathlib import Path
from types import ModuleType

import pytest

HEAD = b"<domain type='kvm'>\n  <name>g</name>\n  <memory>1</memory>\n  <os><type>hvm</type></os>\n  <devices>\n"
TAIL = b"  </devices>\n</domain>\n"
DISK = (
    b"    <disk type='file'>\n      <source file='/%d'/>\n      <target dev='vda'/>\n"
    b"      <address type='drive' controller='0'/>\n    </disk>\n"
)
INTERFACE = b"    <interface type='network'>\n      <source network='n'/>\n    </interface>\n"


def guest(disks: int) -> bytes:
    return HEAD + b"".join(DISK % number + INTERFACE for number in range(disks)) + TAIL


class Endless(RawIOBase):
    """A file that is made as it is read."""

    def __init__(self, disks: int) -> None:
        self._parts = self._chunks(disks)
        self._rest = b""

    @staticmethod
    def _chunks(disks: int) -> Iterator[bytes]:
        yield HEAD
        for number in range(disks):
            yield DISK % (number % 10) + INTERFACE
        yield TAIL

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size:
            part = next(self._parts, b"")
            if not part:
                break
            self._rest += part
        result, self._rest = self._rest[:size], self._rest[size:]
        return result


def test_elements_of_a_class_come_in_their_order(domain: ModuleType) -> None:
    found = list(domain.iter_parse(guest(3), domain.Disk))
    assert [disk.source.file for disk in found] == ["/0", "/1", "/2"]
    assert found == domain.parse_domain(guest(3)).devices.disks


def test_of_elements_with_one_name_those_of_the_class_are_taken(domain: ModuleType) -> None:
    assert [source.file for source in domain.iter_parse(guest(2), domain.DiskSource)] == ["/0", "/1"]
    assert [source.network for source in domain.iter_parse(guest(2), domain.InterfaceSource)] == ["n", "n"]


def test_classes_of_a_union_are_told_apart(domain: ModuleType) -> None:
    assert len(list(domain.iter_parse(guest(2), domain.DriveAddress))) == 2
    assert list(domain.iter_parse(guest(2), domain.PciAddress)) == []


def test_declarations_around_an_element_are_not_its_own(domain: ModuleType) -> None:
    text = (
        "<x:list xmlns:x='urn:x' xmlns='urn:y'><disk xmlns='' xmlns:z='urn:z' z:a='1'><target dev='v'/></disk></x:list>"
    )
    with pytest.raises(domain.ParseError) as caught:
        list(domain.iter_parse(text, domain.Disk))
    attribute, value = caught.value.faults
    assert (attribute.column, attribute.path) == (text.index("z:a") + 1, "/x:list/disk[1]/@z:a")
    assert (value.column, value.path) == (text.index("dev=") + 1, "/x:list/disk[1]/target/@dev")
    assert value.source_line == text
    [disk] = domain.iter_parse(text.replace("'v'", "'vda'"), domain.Disk, unknown="keep")
    assert domain.format_disk(disk, indent=None).startswith("<disk xmlns='' xmlns:z='urn:z' z:a='1'>")


def test_documents_in_a_wrapper_are_found(domain: ModuleType) -> None:
    wrapped = b"<list>" + guest(1) + b"<disk type='file'><target dev='vdb'/></disk>" + guest(2) + b"</list>"
    assert len(list(domain.iter_parse(wrapped, domain.Domain))) == 2
    assert [disk.target.dev for disk in domain.iter_parse(wrapped, domain.Disk)] == ["vda", "vdb", "vda", "vda"]


def test_what_the_schema_leaves_open_has_no_elements_of_the_vocabulary(domain: ModuleType) -> None:
    open_content = b"<metadata><x:disk xmlns:x='urn:x'><disk/></x:disk></metadata>"
    text = guest(1).replace(b"  <memory>", open_content + b"  <memory>")
    assert len(list(domain.iter_parse(text, domain.Disk))) == 1


@pytest.mark.parametrize("kind", ["text", "path", "file"])
def test_every_source_is_read(domain: ModuleType, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "guest.xml"
    path.write_bytes(guest(2))
    source = {"text": guest(2).decode(), "path": path, "file": BytesIO(guest(2))}[kind]
    assert len(list(domain.iter_parse(source, domain.Disk))) == 2


def test_a_fault_has_its_line_and_path_and_what_came_before_was_read(domain: ModuleType) -> None:
    elements = domain.iter_parse(guest(3).replace(b"file='/1'", b"file='/1' x='2'"), domain.Disk)
    assert next(elements).source.file == "/0"
    with pytest.raises(domain.ParseError) as caught:
        next(elements)
    [fault] = caught.value.faults
    assert (fault.line, fault.column) == (15, 25)
    assert fault.source_line == "      <source file='/1' x='2'/>"
    assert fault.path == "/domain/devices[1]/disk[2]/source/@x"


@pytest.mark.parametrize("kind", ["text", "path", "file"])
def test_a_fault_has_its_place_in_every_source_that_can_be_read_again(
    domain: ModuleType, tmp_path: Path, kind: str
) -> None:
    wrong = guest(3).replace(b"file='/1'", b"file='/1' x='2'")
    path = tmp_path / "guest.xml"
    path.write_bytes(wrong)
    file = BytesIO(b"before" + wrong)
    file.seek(len(b"before"))
    source = {"text": wrong.decode(), "path": path, "file": file}[kind]
    with pytest.raises(domain.ParseError) as caught:
        list(domain.iter_parse(source, domain.Disk))
    [fault] = caught.value.faults
    assert (fault.line, fault.column) == (15, 25)


def test_a_fault_in_what_can_be_read_only_once_has_its_place(domain: ModuleType) -> None:
    source = Endless(3)
    source._rest = HEAD + DISK.replace(b"/%d'", b"/a' x='2'")
    with pytest.raises(domain.ParseError) as caught:
        list(domain.iter_parse(source, domain.Disk))
    assert [(fault.line, fault.column) for fault in caught.value.faults] == [(7, 25)]


def test_each_element_can_be_held_against_the_exact_grammar(domain: ModuleType) -> None:
    text = guest(3).replace(b"type='file'>\n      <source file='/1'", b"type='block'>\n      <source file='/1'")
    assert len(list(domain.iter_parse(text, domain.Disk))) == 3
    elements = domain.iter_parse(text, domain.Disk, validate=True)
    assert next(elements).source.file == "/0"
    with pytest.raises(domain.ParseError) as caught:
        next(elements)
    [fault] = caught.value.faults
    assert (fault.line, fault.column) == (15, 15)
    assert "takes dev=, not file=" in fault.message
    assert fault.path == "/domain/devices[1]/disk[2]/source/@file"


def test_a_text_is_in_no_encoding_that_it_claims(domain: ModuleType) -> None:
    text = "<?xml version='1.0' encoding='iso-8859-1'?>" + guest(1).decode().replace("/0", "/\u00fc")
    assert [disk.source.file for disk in domain.iter_parse(text, domain.Disk)] == ["/\u00fc"]


def test_a_text_with_a_lone_surrogate_is_refused_as_by_parse(domain: ModuleType) -> None:
    text = guest(1).decode().replace("/0", "/\ud800")
    with pytest.raises(domain.ParseError) as caught:
        list(domain.iter_parse(text, domain.Disk))
    with pytest.raises(domain.ParseError) as expected:
        domain.parse_domain(text)
    assert caught.value.faults == expected.value.faults


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1", "windows-1252", "cp037"])
def test_a_pipe_can_return_single_bytes(domain: ModuleType, encoding: str) -> None:
    codec = encoding.replace("windows-", "cp")
    declared = f"<?xml version='1.0' encoding='{encoding}'?>" if encoding[0] in "iwc" else ""
    data = (declared + guest(1).decode().replace("/0", "/\u00fc")).encode(codec)

    class Bytewise(BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            return super().read(1)

    assert [disk.source.file for disk in domain.iter_parse(Bytewise(data), domain.Disk)] == ["/\u00fc"]


def test_a_way_that_does_not_exist_is_refused_at_once(domain: ModuleType) -> None:
    with pytest.raises(ValueError, match="unknown='drop' is not one of 'error', 'keep', 'ignore'"):
        domain.iter_parse(guest(1), domain.Disk, unknown="drop")


def test_a_fault_in_an_element_of_a_union_is_explained(domain: ModuleType) -> None:
    with pytest.raises(domain.ParseError, match="'q'"):
        list(domain.iter_parse(guest(1).replace(b"controller='0'", b"controller='q'"), domain.DriveAddress))


def test_a_fault_far_down_has_its_line(domain: ModuleType) -> None:
    text = guest(1).replace(b"<devices>", b"\n" * 70_000 + b"<devices>").replace(b"'vda'", b"'vda' x='1'")
    with pytest.raises(domain.ParseError) as caught:
        list(domain.iter_parse(text, domain.Disk))
    assert caught.value.faults[0].line == 70_008


def test_an_end_that_is_missing_is_told_when_it_is_reached(domain: ModuleType) -> None:
    elements = domain.iter_parse(guest(2)[: -len(TAIL)], domain.Disk)
    assert next(elements).source.file == "/0"
    assert next(elements).source.file == "/1"
    with pytest.raises(domain.ParseError, match="not well-formed"):
        next(elements)


def test_declarations_are_refused(domain: ModuleType) -> None:
    with pytest.raises(domain.ParseError, match="a document type declaration with declarations of its own is refused"):
        list(domain.iter_parse(b"<!DOCTYPE domain [<!ENTITY a 'b'>]>" + guest(1), domain.Disk))


def test_depth_is_bounded(domain: ModuleType) -> None:
    with pytest.raises(domain.ParseError, match="256"):
        list(domain.iter_parse(b"<a>" * 1000, domain.Disk))


@pytest.mark.parametrize("kind", [int, "Disk", None])
def test_what_is_no_class_of_the_package_is_refused_at_once(domain: ModuleType, kind: object) -> None:
    with pytest.raises(TypeError, match="not a class of"):
        domain.iter_parse(guest(1), kind)


def peak(domain: ModuleType, disks: int) -> int:
    tracemalloc.start()
    try:
        assert sum(1 for _ in domain.iter_parse(Endless(disks), domain.Disk)) == disks
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_document(domain: ModuleType) -> None:
    peak(domain, 500)
    assert peak(domain, 4000) < 2 * peak(domain, 1000)


def test_what_is_not_in_its_encoding_is_told_when_it_is_reached(domain: ModuleType) -> None:
    document = b"<?xml version='1.0' encoding='windows-1252'?>\n" + guest(1).replace(TAIL, b"\x81" + TAIL)
    with pytest.raises(domain.ParseError, match="not in its encoding 'cp1252'") as caught:
        list(domain.iter_parse(document, domain.Disk))
    assert [fault.line for fault in caught.value.faults] == [15]


def test_the_memory_for_a_fault_does_not_grow_with_the_file(domain: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "guest.xml"
    path.write_bytes(HEAD + b"<!-- a line -->\n" * 800_000)
    tracemalloc.start()
    try:
        with pytest.raises(domain.ParseError, match="not well-formed"):
            list(domain.iter_parse(path, domain.Disk))
        held = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert held < path.stat().st_size / 2
