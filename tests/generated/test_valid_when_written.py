"""What is written is what the schema allows, unless the caller says otherwise or the object carries unknown content."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

DISK = "<disk type='file'>\n  <source file='/a'/>\n  <target dev='vda'/>\n</disk>\n"
WRONG = DISK.replace("type='file'", "type='block'")
"""Every field has a value of its type, but a block device's source has no file."""

Twin = Callable[[Any], Any]
TWINS: list[Twin] = [copy.copy, copy.deepcopy, lambda given: pickle.loads(pickle.dumps(given))]


@pytest.fixture
def wrong(domain: ModuleType) -> Any:
    disk = domain.parse_disk(DISK)
    disk.type = domain.StorageType.BLOCK
    return disk


def test_an_edit_that_the_schema_refuses_is_an_error_that_names_it_and_the_way_out(
    domain: ModuleType, wrong: Any
) -> None:
    with pytest.raises(domain.FormatError) as caught:
        domain.format_disk(wrong)
    assert [fault.path for fault in caught.value.faults] == ["/disk/source/@file"]
    first, last = str(caught.value).splitlines()
    assert first == "Disk would not be valid: /disk/source/@file: with type='block' <source> takes dev=, not file="
    assert "validate=False" in last


def test_every_fault_is_named(domain: ModuleType, wrong: Any) -> None:
    devices = domain.Devices(disks=[wrong, copy.copy(wrong)])
    with pytest.raises(domain.FormatError) as caught:
        domain.format_devices(devices)
    assert [fault.path for fault in caught.value.faults] == [
        "/devices/disk[1]/source/@file",
        "/devices/disk[2]/source/@file",
    ]
    assert len(str(caught.value).splitlines()) == 3


def test_the_check_can_be_left_out(domain: ModuleType, wrong: Any) -> None:
    assert domain.format_disk(wrong, validate=False) == WRONG
    assert domain.format_disk(wrong, like=DISK, validate=False) == WRONG


def test_a_document_that_was_read_though_it_is_not_valid_is_refused(domain: ModuleType) -> None:
    read = domain.parse_disk(WRONG)
    with pytest.raises(domain.FormatError, match="parsing may have accepted it"):
        domain.format_disk(read)
    assert domain.format_disk(read, validate=False) == WRONG


def test_a_text_that_stays_as_it_is_is_checked_too(domain: ModuleType, wrong: Any) -> None:
    with pytest.raises(domain.FormatError, match="takes dev=, not file="):
        domain.format_disk(wrong, like=DISK)
    with pytest.raises(domain.FormatError, match="takes dev=, not file="):
        domain.format_disk(domain.parse_disk(WRONG), like=WRONG)


def test_the_function_of_the_package_checks(domain: ModuleType, wrong: Any) -> None:
    devices = f"<devices>{DISK}</devices>"
    guest = domain.parse(
        f"<domain type='kvm'><name>g</name><memory>1</memory><os><type>hvm</type></os>{devices}</domain>"
    )
    guest.devices.disks = [wrong]
    with pytest.raises(domain.FormatError, match="Domain would not be valid: /domain/devices/disk/source/@file"):
        domain.format(guest)
    assert "<source file='/a'/>" in domain.format(guest, validate=False)
    wrong.type = domain.StorageType.FILE
    assert domain.format(guest) == domain.format(guest, validate=False)


@pytest.mark.parametrize("twin", TWINS)
def test_copies_are_held_to_the_same(domain: ModuleType, wrong: Any, twin: Twin) -> None:
    with pytest.raises(domain.FormatError, match="takes dev=, not file="):
        domain.format_disk(twin(wrong))
    assert domain.format_disk(twin(domain.parse_disk(DISK))) == DISK


def test_elements_out_of_a_stream_are_held_to_the_same(domain: ModuleType) -> None:
    right, wrong = domain.iter_parse(f"<devices>{DISK}{WRONG}</devices>", domain.Disk)
    assert domain.format_disk(right) == DISK
    with pytest.raises(domain.FormatError, match="takes dev=, not file="):
        domain.format_disk(wrong)


def test_members_of_a_union_are_checked(generate_and_import: Any, tmp_path: Any) -> None:
    schema = tmp_path / "shapes.rng"
    schema.write_text(SHAPES, encoding="utf-8")
    shapes = generate_and_import("shapes_under_test", schema)
    circle = shapes.parse_shape("<shape kind='circle' r='1' x='0'/>")
    box = shapes.parse_shape("<shape kind='box' a='1' b='2'/>")
    assert type(circle) is not type(box)
    box.b = None
    with pytest.raises(shapes.FormatError, match="would not be valid: /shape"):
        shapes.format_shape(box)
    assert shapes.format_shape(box, validate=False) == "<shape kind='box' a='1'/>\n"
    assert (
        shapes.format(shapes.Shapes(shapes=[circle])) == "<shapes>\n  <shape kind='circle' r='1' x='0'/>\n</shapes>\n"
    )
    with pytest.raises(shapes.FormatError, match=r"Shapes would not be valid: /shapes/shape\[2\]"):
        shapes.format(shapes.Shapes(shapes=[circle, box]))


