"""Draws figures as horizontal bars on a logarithmic scale: from 1.00 to the left what is faster, to the right what is
slower. The same figures give the same text."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import accumulate
from math import ceil, floor, log10

WIDTH, NAMES, NUMBERS, MARGIN = 460, 192, 48, 12
"""In pixels: of the picture, of the columns of names and of numbers. A phone shows README at three quarters of this."""
ROW, BAR, TITLE, SCALE = 23, 15, 34, 46
CAPTION = "Time, as a multiple of what lxml.etree.fromstring takes for the same document. Less is better."

COLOURS = {
    "light": {
        "paper": "#ffffff",
        "ink": "#1f2328",
        "soft": "#59636e",
        "line": "#d0d7de",
        "ours": "#0969da",
        "other": "#9aa4af",
    },
    "dark": {
        "paper": "#0d1117",
        "ink": "#f0f6fc",
        "soft": "#9198a1",
        "line": "#3d444d",
        "ours": "#4493f8",
        "other": "#656c76",
    },
}
FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    number: str
    ratio: float
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Panel:
    title: str
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        return TITLE + len(self.bars) * ROW


@dataclass(frozen=True, slots=True)
class Scale:
    """Whole decades, at least one on both sides of 1."""

    lowest: int
    highest: int

    def place(self, ratio: float) -> float:
        share = (log10(ratio) - self.lowest) / (self.highest - self.lowest)
        return round(NAMES + share * (WIDTH - NAMES - NUMBERS - MARGIN), 1)

    @property
    def decades(self) -> range:
        return range(self.lowest, self.highest + 1)


def scale_of(panels: list[Panel]) -> Scale:
    logarithms = [log10(bar.ratio) for panel in panels for bar in panel.bars]
    return Scale(min(-1, floor(min(logarithms))), max(1, ceil(max(logarithms))))


def picture(panels: list[Panel], theme: str) -> str:
    """The text of an SVG file. `theme` is ``light`` or ``dark``."""
    scale = scale_of(panels)
    tops = list(accumulate((panel.height for panel in panels), initial=0))
    parts = [_head(tops[-1] + SCALE, COLOURS[theme]), *_grid(scale, tops[-1])]
    for panel, top in zip(panels, tops, strict=False):
        parts += _panel(panel, scale, top)
    return "\n".join([*parts, "</svg>", ""])


def _head(height: int, colours: dict[str, str]) -> str:
    classes = " ".join(f".{name} {{ fill: {colour} }}" for name, colour in colours.items())
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" \
aria-label="{escape(CAPTION)}">
<style>text {{ font: 14px {FONT} }} .title {{ font-weight: 600 }} .number {{ text-anchor: end }}
.tick {{ font-size: 12px; text-anchor: middle }} {classes}
.grid {{ stroke: {colours["line"]} }} .one {{ stroke: {colours["ink"]}; stroke-width: 1.5 }}</style>
<rect class="paper" width="{WIDTH}" height="{height}"/>"""


def _grid(scale: Scale, bottom: int) -> list[str]:
    parts = []
    for decade in scale.decades:
        x, name = scale.place(10**decade), "one" if decade == 0 else "grid"
        parts.append(f'<path class="{name}" d="M{x:g} {TITLE - 6}V{bottom + 6}"/>')
        parts.append(f'<text class="tick soft" x="{x:g}" y="{bottom + 20}">{10**decade:g} ×</text>')
    parts.append(
        f'<text class="tick soft" x="{scale.place(1):g}" y="{bottom + 37}">← faster than lxml’s tree · slower →</text>'
    )
    return parts


def _panel(panel: Panel, scale: Scale, top: int) -> list[str]:
    parts = [f'<text class="title ink" x="{MARGIN}" y="{top + 22}">{escape(panel.title)}</text>']
    for row, bar in enumerate(panel.bars):
        y = top + TITLE + row * ROW
        one, end = scale.place(1), scale.place(bar.ratio)
        colour = "ours" if bar.is_ours else "other"
        left, width = min(one, end), max(abs(end - one), 2)
        parts.append(f'<text class="ink" x="{MARGIN}" y="{y + 13}">{escape(bar.name)}</text>')
        parts.append(f'<rect class="{colour}" x="{left:g}" y="{y + 1}" width="{width:g}" height="{BAR}" rx="2"/>')
        parts.append(f'<text class="number ink" x="{WIDTH - MARGIN}" y="{y + 13}">{escape(bar.number)}</text>')
    return parts
