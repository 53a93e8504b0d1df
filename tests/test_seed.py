"""The proof of the idea: a feature of the format is an edit of the schema, and nothing else.

libvirt's change of 2010 that gave disks ``snapshot='external'`` and ``<transient/>`` edited parsers, formatters, tables
and documentation by hand. Here the schema is taken without both, the edit is made, the package is generated again, and
all that changes in it is looked at line by line.
"""

from __future__ import annotations

import importlib
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from types import ModuleType

import pytest
from relaxgen.output import write
from relaxgen.pipeline import build_package
from relaxgen.project.request import PackageRequest

from benchmarks.round_trip import difference

REPOSITORY = Path(__file__).resolve().parents[1]
DOCUMENTS = REPOSITORY / "tests" / "documents" / "domain"
SEEDS = ("disk-snapshot-modes.xml", "disk-transient.xml")

FEATURES = {
    "disk.rng": [
        r'      <optional>\n        <attribute name="snapshot".*?</optional>\n',
        r'        <optional>\n          <element name="transient".*?</optional>\n',
    ],
    "enums/disk.enums": [r"VIR_ENUM_IMPL\(virDomainDiskSnapshot,.*?;\n\n"],
}
"""What the edit adds, by file."""

ENUMERATION = '''
class DiskSnapshot(rt.Token, constants="VIR_DOMAIN_DISK_SNAPSHOT_"):
    """Enum table ``virDomainDiskSnapshot``."""

    DEFAULT = "default"  # never in a document
    NO = "no"
    INTERNAL = "internal"
    EXTERNAL = "external"
'''


@dataclass(frozen=True, slots=True)
class Edit:
    """The package before and after the edit of the schema: files by path, and imported."""

    old_tree: Mapping[str, str]
    new_tree: Mapping[str, str]
    old: ModuleType
    new: ModuleType


