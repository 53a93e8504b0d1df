"""Coverage as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ..diagnostics.phrases import counted
from .coverage import Coverage
from .schema_positions import Position, PositionKind

_PLURALS = {
    PositionKind.ELEMENT: "elements",
    PositionKind.ATTRIBUTE: "attributes",
    PositionKind.VALUE: "values",
    PositionKind.DATA: "datatypes",
}


def coverage_as_text(coverage: Coverage, invalid: Sequence[str]) -> Iterator[str]:
    """The positions that no document exercises, with their locations, and a summary line."""
    for name in invalid:
        yield f"{name}: not valid, not counted"
    for position in coverage.missed:
        yield f"{position.location}: {position.path} is not reached"
    kinds = ", ".join(_tally(coverage, kind) for kind in PositionKind if _all_of(coverage.positions, kind))
    documents = counted(coverage.documents, "valid document")
    yield f"{_share(coverage)} of {len(coverage.positions)} positions reached by {documents}: {kinds or 'none'}"


def coverage_as_json(coverage: Coverage, invalid: Sequence[str]) -> str:
    content = {
        "documents": coverage.documents,
        "invalid": list(invalid),
        "positions": len(coverage.positions),
        "reached": len(coverage.reached),
        "percentage": round(coverage.percentage, 2),
        "details": [_as_json(position, coverage) for position in coverage.positions],
    }
    return json.dumps(content, ensure_ascii=False, indent=2)


def _share(coverage: Coverage) -> str:
    """Never 100 % if a position is missed."""
    shown = f"{coverage.percentage:.1f}"
    return "99.9 %" if shown == "100.0" and coverage.missed else f"{shown} %"


def _tally(coverage: Coverage, kind: PositionKind) -> str:
    reached, all_ = _all_of(coverage.reached, kind), _all_of(coverage.positions, kind)
    return f"{reached} of {all_} {_PLURALS[kind]}"


def _all_of(positions: Sequence[Position], kind: PositionKind) -> int:
    return sum(position.kind is kind for position in positions)


def _as_json(position: Position, coverage: Coverage) -> dict[str, Any]:
    place = position.location
    return {
        "kind": position.kind.value,
        "path": position.path,
        "documents": coverage.counts.get(position.key, 0),
        "file": place.path,
        "line": place.line,
        "column": place.column,
    }
