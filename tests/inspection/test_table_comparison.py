"""Lists of values of a schema beside enum tables, as text, as values, and through the command."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from relaxgen.__main__ import main
from relaxgen.diagnostics.errors import Diagnostics
from relaxgen.enums.matching import Fit, NamedChoice, compare
from relaxgen.enums.table import EnumEntry, EnumTable
from relaxgen.inspection.table_comparison import compare_files
from relaxgen.inspection.value_choices import choices_of
from relaxgen.relaxng.grammar_reader import read_grammar, read_grammar_text
from relaxgen.relaxng.simplification import simplify

DISK = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start>
    <element name="disk">
      <choice>
        <group><attribute name="type"><value>file</value></attribute><element name="path"><text/></element></group>
        <group><attribute name="type"><value>block</value></attribute></group>
      </choice>
      <ref name="snapshotMode"/>
      <zeroOrMore>
        <element name="driver"><attribute name="io"><choice>
          <value>threads</value><value> native </value>
          <data type="int"/>
        </choice></attribute></element>
      </zeroOrMore>
      <optional>
        <element name="driver"><attribute name="cache"><choice>
          <value>none</value><value>writeback</value>
        </choice></attribute><ref name="disk.inner"/></element>
      </optional>
      <element name="state"><choice><value>on</value><value>off</value><value>paused</value></choice></element>
      <attribute name="ready"><value>yes</value></attribute>
    </element>
  </start>
  <define name="snapshotMode"><optional>
    <attribute name="snapshot"><choice>
      <value>no</value><value>internal</value><value>external</value><value>manual</value>
    </choice></attribute>
  </optional></define>
  <define name="disk.inner"><zeroOrMore>
    <element name="driver"><attribute name="cache"><ref name="mode"/></attribute><ref name="disk.inner"/></element>
  </zeroOrMore></define>
  <define name="mode"><choice><value>a</value><value>b</value></choice></define>
</grammar>
"""

