"""Formatting with ``like``: what was not changed keeps its characters."""

from __future__ import annotations

import random
from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.round_trip import canonical, generated, vocabularies

DOCUMENTS = Path(__file__).resolve().parents[1] / "documents" / "domain"

GUEST = """<?xml version="1.0" encoding='utf-8' ?>
<!DOCTYPE domain>
<!-- before -->
<domain  type = "kvm"
         id='7'>
\t<name>a&#x41;&lt;<![CDATA[<x>]]></name> <!-- the name -->
\t<memory unit='KiB'
\t        >1024</memory>
\t<os><type arch="x86_64">hvm</type><boot dev="hd"/></os>
\t<devices>

\t\t<!-- the first disk -->
\t\t<disk device='disk' type="file">
\t\t\t<source file="it's &quot;here&quot;"/><?keep this?>
\t\t\t<target  dev='vda'   bus="virtio" />
\t\t</disk> <!-- boots -->
\t\t<disk type='file'>
\t\t\t<target dev='vdb'></target>
\t\t</disk>
\t\t<!-- no more -->
\t</devices>
</domain>
<!-- behind -->
"""

Edit = Callable[[ModuleType, Any], None]


def edited(domain: ModuleType, text: str, edit: Edit) -> str:
    guest = domain.parse_domain(text)
    edit(domain, guest)
    result: str = domain.format_domain(guest, like=text)
    assert domain.parse_domain(result) == guest
    assert canonical(result.encode()) == canonical(domain.format_domain(guest).encode())
    return result


def changes(before: str, after: str) -> list[str]:
    lines = unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), n=0, lineterm="")
    return [line.rstrip("\n") for line in lines][2:][1:]


def memory(_: ModuleType, guest: Any) -> None:
    guest.memory.value = 2048


def file(_: ModuleType, guest: Any) -> None:
    guest.devices.disks[0].source.file = """a"b'c"""


def no_device(_: ModuleType, guest: Any) -> None:
    guest.devices.disks[0].device = None


def rawio(_: ModuleType, guest: Any) -> None:
    guest.devices.disks[1].rawio = True


def transient(_: ModuleType, guest: Any) -> None:
    guest.devices.disks[1].transient = True


def no_second_disk(_: ModuleType, guest: Any) -> None:
    del guest.devices.disks[1]


def name(_: ModuleType, guest: Any) -> None:
    guest.name = "aA<<y>"


def uuid(_: ModuleType, guest: Any) -> None:
    guest.title = "t"


EDITS: list[tuple[Edit, list[str]]] = [
    (memory, ["-\t        >1024</memory>", "+\t        >2048</memory>"]),
    (
        file,
        [
            '-\t\t\t<source file="it\'s &quot;here&quot;"/><?keep this?>',
            '+\t\t\t<source file="a&quot;b\'c"/><?keep this?>',
        ],
    ),
    (no_device, ["-\t\t<disk device='disk' type=\"file\">", '+\t\t<disk type="file">']),
    (rawio, ["-\t\t<disk type='file'>", "+\t\t<disk type='file' rawio='yes'>"]),
    (transient, ["+\t\t\t<transient/>"]),
    (no_second_disk, ["-\t\t<disk type='file'>", "-\t\t\t<target dev='vdb'></target>", "-\t\t</disk>"]),
    (
        name,
        [
            "-\t<name>a&#x41;&lt;<![CDATA[<x>]]></name> <!-- the name -->",
            "+\t<name>a&#x41;&lt;<![CDATA[<y>]]></name> <!-- the name -->",
        ],
    ),
    (uuid, ["+\t<title>t</title>"]),
]


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.xml")), ids=lambda path: path.name)
def test_without_an_edit_a_document_is_as_it_was(domain: ModuleType, path: Path) -> None:
    text = path.read_bytes().decode()
    guest = domain.parse_domain(path)
    assert domain.format_domain(guest, like=path) == text
    assert domain.format(guest, like=text) == text


def test_without_an_edit_odd_layout_is_as_it_was(domain: ModuleType) -> None:
    assert edited(domain, GUEST, lambda _domain, _guest: None) == GUEST


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(("edit", "expected"), EDITS, ids=[edit.__name__ for edit, _ in EDITS])
def test_an_edit_changes_its_lines_only(domain: ModuleType, edit: Edit, expected: list[str], newline: str) -> None:
    text = GUEST.replace("\n", newline)
    result = edited(domain, text, edit)
    assert result.count("\n") == result.count(newline)
    assert [line for line in changes(GUEST, result.replace(newline, "\n")) if line[:2] != "@@"] == expected


def test_children_that_change_places_take_their_comments_along(domain: ModuleType) -> None:
    result = edited(domain, GUEST, lambda _, guest: guest.devices.disks.reverse())
    assert sorted(result.split()) == sorted(GUEST.split())
    assert result.index("vdb") < result.index("the first disk") < result.index("vda") < result.index("boots")


def test_an_element_that_gets_its_first_child_is_opened(domain: ModuleType) -> None:
    head = "<domain type='kvm'>\n  <name>a</name>\n  <memory>1</memory>\n  <os><type>hvm</type></os>\n"
    text = f"{head}  <devices/>\n</domain>\n"

    def add(domain: ModuleType, guest: Any) -> None:
        guest.devices.disks.append(domain.Disk(target=domain.DiskTarget(dev="vda")))

    full = edited(domain, text, add)
    expected = "  <devices>\n    <disk>\n      <target dev='vda'/>\n    </disk>\n  </devices>\n"
    assert full == text.replace("  <devices/>\n", expected)
    assert edited(domain, full, lambda _, guest: guest.devices.disks.clear()) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "iso-8859-1"])
