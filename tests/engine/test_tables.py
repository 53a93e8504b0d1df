"""What the engine is told of a package: every class, every union, and nothing that outlives the package."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.engine.differences import native_of

CASES = Path(__file__).parents[1] / "render" / "cases"


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(package.__path__):
        if not found.ispkg:
            yield importlib.import_module(f"{package.__name__}.{found.name}")


def classes_of(package: ModuleType) -> list[Any]:
    found = [one for module in modules_of(package) for one in vars(module).values() if isinstance(one, type)]
    return list(dict.fromkeys(one for one in found if one.__dict__.get("_tag")))


def test_every_class_has_a_table(domain: ModuleType, engine: Any) -> None:
    classes = classes_of(domain)
    assert len(classes) > 350
    before = engine.counts().get("class", 0)
    for kind in classes:
        engine.parse(f"<{kind._tag.rpartition('}')[2]}/>".encode(), {kind._tag: engine.target((kind,))})
    assert engine.counts().get("class", 0) == before


def test_unions_decide_as_the_read_functions_do(domain: ModuleType) -> None:
    checked = 0
    for module in modules_of(domain):
        for name, readers in vars(module).items():
            if name.endswith("_READERS"):
                names = {read.__annotations__["return"] for read in readers.values()}
                kinds = [kind for kind in classes_of(domain) if kind.__name__ in names]
                tokens = {token: kind.__name__ for kind in kinds for token in kind._kinds[1]}
                assert tokens == {token: read.__annotations__["return"] for token, read in readers.items()}
                checked += 1
    assert checked > 10


def engines() -> list[object]:
    kind = importlib.import_module("relaxgen_engine").Engine
    return [one for one in gc.get_objects() if type(one) is kind]


def test_an_engine_is_freed_with_its_package(
    domain: ModuleType, generate_and_import: Callable[..., ModuleType]
) -> None:
    gc.collect()
    before = len(engines())
    package = generate_and_import("engine_freed", CASES / "attributes" / "schema.rng")
    assert native_of(package) is not None
    assert len(engines()) == before + 1
    del package
    for name in [name for name in sys.modules if name.split(".")[0] == "engine_freed"]:
        del sys.modules[name]
    gc.collect()
    assert len(engines()) == before


@pytest.mark.parametrize("case", sorted(path.parent.name for path in CASES.glob("*/schema.rng")))
def test_every_case_has_tables(domain: ModuleType, generate_and_import: Callable[..., ModuleType], case: str) -> None:
    """``domain`` is here for its check that there is an engine."""
    enums = tuple(sorted((CASES / case).glob("*.enums")))
    package = generate_and_import(f"engine_case_{case.replace('-', '_')}", CASES / case / "schema.rng", enums=enums)
    engine = native_of(package).engine
    for kind in classes_of(package):
        engine.parse(f"<{kind._tag.rpartition('}')[2]}/>".encode(), {kind._tag: engine.target((kind,))})
