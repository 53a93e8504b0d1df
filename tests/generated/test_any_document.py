"""Documents damaged at random: refused with faults, or read and written back as they are; never a traceback."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lxml import etree
from relaxgen.relaxng.validator import CompiledSchema, compile_schema

from benchmarks.round_trip import difference

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted((REPOSITORY / "tests" / "documents" / "domain").glob("*.xml"))
ROUNDS = 12
"""So many damaged copies of each document."""

WORDS = ["", " ", "0", "-1", "99999999999999999999", "yes", "no", "external", "0x10", "é😀", "a b", "\n", "x" * 300]


@pytest.fixture(scope="module")
def grammar() -> CompiledSchema:
    return compile_schema(REPOSITORY / "schemas" / "domain.rng")


def elements(root: Any) -> list[Any]:
    return list(root.iter("*"))


def remove(chance: random.Random, root: Any) -> None:
    found = elements(root)[1:]
    if found:
        victim = chance.choice(found)
        victim.getparent().remove(victim)


def repeat(chance: random.Random, root: Any) -> None:
    found = elements(root)[1:]
    if found:
        one = chance.choice(found)
        copy = etree.fromstring(etree.tostring(one, with_tail=False))
        parent = one.getparent()
        parent.insert(chance.randrange(len(parent) + 1), copy)
        copy.tail = None


def move(chance: random.Random, root: Any) -> None:
    found = elements(root)[1:]
    if len(found) > 1:
        one, other = chance.sample(found, 2)
        if one not in other.iterancestors():
            other.append(one)
            one.tail = None


def rename(chance: random.Random, root: Any) -> None:
    chance.choice(elements(root)).tag = chance.choice(["bogus", "source", "{urn:other}thing", "disk", "address"])


def shuffle(chance: random.Random, root: Any) -> None:
    parent = chance.choice(elements(root))
    children = list(parent)
    chance.shuffle(children)
    parent[:] = children


def change_attribute(chance: random.Random, root: Any) -> None:
    found = [element for element in elements(root) if element.attrib]
    element = chance.choice(found)
    name = chance.choice(list(element.attrib))
    if chance.random() < 0.3:
        del element.attrib[name]
    else:
        element.set(name, chance.choice(WORDS))


def add_attribute(chance: random.Random, root: Any) -> None:
    name = chance.choice(["bogus", "type", "{urn:other}a", "{http://www.w3.org/XML/1998/namespace}lang", "snapshot"])
    chance.choice(elements(root)).set(name, chance.choice(WORDS))


def change_text(chance: random.Random, root: Any) -> None:
    element = chance.choice(elements(root))
    if chance.random() < 0.5:
        element.text = chance.choice(WORDS)
    elif element is not root:
        element.tail = chance.choice(WORDS)


def add_comment(chance: random.Random, root: Any) -> None:
    chance.choice(elements(root)).insert(0, chance.choice([etree.Comment("c"), etree.ProcessingInstruction("p", "i")]))


DAMAGE: list[Callable[[random.Random, Any], None]] = [
    remove, repeat, move, rename, shuffle, change_attribute, add_attribute, change_text, add_comment,
]  # fmt: skip


def damaged(path: Path, seed: int) -> bytes:
    chance = random.Random(f"{path.name} {seed}")
    root = etree.fromstring(path.read_bytes())
    for _ in range(chance.randint(1, 4)):
        chance.choice(DAMAGE)(chance, root)
    return bytes(etree.tostring(root, encoding="utf-8"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_damaged_document_is_refused_with_faults_or_comes_back(
    domain: ModuleType, grammar: CompiledSchema, path: Path
) -> None:
    """Parsing is never stricter than the schema, and never takes what it cannot write."""
    for seed in range(ROUNDS):
        data = damaged(path, seed)
        try:
            guest = domain.parse(data)
        except domain.ParseError as error:
            assert error.faults
            assert all(fault.line and fault.column and fault.message for fault in error.faults), data
            assert not grammar.is_valid(data), data
        else:
            text = domain.format(guest, validate=False)
            assert difference(data, text.encode()) == "", data
            assert domain.format(domain.parse(text), validate=False) == text
            assert is_written(domain, guest) == grammar.is_valid(data), data


def is_written(domain: ModuleType, guest: Any) -> bool:
    """When nobody says whether to check."""
    try:
        domain.format(guest)
    except domain.FormatError:
        return False
    return True


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_damaged_document_that_is_kept_comes_back(domain: ModuleType, path: Path) -> None:
    for seed in range(ROUNDS):
        data = damaged(path, seed)
        try:
            guest = domain.parse(data, unknown="keep")
        except domain.ParseError as error:
            assert error.faults
        else:
            assert difference(data, domain.format(guest).encode()) == "", data


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_damaged_bytes_are_refused_with_faults(domain: ModuleType, path: Path) -> None:
    chance = random.Random(path.name)
    for _ in range(ROUNDS):
        data = bytearray(path.read_bytes())
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(data))
            data[place : place + chance.randint(0, 2)] = chance.choice(
                [b"<", b">", b"&", b"'", b"\0", b"\xff", b"]]>", b""]
            )
        try:
            guest = domain.parse(bytes(data))
        except domain.ParseError as error:
            assert error.faults
        else:
            assert difference(bytes(data), domain.format(guest).encode()) == ""
