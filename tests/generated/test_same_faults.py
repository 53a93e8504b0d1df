"""A document has the same faults whether it is parsed, parsed with the check, or validated."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest
from lxml import etree

from tests.conftest import GenerateAndImport
from tests.growth import LESS_THAN_QUADRATIC, growth

DOCUMENTS = Path(__file__).resolve().parents[1] / "documents" / "domain"


def faults_of(package: ModuleType, document: Any, **options: Any) -> list[str]:
    try:
        package.parse(document, **options)
    except package.ParseError as error:
        return [repr(fault) for fault in error.faults]
    return []


def validated(package: ModuleType, document: Any) -> list[str]:
    validator = importlib.import_module(f"{package.__name__}._runtime.validator")
    return [repr(fault) for fault in validator._validator(package.__name__, "").validate(document)]


MALFORMED = {
    "cut": "<domain type='kvm'>\n  <na",
    "cut in an end tag": "<domain type='kvm'>\n  <name>x</na",
    "not closed": "<domain>\n  <name>x</name>\n",
    "another end tag": "<domain>\n  <name>x</nam>\n</domain>",
    "no end tag": "<domain>\n  <name>x\n</domain>",
    "no quotes": "<domain>\n  <name a=b/>\n</domain>",
    "no value": "<domain>\n  <name a b='c'/>\n</domain>",
    "an attribute twice": "<domain type='kvm' type='kvm'/>",
    "a prefix that is not declared": "<domain>\n  <q:name/>\n</domain>",
    "a control character": "<domain>\n\x01</domain>",
    "an entity": "<domain>\n  &what;</domain>",
    "a lone surrogate": "<domain>\n  \ud800</domain>",
    "a number of no character": "<domain>\n  &#0;</domain>",
    "text behind": "<domain/>\nx",
    "two roots": "<domain/><domain/>",
    "a late declaration": "\n<?xml version='1.0'?><domain/>",
    "declarations": "<!DOCTYPE domain [<!ENTITY a 'b'>]><domain/>",
    "an external DTD": "<!DOCTYPE domain SYSTEM 'a.dtd'><domain>&a;</domain>",
    "no encoding": b"<?xml version='1.0' encoding='bogus'?><domain/>",
    "not in its encoding": b"<?xml version='1.0' encoding='cp1252'?><domain>\x81</domain>",
    "no UTF-8": b"<domain>\n\xff</domain>",
    "UTF-16": "<domain>\n<name></domain>".encode("utf-16"),
    "empty": "",
    "blank": b" \n",
    "only a mark": b"\xef\xbb\xbf",
    "no XML": "hello",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_cannot_be_read_is_one_fault_with_its_place_and_cause(domain: ModuleType, name: str) -> None:
    document = MALFORMED[name]
    [fault] = validated(domain, document)
    assert faults_of(domain, document) == faults_of(domain, document, validate=True) == [fault]
    assert "line=0" not in fault
    assert "invalid token" not in fault  # which says nothing


def test_a_text_is_in_no_encoding_that_it_declares(domain: ModuleType) -> None:
    metadata = "<metadata>\n <x:a xmlns:x='urn:x'> <x:b/> </x:a></metadata>"
    text = (DOCUMENTS / "clock-absolute.xml").read_text("utf-8").replace("<name>", f"{metadata}<name>", 1)
    document = "<?xml version='1.0' encoding='bogus'?>" + re.sub(r"<\?xml.*?\?>", "", text)
    assert faults_of(domain, document) == validated(domain, document) == []


def _renamed(element: Any, chance: Random) -> None:
    element.tag += "x"


def _moved_into_a_namespace(element: Any, chance: Random) -> None:
    element.tag = f"{{urn:other}}{etree.QName(element).localname}"


def _removed(element: Any, chance: Random) -> None:
    if element.getparent() is not None:
        element.getparent().remove(element)


def _repeated(element: Any, chance: Random) -> None:
    if element.getparent() is not None:
        element.addnext(deepcopy(element))


def _with_text(element: Any, chance: Random) -> None:
    element.text = "stray"


def _with_strangers(element: Any, chance: Random) -> None:
    element.set("stranger", "1")
    element.insert(chance.randint(0, len(element)), element.makeelement("stranger"))


def _with_another_value(element: Any, chance: Random) -> None:
    for name in element.keys()[:1]:
        element.set(name, "no such value")


def _with_fewer_attributes(element: Any, chance: Random) -> None:
    for name in element.keys()[:1]:
        del element.attrib[name]


def _with_another_attribute(element: Any, chance: Random) -> None:
    for name in element.keys()[:1]:
        element.set(f"{name}x", element.attrib.pop(name))


MUTATIONS: list[Callable[[Any, Random], None]] = [
    _renamed,
    _moved_into_a_namespace,
    _removed,
    _repeated,
    _with_text,
    _with_strangers,
    _with_another_value,
    _with_fewer_attributes,
    _with_another_attribute,
]


def mutants(mutate: Callable[[Any, Random], None]) -> Iterator[str]:
    chance = Random(mutate.__name__)
    for path in sorted(DOCUMENTS.glob("*.xml"))[::3]:
        for place in (0.0, chance.random(), chance.random()):
            root = etree.parse(path).getroot()
            elements = list(root.iter("*"))
            mutate(elements[int(place * len(elements))], chance)
            yield etree.tostring(root, encoding="unicode")


@pytest.mark.parametrize("mutate", MUTATIONS)
def test_parsing_and_validating_find_the_same(domain: ModuleType, mutate: Callable[[Any, Random], None]) -> None:
    refused = 0
    for document in mutants(mutate):
        expected = validated(domain, document)
        assert faults_of(domain, document, validate=True) == expected
        assert faults_of(domain, document) in (expected, []), document
        refused += bool(expected)
    assert refused > 1


@pytest.mark.parametrize("unknown", ["keep", "ignore"])
def test_what_may_not_be_unknown_is_a_fault_in_the_same_words(domain: ModuleType, unknown: str) -> None:
    document = "<domain type='kvm' stranger='1'>\n <stranger/>\n <vcpu>many</vcpu>\n text\n <name>n</name></domain>"
    faults = faults_of(domain, document, unknown=unknown)
    assert len(faults) > 1
    assert set(faults) < set(validated(domain, document))
    assert not [fault for fault in faults if "unknown-" in fault]
    [root] = faults_of(domain, "<domian><vcpu>many</vcpu></domian>", unknown=unknown)
    assert "the root is <domian>, not <domain>" in root


def test_what_is_missing_beside_unknown_content_is_said_once_each(
    generate_and_import: GenerateAndImport, tmp_path: Path
) -> None:
    inside = '<element name="first"><text/></element><element name="second"><text/></element>'
    text = f'<element name="pair" xmlns="http://relaxng.org/ns/structure/1.0">{inside}</element>'
    (tmp_path / "pair.rng").write_text(text, encoding="utf-8")
    package = generate_and_import("missing_under_test", tmp_path / "pair.rng")
    with pytest.raises(package.ParseError) as caught:
        package.parse("<pair>\n <firsd/></pair>", unknown="keep")
    assert [(fault.message, fault.expected, fault.line) for fault in caught.value.faults] == [
        ("<pair> lacks <first>", ("first",), 1),
        ("<pair> lacks <second>", ("second",), 1),
    ]


def test_a_wrong_root_lacks_nothing_else(domain: ModuleType) -> None:
    [root, inside] = faults_of(domain, "<domian><name>n</name><x/></domian>")
    assert "the root is <domian>, not <domain>" in root
    assert "unknown element <x>" in inside
    [root] = faults_of(domain, "<domain xmlns='urn:other'><name/></domain>")
    assert "the root <domain> is in the namespace 'urn:other' instead of no namespace" in root


def test_the_roots_of_all_schemas_are_expected(generate_and_import: GenerateAndImport, tmp_path: Path) -> None:
    for name in ("shop", "bill"):
        text = f'<element name="{name}" xmlns="http://relaxng.org/ns/structure/1.0"><attribute name="of"/></element>'
        (tmp_path / f"{name}.rng").write_text(text, encoding="utf-8")
    package = generate_and_import("roots_under_test", tmp_path / "shop.rng", tmp_path / "bill.rng")
    with pytest.raises(package.ParseError, match="the root is <bil>, not <bill> or <shop>") as caught:
        package.parse("<bil/>")
    [fault] = caught.value.faults
    assert (fault.suggestion, fault.expected) == ("bill", ("bill", "shop"))
    with pytest.raises(package.ParseError, match="the root is <bil>, not <shop>"):
        package.parse_shop("<bil/>")


def test_letters_that_expat_does_not_know_are_no_fault(domain: ModuleType) -> None:
    """Newer editions of XML allow more letters in names; libxml2 takes them, expat does not."""
    document = "<domain type='kvm'>\n <name>n</name>\n <devices><disk ⅷ='1'/></devices>\n</domain>"
    assert "malformed" in validated(domain, document)[0]
    [fault] = [fault for fault in faults_of(domain, document) if "unknown-attribute" in fault]
    assert "line=3, column=0, path='/domain/devices/disk/@ⅷ'" in fault
    assert "unknown attribute 'ⅷ' in <disk>" in fault


def with_many_attributes(size: int) -> str:
    attributes = [f"a{number}=''" for number in range(size)]
    return f"<domain {' '.join(attributes)}/>"


def with_many_strangers_and_such_letters(size: int) -> str:
    return f"<domain ⅷ='1'>{'<x/>' * size}</domain>"


@pytest.mark.parametrize("document", [with_many_attributes, with_many_strangers_and_such_letters])
def test_the_faults_of_one_element_are_found_in_linear_time(domain: ModuleType, document: Callable[[int], str]) -> None:
    with pytest.raises(domain.ParseError) as caught:
        domain.parse(document(2000))
    assert len(caught.value.faults) == 1000
    assert growth(lambda size: faults_of(domain, document(size)), 2000) < LESS_THAN_QUADRATIC
