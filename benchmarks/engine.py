"""The native engine in what is measured: a copy of a package that never uses it, and why there is none."""

from __future__ import annotations

import os
import shutil
from importlib import import_module, invalidate_caches
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.engine.differences import native_of

SWITCH = "RELAXGEN_ENGINE"


def pure_copy(package: Path) -> Any:
    """Returns a copy of the package in a directory that Python imports from: it takes the pure path, as a package does
    where no engine is. Both can be measured in turn, and nothing is switched while they are."""
    copy = package.with_name(f"{package.name}_pure")
    shutil.copytree(package, copy, dirs_exist_ok=True)
    invalidate_caches()
    pure = import_module(copy.name)
    before = os.environ.get(SWITCH)
    os.environ[SWITCH] = "off"
    try:
        assert native_of(pure) is None  # asked once, and remembered
    finally:
        if before is None:
            del os.environ[SWITCH]
        else:
            os.environ[SWITCH] = before
    return pure


def why_there_is_none() -> str:
    """Says what to do for an engine, where `native_of` has none."""
    if os.environ.get(SWITCH, "").lower() == "off":
        return f"the native engine is turned off by {SWITCH}={os.environ[SWITCH]}"
    if find_spec("relaxgen_engine") is None:
        return "the native engine is not installed: pip install ./engine"
    return "the native engine that is installed is one for other packages: pip install ./engine"
