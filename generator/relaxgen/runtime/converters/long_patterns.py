"""What patterns of the schema are in Python's `re`, where that is long: Unicode's categories have hundreds of ranges.

A generated package that has such patterns has a module of its own in this place.
"""

from __future__ import annotations

PATTERNS: dict[str, str] = {}
