"""Whether a document is valid, judged line by line: for texts that are laid out as `format` does.

A line that has been met before, in the same state of the automaton and under the same namespace declarations, is one
look-up in a dictionary, whatever elements it holds. So most documents cost less than it takes to parse them. A line
that is neither a start tag, an end tag nor whole elements is irregular; then there is no verdict, and expat reads the
document from the start.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..markup import BLANKS, DECLARATIONS_NAMESPACE, XML_NAMESPACE
from .grammar import NO_NAMESPACES
from .patterns import symbol

if TYPE_CHECKING:
    from .automaton import Automaton, Opening, State

MOST_LINES = 20_000
"""So many lines are remembered, then all are forgotten."""

MOST_SCOPES = 1_000
"""So many sets of namespace declarations."""

CHUNK = 1 << 20

LONGEST_LINE = 10_000
"""Characters; longer lines are irregular."""

LONGEST_KEPT_LINE = 300

FEW_LINES = 8
"""So many new lines cost nothing worth mentioning."""

MOST_UNLUCKY = 8
"""So many documents in turn may have many new lines: one costs four times what expat takes for it."""

PAUSE = 64
"""So many documents are then left to expat before the next is tried."""

DEEPEST = 10_000

_NAME = r"[A-Za-z_][A-Za-z0-9_.\-]*"
_QUALIFIED = f"(?:{_NAME}:)?{_NAME}"
_CHARACTERS = "\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"
_VALUE = "(?:\"[^\"<]*\"|'[^'<]*')"
_ATTRIBUTE = re.compile(f" +({_QUALIFIED}) *= *({_VALUE})")
_TAG = re.compile(f"<({_QUALIFIED})((?: +{_QUALIFIED} *= *{_VALUE})*) *(/?)>")
_END_TAG = re.compile(f"</({_QUALIFIED}) *>")
_TEXT = re.compile("[^<]+")
_COMMENT = re.compile("<!--(?:(?!--).)*-->")
_REFERENCE = re.compile("&([^;&]*);?")
_REGULAR = re.compile(f"[{_CHARACTERS}]*")
_DECLARATION = re.compile(r"<\?xml version=([\"'])1\.0\1(?: encoding=([\"'])([A-Za-z0-9\-]+)\2)? ?\?>")
_CHARACTER = {
    "lt": "<", "gt": ">", "amp": "&", "apos": "'", "quot": '"', "#9": "\t", "#10": "\n", "#13": "\r",
}  # fmt: skip


class _Irregular(Exception):
    pass


class _Invalid(Exception):
    pass


class _Scope:
    """Namespace declarations that hold: URIs by prefixes, the default one by an empty prefix."""

    __slots__ = ("uris",)

    def __init__(self, uris: dict[str, str]) -> None:
        self.uris = uris

    def symbol(self, name: str, *, is_attribute: bool = False) -> str:
        prefix, _, local = name.rpartition(":")
        if not prefix and is_attribute:
            return local
        uri = self.uris.get(prefix)
        if uri is None:
            raise _Irregular
        return symbol(uri, local)


class _Place:
    """Where a document can be between two lines. ``lines`` says for each line that was met here where it leads."""

    __slots__ = ("lines", "scope", "state")

    def __init__(self, state: State, scope: _Scope) -> None:
        self.state = state
        self.scope = scope
        self.lines: dict[str, _Step] = {}


class _Opened:
    """A start tag: ``inside`` is the place behind it. ``after`` has the places behind its end tag, by those before."""

    __slots__ = ("after", "inside", "name", "opening", "scope")

    def __init__(self, name: str, opening: Opening, scope: _Scope, inside: _Place) -> None:
        self.name = name
        self.opening = opening
        self.scope = scope
        self.inside = inside
        self.after: dict[_Place, _Place] = {}


class _End(str):
    """An end tag, by its name."""

    __slots__ = ()


_Step = _Place | _Opened | _End | None
"""None: a line without effect."""

_UNKNOWN: Any = object()
_OUTSIDE = {"": "", "xml": XML_NAMESPACE}


class LineJudge:
    """What the native engine's `Judge` is, in Python."""

    def __init__(self, automaton: Automaton) -> None:
        self._automaton = automaton
        self._missed = 0
        self._unlucky = 0
        self._pause = 0
        self.forget()

    def forget(self) -> None:
        self._kept = 0
        self._places: dict[tuple[State, _Scope], _Place] = {}
        self._scopes = {tuple(sorted(_OUTSIDE.items())): _Scope(_OUTSIDE)}

    def __len__(self) -> int:
        """How many lines are remembered."""
        return self._kept

    def accepts(self, document: Any, entry: str) -> bool | None:
        """Whether a text, or bytes in UTF-8, are valid; None where a line is irregular, and where documents have had
        too few lines of others lately."""
        if self._pause:
            self._pause -= 1
            return None
        if self._kept >= MOST_LINES or len(self._scopes) >= MOST_SCOPES:
            self.forget()
        missed = self._missed
        try:
            return self._accepts(_pieces_of(document), entry)
        except _Irregular:
            return None
        except _Invalid:
            return False
        finally:
            self._learn(self._missed - missed, document)

    def _learn(self, missed: int, document: Any) -> None:
        """Whether it is worth going on."""
        if missed <= FEW_LINES or missed * 4 <= document.count("\n" if isinstance(document, str) else b"\n"):
            self._unlucky = 0
            return
        self._unlucky += 1
        if self._unlucky >= MOST_UNLUCKY:
            self._pause = PAUSE

    def _accepts(self, pieces: Iterator[str], entry: str) -> bool:
        place = self._place(self._automaton.start(entry), self._scope(_OUTSIDE))
        opened: list[_Opened] = []
        is_leaf = False
        for piece in pieces:
            for line in piece.split("\n"):
                line = line.strip(" \t")
                step: Any = place.lines.get(line, _UNKNOWN)
                if step is _UNKNOWN:
                    step = self._step(place, line)
                kind = type(step)
                if kind is _Place:
                    place = step
                    is_leaf = False
                elif kind is _Opened:
                    opened.append(step)
                    place = step.inside
                    is_leaf = True
                elif kind is _End:
                    if is_leaf or not opened or opened[-1].name != step or len(opened) > DEEPEST:
                        raise _Irregular
                    last = opened.pop()
                    place = last.after.get(place) or self._after(last, place)
        if opened:
            raise _Irregular
        return bool(place.state.accepting)

    def _place(self, state: State, scope: _Scope) -> _Place:
        found = self._places.get((state, scope))
        if found is None:
            if state.is_dead:
                raise _Invalid
            found = self._places[state, scope] = _Place(state, scope)
            self._kept += 1
        return found

    def _scope(self, uris: dict[str, str]) -> _Scope:
        key = tuple(sorted(uris.items()))
        if key not in self._scopes:
            if len(self._scopes) >= MOST_SCOPES:
                raise _Irregular
            self._scopes[key] = _Scope(uris)
        return self._scopes[key]

    def _after(self, opened: _Opened, place: _Place) -> _Place:
        state = self._automaton.after(opened.opening, place.state.accepting)
        found = opened.after[place] = self._place(state, opened.scope)
        return found

    # A line that was not met here before

    def _step(self, place: _Place, line: str) -> _Step:
        self._missed += 1
        step = self._read(place, line)
        if len(line) <= LONGEST_KEPT_LINE and self._kept < MOST_LINES:
            place.lines[line] = step
            self._kept += 1
        return step

    def _read(self, place: _Place, line: str) -> _Step:
        if len(line) > LONGEST_LINE or not _REGULAR.fullmatch(line):
            raise _Irregular
        if not line or _COMMENT.fullmatch(line):
            return None
        end = _END_TAG.fullmatch(line)
        if end is not None:
            return _End(end[1])
        tag = _TAG.fullmatch(line)
        if tag is not None and not tag[3]:
            return self._opened(place, tag)
        return self._place(self._behind_elements(place, line), place.scope)

    def _opened(self, place: _Place, tag: re.Match[str]) -> _Opened:
        attributes, scope = self._attributes(tag, place.scope)
        opening = self._automaton.open(place.state, scope.symbol(tag[1]))
        state = self._behind_attributes(opening.state, attributes)
        return _Opened(tag[1], opening, place.scope, self._place(state, scope))

    def _behind_elements(self, place: _Place, line: str) -> State:
        """The state behind a line that holds whole elements."""
        automaton, state = self._automaton, place.state
        opened: list[_Opened] = []
        text, is_leaf = "", False
        for token in _tokens(line):
            if isinstance(token, str):
                if "]]>" in token or (not opened and token.strip(BLANKS)):
                    raise _Irregular
                text = _unescaped(token)
                continue
            tag = token if token.re is _TAG else None
            if tag is not None:
                state = automaton.mix(state, text) if opened else state
                opened.append(self._opened(_Place(state, opened[-1].inside.scope if opened else place.scope), tag))
                state, text, is_leaf = opened[-1].inside.state, "", True
            if tag is None or tag[3]:
                if not opened or opened[-1].name != token[1]:
                    raise _Irregular
                if is_leaf:
                    matched = automaton.matched_by_text(state, text, NO_NAMESPACES)
                else:
                    matched = automaton.mix(state, text).accepting
                state, text, is_leaf = automaton.after(opened.pop().opening, matched), "", False
        if opened:
            raise _Irregular
        return state

    def _attributes(self, tag: re.Match[str], scope: _Scope) -> tuple[dict[str, str], _Scope]:
        """The values of a tag's attributes by symbols, and the scope with its declarations."""
        values: dict[str, str] = {}
        declared: dict[str, str] = {}
        found = _ATTRIBUTE.findall(tag[2])
        for name, quoted in found:
            value = _unescaped(quoted[1:-1])
            if name == "xmlns" or name.startswith("xmlns:"):
                declared[name[6:]] = value
            else:
                values[name] = value
        if declared:
            if any(_is_unusual(*declaration) for declaration in declared.items()):
                raise _Irregular
            scope = self._scope({**scope.uris, **declared})
        attributes = {scope.symbol(name, is_attribute=True): value for name, value in values.items()}
        if len(attributes) + len(declared) != len(found):
            raise _Irregular  # one stands twice
        return attributes, scope

    def _behind_attributes(self, state: State, attributes: dict[str, str]) -> State:
        if attributes:
            state = self._automaton.with_attributes(state, attributes, NO_NAMESPACES)
        return self._automaton.close(state)


