"""Whether documents and written texts are valid: the fastest judge that is there, and a package's exact grammars."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from importlib import import_module
from math import inf
from threading import Lock
from typing import TYPE_CHECKING, Any

from .converters import UnknownText
from .element import Child, Element, Token, package_of
from .events import MAXIMUM_DEPTH, Source, Unreadable, at_once, source_of
from .grammar import Automaton, Grammar, GrammarData, Invalid, Opening, State, is_accepted
from .markup import BLANKS, DECLARATIONS_NAMESPACE, XML_NAMESPACE, engine, local_name, nested
from .patterns import (
    ANY_CHILD,
    NO_NAMESPACES,
    Choice,
    Data,
    Empty,
    Group,
    Leaf,
    List,
    OneOrMore,
    Path,
    Pattern,
    Text,
    Value,
    elements_in,
    leaves_in,
    symbol,
    symbol_of,
)

if TYPE_CHECKING:
    from .faults import Fault, FormatError
    from .layout import Node
    from .native import Form
    from .reader import Document
    from .wording import Refused

# Whether a document is valid, judged line by line: for texts that are laid out as `format` does.
#
# A line that has been met before, in the same state of the automaton and under the same namespace declarations, is one
# look-up in a dictionary, whatever elements it holds. So most documents cost less than it takes to parse them. A line
# that is neither a start tag, an end tag nor whole elements is irregular; then there is no verdict, and expat reads the
# document from the start.


MOST_LINES = 20_000
"""So many lines are remembered, then all are forgotten."""

MOST_SCOPES = 1_000
"""So many sets of namespace declarations."""

CHUNK = 1 << 20

LONGEST_LINE = 10_000
"""Characters; longer lines are irregular."""

LONGEST_KEPT_LINE = 300

FEW_LINES = 8
"""So many new lines do not count."""

MOST_UNLUCKY = 8
"""So many documents in turn may have many new lines: one costs four times what expat takes for it."""

PAUSE = 64
"""So many documents are then left to expat before the next is tried."""

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


class _Scope:
    """Namespace declarations that hold: URIs by prefixes, the default one by an empty prefix; and the places where they
    do, by their states."""

    __slots__ = ("places", "uris")

    def __init__(self, uris: dict[str, str]) -> None:
        self.uris = uris
        self.places: dict[State, _Place] = {}

    def symbol(self, name: str) -> str:
        prefix, _, local = name.rpartition(":")
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
        self._scopes: dict[tuple[tuple[str, str], ...], _Scope] = {}

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
        except (_Irregular, UnicodeDecodeError):
            return None
        except Invalid:
            return False
        finally:
            self._learn(self._missed - missed, document)

    def _learn(self, missed: int, document: Any) -> None:
        """Pauses after too many documents most of whose lines are new."""
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
                    if is_leaf or not opened or opened[-1].name != step or len(opened) > MAXIMUM_DEPTH:
                        raise _Irregular
                    last = opened.pop()
                    place = last.after.get(place) or self._after(last, place)
        if opened:
            raise _Irregular
        return bool(place.state.accepting)

    def _place(self, state: State, scope: _Scope) -> _Place:
        found = scope.places.get(state)
        if found is None:
            if state.is_dead:
                raise Invalid
            found = scope.places[state] = _Place(state, scope)
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
        step = self._read(place, line.strip(" \t"))
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
            return self._opened(place.state, place.scope, tag)
        return self._place(self._behind_elements(place, line), place.scope)

    def _opened(self, state: State, scope: _Scope, tag: re.Match[str]) -> _Opened:
        attributes, inside = self._attributes(tag, scope)
        opening = self._automaton.open(state, inside.symbol(tag[1]))
        state = self._automaton.with_attributes(opening.state, attributes, NO_NAMESPACES)
        return _Opened(tag[1], opening, scope, self._place(self._automaton.close(state), inside))

    def _behind_elements(self, place: _Place, line: str) -> State:
        """The state behind a line that holds whole elements."""
        automaton, state = self._automaton, place.state
        opened: list[_Opened] = []
        text, is_leaf = "", False
        for token in _tokens(line):
            if token.re is _TEXT:
                if "]]>" in token[0] or (not opened and token[0].strip(BLANKS)):
                    raise _Irregular
                text = _unescaped(token[0])
                continue
            if token.re is _TAG:
                scope = opened[-1].inside.scope if opened else place.scope
                opened.append(self._opened(automaton.mix(state, text), scope, token))
                state, text, is_leaf = opened[-1].inside.state, "", True
                if not token[3]:
                    continue
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
        attributes = {scope.symbol(name) if ":" in name else name: value for name, value in values.items()}
        if len(attributes) + len(declared) != len(found):
            raise _Irregular  # one occurs twice
        return attributes, scope


def _pieces_of(document: Any) -> Iterator[str]:
    """Whole lines, many at once, without the XML declaration."""
    is_text = isinstance(document, str)
    if not is_text and type(document) is not bytes:
        raise _Irregular
    end_of_line: Any = "\n" if is_text else b"\n"
    start = 0
    while start < len(document):
        end = document.rfind(end_of_line, start, start + CHUNK) + 1
        end = end or document.find(end_of_line, start + CHUNK) + 1 or len(document)
        piece = document[start:end] if is_text else document[start:end].decode("utf-8")
        yield piece if start else _without_declaration(piece, is_text=is_text)
        start = end


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


def _tokens(line: str) -> Iterator[re.Match[str]]:
    """Start tags, end tags and texts."""
    at = 0
    while at < len(line):
        found = _TEXT.match(line, at) or _TAG.match(line, at) or _END_TAG.match(line, at)
        if found is None:
            raise _Irregular
        yield found
        at = found.end()


def _unescaped(text: str) -> str:
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(reference: re.Match[str]) -> str:
    found = _CHARACTER.get(reference[1])
    if found is None or not reference[0].endswith(";"):
        raise _Irregular
    return found


# What the native engine judges by, where it is installed: it takes the place of `LineJudge`.


class Steps:
    """The steps of an automaton for the native engine, with names in lxml's form. The engine remembers each step until
    the automaton forgets."""

    def __init__(self, automaton: Automaton) -> None:
        self._automaton = automaton
        self._forms: dict[tuple[object, str | None], Form | None] = {}
        self.start, self.close, self.after = automaton.start, automaton.close, automaton.after

    def open(self, state: State, name: str) -> Opening:
        return self._automaton.open(state, symbol_of(name))

    def attribute(self, state: State, name: str, value: str) -> State:
        return self._automaton.attribute(state, symbol_of(name), value, NO_NAMESPACES)

    def attribute_of_any_value(self, state: State, name: str) -> State | None:
        """None where the value matters."""
        name = symbol_of(name)
        if all(isinstance(value, Text) for value in self._automaton.values_of(state, name)):
            return self._automaton.attribute_of_any_value(state, name)
        return None

    def any_text(self, state: State) -> int | None:
        return self._automaton.matched_by_any_text(state)

    def text(self, state: State, text: str) -> int:
        return self._automaton.matched_by_text(state, text, NO_NAMESPACES)

    def mix(self, state: State) -> State:
        return self._automaton.mix(state, "x")

    def forms(self, state: State, attribute: str | None) -> tuple[Form, ...] | None:
        """The forms that tell texts apart, in a state or in an attribute there: texts that the same of them allow lead
        on alike. None where more than forms counts, or texts repeat themselves anyway."""
        patterns = state.patterns
        if attribute is not None:
            patterns = self._automaton.values_of(state, symbol_of(attribute))
        leaves = [leaf for pattern in patterns for leaf in _all_leaves(pattern)]
        forms = [form for form in map(self._form, leaves) if form is not None]
        if len(forms) < len(leaves) or not any(isinstance(leaf, Data) for leaf in leaves):
            return None
        return tuple(dict.fromkeys(forms))

    def _form(self, leaf: Leaf) -> Form | None:
        from .native import form_of, list_form, word_form

        if isinstance(leaf, List):
            counts = _counts(leaf.pattern)
            items = {self._form(item) for item in leaves_in(leaf.pattern)}
            if counts is None or len(items) != 1:
                return None
            return list_form(items.pop(), counts[0], None if counts[1] == inf else int(counts[1]))
        assert isinstance(leaf, Data | Value)  # there are no other leaves
        text = leaf.text if isinstance(leaf, Value) else None
        key = leaf.datatype, text
        if key not in self._forms:
            self._forms[key] = form_of(leaf.datatype) if text is None else word_form(leaf.datatype, text)
        return self._forms[key]


def _counts(pattern: Pattern) -> tuple[int, float] | None:
    """The least and the most items that a list may have, if it may have all numbers between the two; else None."""
    match pattern:
        case Data():
            return (1, 1) if pattern.except_ is None else None
        case Empty():
            return 0, 0
        case OneOrMore():
            return (1, inf) if _counts(pattern.pattern) == (1, 1) else None
        case Group() | Choice():
            parts = pattern.flat_parts()
            counts = sorted([count for count in map(_counts, parts) if count is not None])
            if len(counts) < len(parts):
                return None
            if isinstance(pattern, Group):
                return sum([least for least, _ in counts]), sum([most for _, most in counts])
            lowest, reached = counts[0]
            for least, most in counts:
                if least > reached + 1:
                    return None  # a number between is missing
                reached = max(reached, most)
            return lowest, reached
        case _:
            return None


def _all_leaves(pattern: Pattern) -> Iterator[Leaf]:
    """The patterns that decide about a text: those inside, and those that an ``except`` takes out of them."""
    for leaf in leaves_in(pattern):
        yield leaf
        if isinstance(leaf, Data) and leaf.except_ is not None:
            yield from _all_leaves(leaf.except_)


# The validator: a compiled grammar in, the faults of documents out.
#
# What explains faults is loaded when a document has one: most programs never see any.

MAXIMUM_FAULTS = 1000


class Validator:
    """Validates documents against one grammar, the faster the more of them it has seen. Threads take turns."""

    def __init__(self, data: GrammarData) -> None:
        self._grammar = Grammar(data)
        self._automaton = Automaton(self._grammar)
        self._judge: LineJudge | None = None  # or the engine's
        self._turn = Lock()

    @property
    def data(self) -> GrammarData:
        return self._grammar.data

    def judged(self, document: Any, entry: str) -> bool | None:
        """Whether a document is valid, if that is known faster than by reading it with expat: it is a regular text,
        bytes or a small file, and values mean the same whatever namespaces are around them."""
        if self._grammar.needs_namespaces:
            return None
        if type(document) is Source:
            document = at_once(document)
        with self._turn:
            if self._automaton.is_crowded:
                self._automaton.forget()
            if self._judge is None:
                automaton = self._automaton
                judge: LineJudge = LineJudge(automaton) if engine() is None else engine().Judge(Steps(automaton))
                automaton.when_forgetting(judge.forget)
                self._judge = judge
            return self._judge.accepts(document, entry)

    def is_valid(self, document: Any, *, entry: str = "", allow_entities: bool = False) -> bool:
        """Whether a document is well-formed, harmless and valid. See `validate` for the arguments."""
        verdict = self.judged(document, entry)
        if verdict is not None:
            return verdict
        try:
            with self._turn:
                return self._accepts(source_of(document), entry, allow_entities)
        except Unreadable:
            return False

    def validate(
        self,
        document: Any,
        *,
        name: str = "",
        entry: str = "",
        max_faults: int = MAXIMUM_FAULTS,
        allow_entities: bool = False,
    ) -> list[Fault]:
        """Everything that is wrong with a document, in its order; nothing for a valid one. Behind `max_faults` faults,
        but at least a hundred, the rest of a document is not looked at.

        `document` is XML text or bytes, a path, an open file, or an lxml element or tree; a `str` is never a path.
        `name` is what the faults call it. `entry` is one of the grammar's entries, where the document is a part of what
        the schema describes. `allow_entities`: entities that the document declares itself are expanded, within bounds;
        otherwise a document that declares anything is refused.
        """
        source = None
        try:
            given = document if isinstance(document, (str, bytes)) else source_of(document, name)
            if self.judged(given, entry):
                return []
            source = source_of(given, name)
            with self._turn:
                if self._accepts(source, entry, allow_entities):
                    return []
            return self.explain(source, entry, max_faults, allow_entities=allow_entities)[:max_faults]
        except Unreadable as error:
            from .faults import unreadable

            return [unreadable(source, error)]

    def explain(self, source: Source, entry: str, max_faults: int = MAXIMUM_FAULTS, **details: Any) -> list[Fault]:
        """What is wrong with a document; see `wording.faults_in`.

        Raises:
            Unreadable: the document is not well-formed, or refused.
        """
        from .wording import faults_in

        with self._turn:
            return in_order(faults_in(self._grammar, self._automaton, source, entry, max_faults, **details))

    def orders(
        self,
        document: Any,
        *,
        entry: str = "",
        movable: Mapping[Path, frozenset[str]],
        read: Mapping[Path, set[tuple[str, ...]]],
    ) -> Mapping[int, tuple[int, ...]]:
        """Orders of children that would mend elements of an invalid document, by ordinals; see `orders_in`. Nothing for
        a document that cannot be read."""
        from .diagnosis import orders_in, read_document

        try:
            source = source_of(document)
            with self._turn:
                root, judge = read_document(self._grammar, self._automaton, source, entry=entry)
                return orders_in(root, judge, movable, read)
        except Unreadable:
            return {}

    def _accepts(self, source: Source, entry: str, allow_entities: bool) -> bool:
        if self._automaton.is_crowded:
            self._automaton.forget()
        return is_accepted(self._automaton, source, entry=entry, allow_entities=allow_entities)


def in_order(faults: list[Fault]) -> list[Fault]:
    """The faults by their places."""
    return sorted(faults, key=lambda fault: (fault.line, fault.column))


# The exact grammars of a package, loaded when a document is first compared with one.

_validators: dict[str, Validator] = {}
"""By the modules of grammars."""
_loading = Lock()


def faults_of(document: Document, package: str, entry: str) -> list[Fault]:
    """What is wrong with the document as `entry`, by what the schema says and nothing else."""
    return _validator(package, entry).validate(_given(document), name=document.file, entry=entry)


def explain(
    document: Document, package: str, entry: str, refused: Sequence[Refused], *, is_lenient: bool
) -> list[Fault]:
    """What is wrong with a document that was refused as `entry`, or as a document of any schema. Raises as
    `Validator.explain`."""
    names = () if entry else import_module(f"{package}._schema").GRAMMARS
    roots = [root for name in names for root in elements_in(_loaded(package, name)._grammar.start())]
    source = source_of(_given(document), document.file)
    return _validator(package, entry).explain(source, entry, refused=refused, is_lenient=is_lenient, roots=roots)


def allows(document: Document, package: str, entry: str) -> bool:
    """Whether nothing is wrong with the document."""
    return _validator(package, entry).is_valid(_given(document), entry=entry)


def _given(document: Document) -> Any:
    if document.data is None:
        return document.root
    return document.data.decode("utf-8") if document.is_text else document.data


def judge_of(package: str, entry: str) -> Callable[[Any], bool | None]:
    """What says whether the schema allows a text; None where that takes a closer look."""
    return partial(_validator(package, entry).judged, entry=entry)


@cache
def _validator(package: str, entry: str) -> Validator:
    grammars: dict[str, str] = import_module(f"{package}._schema").GRAMMARS
    name = next((name for name, entries in grammars.items() if entry in entries.split()), next(iter(grammars)))
    return _loaded(package, name)


def _loaded(package: str, name: str) -> Validator:
    module = f"{package}._schema.{name}"
    with _loading:
        if module not in _validators:
            _validators[module] = Validator(json.loads(import_module(module).DATA))
        return _validators[module]


# Texts that are checked by the package's exact grammar before a caller gets them.
#
# What is written is checked, unless the caller knows better or the object carries what the schema does not know. Where
# formatting has a doubt about the order of children, the grammar decides.

ADVICE = "validate=False writes it anyway; parsing may have accepted it, because it checks each field alone by default"


def settled(text: str, target: Any, validate: bool | None, *, has_doubts: bool) -> str:
    """The text as it is to be written: with ``has_doubts`` with children of elements in another order, where that is
    what makes the elements valid; white space between children stays where it is.

    Raises:
        FormatError: the schema does not allow the text, and that matters.
    """
    owner: Any = type(target)
    validator, entry = _validator(package_of(owner), owner._entry), owner._entry
    if validator.is_valid(text, entry=entry):
        return text
    if has_doubts:
        orders = validator.orders(text, entry=entry, movable=movable_children(target), read=orders_read(target))
        if orders:
            text = _reordered(text.encode("utf-8"), orders).decode("utf-8")
    if validate is False or (validate is None and carries_unknown(target)):
        return text
    faults = validator.validate(text, entry=entry)
    # Expat does not take some letters of names that newer editions of XML allow, which is nothing that the schema says.
    if not faults or (validate is None and faults[0].code == "malformed"):
        return text
    raise _refusal(target, faults)


def orders_read(target: Any) -> Mapping[Path, set[tuple[str, ...]]]:
    """The orders of children that documents had, by the names of elements from the root. Names are symbols, or
    `ANY_CHILD` for an element of a list."""
    found: dict[Path, set[tuple[str, ...]]] = {}
    for path, one in _objects_with_paths(target):
        if one._preserved is not None and one._preserved.order is not None:
            names = tuple([_symbol_at(one, name) for name in one._preserved.order])
            found.setdefault(path, set()).add(names)
    return found


def _symbol_at(one: Element, name: str) -> str:
    """The name in the order of children; for a choice, that of the current element."""
    if name == ANY_CHILD:
        return ANY_CHILD
    held = getattr(one, name[1:]) if name.startswith(ANY_CHILD) else None
    return symbol_of(held._tag if isinstance(held, Element) else name)


def _objects_with_paths(target: Any) -> Iterator[tuple[Path, Element]]:
    waiting: list[tuple[Path, str, Any]] = [((), "", target)]
    seen: set[tuple[Path, int]] = set()
    while waiting:
        above, tag, one = waiting.pop()
        if isinstance(one, list):
            waiting += [(above, tag, item) for item in one]
        elif isinstance(one, Element):
            path = (*above, symbol_of(tag or _tag_of(one)))
            if (path, id(one)) not in seen:
                seen.add((path, id(one)))
                yield path, one
                for field in type(one)._fields:
                    name = field.xml if isinstance(field, Child) else ""  # the only field that determines it
                    waiting.append((path, name, getattr(one, field.name)))


def _tag_of(root: Element) -> str:
    """The name of an element that no field determines."""
    local = root._preserved.tag if root._preserved is not None else ""
    return next((tag for tag in type(root)._tags if local and local_name(tag) == local), type(root)._tag)


def movable_children(target: Any) -> Mapping[Path, frozenset[str]]:
    """The children that have a field of their own, by the names of elements from the root: what is in a list with
    others keeps the order of the list. Of several classes on one path, those that have one in each. Names are symbols.
    """
    found: dict[Path, frozenset[str]] = {}
    for path, one in _objects_with_paths(target):
        names = frozenset(symbol_of(tag) for field in type(one)._fields for tag in field.tags)
        found[path] = found.get(path, names) & names
    return found


def carries_unknown(target: Any) -> bool:
    """Whether there is anything in the objects that parsing has kept though the schema does not know it."""
    elements = [one for one in nested(target) if isinstance(one, Element)]
    preserved = [one._preserved for one in elements if one._preserved is not None]
    if any(one.unknown_whole or one.unknown() for one in preserved):
        return True
    values = (getattr(one, field.name) for one in elements for field in type(one)._fields)
    items = (item for value in values for item in (value if isinstance(value, list) else (value,)))
    return any(type(item) is UnknownText or (isinstance(item, Token) and not item.is_known) for item in items)


def _refusal(target: Any, faults: list[Fault]) -> FormatError:
    from .faults import FormatError

    said = [f"{fault.path}: {fault.message}" if fault.path else fault.message for fault in faults]
    return FormatError(f"{type(target).__name__} would not be valid: " + "\n".join([*said, f"  {ADVICE}"]), faults)


def _reordered(data: bytes, orders: Mapping[int, tuple[int, ...]]) -> bytes:
    from .layout import read_nodes

    nodes = read_nodes(data)
    texts: dict[Node, bytes] = {}  # of elements in which something moves
    for ordinal, node in reversed([*enumerate(nodes)]):
        if ordinal in orders or not texts.keys().isdisjoint(node.children):
            texts[node] = _with_children(node, orders.get(ordinal, range(len(node.children))), texts)
    return data[: nodes[0].start] + texts[nodes[0]] + data[nodes[0].end :]


def _with_children(node: Node, order: Sequence[int], texts: Mapping[Node, bytes]) -> bytes:
    parts, position = [], node.start
    for place, index in zip(node.children, order, strict=True):
        child = node.children[index]
        parts += [node.data[position : place.start], texts.get(child, node.data[child.start : child.end])]
        position = place.end
    return b"".join([*parts, node.data[position : node.end]])