def test_bytes_come_back_in_their_encoding(domain: ModuleType, encoding: str) -> None:
    mark = "\ufeff" if encoding.startswith("utf-16") else ""
    declared = encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
    text = f"{mark}{GUEST.replace('utf-8', declared).replace('the name', 'der schöne Name')}"
    data = text.encode(encoding)
    codec = encoding.removesuffix("-sig")
    guest = domain.parse_domain(data)
    assert domain.format_domain(guest, like=data).encode(codec) == data
    guest.title = "1 €"
    changed = domain.format_domain(guest, like=data).encode(codec)
    assert domain.parse_domain(changed) == guest


def test_a_tree_has_no_text_to_be_like(domain: ModuleType) -> None:
    from lxml import etree

    guest = domain.parse_domain(GUEST)
    with pytest.raises(TypeError, match="no text to be like"):
        domain.format_domain(guest, like=etree.fromstring(GUEST.encode()))


def test_what_to_be_like_must_be_well_formed(domain: ModuleType) -> None:
    guest = domain.parse_domain(GUEST)
    with pytest.raises(domain.ParseError):
        domain.format_domain(guest, like="<domain>")


def test_a_fault_of_what_to_be_like_names_its_file(domain: ModuleType, tmp_path: Path) -> None:
    guest, file = domain.parse_domain(GUEST), tmp_path / "guest.xml"
    file.write_text("<domain>\n<name></domain>", encoding="utf-8")
    with file.open("rb") as opened:
        for like, name in ((file, str(file)), (opened, str(file)), (file.read_bytes(), "<text>")):
            with pytest.raises(domain.ParseError) as raised:
                domain.format_domain(guest, like=like)
            assert [(fault.file, fault.line) for fault in raised.value.faults] == [(name, 2)]


def test_another_document_is_written_anew(domain: ModuleType) -> None:
    other = (DOCUMENTS / "modern-guest.xml").read_text(encoding="utf-8")
    guest = domain.parse_domain(other)
    result = domain.format_domain(guest, like=GUEST)
    assert canonical(result.encode()) == canonical(other.encode())
    assert result.startswith(GUEST[: GUEST.index("<domain ")])


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_random_edits_say_what_the_object_says(domain: ModuleType, seed: int) -> None:
    chance = random.Random(seed)
    text = chance.choice([GUEST, (DOCUMENTS / "modern-guest.xml").read_text(encoding="utf-8")])
    guest = domain.parse_domain(text)
    spare = domain.parse_domain(DOCUMENTS / "disk-sources.xml").devices
    for _ in range(chance.randint(1, 4)):
        devices = guest.devices
        lists = [value for field in devices._fields if isinstance(value := getattr(devices, field.name), list)]
        target = chance.choice([one for one in lists if one] or [devices.disks])
        match chance.randrange(4):
            case 0:
                chance.shuffle(target)
            case 1 if target:
                del target[chance.randrange(len(target))]
            case 2:
                devices.disks.insert(chance.randint(0, len(devices.disks)), chance.choice(spare.disks))
            case _:
                guest.title = chance.choice(["<&>", "x y", "ü"])
    result = domain.format_domain(guest, like=text)
    assert domain.parse_domain(result) == guest
    assert result[: result.index("<domain")] == text[: text.index("<domain")]


def test_documents_of_libvirt_are_as_they_were(corpus: Path, import_path: Path) -> None:
    vocabulary = next(each for each in vocabularies(corpus, "libvirt-11.3.0") if each.schema.stem == "network")
    package = generated(vocabulary, import_path)
    for path in vocabulary.documents:
        assert package.format(package.parse(path), like=path).encode() == path.read_bytes(), path.name


TEXT_OR_ELEMENT = """
<element name="b" xmlns="http://relaxng.org/ns/structure/1.0"
    datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <choice><data type="string"/><element name="c"><empty/></element></choice>
</element>
"""


@pytest.mark.parametrize("value", [" a", "a\n", "\t a \n b ", "a"])
@pytest.mark.parametrize(
    "text", ["<b>o</b>", "<b>\n  o\n</b>", "<b/>", "<b>\n  <c/>\n</b>", "<b><!--x-->o<!--y--></b>"]
)
def test_white_space_of_text_counts_where_children_might_be(
    generate_and_import: Callable[..., ModuleType], tmp_path: Path, text: str, value: str
) -> None:
    schema = tmp_path / "b.rng"
    schema.write_text(TEXT_OR_ELEMENT, encoding="utf-8")
    package = generate_and_import("text_or_element", schema)
    element = package.parse_b(text)
    assert package.format_b(element, like=text) == text
    element.value, element.c = value, False
    written = package.format_b(element, like=text)
    assert package.parse_b(written) == element
    assert ("<!--x-->" in written, "<!--y-->" in written) == ("<!--x-->" in text, "<!--y-->" in text)


def test_text_in_place_of_children_has_no_layout_around_it(generate_and_import: Callable[..., ModuleType]) -> None:
    schema = Path(__file__).parents[1] / "binding" / "cases" / "text-or-elements.rng"
    package = generate_and_import("text_or_elements", schema)
    text = "<size>\n  <width>3</width>\n  <height>4</height>\n</size>\n"
    size = package.parse_size(text)
    size.width = size.height = None
    size.value = "3x4"
    assert package.format_size(size, like=text) == "<size>3x4</size>\n"
