"""The engine and the pure path write the same text for any object, or refuse it for the same reason."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.engine.differences import outcome, without_engine

DOCUMENTS = sorted((Path(__file__).parents[1] / "documents" / "domain").glob("*.xml"))


def objects_in(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from objects_in(item)
    elif hasattr(type(value), "_fields"):
        yield value
        for field in type(value)._fields:
            yield from objects_in(getattr(value, field.name))


def values_in(package: ModuleType) -> list[Any]:
    """Values of all kinds that documents have, and some that none has."""
    found: list[Any] = [
        None,
        True,
        False,
        0,
        1,
        -1,
        1.5,
        "",
        " ",
        "x",
        "a<b>&'\t\n\r",
        "é",
        "\ud800",
        "\x01",
        b"x",
        [],
        {},
    ]
    for path in DOCUMENTS[:12]:
        for one in objects_in(package.parse(path.read_bytes())):
            found += [getattr(one, field.name) for field in type(one)._fields]
    return found


def edit(target: Any, values: list[Any], chance: random.Random) -> None:
    """Changes one thing of one object."""
    one = chance.choice(list(objects_in(target)))
    fields = type(one)._fields
    if not fields:
        return
    field = chance.choice(fields)
    current = getattr(one, field.name)
    way = chance.randrange(6)
    if isinstance(current, list) and way < 3:
        if way == 0 and current:
            current.pop(chance.randrange(len(current)))
        elif way == 1:
            current.append(copy.deepcopy(chance.choice(values)))
        else:
            chance.shuffle(current)
    elif way == 3:
        one._preserved = None
    elif way == 4 and current is not None:
        setattr(one, field.name, None)
    else:
        setattr(one, field.name, copy.deepcopy(chance.choice(values)))


def written(package: ModuleType, target: Any, indent: int | None) -> tuple[Any, str]:
    return outcome(package.format, target, indent=indent, validate=False)


def written_purely(package: ModuleType, target: Any, indent: int | None) -> tuple[Any, str]:
    with without_engine(package):
        return written(package, target, indent)


@pytest.fixture(scope="module")
def values(domain: ModuleType) -> list[Any]:
    return values_in(domain)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_edited_objects(domain: ModuleType, values: list[Any], path: Path) -> None:
    chance = random.Random(path.stem)
    for _ in range(40):
        target = domain.parse(path.read_bytes())
        for _ in range(chance.randint(1, 3)):
            edit(target, values, chance)
        indent = chance.choice([2, 0, 4, None])
        assert written(domain, target, indent) == written_purely(domain, target, indent)


@pytest.mark.parametrize("indent", [True, -1, 0, 64, 65, 10**30, "x", 2.0, object])
def test_indents(domain: ModuleType, indent: Any) -> None:
    target = domain.parse(DOCUMENTS[0].read_bytes())
    assert written(domain, target, indent) == written_purely(domain, target, indent)


def test_parts_of_documents(domain: ModuleType) -> None:
    for path in DOCUMENTS:
        for one in objects_in(domain.parse(path.read_bytes())):
            if f"format_{type(one).__name__.lower()}" in domain.__all__:
                function = getattr(domain, f"format_{type(one).__name__.lower()}")
                with without_engine(domain):
                    pure = outcome(function, one, validate=False)
                assert outcome(function, one, validate=False) == pure


def test_open_content(domain: ModuleType) -> None:
    element = domain.AnyElement
    usual = [element("{urn:a}a", {"{urn:b}x": "1", "y": "<'"}, ["t<", element("b", prefixes={}), ""], {"p": "urn:b"})]
    unusual: list[Any] = [
        element("a b"),
        element("a:b"),
        element("é"),
        element("{urn:a}a", prefixes={"xml": "urn:a"}),
        element("{urn:a}a", prefixes={"xmlns": "urn:a"}),
        element("{urn:a}a", prefixes={"p": ""}),
        element("{urn:a}a", prefixes={None: "urn:b", "a": "urn:a"}),
        element("a", {"xmlns": "urn:a"}),
        element("a", {"xmlns:p": "urn:a"}),
        element("a", {"{http://www.w3.org/XML/1998/namespace}lang": "en"}),
        element("a", {"x": 1}),  # type: ignore[dict-item]
        element("a", (), [1]),  # type: ignore[list-item,arg-type]
        element("a", (), ["\x01"]),  # type: ignore[arg-type]
        element("", ()),  # type: ignore[arg-type]
        element("{}a", {"{}x": "1", "{}xmlns": "2"}),
        element("{urn:a}a", {}, [element("{urn:a}b", {}, [element("c")])], {None: "urn:a"}),
        "text",
        None,
        1,
    ]
    for content in [usual, *([one] for one in unusual), [*usual, *usual]]:
        target = domain.parse(DOCUMENTS[0].read_bytes())
        target.metadata = domain.Metadata(elements=content)
        for indent in (2, None):
            assert written(domain, target, indent) == written_purely(domain, target, indent)


def test_an_object_that_holds_itself(domain: ModuleType) -> None:
    element = domain.AnyElement("a")
    element.content.append(element)
    target = domain.parse(DOCUMENTS[0].read_bytes())
    target.metadata = domain.Metadata(elements=[element])
    error, pure = written(domain, target, 2)[1], written_purely(domain, target, 2)[1]
    assert error.partition(":")[0] == pure.partition(":")[0] != ""


def test_numbers_that_are_equal_are_written_as_they_are(
    domain: ModuleType, generate_and_import: Any, tmp_path: Any
) -> None:
    schema = tmp_path / "prices.rng"
    schema.write_text(
        "<element name='prices' xmlns='http://relaxng.org/ns/structure/1.0'"
        " datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'>"
        "<zeroOrMore><element name='price'><data type='decimal'/></element></zeroOrMore>"
        "<zeroOrMore><element name='rate'><data type='double'/></element></zeroOrMore>"
        "<zeroOrMore><element name='day'><data type='date'/></element></zeroOrMore></element>",
        encoding="utf-8",
    )
    package = generate_and_import("engine_prices", schema)
    prices = [Decimal("1.0"), Decimal("1.00"), Decimal("1E+3"), Decimal("0"), Decimal("-0"), 1, True, "1.0", 1.0, None]
    rates = [0.0, -0.0, 1.0, 1e300, float("inf"), float("nan"), 1, True, Decimal("1.0"), "1.0"]
    days = [date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01", None]
    for _ in range(3):  # the first time nothing is remembered
        for name, values in (("prices", prices), ("rates", rates), ("days", days)):
            for value in values:
                one = package.Prices(**{name: [value, value]})
                assert written(package, one, 2) == written_purely(package, one, 2)
    parsed = package.parse("<prices><price>1.0</price><price>1.00</price><rate>1.0</rate><rate>1.0e0</rate></prices>")
    assert written(package, parsed, 2) == written_purely(package, parsed, 2)
