"""lxml, without its types.

lxml ships no annotations. Stubs exist as a separate distribution, which a user of a generated package may have
installed or not; imported by name, the same line is an error for a type checker in one of the two cases. Loaded this
way it is `Any` in both.
"""

from __future__ import annotations

import importlib
from typing import Any

etree: Any = importlib.import_module("lxml.etree")
