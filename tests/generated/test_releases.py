"""A package that carries the table of the releases of its schema: what each of them has names for."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner
from relaxgen.cli import program
from relaxgen.diagnostics.errors import ConfigurationError
from relaxgen.evolution.releases import ReleaseArguments, Releases, open_releases
from relaxgen.python.release_table import read_release_tables, table_lines
from relaxgen.runtime.releases import Table, runs_of

HISTORY = {
    "1.0.0": """
        start = element store { box* }
        box = element box { attribute kind { "wood" | "tin" }, element label { text }?, box* }
    """,
    "1.2.0": """
        namespace x = "urn:x"
        start = element store { box*, element x:* { text }? }
        box = element box {
          attribute kind { "wood" | "tin" | "two words" | '100% "*"' }, attribute lid { "no" | "yes" }?,
          element label { text }?, element lock { text }?, box*
        }
    """,
    "2.0.0": """
        namespace x = "urn:x"
        start = element store { box*, element note { text }? }
        box = element box {
          attribute kind { xsd:string { minLength = '3' } }, attribute lid { "no" | "yes" }?, attribute x:mark { "*" }?,
          element label { "new" | "old" }?, element key { empty }?, box*
        }
    """,
}


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("history")
    for version, schema in HISTORY.items():
        (directory / version).mkdir()
        (directory / version / "store.rnc").write_text(schema, encoding="utf-8")
    return directory


@pytest.fixture(scope="module")
def table(history: Path) -> Path:
    return write_table(history, "store.rnc", history / "store.versions.json")


def write_table(history: Path, schema: str, file: Path) -> Path:
    arguments = ["since", schema, "--versions", str(history), "--output-format", "json"]
    file.write_text(CliRunner().invoke(program, arguments, standalone_mode=False).output, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def store(history: Path, table: Path, import_path: Path) -> ModuleType:
    return generated(history / "2.0.0" / "store.rnc", table, import_path / "store_with_releases")


def generated(schema: Path, table: Path, output: Path) -> ModuleType:
    arguments = ["generate", str(schema), "--output", str(output), "--versions", str(table)]
    assert CliRunner().invoke(program, arguments, standalone_mode=False).return_value == 0
    return import_module(output.name)


def obstacles(store: Any, text: str, version: str) -> list[str]:
    found = store.RELEASES.requires(store.parse_store(f"<store>{text}</store>", unknown="keep"))
    return [str(one) for one in found.obstacles[version]]


class TestWhatAnObjectNeeds:
    @pytest.mark.parametrize(
        ("text", "lowest"),
        [
            ("", "1.0.0"),
            ("<box kind='tin'/>", "1.0.0"),
            ("<box kind='tin' lid='no'/>", "1.2.0"),
            ("<box kind='glass'/>", "2.0.0"),
            ("<box kind='tin'><label>new</label></box>", "1.0.0"),
            ("<box kind='tin'><key/></box>", "2.0.0"),
            ("<note>a</note>", "2.0.0"),
            ("<box kind='tin' xmlns:x='urn:x' x:mark='*'/>", "2.0.0"),
            ("<box kind='tin' xmlns:x='urn:x' x:mark='+'/>", None),
            ("<box kind='tin'><box kind='tin'><box kind='glass'/></box></box>", "2.0.0"),
        ],
    )
    def test_the_lowest_release_that_knows_it(self, store: Any, text: str, lowest: str | None) -> None:
        one = store.parse_store(f"<store>{text}</store>", unknown="keep")
        assert store.RELEASES.requires(one).lowest == lowest

    def test_what_stands_in_the_way_has_its_path_and_its_releases(self, store: Any) -> None:
        boxes = "<box kind='tin'/><box kind='glass' lid='yes'><box kind='tin'><key/></box></box>"
        assert obstacles(store, boxes, "1.0.0") == [
            "/store/box[2]/@kind=glass: 2.0.0",
            "/store/box[2]/@lid: 1.2.0 to 2.0.0",
            "/store/box[2]/box/key: 2.0.0",
        ]
        assert obstacles(store, boxes, "1.2.0") == [
            "/store/box[2]/@kind=glass: 2.0.0",
            "/store/box[2]/box/key: 2.0.0",
        ]
        assert not obstacles(store, boxes, "2.0.0")

    def test_it_need_not_be_monotone(self, store: Any) -> None:
        one = store.parse_store("<store><box kind='tin'><lock>a</lock></box></store>", unknown="keep")
        assert store.RELEASES.requires(one).known == ("1.2.0",)
        one = store.parse_store("<store><box kind='tin'><label>used</label></box></store>", unknown="keep")
        assert store.RELEASES.requires(one).known == ("1.0.0", "1.2.0")

    def test_names_of_open_elements_are_known(self, store: Any) -> None:
        one = store.parse_store("<store><a xmlns='urn:x' b='c'><d/></a></store>", unknown="keep")
        assert store.RELEASES.requires(one).known == ("1.2.0",)

    def test_values_may_have_any_character(self, store: Any) -> None:
        for value in ("two words", '100% "*"'):
            one = store.Store(boxes=[store.Box(kind=value)])
            assert store.RELEASES.requires(one).known == ("1.2.0", "2.0.0")

    def test_a_part_of_a_document_is_judged_where_it_may_stand(self, store: Any) -> None:
        assert store.RELEASES.requires(store.Box(kind="tin")).lowest == "1.0.0"
        assert store.RELEASES.requires(store.Box(kind="tin", lid=False)).lowest == "1.2.0"

    def test_one_release_is_asked(self, store: Any) -> None:
        one = store.Store(boxes=[store.Box(kind="tin", lid=False)])
        assert store.RELEASES.knows(one, "2.0.0") and not store.RELEASES.knows(one, "1.0.0")
        with pytest.raises(ValueError, match=r"there is no release '1.2'; the newest is 2.0.0"):
            store.RELEASES.knows(one, "1.2")

    def test_the_schemas_at_hand_decide_exactly(self, store: Any, history: Path) -> None:
        one = store.Store(boxes=[store.Box(kind="tin", label="new", key=True)], note="a")
        with open_releases(ReleaseArguments("store.rnc", str(history))) as found:
            releases = Releases(found, cache=False)
            assert releases.requires(one).accepted == ("2.0.0",)
            assert releases.accepts(one, "2.0.0") and releases.faults(one, "1.0.0")


class TestSince:
    def test_of_classes_fields_and_values(self, store: Any) -> None:
        since = store.RELEASES.since
        assert (since(store.Store), since(store.Box), since(store.Box, "kind")) == ("1.0.0", "1.0.0", "1.0.0")
        assert (since(store.Box, "lid"), since(store.Box, "key"), since(store.Store, "note")) == (
            *("1.2.0", "2.0.0"),
            "2.0.0",
        )
        assert (since(store.Box, "lid", "yes"), since(store.Box, "kind", "two words")) == ("1.2.0", "1.2.0")
        assert since(store.Box, "kind", "glass") == "2.0.0"
        assert store.RELEASES.ranges(store.Box, "kind", "two words") == (("1.2.0", "2.0.0"),)

    def test_an_unknown_field_is_a_mistake_with_a_likely_word(self, store: Any) -> None:
        with pytest.raises(ValueError, match=r"Box has no field 'lit' \(did you mean 'lid'\?\)"):
            store.RELEASES.since(store.Box, "lit")


class TestTheTable:
    def test_it_is_loaded_when_it_is_used(self, store: Any, import_path: Path) -> None:
        code = "import sys, store_with_releases as s; s.parse('<store/>'); print(*sys.modules); s.RELEASES"
        output = subprocess.run(
            [sys.executable, "-c", code], cwd=import_path, capture_output=True, text=True, check=True
        ).stdout
        assert "store_with_releases._runtime.reader" in output
        assert "releases " not in output.replace("store_with_releases ", "")

    def test_it_says_what_the_file_says(self, table: Path) -> None:
        (read,) = read_release_tables([table])
        loaded = Table("\n".join(table_lines(read)))
        for known, expected in ((loaded.bits, read.paths), (loaded.open, read.open)):
            for path, runs in expected.items():
                ends = tuple((first, last or read.releases[-1]) for first, last in runs)
                assert runs_of(loaded.releases, known[path]) == ends
        assert loaded.again == read.again == {"/store/box/box": "/store/box"}

    def test_short_paths_have_a_parent_and_a_child(self, tmp_path: Path) -> None:
        file = tmp_path / "a.json"
        file.write_text(
            '{"releases": ["1", "2"], "short": true, "paths": {"a": [["1", null]], "a/b": [["1", null]], '
            '"b/@c": [["2", null]], "b/@c=d": [["2", null]]}, "open": {}, "again": {}}'
        )
        text = "\n".join(table_lines(read_release_tables([file])[0]))
        assert text == "short 1 2\na : b\nb ?\n @c 2 : =d"
        loaded = Table(text)
        assert loaded.bits == {"a": 3, "a/b": 3, "b/@c": 2, "b/@c=d": 2}
        assert loaded.joined(loaded.joined(loaded.joined("", "a"), "b"), "@c") == "b/@c"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("{", r"a.json:1:2: cannot be read: Expecting property name"),
            ("[]", "a.json: is not a table that `relaxgen since --output-format json` has written"),
            (
                '{"releases": ["1"], "short": false, "paths": {"/a": [["2", null]]}, "open": {}, "again": {}}',
                "/a has '2'",
            ),
            ('{"releases": ["1"]}', "'short' is missing"),
        ],
    )
    def test_mistakes_in_the_file(self, tmp_path: Path, text: str, message: str) -> None:
        (tmp_path / "a.json").write_text(text)
        with pytest.raises(ConfigurationError) as caught:
            read_release_tables([tmp_path / "a.json"])
        assert message in str(caught.value)

    def test_two_tables_for_one_root_are_a_mistake(self, table: Path, tmp_path: Path) -> None:
        (tmp_path / "b.json").write_bytes(table.read_bytes())
        with pytest.raises(ConfigurationError, match="is about documents with the root <store>, and so is"):
            read_release_tables([table, tmp_path / "b.json"])


@pytest.mark.slow
def test_what_libvirts_releases_do_not_know_they_refuse(corpus: Path, tmp_path: Path, import_path: Path) -> None:
    with tarfile.open(corpus / "libvirt-history.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    history = tmp_path / "rel"
    with open_releases(ReleaseArguments("domain.rng", str(history))) as found:
        table = write_table(history, "domain.rng", tmp_path / "domain.versions.json")
        libvirt: Any = generated(found[-1].schema, table, import_path / "libvirt_with_releases")
        documents = sorted((corpus / "libvirt-11.3.0" / "xml" / "domain").glob("*.xml"))[::8]
        objects = [libvirt.parse_domain(file) for file in documents]
        exact = Releases(found[::20]).requirements(
            [(file.name, one) for file, one in zip(documents, objects, strict=True)]
        )
    same = 0
    for one, requirement in zip(objects, exact, strict=True):
        known = {version for version in libvirt.RELEASES.requires(one).known if version in requirement.releases}
        assert known >= set(requirement.accepted)
        same += known == set(requirement.accepted)
    assert same > len(documents) * 0.8
