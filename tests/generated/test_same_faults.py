"""A document has the same faults whether it is parsed, parsed with the check, or validated."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

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
