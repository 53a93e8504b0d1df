"""The engine for the tests of this folder. They are skipped where it is not installed; the summary says so."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.engine.differences import native_of


def pytest_report_header() -> str:
    try:
        engine = importlib.import_module("relaxgen_engine._engine")
    except ImportError:
        return "engine: not installed, its tests are skipped (make engine builds it where there is a C compiler)"
    return f"engine: {engine.__file__}"


@pytest.fixture(scope="session")
def domain() -> ModuleType:
    """Our own package, which the engine reads and writes for."""
    pytest.importorskip("relaxgen_engine", reason="the native engine is not installed")
    return importlib.import_module("generated.domain")


@pytest.fixture(scope="session")
def engine(domain: ModuleType) -> Any:
    native = native_of(domain)
    assert native is not None, "an engine of another table version is installed"
    return native.engine


@pytest.fixture(scope="module")
def generated_for_engine(
    domain: ModuleType, generate_and_import: Callable[..., ModuleType]
) -> Iterator[Callable[[str, Path], ModuleType]]:
    """From a name and a schema to the imported package, which is forgotten behind the tests of a module. ``domain`` is
    here for its check that there is an engine."""
    names: list[str] = []

    def generate(name: str, schema: Path) -> ModuleType:
        names.append(name)
        return generate_and_import(name, schema)

    yield generate
    for module in [one for one in sys.modules if one.split(".")[0] in names]:
        del sys.modules[module]
