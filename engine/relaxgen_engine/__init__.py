"""Reads and writes the regular documents of packages that relaxgen generates, in C.

A generated package finds this by itself. There is nothing here to call in a program: see ``docs/engine.md``.
"""

from __future__ import annotations

from ._engine import TABLE_VERSION, Engine, Judge

__all__ = ["TABLE_VERSION", "Engine", "Judge"]
__version__ = "0.1.0"
