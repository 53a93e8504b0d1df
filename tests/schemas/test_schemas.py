"""The grammars in ``schemas/`` and our own documents, with libxml2's validator as a witness that is not ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

REPOSITORY = Path(__file__).resolve().parents[2]
SCHEMAS = REPOSITORY / "schemas"
DOCUMENTS = REPOSITORY / "tests" / "documents" / "domain"
INVALID_DOCUMENTS = REPOSITORY / "tests" / "documents" / "domain-invalid"

RELAX_NG = "{http://relaxng.org/ns/structure/1.0}"
DOCUMENTATION = "{http://relaxng.org/ns/compatibility/annotations/1.0}documentation"
BINDING = "{urn:relaxgen:binding:1}"
BINDING_KEYS = {"as", "enum", "implied", "since", "variants", "when"}

GRAMMARS = sorted(SCHEMAS.glob("*.rng"))


def _names(paths: Iterator[Path]) -> list[str]:
    return sorted(path.name for path in paths)


@cache
def _tree(path: Path) -> Any:
    return etree.parse(path)


@cache
def _schema(root: str = "domain.rng") -> Any:
    return etree.RelaxNG(_tree(SCHEMAS / root))


def _patterns(*names: str) -> Iterator[tuple[Path, Any]]:
    for path in GRAMMARS:
        for node in _tree(path).iter(*(RELAX_NG + name for name in names)):
            yield path, node


def _includes(path: Path) -> set[Path]:
    found = {path}
    for node in _tree(path).iter(RELAX_NG + "include"):
        found |= _includes(path.parent / node.attrib["href"])
    return found


def test_every_grammar_belongs_to_the_one_root() -> None:
    assert _includes(SCHEMAS / "domain.rng") == set(GRAMMARS)


def test_the_root_is_accepted_by_libxml2() -> None:
    assert _schema() is not None


@pytest.mark.parametrize("name", _names(DOCUMENTS.glob("*.xml")))
def test_our_documents_are_valid(name: str) -> None:
    schema = _schema()
    assert schema.validate(etree.parse(DOCUMENTS / name)), schema.error_log


@pytest.mark.parametrize("name", _names(INVALID_DOCUMENTS.glob("*.xml")))
def test_a_document_with_a_mistake_is_not_valid(name: str) -> None:
    path = INVALID_DOCUMENTS / name
    assert re.match(r"<!-- .+ -->\n", path.read_text(encoding="utf-8")), "the first line says what is wrong"
    assert not _schema().validate(etree.parse(path))


def test_there_are_documents_enough() -> None:
    assert len(list(DOCUMENTS.glob("*.xml"))) >= 40
    assert len(list(INVALID_DOCUMENTS.glob("*.xml"))) >= 40


@pytest.mark.parametrize("kind", ["element", "attribute"])
def test_our_documents_use_every_name_of_the_grammar(kind: str) -> None:
    named = {node.attrib["name"].split(":")[-1] for _, node in _patterns(kind) if "name" in node.attrib}
    used: set[str] = set()
    for path in DOCUMENTS.glob("*.xml"):
        for element in etree.parse(path).iter("*"):
            used |= {etree.QName(element).localname} if kind == "element" else {str(name) for name in element.attrib}
    assert sorted(named - used) == []


def test_every_definition_says_what_it_is() -> None:
    silent = [
        f"{path.name}:{define.sourceline}: {define.attrib['name']}"
        for path, define in _patterns("define")
        if define.find(DOCUMENTATION) is None and define.find(f"{RELAX_NG}element/{DOCUMENTATION}") is None
    ]
    assert silent == []


def test_every_element_says_what_it_is() -> None:
    silent = [
        f"{path.name}:{element.sourceline}: {element.attrib['name']}"
        for path, element in _patterns("element")
        if "name" in element.attrib and element.find(DOCUMENTATION) is None
    ]
    assert silent == []


def test_annotations_are_ones_that_the_generator_knows() -> None:
    used = {
        str(name).removeprefix(BINDING)
        for path in GRAMMARS
        for node in _tree(path).iter("*")
        for name in node.attrib
        if str(name).startswith(BINDING)
    }
    assert used <= BINDING_KEYS


def test_releases_are_numbered_as_libvirt_numbers_them() -> None:
    for path, node in _patterns("element", "attribute"):
        since = node.get(BINDING + "since")
        assert since is None or re.fullmatch(r"\d+\.\d+\.\d+", since), f"{path.name}:{node.sourceline}"


class TestSeed:
    """What the first change of libvirt's was about: the snapshot attribute and the transient element of disks."""

    def _disk(self) -> Any:
        (disk,) = [node for _, node in _patterns("element") if node.attrib.get("name") == "disk"]
        return disk

    def test_snapshot_is_one_optional_attribute_with_its_choice(self) -> None:
        (attribute,) = self._disk().iterfind(f"{RELAX_NG}optional/{RELAX_NG}attribute[@name='snapshot']")
        choice = attribute.find(f"{RELAX_NG}choice")
        assert choice is not None
        assert choice.get(BINDING + "enum") == "virDomainDiskSnapshot"
        assert [value.text for value in choice] == ["no", "internal", "external"]
        assert len(attribute.getparent()) == 1

    def test_transient_is_one_optional_flag(self) -> None:
        (element,) = self._disk().iterfind(f".//{RELAX_NG}optional/{RELAX_NG}element[@name='transient']")
        assert [child.tag for child in element if child.tag != DOCUMENTATION] == [RELAX_NG + "empty"]

    def test_without_both_the_seed_is_refused_and_older_documents_stay_valid(self, tmp_path: Path) -> None:
        for grammar in GRAMMARS:
            (tmp_path / grammar.name).write_bytes(grammar.read_bytes())
        tree: Any = etree.parse(tmp_path / "disk.rng")
        removed = [
            node.getparent()
            for node in tree.iter(RELAX_NG + "attribute", RELAX_NG + "element")
            if (node.tag, node.get("name"))
            in {(RELAX_NG + "attribute", "snapshot"), (RELAX_NG + "element", "transient")}
        ]
        assert len(removed) == 2
        for optional in removed:
            optional.getparent().remove(optional)
        tree.write(tmp_path / "disk.rng")
        before = etree.RelaxNG(etree.parse(tmp_path / "domain.rng"))
        refused = {path.name for path in DOCUMENTS.glob("*.xml") if not before.validate(etree.parse(path))}
        assert refused == {"disk-snapshot-modes.xml", "disk-transient.xml", "disk-options.xml"}
