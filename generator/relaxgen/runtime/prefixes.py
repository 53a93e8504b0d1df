"""The prefixes that the schema uses for namespaces, None for the default namespace.

A generated package has a module of its own in this place; here, where there is no schema, there are none.
"""

from __future__ import annotations

PREFIXES: dict[str, str | None] = {}
