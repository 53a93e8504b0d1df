"""The native engine, where it is installed: the distribution ``relaxgen-engine``. Nothing needs it."""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from typing import Any

TABLE_VERSION = 5
"""Of what Python code and the engine say to each other; an engine of another version is not used."""


@cache
def engine() -> Any:
    """The engine's module; None where it is not installed, of another version, or turned off by
    ``RELAXGEN_ENGINE=off``."""
    if os.environ.get("RELAXGEN_ENGINE", "").lower() == "off":
        return None
    try:
        module = import_module("relaxgen_engine")
    except ImportError:
        return None
    return module if module.TABLE_VERSION == TABLE_VERSION else None
