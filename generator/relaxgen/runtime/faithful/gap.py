"""The text between two tags, as it is written: changed where it says something else, cut where elements come in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..xml.namespaces import BLANKS

_UNITS = re.compile(
    r"(?P<none><!--.*?-->|<\?.*?\?>)|<!\[CDATA\[(?P<data>.*?)\]\]>|&(?P<reference>[^;]+);|(?P<line>\r\n?)|.", re.DOTALL
)
"""Of a single gap, in which no tag can be."""
_CHARACTERS = re.compile(r"\r\n?|.", re.DOTALL)
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}

_COMMENTS_ON_THE_LINE = re.compile(r"(?:[ \t]*(?:<!--.*?-->|<\?.*?\?>))+[ \t]*(?=[\r\n])", re.DOTALL)
_COMMENT_ABOVE = re.compile(
    r"(?:\r\n?|\n)[ \t]*(?:<!--(?:(?!-->).)*-->|<\?(?:(?!\?>).)*\?>)[ \t]*(?=(?:\r\n?|\n)[ \t]*\Z)", re.DOTALL
)
_INDENT = re.compile(r"(?<=[\r\n])[ \t]*\Z")
_REST_OF_LINE = re.compile(r"[ \t]*(?:\r\n?|\n)")


class Unit(NamedTuple):
    """``raw`` is how a character is written, or what is none: a comment, the edge of a CDATA section. ``section`` is
    the number of the section that it is in, or the edge of, 0 outside."""

    raw: str
    value: str
    section: int = 0


Escape = Callable[[str], str]


def changed(raw: str, wanted: str, escape: Escape) -> list[Unit]:
    """The units of a gap that says `wanted`, as much of it as can be as in `raw`. Comments stay."""
    units = list(_units(raw))
    values = _values(units)
    if values == wanted:
        return units
    same = _common_length(values, wanted)
    same_at_end = min(_common_length(values[::-1], wanted[::-1]), min(len(values), len(wanted)) - same)
    start = _index(units, same)
    end = max(start, len(units) - _index(units[::-1], same_at_end))
    while start < end and not units[end - 1].value:
        end -= 1
    while start < end and not units[start].value:
        start += 1
    new = wanted[same : len(wanted) - same_at_end]
    section = _section_around(units, start, end)
    if section and all(not escape(character).startswith("&#") for character in new):
        inside = "".join(escape(one) if one == "\n" else one for one in new).replace("]]>", "]]]]><![CDATA[>")
        return [*units[:start], *([Unit(inside, new, section)] if new else []), *units[end:]]
    start, end = _whole_sections(units, start, end)
    new = wanted[len(_values(units[:start])) : len(wanted) - len(_values(units[end:]))]
    comments = [unit for unit in units[start:end] if not unit.value and not unit.section]
    return [*units[:start], *(Unit(escape(one), one) for one in new), *comments, *units[end:]]


def cut(units: list[Unit], lengths: list[int], escape: Escape) -> list[str]:
    """The gap in pieces that say so many characters each."""
    if len(lengths) == 1:
        return [written(units)]
    single: list[Unit] = []
    for unit in units:
        if not unit.section:
            single.append(unit)
        else:
            single += [Unit(escape(character), character) for character in unit.value]
    pieces, start = [], 0
    for length in lengths[:-1]:
        end = start + _index(single[start:], length)
        pieces.append(written(single[start:end]))
        start = end
    return [*pieces, written(single[start:])]


def written(units: list[Unit]) -> str:
    return "".join([unit.raw for unit in units])


def replaced_inside(text: str, wanted: str) -> str:
    """`text` with `wanted` in place of what is not white space around it."""
    inner = text.strip(BLANKS)
    if not inner:
        return wanted + text if wanted else text
    start = text.index(inner)
    return text[:start] + wanted + text[start + len(inner) :]


def without_child(before: str, after: str) -> str:
    """The two gaps around an element that is no longer there: its line goes with it."""
    indent, rest = _INDENT.search(before), _REST_OF_LINE.match(after)
    if indent is not None and rest is not None:
        return before[: indent.start()] + after[rest.end() :]
    if before[-1:] in (" ", "\t"):
        return before + after.lstrip(" \t")
    return before + after


def behind_on_line(gap: str) -> int:
    """Where the comments end that stand behind an element on its line."""
    found = _COMMENTS_ON_THE_LINE.match(gap)
    return found.end() if found is not None else 0


def comments_above(gap: str) -> tuple[int, int]:
    """From where to where comments stand directly above an element, on lines of their own."""
    line = _INDENT.search(gap)
    if line is None:
        return len(gap), len(gap)
    end = line.start() - (2 if gap[: line.start()].endswith("\r\n") else 1)
    start = end
    while (found := _COMMENT_ABOVE.search(gap[:start] + gap[end:])) is not None:
        start = found.start()
    return start, end


def _units(raw: str) -> Iterator[Unit]:
    sections = 0
    for found in _UNITS.finditer(raw):
        if found["none"] is not None:
            yield Unit(found[0], "")
        elif found["reference"] is not None:
            yield Unit(found[0], _referred(found["reference"]))
        elif found["data"] is not None:
            sections += 1
            yield Unit("<![CDATA[", "", sections)
            for character in _CHARACTERS.findall(found["data"]):
                yield Unit(character, "\n" if character[0] == "\r" else character, sections)
            yield Unit("]]>", "", sections)
        else:
            yield Unit(found[0], "\n" if found["line"] is not None else found[0])


def _referred(name: str) -> str:
    if name[0] != "#":
        return _ENTITIES[name]
    return chr(int(name[2:], 16) if name[1] == "x" else int(name[1:]))


def _values(units: list[Unit]) -> str:
    return "".join([unit.value for unit in units])


def _common_length(one: str, other: str) -> int:
    length = min(len(one), len(other))
    return next((place for place in range(length) if one[place] != other[place]), length)


def _index(units: list[Unit], length: int) -> int:
    """How many units say so many characters."""
    index = 0
    while length > 0:
        length -= len(units[index].value)
        index += 1
    return index


def _section_around(units: list[Unit], start: int, end: int) -> int:
    """The section that the units from `start` to `end` are inside of, without its edges; 0 for none."""
    if not 0 < start <= end < len(units):
        return 0
    sections = {unit.section for unit in units[start - 1 : end + 1]}
    return sections.pop() if len(sections) == 1 else 0


def _whole_sections(units: list[Unit], start: int, end: int) -> tuple[int, int]:
    while 0 < start < len(units) and units[start].section and units[start - 1].section == units[start].section:
        start -= 1
    while 0 < end < len(units) and units[end].section and units[end - 1].section == units[end].section:
        end += 1
    return start, end
