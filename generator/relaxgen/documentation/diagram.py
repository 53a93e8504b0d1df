"""The structure of an element as a drawing: the element, its children, and their children, from left to right.

What comes in is labels; what goes out is boxes and lines with all coordinates, for a template to print as SVG. Children
beyond the most that are drawn are counted, so that a drawing is never too high to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .view import Box, Diagram

MOST_CHILDREN = 14
MOST_GRANDCHILDREN = (5, 3, 2)
"""The first of these with which the drawing has at most `MOST_ROWS`; the last one always does."""

MOST_ROWS = 28

ROW_HEIGHT, BOX_HEIGHT, GAP, MARGIN = 30, 24, 44, 4
LETTER = 7.3
"""The width of a letter, with some to spare: the font is the reader's."""

PADDING = 16
LONGEST = 30
"""Letters of a label; longer ones are cut."""


@dataclass(frozen=True, slots=True)
class Part:
    """An element to draw. ``href`` is empty where it has no section of its own."""

    label: str
    href: str = ""
    is_optional: bool = False
    is_many: bool = False
    children: tuple[Part, ...] = ()


def draw(root: str, children: Sequence[Part]) -> Diagram | None:
    """None for an element without children."""
    if not children:
        return None
    shown = _limited(children, MOST_CHILDREN)
    groups = _grandchildren(shown)
    columns = _columns([root], [one.label for one in shown], [one.label for group in groups for one in group])
    boxes, lines, row = [], [], 0
    height = MARGIN * 2 + sum(max(1, len(group)) for group in groups) * ROW_HEIGHT - (ROW_HEIGHT - BOX_HEIGHT)
    top = _Placed(Part(root), columns[0], (height - BOX_HEIGHT) / 2)
    for part, group in zip(shown, groups, strict=True):
        rows = max(1, len(group))
        child = _Placed(part, columns[1], MARGIN + (row + (rows - 1) / 2) * ROW_HEIGHT)
        placed = [_Placed(one, columns[2], MARGIN + (row + index) * ROW_HEIGHT) for index, one in enumerate(group)]
        boxes += [child.box, *(one.box for one in placed)]
        lines += [top.line_to(child), *(child.line_to(one) for one in placed)]
        row += rows
    width = max(box.x + box.width for box in (top.box, *boxes)) + MARGIN
    return Diagram(width, height, (top.box, *boxes), tuple(lines))


@dataclass(frozen=True, slots=True)
class _Placed:
    part: Part
    x: float
    y: float

    @property
    def box(self) -> Box:
        part = self.part
        return Box(
            self.x, self.y, _width(part.label), BOX_HEIGHT, _cut(part.label), part.href, part.is_optional, part.is_many
        )

    def line_to(self, other: _Placed) -> str:
        """A path from the right side of this box to the left side of the other one."""
        right, here, there = self.x + _width(self.part.label), self.y + BOX_HEIGHT / 2, other.y + BOX_HEIGHT / 2
        return f"M{right:g} {here:g}H{other.x - GAP / 2:g}V{there:g}H{other.x:g}"


def _grandchildren(children: Sequence[Part]) -> list[list[Part]]:
    """Those of each child that are drawn."""
    drawn = ([_limited(child.children, most) for child in children] for most in MOST_GRANDCHILDREN)
    return next(groups for groups in drawn if sum(max(1, len(group)) for group in groups) <= MOST_ROWS)


def _limited(parts: Sequence[Part], most: int) -> list[Part]:
    """Returns the first parts, and a part that counts the others, if they are more than one."""
    if len(parts) <= most:
        return [*parts]
    return [*parts[: most - 1], Part(f"and {len(parts) - most + 1} more", is_optional=True)]


def _columns(*labels: Sequence[str]) -> list[float]:
    """Where each column begins."""
    starts = [float(MARGIN)]
    for column in labels[:-1]:
        starts.append(starts[-1] + max(map(_width, column)) + GAP)
    return starts


def _width(label: str) -> float:
    return round(len(_cut(label)) * LETTER) + PADDING


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…"
