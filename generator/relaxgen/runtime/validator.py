"""Whether documents and written texts are valid: the fastest judge that is there, and a package's exact grammars."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from .converters import UnknownText
from .element import Child, Element, Field, Token, package_of
from .events import Source, Unreadable, at_once, source_of
from .grammar import Automaton, Grammar, GrammarData, Opening, State, is_accepted
from .markup import BLANKS, DECLARATIONS_NAMESPACE, XML_NAMESPACE, engine, local_name
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
    Value,
    leaves_in,
    symbol,
    symbol_of,
)

if TYPE_CHECKING:
    from .faults import Fault, FormatError
    from .grammar import Automaton, Opening, State
    from .layout import Node
    from .native import Form
    from .patterns import Path
    from .reader import Document

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
            raise _Irregular  # one occurs twice
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


# The fastest that says of a regular document whether it is valid: the native engine, or else `lines.LineJudge`.


class Judge(Protocol):
    def accepts(self, document: object, entry: str, /) -> bool | None:
        """Whether a text, or bytes, are valid; None where that takes a closer look."""

    def forget(self) -> None:
        """Drops what is remembered of other documents."""


def judge_for(automaton: Automaton) -> Judge:
    """It forgets when the automaton does."""
    judge: Judge = _line_judge(automaton) if engine() is None else engine().Judge(Steps(automaton))
    automaton.when_forgetting(judge.forget)
    return judge


def _line_judge(automaton: Automaton) -> Judge:

    return LineJudge(automaton)


class Steps:
    """The steps of an automaton for the native engine, with names in lxml's form. The engine remembers each step until
    the automaton forgets."""

    __slots__ = ("_automaton", "_forms", "after", "close", "start")

    def __init__(self, automaton: Automaton) -> None:
        self._automaton = automaton
        self._forms: dict[tuple[object, ...], Form | None] = {}
        self.start, self.close, self.after = automaton.start, automaton.close, automaton.after

    def open(self, state: State, name: str) -> Opening:
        return self._automaton.open(state, symbol_of(name))

    def attribute(self, state: State, name: str, value: str) -> State:
        return self._automaton.attribute(state, symbol_of(name), value, NO_NAMESPACES)

    def attribute_of_any_value(self, state: State, name: str) -> State | None:
        return self._automaton.behind_any_value(state, symbol_of(name))

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

    def _list_form(self, leaf: List) -> Form | None:
        from .native import list_form

        counts = _counts(leaf.pattern)
        items = {self._form(item) for item in leaves_in(leaf.pattern)}
        return list_form(items.pop(), *counts) if counts is not None and len(items) == 1 else None

    def _form(self, leaf: Leaf) -> Form | None:
        from .native import form_of, word_form

        if isinstance(leaf, List):
            return self._list_form(leaf)
        if not isinstance(leaf, Data | Value):
            return None
        datatype = leaf.datatype
        key = (datatype.library, datatype.type, datatype.params, leaf.text if isinstance(leaf, Value) else None)
        if key not in self._forms:
            self._forms[key] = word_form(datatype, leaf.text) if isinstance(leaf, Value) else form_of(datatype)
        return self._forms[key]


def _counts(pattern: Pattern) -> tuple[int, int | None] | None:
    """How many items a list may have: all numbers between two, None where it is otherwise."""
    match pattern:
        case Data():
            return (1, 1) if pattern.except_ is None else None
        case Empty():
            return 0, 0
        case OneOrMore():
            return (1, None) if _counts(pattern.pattern) == (1, 1) else None
        case Group() | Choice():
            counts = [_counts(part) for part in pattern.flat_parts()]
            known = [count for count in counts if count is not None]
            combined = _sum if isinstance(pattern, Group) else _union
            return combined(known) if len(known) == len(counts) else None
        case _:
            return None


Counts = list[tuple[int, int | None]]


def _sum(counts: Counts) -> tuple[int, int | None]:
    most = [most for _, most in counts if most is not None]
    return sum(least for least, _ in counts), sum(most) if len(most) == len(counts) else None


def _union(counts: Counts) -> tuple[int, int | None] | None:
    """None where there is a gap."""
    (lowest, reached), *others = sorted(counts, key=lambda count: count[0])
    for least, most in others:
        if reached is None or least > reached + 1:
            return None if reached is not None else (lowest, None)
        reached = None if most is None else max(reached, most)
    return lowest, reached


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
        self._judge: Judge | None = None
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
                self._judge = judge_for(self._automaton)
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
            source = source_of(document, name)
            if self.judged(source, entry):
                return []
            with self._turn:
                faults: list[Fault] = []
                if not self._accepts(source, entry, allow_entities):
                    from .wording import faults_in

                    faults = faults_in(
                        self._grammar, self._automaton, source, entry, max_faults, allow_entities=allow_entities
                    )
                return in_order(faults)[:max_faults]
        except Unreadable as error:
            from .wording import unreadable

            return [unreadable(source, error)]

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
        return is_accepted(
            self._automaton,
            source,
            entry=entry,
            needs_namespaces=self._grammar.needs_namespaces,
            allow_entities=allow_entities,
        )


def in_order(faults: list[Fault]) -> list[Fault]:
    """The faults by their places."""
    return sorted(faults, key=lambda fault: (fault.line, fault.column))


# The exact grammars of a package, loaded when a document is first compared with one.

_validators: dict[str, Validator] = {}
"""By the modules of grammars."""
_by_entry: dict[tuple[str, str], Validator] = {}
_loading = Lock()


def faults_of(document: Document, package: str, entry: str) -> list[Fault]:
    """What is wrong with the document as `entry`, by what the schema says and nothing else."""
    return _validator(package, entry).validate(_given(document), name=document.file, entry=entry)


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


def is_valid(text: str, package: str, entry: str) -> bool:
    """Whether the schema allows a text that formatting has written."""
    return _validator(package, entry).is_valid(text, entry=entry)


def faults_in(text: str, package: str, entry: str) -> list[Fault]:
    """What is wrong with such a text."""
    return _validator(package, entry).validate(text, entry=entry)


def orders_in(
    text: str,
    package: str,
    entry: str,
    movable: Mapping[Path, frozenset[str]],
    read: Mapping[Path, set[tuple[str, ...]]],
) -> Mapping[int, tuple[int, ...]]:
    """See `document.orders_in`."""
    return _validator(package, entry).orders(text, entry=entry, movable=movable, read=read)


def _validator(package: str, entry: str) -> Validator:
    return _by_entry.get((package, entry)) or _loaded(package, entry)


def _loaded(package: str, entry: str) -> Validator:
    grammars: dict[str, str] = import_module(f"{package}._schema").GRAMMARS
    name = next((name for name, entries in grammars.items() if entry in entries.split()), next(iter(grammars)))
    module = f"{package}._schema.{name}"
    with _loading:
        if module not in _validators:
            _validators[module] = Validator(json.loads(import_module(module).DATA))
        _by_entry[package, entry] = _validators[module]
        return _by_entry[package, entry]


# Texts held against the package's exact grammar before a caller gets them.
#
# What is written is checked, unless the caller knows better or the object carries what the schema does not know. Where
# formatting has a doubt about the order of children, the grammar decides.

ADVICE = "to write it all the same: validate=False; parsing may have let it in, since it looks at each field by itself"


def settled(text: str, target: Any, validate: bool | None, *, has_doubts: bool) -> str:
    """The text as it is to be written: with ``has_doubts`` with children of elements in another order, where that is
    what makes the elements valid; white space between children stays where it is.

    Raises:
        FormatError: the schema does not allow the text, and that matters.
    """
    owner: Any = type(target)
    package, entry = package_of(owner), owner._entry
    if is_valid(text, package, entry):
        return text
    if has_doubts:
        orders = orders_in(text, package, entry, movable_children(target), orders_read(target))
        if orders:
            text = _reordered(text.encode("utf-8"), orders).decode("utf-8")
    if validate is False or (validate is None and carries_unknown(target)):
        return text
    faults = faults_in(text, package, entry)
    if not faults or (validate is None and _is_unreadable(faults)):
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
                waiting += [(path, _told_by(field), getattr(one, field.name)) for field in type(one)._fields]


def _told_by(field: Field) -> str:
    """The name of the element, if the field determines it."""
    return field.xml if isinstance(field, Child) else ""


def _tag_of(root: Element) -> str:
    """The name of an element that no field determines."""
    local = root._preserved.tag if root._preserved is not None else ""
    return next((tag for tag in type(root)._tags if local and local_name(tag) == local), type(root)._tag)


def movable_children(target: Any) -> Mapping[Path, frozenset[str]]:
    """The children that have a field of their own, by the names of elements from the root: what stands in a list with
    others keeps the order of the list. Of several classes on one path, those that have one in each. Names are symbols.
    """
    found: dict[Path, frozenset[str]] = {}
    for path, one in _objects_with_paths(target):
        names = frozenset(symbol_of(tag) for field in type(one)._fields for tag in field.tags)
        found[path] = found.get(path, names) & names
    return found


def carries_unknown(target: Any) -> bool:
    """Whether there is anything in the objects that parsing has kept though the schema does not know it."""
    waiting, seen = [target], set[int]()
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, Element) and id(one) not in seen:
            preserved = one._preserved
            if preserved is not None and (preserved.unknown_whole or preserved.unknown()):
                return True
            seen.add(id(one))
            waiting += [getattr(one, field.name) for field in type(one)._fields]
        elif type(one) is UnknownText or (isinstance(one, Token) and not one.is_known):
            return True
    return False


def _is_unreadable(faults: list[Fault]) -> bool:
    """Whether the validator could not read the text: expat does not take some letters of names that newer editions of
    XML allow, which is nothing that the schema says."""
    return faults[0].code == "malformed"


def _refusal(target: Any, faults: list[Fault]) -> FormatError:
    from .faults import FormatError

    said = [f"{fault.path}: {fault.message}" if fault.path else fault.message for fault in faults]
    return FormatError(f"{type(target).__name__} would not be valid: " + "\n".join([*said, f"  {ADVICE}"]), faults)


def _reordered(data: bytes, orders: Mapping[int, tuple[int, ...]]) -> bytes:
    from .layout import read_tree

    root = read_tree(data)
    nodes = _in_document_order(root)
    texts: dict[int, bytes] = {}
    for ordinal in range(len(nodes) - 1, -1, -1):
        node = nodes[ordinal]
        order = orders.get(ordinal, range(len(node.children)))
        if ordinal in orders or any(id(child) in texts for child in node.children):
            texts[id(node)] = _with_children(node, order, texts)
    return data[: root.start] + texts[id(root)] + data[root.end :]


def _in_document_order(root: Node) -> list[Node]:
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(reversed(node.children))
    return found


def _with_children(node: Node, order: Any, texts: Mapping[int, bytes]) -> bytes:
    parts, position = [], node.start
    for place, index in zip(node.children, order, strict=True):
        child = node.children[index]
        parts += [node.data[position : place.start], texts.get(id(child), node.data[child.start : child.end])]
        position = place.end
    return b"".join([*parts, node.data[position : node.end]])
