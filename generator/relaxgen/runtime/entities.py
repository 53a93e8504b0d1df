"""Documents that declare entities, made into documents that do not.

Parsing refuses whatever declares something: an entity can stand for more than fits into memory, or for a file. Who
trusts a document has its entities expanded first, and parses the result. Only internal general entities are known here;
nothing is loaded, parameter entities and default values of attributes are refused, and the result has a bound.
"""

from __future__ import annotations

import re
from typing import NoReturn
from xml.parsers import expat

from .faults import Fault, ParseError, nearest
from .positions import as_utf8
from .source import Source, bytes_of

MOST_CHARACTERS = 10_000_000
MOST_TIMES = 100
"""So many characters the result may have, or so many times those of the document, whichever is more."""

_NAME = r"[^\s&;<>\"'/=!?#%][^\s&;<>\"'/=]*"
_TOKEN = re.compile(
    rf"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>|<(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*>|&(?P<name>{_NAME});", re.DOTALL
)
_REFERENCE = re.compile(rf"&(?P<name>{_NAME});")
_DOCTYPE = b"<!DOCTYPE"
_PREDEFINED = frozenset({"lt", "gt", "amp", "apos", "quot"})


def expand_entities(source: Source) -> str:
    """The document without its DOCTYPE, every entity that it declares replaced by what that stands for. Lines keep
    their numbers but for the line ends that entities bring along.

    Raises:
        ParseError: an entity is external, not declared, contains itself or is no well-formed content; a parameter
            entity or a default value is declared; or the result would have too many characters.
        OSError: a path or file cannot be read.
        TypeError: the source has no text.
    """
    found = bytes_of(source)
    if found is None:
        raise TypeError(f"entities of {type(source).__qualname__} cannot be expanded: pass a str, bytes, path or file")
    data, name = found
    return _Expansion(data if isinstance(source, str) else as_utf8(data), name).text()


class _Declared(Exception):
    """The DOCTYPE ends, or there is none: everything is declared."""


class _Expansion:
    def __init__(self, data: bytes, name: str) -> None:
        self._data = data
        self._file = name
        self._values: dict[str, str] = {}
        self._external: set[str] = set()
        self._expanded: dict[str, str] = {}
        self._inside: list[str] = []
        self._doctype = (0, 0)
        self._place = 0
        """How many characters behind the declarations the reference at hand stands."""
        self._left = max(MOST_CHARACTERS, MOST_TIMES * len(data))

    def text(self) -> str:
        self._read_declarations()
        start, end = self._doctype
        lines = b"\n" * self._data.count(b"\n", start, end)
        before = (self._data[:start] + lines).decode("utf-8", "replace")
        return before + self._body(self._data[end:].decode("utf-8", "replace"))

    # Declarations

    def _read_declarations(self) -> None:
        parser = expat.ParserCreate("utf-8")

        def begin(*_doctype: object) -> None:
            # expat is behind the name already.
            start = self._data.rfind(_DOCTYPE, 0, parser.CurrentByteIndex + len(_DOCTYPE))
            self._doctype = (start, start)

        def end() -> None:
            self._doctype = (self._doctype[0], self._data.index(b">", parser.CurrentByteIndex) + 1)
            raise _Declared

        def declare(name: str, is_parameter: bool, value: str | None, *_identifiers: object) -> None:
            if is_parameter:
                refuse("a parameter entity is refused")
            if value is None:
                self._external.add(name)
            else:
                self._values.setdefault(name, value)

        def declare_attribute(_element: str, _name: str, _type: str, default: str | None, _required: bool) -> None:
            if default is not None:
                refuse("a default value of an attribute is refused: write the attribute")

        def refuse(message: str) -> NoReturn:
            raise self._refused(parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, message, "doctype")

        def stop(*_element: object) -> None:
            raise _Declared

        parser.StartDoctypeDeclHandler = begin
        parser.EndDoctypeDeclHandler = end
        parser.EntityDeclHandler = declare
        parser.AttlistDeclHandler = declare_attribute
        parser.StartElementHandler = stop
        try:
            parser.Parse(self._data, True)
        except _Declared:
            pass
        except expat.ExpatError as error:
            message = f"not well-formed XML: {expat.ErrorString(error.code)}"
            raise self._refused(error.lineno, error.offset + 1, message, "malformed") from None

    # What is behind them

    def _body(self, text: str) -> str:
        parts, position = [], 0
        for token in _TOKEN.finditer(text):
            parts.append(text[position : token.start()])
            position = token.end()
            self._place = token.start()
            parts.append(self._token(token))
        return "".join([*parts, text[position:]])

    def _token(self, token: re.Match[str]) -> str:
        found = token[0]
        if token["name"] is not None:
            return self._content(token["name"], found)
        if found[1] in "!?/":
            return found
        return _REFERENCE.sub(lambda reference: self._in_attribute(reference["name"], reference[0]), found)

    def _in_attribute(self, name: str, written: str) -> str:
        text = self._value(name, written)
        if "<" in text:
            self._refuse(f"the entity {name!r} has a '<', which no attribute may have")
        return text.replace('"', "&quot;").replace("'", "&apos;")

    def _content(self, name: str, written: str) -> str:
        text = self._value(name, written)
        if name not in _PREDEFINED and "<" in text:
            try:
                expat.ParserCreate("utf-8").Parse(f"<a>{text}</a>".encode(), True)
            except expat.ExpatError:
                self._refuse(f"the entity {name!r} is not well-formed by itself")
        return text

    def _value(self, name: str, written: str) -> str:
        """The text of an entity, with no references but to what XML predefines."""
        if name in _PREDEFINED:
            return written
        if name in self._inside:
            self._refuse(f"the entity {name!r} contains itself")
        if name not in self._expanded:
            self._inside.append(name)
            self._expanded[name] = _TOKEN.sub(self._token, self._declared(name))
            self._inside.pop()
        self._left -= len(self._expanded[name])
        if self._left < 0:
            self._refuse("entities expand to many times the size of the document", "limit")
        return self._expanded[name]

    def _declared(self, name: str) -> str:
        if name in self._external:
            self._refuse(f"the entity {name!r} is external, and is not loaded")
        if name not in self._values:
            right = nearest(name, tuple(self._values))
            hint = f" (did you mean {right!r}?)" if right else ""
            self._refuse(f"the entity {name!r} is not declared in the document{hint}")
        return self._values[name]

    def _refuse(self, message: str, code: str = "entity") -> NoReturn:
        """At the reference in the document that led here."""
        before = self._data[: self._doctype[1]].decode("utf-8", "replace")
        before += self._data[self._doctype[1] :].decode("utf-8", "replace")[: self._place]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise self._refused(line, column, message, code)

    def _refused(self, line: int, column: int, message: str, code: str) -> ParseError:
        lines = self._data.split(b"\n", line)
        shown = lines[line - 1].decode("utf-8", "replace").rstrip("\r") if len(lines) >= line else ""
        return ParseError([Fault(self._file, line, column, "", code, message, source_line=shown)])
