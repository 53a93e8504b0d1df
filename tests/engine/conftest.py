"""The engine for the tests of this folder. They are skipped where it is not installed; the summary says so."""

from __future__ import annotations

import importlib
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