@pytest.fixture(scope="module")
def edit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edit]:
    parent = tmp_path_factory.mktemp("seed")
    schemas = parent / "schemas"
    shutil.copytree(REPOSITORY / "schemas", schemas)
    edited = {name: (schemas / name).read_text(encoding="utf-8") for name in FEATURES}
    for name, patterns in FEATURES.items():
        text = edited[name]
        for pattern in patterns:
            text, count = re.subn(pattern, "", text, flags=re.DOTALL)
            assert count == 1
        (schemas / name).write_text(text, encoding="utf-8", newline="\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(parent)
        old_tree = generate(schemas, parent / "domain_before")
        for name, text in edited.items():
            (schemas / name).write_text(text, encoding="utf-8", newline="\n")
        new_tree = generate(schemas, parent / "domain_after")
        importlib.invalidate_caches()
        old, new = importlib.import_module("domain_before"), importlib.import_module("domain_after")
        yield Edit(old_tree, new_tree, old, new)


def generate(schemas: Path, output: Path) -> Mapping[str, str]:
    tables = tuple(sorted((schemas / "enums").glob("*.enums")))
    tree = build_package(PackageRequest((schemas / "domain.rng",), output, tables)).tree
    write(tree, output)
    return tree


def changes(edit: Edit, path: str) -> list[str]:
    """The lines removed and added."""
    old, new = (tree[path].splitlines() for tree in (edit.old_tree, edit.new_tree))
    return [line for line in unified_diff(old, new, n=0, lineterm="") if line[:3] not in ("---", "+++")]


def added(edit: Edit, path: str) -> str:
    return "\n".join(line[1:] for line in changes(edit, path) if line.startswith("+")) + "\n"


def removed(edit: Edit, path: str) -> list[str]:
    return [line[1:].strip() for line in changes(edit, path) if line.startswith("-")]


def test_only_the_module_of_disks_its_exports_and_the_grammar_change(edit: Edit) -> None:
    assert sorted(edit.old_tree) == sorted(edit.new_tree)
    changed = [path for path, text in edit.new_tree.items() if text != edit.old_tree[path]]
    assert changed == ["__init__.py", "_disk.py", "_schema/domain.py", "disk.py"]


def test_the_exports_gain_the_enumeration_and_its_functions(edit: Edit) -> None:
    names = {"DiskSnapshot", "parse_disk_snapshot", "format_disk_snapshot"}
    assert set(edit.new.__all__) - set(edit.old.__all__) == names
    assert set(edit.old.__all__) <= set(edit.new.__all__)
    assert len(removed(edit, "__init__.py")) <= 3, "rows of names stay what they are but near a new one"


def test_the_module_gains_the_enumeration(edit: Edit) -> None:
    assert ENUMERATION in added(edit, "disk.py")
    assert "parse_disk_snapshot = DISK_SNAPSHOT.parse\nformat_disk_snapshot = DISK_SNAPSHOT.format\n" in added(
        edit, "disk.py"
    )


def test_the_class_gains_two_fields(edit: Edit) -> None:
    lines = added(edit, "disk.py").splitlines()
    for line in (
        "    snapshot: DiskSnapshot | None = rt.attribute(DISK_SNAPSHOT, default=None)",
        "    transient: bool = rt.flag(default=False)",
    ):
        assert lines.count(line) == 1


def test_reading_and_writing_gain_the_lines_of_the_two_fields(edit: Edit) -> None:
    lines = [line.strip() for line in added(edit, "_disk.py").splitlines()]
    reading = ['elif name == "snapshot":', "this.snapshot = DISK_SNAPSHOT[text]", "this.transient = reader.flag(child)"]
    writing = ["and this.snapshot is not DiskSnapshot.DEFAULT", "if this.transient:"]
    for line in (*reading, *writing):
        assert lines.count(line) == 1


def test_nothing_else_changes(edit: Edit) -> None:
    """Initial values, imported names and implied values share lines; every other line that was there is still there."""
    shared = re.compile(
        r"this\.\w+ = .*(None|False)|from \.disk import .*|Disk\._implied = .*|\(\"readonly\", .*\),|\)"
    )
    assert [line for line in removed(edit, "disk.py") if not shared.fullmatch(line)] == []
    old = removed(edit, "_disk.py")
    assert old
    assert [line for line in old if not shared.fullmatch(line)] == []
    assert len([line for line in old if line.startswith("from")]) <= 4, (
        "two names, each with the rows to the next break"
    )
    about = re.compile(r"snapshot|transient|changes to the disk", re.IGNORECASE)
    text = added(edit, "disk.py").replace(ENUMERATION, "") + added(edit, "_disk.py")
    lines = [line for line in map(str.strip, text.splitlines()) if line and not about.search(line)]
    assert [line for line in lines if not shared.fullmatch(line)] == [
        "its image, or in a new image. ``no`` is implied where ``readonly``. Since 0.9.5.",
        '"""',
        "if (",
        "):",
    ]


@pytest.mark.parametrize("name", sorted(path.name for path in DOCUMENTS.glob("*.xml")))
def test_documents_without_the_features_come_back_from_both_packages(edit: Edit, name: str) -> None:
    data = (DOCUMENTS / name).read_bytes()
    text = edit.new.format_domain(edit.new.parse_domain(data))
    assert difference(data, text.encode()) == ""
    if re.search(rb"<disk [^>]*snapshot=|<transient/>", data):
        with pytest.raises(edit.old.ParseError):
            edit.old.parse_domain(data)
    else:
        assert edit.old.format_domain(edit.old.parse_domain(data)) == text


def test_old_programs_keep_working(edit: Edit) -> None:
    for package in (edit.old, edit.new):
        disk = package.Disk(target=package.DiskTarget(dev="vda"), readonly=True)
        assert package.format_disk(disk, indent=None) == "<disk><target dev='vda'/><readonly/></disk>"


@pytest.mark.parametrize("name", SEEDS)
def test_documents_of_the_change_come_back(edit: Edit, name: str) -> None:
    data = (DOCUMENTS / name).read_bytes()
    guest = edit.new.parse_domain(data, validate=True)
    assert difference(data, edit.new.format_domain(guest).encode()) == ""


def test_the_fields_have_what_the_documents_say(edit: Edit) -> None:
    new = edit.new
    modes = new.parse_domain(DOCUMENTS / "disk-snapshot-modes.xml")
    assert [(disk.snapshot, disk.readonly) for disk in modes.devices.disks] == [
        (new.DiskSnapshot.INTERNAL, False),
        (new.DiskSnapshot.NO, True),
        (new.DiskSnapshot.EXTERNAL, False),
    ]
    transient = new.parse_domain(DOCUMENTS / "disk-transient.xml")
    assert [disk.transient for disk in transient.devices.disks] == [True]
    assert [member.value for member in new.DiskSnapshot] == ["default", "no", "internal", "external"]


def test_a_wrong_mode_is_refused_with_its_place_and_the_right_ones(edit: Edit) -> None:
    text = "<domain type='qemu'>\n  <devices>\n    <disk type='block' snapshot='yes'/>\n  </devices>\n</domain>\n"
    with pytest.raises(edit.new.ParseError) as caught:
        edit.new.parse_domain(text)
    fault = next(fault for fault in caught.value.faults if fault.path.endswith("@snapshot"))
    assert (fault.line, fault.column) == (3, 24)
    assert fault.path == "/domain/devices/disk/@snapshot"
    assert fault.expected == ("no", "internal", "external")


def test_before_the_edit_both_features_are_unknown(edit: Edit) -> None:
    data = (DOCUMENTS / "disk-transient.xml").read_bytes()
    with pytest.raises(edit.old.ParseError) as caught:
        edit.old.parse_domain(data)
    assert [fault.path for fault in caught.value.faults] == ["/domain/devices/disk/transient"]
    kept = edit.old.parse_domain(data, unknown="keep")
    assert difference(data, edit.old.format_domain(kept).encode()) == ""
