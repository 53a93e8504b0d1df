"""TOML with the place of every key and value.

`tomllib` gives values without positions, and a message about a configuration file needs them. So a text is first
read by `tomllib`, which settles that it is correct and what it means; then one pass over the same text notes where
the keys and values begin. The text is correct at this point, so the pass only needs to recognise the few forms
of TOML 1.0 that can contain a key::

    document = { header | pair }        header = "[" key "]" | "[[" key "]]"
    pair     = key "=" value            key    = part { "." part }
    value    = string | array | inline table | anything else up to a delimiter
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import ConfigurationError, Diagnostic
from .input_files import CONFLICT, conflict_line
from .locations import SourceLocation
from .phrases import unreadable

TomlPath = tuple[str | int, ...]
"""The way to a value: keys of tables, and indexes of arrays."""

TOML_NAMES: dict[type, str] = {
    dict: "a table",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a float",
}


@dataclass(frozen=True, slots=True)
class TomlDocument:
    """A TOML file as plain values, with places."""

    path: str
    values: dict[str, Any]
    key_places: dict[TomlPath, SourceLocation] = field(repr=False)
    value_places: dict[TomlPath, SourceLocation] = field(repr=False)

    def key_place(self, path: TomlPath) -> SourceLocation:
        """Returns the place of the last key of `path`, or of the beginning of an array's item."""
        return self._nearest(self.key_places, path)

    def value_place(self, path: TomlPath) -> SourceLocation:
        return self._nearest(self.value_places, path)

    def _nearest(self, places: dict[TomlPath, SourceLocation], path: TomlPath) -> SourceLocation:
        while path and path not in places:
            path = path[:-1]
        return places.get(path, SourceLocation(self.path))


def read_toml(file: Path, shown_as: str | None = None) -> TomlDocument:
    """Reads a TOML file; `shown_as` is the name that messages give it.

    Raises:
        ConfigurationError: it cannot be read or is not TOML, with the place.
    """
    name = shown_as or str(file)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise _refusal(SourceLocation(name), unreadable(error)) from None
    except UnicodeDecodeError as error:
        raise _refusal(SourceLocation(name), f"is not UTF-8: {error.reason} at byte {error.start}") from None
    return parse_toml(text.replace("\r\n", "\n"), name)


def parse_toml(text: str, name: str) -> TomlDocument:
    try:
        values = tomllib.loads(text)
        scan = _Scan(text, name)
        scan.document()
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(error, text, name) from None
    except RecursionError:
        raise _refusal(SourceLocation(name), "has arrays or tables that are nested too deeply") from None
    return TomlDocument(name, values, scan.key_places, scan.value_places)


def toml_kind(value: object) -> str:
    """What a message calls a value of this kind."""
    return next((name for kind, name in TOML_NAMES.items() if type(value) is kind), "a date or time")


def _refusal(place: SourceLocation, message: str) -> ConfigurationError:
    return ConfigurationError(Diagnostic(place, message))


def _syntax_error(error: tomllib.TOMLDecodeError, text: str, name: str) -> ConfigurationError:
    message = str(error)
    if line := conflict_line(text.encode()):
        return _refusal(SourceLocation(name, line, 1), CONFLICT)
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    if not found:
        return _refusal(SourceLocation(name), f"is not TOML: {message}")
    message = message[: found.start()]
    if found[1]:
        return _refusal(SourceLocation(name, int(found[1]), int(found[2])), f"is not TOML: {message}")
    lines = text.split("\n")
    return _refusal(SourceLocation(name, len(lines), len(lines[-1]) + 1), f"is not TOML: {message}")


SPACE = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
BLANK = re.compile(r"[ \t]*")
STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'",
    re.DOTALL,
)
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
SCALAR = re.compile(r"[^\s,\]}#]+(?: \d[^\s,\]}#]*)?")
"""A number, a boolean, a date; a date may have a space before its time."""


@dataclass(slots=True)
class _Scan:
    """One pass over a text that `tomllib` has accepted; every method begins and ends at the right place for it."""

    text: str
    name: str
    position: int = 0
    key_places: dict[TomlPath, SourceLocation] = field(default_factory=dict)
    value_places: dict[TomlPath, SourceLocation] = field(default_factory=dict)
    lengths: dict[TomlPath, int] = field(default_factory=dict)
    line_starts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", self.text))]

    def document(self) -> None:
        table: TomlPath = ()
        self._skip(SPACE)
        while self.position < len(self.text):
            if self.text[self.position] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(SPACE)

    def _header(self) -> TomlPath:
        array = self.text.startswith("[[", self.position)
        start = self.position
        self.position += 2 if array else 1
        parts = self._key()
        self.position += 2 if array else 1
        path = self._resolve((), parts)
        if array:
            self._note(self.key_places, path, parts[-1][1])
            index = self.lengths.get(path, 0)
            self.lengths[path] = index + 1
            path = (*path, index)
        self._note(self.key_places, path, parts[-1][1])
        self._note(self.value_places, path, start)
        return path

    def _pair(self, table: TomlPath) -> None:
        parts = self._key()
        self.position += 1
        self._skip(BLANK)
        path = self._resolve(table, parts)
        self._note(self.key_places, path, parts[-1][1])
        self._value(path)

    def _value(self, path: TomlPath) -> None:
        self._note(self.value_places, path, self.position)
        match self.text[self.position]:
            case "[":
                self._array(path)
            case "{":
                self._inline_table(path)
            case '"' | "'":
                self._skip(STRING)
            case _:
                self._skip(SCALAR)

    def _array(self, path: TomlPath) -> None:
        self.position += 1
        self._skip(SPACE)
        while self.text[self.position] != "]":
            index = self.lengths.get(path, 0)
            self.lengths[path] = index + 1
            self._note(self.key_places, (*path, index), self.position)
            self._value((*path, index))
            self._skip(SPACE)
            self._comma()
        self.position += 1

    def _inline_table(self, path: TomlPath) -> None:
        self.position += 1
        self._skip(SPACE)
        while self.text[self.position] != "}":
            self._pair(path)
            self._skip(SPACE)
            self._comma()
        self.position += 1

    def _comma(self) -> None:
        if self.text[self.position] == ",":
            self.position += 1
            self._skip(SPACE)

    def _key(self) -> list[tuple[str, int]]:
        """The parts of a dotted key, each with its position; ends before ``=`` or ``]``."""
        parts = []
        self._skip(BLANK)
        while True:
            start = self.position
            self._skip(STRING if self.text[start] in "\"'" else BARE_KEY)
            # TOML itself says what an escaped key means.
            parts.append((next(iter(tomllib.loads(self.text[start : self.position] + "=0"))), start))
            self._skip(BLANK)
            if self.text[self.position] != ".":
                return parts
            self.position += 1
            self._skip(BLANK)

    def _resolve(self, table: TomlPath, parts: list[tuple[str, int]]) -> TomlPath:
        """The path of a key in `table`; a table that is an array on the way means the array's last item."""
        path = table
        for index, (part, position) in enumerate(parts):
            path = (*path, part)
            if index < len(parts) - 1:
                self._note(self.key_places, path, position)
                if path in self.lengths:
                    path = (*path, self.lengths[path] - 1)
        return path

    def _note(self, places: dict[TomlPath, SourceLocation], path: TomlPath, position: int) -> None:
        line = bisect_right(self.line_starts, position)
        places.setdefault(path, SourceLocation(self.name, line, position - self.line_starts[line - 1] + 1))

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.position)
        assert match, f"tomllib accepted {self.name}, but {pattern.pattern} is not found at {self.position}"
        self.position = match.end()