def _pieces_of(document: Any) -> Iterator[str]:
    """Whole lines, many at once, without the XML declaration."""
    if type(document) is not bytes and not isinstance(document, str):
        raise _Irregular
    end_of_line: Any = "\n" if isinstance(document, str) else b"\n"
    start = 0
    while start < len(document):
        end = document.rfind(end_of_line, start, start + CHUNK) + 1
        end = end or document.find(end_of_line, start + CHUNK) + 1 or len(document)
        piece = _decoded(document[start:end])
        yield piece if start else _without_declaration(piece, is_text=isinstance(document, str))
        start = end


def _decoded(piece: str | bytes) -> str:
    try:
        return piece if isinstance(piece, str) else piece.decode("utf-8")
    except UnicodeDecodeError:
        raise _Irregular from None


def _without_declaration(piece: str, *, is_text: bool) -> str:
    if not piece.startswith("<?xml"):
        return piece
    line, _, rest = piece.partition("\n")
    declaration = _DECLARATION.fullmatch(line)
    if declaration is None or (not is_text and (declaration[3] or "utf-8").lower() != "utf-8"):
        raise _Irregular
    return rest


def _is_unusual(prefix: str, uri: str) -> bool:
    return prefix.startswith("xml") or (prefix != "" and not uri) or uri in (XML_NAMESPACE, DECLARATIONS_NAMESPACE)


def _tokens(line: str) -> Iterator[re.Match[str] | str]:
    """Start tags, end tags and texts."""
    at = 0
    while at < len(line):
        found = _TEXT.match(line, at) or _TAG.match(line, at) or _END_TAG.match(line, at)
        if found is None:
            raise _Irregular
        yield found[0] if found.re is _TEXT else found
        at = found.end()


def _unescaped(text: str) -> str:
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(reference: re.Match[str]) -> str:
    found = _CHARACTER.get(reference[1])
    if found is None or not reference[0].endswith(";"):
        raise _Irregular
    return found
