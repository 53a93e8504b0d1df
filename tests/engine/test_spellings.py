"""Values that documents spell in other ways than we do: remembered by the engine as by the pure path, and put back."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.engine.differences import native_of, outcome, problem, taken, without_engine

SCHEMA = """\
<element name="order" xmlns="http://relaxng.org/ns/structure/1.0"
    datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <optional><attribute name="number"><data type="int"/></attribute></optional>
  <optional><attribute name="ns" ns="urn:x"><data type="boolean"/></attribute></optional>
  <optional><attribute name="sizes"><list><oneOrMore><data type="int"/></oneOrMore></list></attribute></optional>
  <zeroOrMore><element name="n"><data type="int"/></element></zeroOrMore>
  <optional><element name="weight"><data type="decimal"/></element></optional>
  <optional><element name="day"><data type="date"/></element></optional>
  <optional>
    <element name="word"><attribute name="kind"><choice><value>a</value><value>b</value></choice></attribute>
      <data type="double"/></element>
  </optional>
</element>
"""
DOCUMENTS = [
    "<order number=' 007 ' sizes='1  02'/>",
    "<order xmlns:x='urn:x' x:ns='1'><n>+1</n><n>1</n><n>01</n><n> 1&#13;</n></order>",
    "<order><weight>1.50</weight><day>2026-01-01Z</day><word kind=' a '>1.0e0</word></order>",
    "<order><weight>1.50</weight></order>",
    "<order number='7'><n>1</n></order>",
    "<order><n>x</n></order>",
    "<order number='0x7'/>",
    "<order><word kind='&#9;b'> INF </word></order>",
]


@pytest.fixture(scope="module")
def package(generated_for_engine: Callable[[str, Path], ModuleType], import_path: Path) -> ModuleType:
    schema = import_path / "engine_spellings.rng"
    schema.write_text(SCHEMA, encoding="utf-8")
    return generated_for_engine("engine_spellings", schema)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents(package: ModuleType, document: str) -> None:
    for _ in range(2):  # the second time from memory
        assert problem(package, document) == ""
    try:
        package.parse(document)
    except ValueError:
        return
    assert taken(package, document)


def test_they_are_written_as_they_were(package: ModuleType) -> None:
    document = DOCUMENTS[1].replace("><", ">\n<").replace("\n<n>", "\n  <n>") + "\n"
    counts = native_of(package).engine.counts()
    assert package.format(package.parse(document)) == document
    assert native_of(package).engine.counts() == {**counts, "formatted": counts.get("formatted", 0) + 1,
                                                  "parsed": counts.get("parsed", 0) + 1}  # fmt: skip


EDITS = ("pop", "reverse", "append", "number", "clear", "weight", "other")


def edit(order: Any, way: str) -> None:
    if way == "pop" and order.ns:
        order.ns.pop(0)
    elif way == "reverse":
        order.ns.reverse()
    elif way == "append":
        order.ns.append(1)
    elif way == "number":
        order.number = 8
    elif way == "clear":
        order.ns.clear()
    elif way == "weight":
        order.weight = None
    elif way == "other" and order._preserved is not None:
        order._preserved.spellings = list(order._preserved.spellings)[::-1]


@pytest.mark.parametrize("seed", range(60))
def test_edited_objects(package: ModuleType, seed: int) -> None:
    chance = random.Random(seed)
    order = package.parse(DOCUMENTS[seed % 4])
    for _ in range(chance.randint(0, 3)):
        edit(order, chance.choice(EDITS))
    found = outcome(package.format, order)
    with without_engine(package):
        assert found == outcome(package.format, copy.deepcopy(order))


@pytest.mark.parametrize(
    "spelling",
    [
        None,
        (),
        ("",),
        ("attribute",),
        (1, 2, 3, 4, 5),
        ("attribute", "number", "7", 8, 0),
        ("child", "x", "", "", 0),
        "abcde",
    ],
)
def test_wrong_memories_are_left_to_the_pure_path(package: ModuleType, spelling: Any) -> None:
    order = package.parse("<order number=' 007 '><n> 1 </n></order>")
    order._preserved.spellings = [spelling]
    assert native_of(package).engine.format(order, 2) is None


def test_memories_that_are_no_list_are_left_to_the_pure_path(package: ModuleType) -> None:
    order = package.parse("<order number=' 007 '/>")
    order._preserved.spellings = tuple(order._preserved.spellings)
    assert native_of(package).engine.format(order, 2) is None
    assert package.format(order) == "<order number=' 007 '/>\n"