TABLES = """
VIR_ENUM_IMPL(virDomainDiskSnapshot, VIR_DOMAIN_DISK_SNAPSHOT_LAST, "default", "no", "internal", "external", "none")
VIR_ENUM_IMPL(virDomainDisk, VIR_DOMAIN_DISK_LAST, "file", "block")
VIR_ENUM_IMPL(virDomainState, VIR_DOMAIN_STATE_LAST, "none", "on", "off", "paused")
VIR_ENUM_IMPL(virDomainOther, VIR_DOMAIN_OTHER_LAST, "x", "y", "z")
"""


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "disk.rng").write_text(DISK, encoding="utf-8")
    (tmp_path / "disk.enums").write_text(TABLES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def choices() -> dict[str, list[NamedChoice]]:
    found: dict[str, list[NamedChoice]] = {}
    for choice in choices_of(simplify(read_grammar_text(DISK.encode()))):
        found.setdefault(choice.path, []).append(choice)
    return found


def test_values_of_alternatives_are_one_list() -> None:
    (choice,) = choices()["disk/@type"]
    assert choice.tokens == ("file", "block")


def test_element_patterns_of_one_name_give_the_list_of_each_too() -> None:
    """`driver` below `driver` is another kind of element, with a list of its own."""
    assert {choice.tokens for choice in choices()["disk/driver/@io"]} == {("threads", "native")}
    assert {choice.tokens for choice in choices()["disk/driver/@cache"]} == {("none", "writeback")}
    assert {choice.tokens for choice in choices()["driver/driver/@cache"]} == {("a", "b")}


def test_a_choice_knows_its_place_and_all_names_around() -> None:
    (choice,) = choices()["disk/@snapshot"]
    assert choice.names == ("disk", "snapshot", "snapshotMode")
    assert (choice.location.line, choice.location.column) == (26, 32)
    assert not choice.is_open
    (inner,) = choices()["driver/driver/@cache"]
    assert inner.names == ("driver", "driver", "disk.inner", "cache", "mode")


def test_a_choice_with_other_text_beside_is_open() -> None:
    assert choices()["disk/driver/@io"][0].is_open


def test_text_of_an_element_is_a_list_too() -> None:
    assert choices()["disk/state"][0].tokens == ("on", "off", "paused")


REPORT = """\
exact     virDomainDisk = disk/@type
sentinel  virDomainState = disk/state, without 'none'
near      virDomainDiskSnapshot = disk/@snapshot, without 'default'
            only in the table (disk.enums:2:15): 'none'
            only in the schema (disk.rng:26:32): 'manual'
none      virDomainOther
choices without a table:
  disk/driver/@io (disk.rng:11:53): threads, native
  disk/driver/@cache (disk.rng:17:56): none, writeback
  driver/driver/@cache (disk.rng:33:23): a, b
4 tables: 1 exact, 1 equal but for the first entry, 1 near, 1 without a choice; 3 choices without a table
"""


def test_command_prints_the_comparison(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["enums", "disk.rng", "--tables", "disk.enums"]) == 1
    assert capsys.readouterr().out == REPORT


def test_command_takes_many_files_and_gives_the_same_as_json(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (directory / "more.c").write_text('VIR_ENUM_IMPL(virMore, VIR_MORE_LAST, "a", "b", "b");\n')
    arguments = ["enums", "disk.rng", "--tables", "disk.enums", "more.c", "--output-format", "json"]
    assert main(arguments) == 1
    values = json.loads(capsys.readouterr().out)
    assert [(found["table"], found["fit"]) for found in values["tables"]] == [
        ("virDomainDiskSnapshot", "near"),
        ("virDomainDisk", "exact"),
        ("virDomainState", "sentinel"),
        ("virDomainOther", "none"),
        ("virMore", "exact"),
    ]
    assert values["tables"][0] == {
        "table": "virDomainDiskSnapshot",
        "location": "disk.enums:2:15",
        "fit": "near",
        "choice": {
            "path": "disk/@snapshot",
            "location": "disk.rng:26:32",
            "tokens": ["no", "internal", "external", "manual"],
            "open": False,
        },
        "other_choices": [],
        "other_tables": [],
        "sentinel": "default",
        "only_in_table": ["none"],
        "only_in_schema": ["manual"],
    }
    assert [warning["message"] for warning in values["diagnostics"]] == ["'b' occurs twice in table \"virMore\""]


def test_command_is_content_where_nothing_has_drifted(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (directory / "disk.enums").write_text('VIR_ENUM_IMPL(virDomainDisk, VIR_DOMAIN_DISK_LAST, "file", "block")')
    assert main(["enums", "disk.rng", "--tables", "disk.enums"]) == 0
    assert capsys.readouterr().out.startswith("exact     virDomainDisk = disk/@type\n")


def test_command_reports_mistakes_in_tables_with_their_places(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (directory / "disk.enums").write_text('VIR_ENUM_IMPL(virX, VIR_X_LAST "a")\nVIR_ENUM_IMPL(virY, 2, "a")')
    assert main(["enums", "disk.rng", "--tables", "disk.enums"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        'disk.enums:1:32: expected "," before the entries of "virX", found "a"',
        'disk.enums:2:21: table "virY" has 1 entry, expected 2',
    ]


def test_libvirts_tables_find_the_choices_of_its_schemas(corpus: Path) -> None:
    """Counted once for each table, at its best over all root schemas."""
    raw = json.loads((corpus / "enums/libvirt-11.3.0-src-conf.json").read_bytes())
    tables = [EnumTable(t["name"], t["last"], tuple(map(EnumEntry, t["strings"], range(999)))) for t in raw]
    random.Random(1).shuffle(tables)
    order = list(Fit)
    fits: dict[str, int] = {}
    for schema in sorted((corpus / "libvirt-11.3.0/schemas").glob("*.rng")):
        if "<start>" in schema.read_text(encoding="utf-8"):
            for match in compare(tables, choices_of(simplify(read_grammar(schema)))).matches:
                fits[match.table.name] = min(fits.get(match.table.name, 9), order.index(match.fit))
    counts = [list(fits.values()).count(number) for number in range(len(order))]
    assert dict(zip(order, counts, strict=True)) == {Fit.EXACT: 78, Fit.SENTINEL: 90, Fit.NEAR: 14, Fit.NONE: 43}


BUS = """
<element name="bus" xmlns="http://relaxng.org/ns/structure/1.0"><choice>
  <group><attribute name="type"><value>pci</value></attribute>
    <choice>
      <attribute name="model"><choice><value>root</value><value>bridge</value></choice></attribute>
      <group><attribute name="model"><value>express</value></attribute><element name="hole"><empty/></element></group>
    </choice></group>
  <group><attribute name="type"><value>ide</value></attribute>
    <attribute name="model"><choice><value>a</value><value>b</value></choice></attribute></group>
</choice></element>
"""


def compared(tmp_path: Path, tables: str, *schemas: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Fit, path, and tokens that only the table has, for each table."""
    files = [tmp_path / f"{number}.rng" for number in range(len(schemas))]
    for file, schema in zip(files, schemas, strict=True):
        file.write_text(schema, encoding="utf-8")
    (tmp_path / "t.enums").write_text(tables, encoding="utf-8")
    found = compare_files(files, [tmp_path / "t.enums"], Diagnostics())
    return [
        (match.fit.value, match.choice.path if match.choice else "", match.only_in_table) for match in found.matches
    ]


def test_a_table_is_compared_with_the_values_of_its_own_place(tmp_path: Path) -> None:
    table = 'VIR_ENUM_IMPL(busModelPCI, BUS_MODEL_PCI_LAST, "root", "bridge", "express");'
    assert compared(tmp_path, table, BUS) == [("exact", "bus[@type='pci']/@model", ())]
    table = 'VIR_ENUM_IMPL(busModelPCI, BUS_MODEL_PCI_LAST, "root", "bridge", "express", "switch");'
    assert compared(tmp_path, table, BUS) == [("near", "bus[@type='pci']/@model", ("switch",))]


def test_a_table_finds_its_partner_in_any_of_the_schemas(tmp_path: Path) -> None:
    table = 'VIR_ENUM_IMPL(busModelIDE, BUS_MODEL_IDE_LAST, "a", "b", "c");'
    other = BUS.replace("<value>b</value>", "<value>b</value><value>c</value>").replace('"bus"', '"card"')
    assert compared(tmp_path, table, BUS, other) == [("exact", "card/@model", ())]
