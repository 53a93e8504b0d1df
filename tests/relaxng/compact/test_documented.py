"""docs/compact-syntax.md: its schema is the same in both syntaxes, laid out as the commands lay it out."""

from __future__ import annotations

import re
from pathlib import Path

from relaxgen.relaxng.syntax_conversion import Syntax, convert_schema, format_schema

PAGE = Path(__file__).resolve().parents[3] / "docs" / "compact-syntax.md"


def test_the_schema_of_the_page_is_one_in_both_syntaxes() -> None:
    compact, xml = re.findall(r"```(?:rnc|xml)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert format_schema(compact.encode(), "library.rnc") == compact
    assert convert_schema(compact.encode(), "library.rnc", Syntax.XML) == xml
    assert convert_schema(xml.encode(), "library.rng", Syntax.COMPACT) == compact
