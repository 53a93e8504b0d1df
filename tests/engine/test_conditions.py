"""Conditions of implied values mean the same to the engine and to the pure path, when reading and when writing."""

from __future__ import annotations

import importlib
import random
from itertools import product
from types import ModuleType
from typing import Any

import pytest

from tests.conftest import GenerateAndImport
from tests.engine.differences import problem, replaced, taken
from tests.generated.test_implied import SCHEMA

BUSES = (None, "scsi", "usb")
REMOVABLES = (None, "on", "off")


def random_condition(domain: ModuleType, chance: random.Random, depth: int = 3) -> tuple[Any, ...]:
    if depth and chance.random() < 0.7:
        kind = chance.choice(("not", "all", "any"))
        count = 1 if kind == "not" else chance.randrange(4)
        return (kind, *(random_condition(domain, chance, depth - 1) for _ in range(count)))
    values = {"bus": [domain.DiskBus(bus) for bus in BUSES[1:]], "removable": [True, False]}
    field = chance.choice(tuple(values))
    kind = chance.choice(("same", "other", "given", "true"))
    return (kind, field, chance.choice(values[field])) if kind in ("same", "other") else (kind, field)


def engine_with(domain: ModuleType, condition: object) -> Any:
    """An engine to which the rotation rate of a disk is 7 under a condition."""
    native = importlib.import_module(f"{domain.__name__}._runtime.native")
    usual, implied = native.describe, (("rotation_rate", None, 7, condition),)
    make = importlib.import_module("relaxgen_engine").Engine
    with replaced(native, "describe", lambda kind: (*usual(kind)[:-1], implied)):
        return native.Native(make, domain.__name__).engine


@pytest.mark.parametrize("seed", range(100))
def test_any_condition(domain: ModuleType, seed: int) -> None:
    condition = random_condition(domain, random.Random(seed))
    engine = engine_with(domain, condition)
    roots = {"target": engine.target((domain.DiskTarget,))}
    holds = importlib.import_module("generated.domain._runtime.reader").holds
    for bus, removable in product(BUSES, REMOVABLES):
        given = f" bus='{bus}'" * (bus is not None) + f" removable='{removable}'" * (removable is not None)
        found = engine.parse(f"<target dev='vda'{given}/>", roots)
        assert (found.rotation_rate == 7) is holds(condition, found), (condition, given)
        found.rotation_rate = 7
        text, _ = engine.format(found, 2)
        assert ("rotation_rate" not in text) is holds(condition, found), (condition, given)


@pytest.mark.parametrize(
    "condition", [(), 1, (1,), ("perhaps", "bus"), ("same", "bus"), ("given", "buss"), ("not", 1), ("all", ("given",))]
)
def test_a_wrong_condition_is_an_error(domain: ModuleType, condition: object) -> None:
    engine = engine_with(domain, condition)
    with pytest.raises((TypeError, ValueError, AttributeError)):
        engine.parse("<target dev='vda'/>", {"target": engine.target((domain.DiskTarget,))})


def test_a_condition_that_is_nested_too_deeply_is_an_error(domain: ModuleType) -> None:
    condition: tuple[Any, ...] = ("given", "bus")
    for _ in range(100_000):
        condition = "not", condition
    engine = engine_with(domain, condition)
    with pytest.raises(RecursionError):
        engine.parse("<target dev='vda'/>", {"target": engine.target((domain.DiskTarget,))})


def test_the_conditions_of_a_schema(generate_and_import: GenerateAndImport, domain: ModuleType) -> None:
    package = generate_and_import("conditions", SCHEMA)
    choices = (
        ("", " bus='usb'", " bus='ide'"),
        ("", " queues='1'", " queues='4'"),
        ("", " snapshot='no'"),
        ("", " device='cdrom'"),
    )
    for bus, queues, snapshot, device in product(*choices):
        for inside in ("", "<readonly/>"):
            text = f"<disk{device}{bus}{queues}{snapshot}>{inside}</disk>"
            assert taken(package, text), text
            assert not problem(package, text), text
