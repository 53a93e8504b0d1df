"""Measures the whole way: generating, importing, parsing and formatting. Run by ``make bench``; see README.md."""

from __future__ import annotations

from . import generation, imports, parse_format

generation.main()
imports.main()
parse_format.main()