SHAPES = """<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <start><element name="shapes"><zeroOrMore><ref name="shape"/></zeroOrMore></element></start>
  <define name="shape"><element name="shape"><choice>
    <group><attribute name="kind"><value>circle</value></attribute><attribute name="r"/><attribute name="x"/></group>
    <group>
      <attribute name="kind"><value>box</value></attribute>
      <choice>
        <group><attribute name="a"/><attribute name="b"/></group>
        <group><attribute name="c"/><attribute name="d"/></group>
      </choice>
    </group>
  </choice></element></define>
</grammar>
"""

UNKNOWN = {
    "attribute": DISK.replace("dev='vda'", "dev='vda' novel='n'"),
    "element": DISK.replace("<target", "<novel/>\n  <target"),
    "token": DISK.replace("dev='vda'", "dev='vda' bus='teleport'"),
    "value": DISK.replace("</disk>", "  <wwn>?</wwn>\n</disk>"),
    "missing": DISK.replace(" dev='vda'", ""),
    "more than text": DISK.replace("</disk>", "  <serial kind='n'>s</serial>\n</disk>"),
}


@pytest.mark.parametrize("kind", UNKNOWN)
def test_what_was_kept_of_a_newer_document_is_written_unless_asked_otherwise(domain: ModuleType, kind: str) -> None:
    text = UNKNOWN[kind]
    devices = domain.Devices(disks=[domain.parse_disk(DISK), domain.parse_disk(text, unknown="keep")])
    for twin in (devices, *[twin(devices) for twin in TWINS]):
        written = domain.format_devices(twin)
        assert domain.parse_devices(written, unknown="keep") == devices
        assert domain.format_devices(twin, indent=None).replace("\n", "").count("<disk") == 2
        with pytest.raises(domain.FormatError, match="would not be valid"):
            domain.format_devices(twin, validate=True)
    assert domain.format_disk(devices.disks[1], like=text) == text
    with pytest.raises(domain.FormatError, match="would not be valid"):
        domain.format_disk(devices.disks[1], like=text, validate=True)


@pytest.mark.parametrize("twin", [lambda given: given, *TWINS])
def test_a_kept_document_that_is_known_in_parts_only_is_written_unless_asked_otherwise(
    domain: ModuleType, twin: Twin
) -> None:
    disk = twin(domain.parse_disk(WRONG, unknown="keep"))
    assert disk.unknown == ()
    assert domain.format_disk(disk) == WRONG
    (streamed,) = domain.iter_parse(WRONG, domain.Disk, unknown="keep")
    assert domain.format_disk(streamed) == WRONG
    with pytest.raises(domain.FormatError, match="takes dev=, not file="):
        domain.format_disk(disk, validate=True)


def test_a_kept_document_that_was_valid_is_held_to_the_schema(domain: ModuleType) -> None:
    disk = domain.parse_disk(DISK, unknown="keep")
    disk.type = domain.StorageType.BLOCK
    with pytest.raises(domain.FormatError, match="takes dev=, not file="):
        domain.format_disk(disk)


def test_what_was_kept_may_be_moved(domain: ModuleType, wrong: Any) -> None:
    kept = domain.parse_disk(UNKNOWN["token"], unknown="keep")
    fresh = domain.Disk(
        type=domain.StorageType.FILE,
        source=domain.DiskSource(file="/b"),
        target=domain.DiskTarget(dev="vdb", bus=kept.target.bus),
    )
    assert fresh.target.unknown == ()
    assert "bus='teleport'" in domain.format_disk(fresh)


def test_nothing_unknown_is_left_when_it_was_replaced_by_an_object_that_is_all_known(
    domain: ModuleType, wrong: Any
) -> None:
    kept = domain.parse_disk(UNKNOWN["attribute"], unknown="keep")
    wrong.target = kept.target
    assert "novel='n'" in domain.format_disk(wrong)
    wrong.target = domain.DiskTarget(dev="vda")
    with pytest.raises(domain.FormatError, match="takes dev=, not file="):
        domain.format_disk(wrong)


def test_names_that_the_grammar_cannot_read_are_written_unless_asked_otherwise(domain: ModuleType) -> None:
    metadata = domain.Metadata(elements=[domain.AnyElement("{urn:acme}n\N{GRINNING FACE}")])
    written = domain.format_metadata(metadata)
    assert domain.parse_metadata(written) == metadata
    with pytest.raises(domain.FormatError, match="would not be valid: not well-formed XML"):
        domain.format_metadata(metadata, validate=True)


def test_a_first_check_loads_nothing_that_only_explains_faults(domain: ModuleType) -> None:
    import subprocess
    import sys

    program = (
        "import sys; from generated import domain as d; d.format_disk(d.parse_disk(sys.argv[1])); "
        "print(*[name for name in sys.modules if '_runtime.' in name])"
    )
    run = subprocess.run([sys.executable, "-c", program, DISK], capture_output=True, text=True, check=True)
    loaded = {name.partition("_runtime.")[2] for name in run.stdout.split()}
    assert "validator" in loaded
    assert loaded.isdisjoint({"faults", "explanation", "search", "wording", "layout"})
