"""Turns findings into faults, with their places and messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from .diagnosis import OPEN, Conditions, Finding, Node, read_document
from .events import CHUNK, Source, Unreadable
from .faults import Fault, Place, Positions, by_nearness, nearest
from .grammar import Automaton, Grammar
from .markup import BLANKS, XML_NAMESPACE
from .patterns import (
    Attribute,
    Choice,
    Data,
    Element,
    Empty,
    Group,
    Leaf,
    List,
    OneOrMore,
    Pattern,
    Text,
    Value,
    describe,
    leaves_in,
    local_name,
    split,
)
from .search import Explainer

SHOWN_TEXT = 60
MANY_ATTRIBUTES = 100
"""Of an element with more, nearness of names is the search's to find."""

"""A message shows at most this much of a wrong value."""


class Words(NamedTuple):
    """What a fault says, without where it is."""

    message: str
    found: str = ""
    expected: tuple[str, ...] = ()
    suggestion: str = ""


class FaultPlace(NamedTuple):
    line: int
    column: int
    width: int = 1
    source_line: str = ""


class Wording:
    """``place_of`` returns the place of a finding in the file."""

    def __init__(self, grammar: Grammar, file: str, place_of: Callable[[Finding], FaultPlace]) -> None:
        self._grammar = grammar
        self._file = file
        self._place_of = place_of
        self._conditions = Conditions(grammar)
        self._last_names: tuple[Node, frozenset[str]] | None = None
        self._words: dict[str, Callable[[Finding], Words]] = {
            "unknown-attribute": self._unknown_attribute,
            "unexpected-attribute": self._unexpected_attribute,
            "wrong-attribute": self._wrong_attribute,
            "missing-attribute": self._missing_attribute,
            "bad-value": self._bad_value,
            "conflicting-value": self._conflicting_value,
            "unknown-element": self._unknown_element,
            "unexpected-element": self._unexpected_element,
            "wrong-element": self._wrong_element,
            "misplaced-element": self._misplaced_element,
            "missing-element": self._missing_element,
            "unexpected-text": self._unexpected_text,
            "bad-text": self._bad_text,
            "missing-text": self._missing_text,
            "unexpected-content": self._unexpected_content,
            "unknown-root": self._unknown_root,
        }

    def fault(self, finding: Finding) -> Fault:
        words, place = self._words[finding.code](finding), self._place_of(finding)
        return Fault(
            self._file,
            place.line,
            place.column,
            self._path(finding),
            finding.code,
            words.message,
            words.found,
            words.expected,
            words.suggestion,
            self._grammar.place(_rule(finding)),
            place.width,
            place.source_line,
        )

    @staticmethod
    def _path(finding: Finding) -> str:
        path = finding.node.path()
        if finding.attribute < 0:
            return path
        return f"{path}/@{finding.node.attributes[finding.attribute][1]}"

    # Attributes

    def _unknown_attribute(self, finding: Finding) -> Words:
        name, written, _ = finding.node.attributes[finding.attribute]
        expected = self._absent_attributes(finding)
        message = f"unknown attribute {written!r} in <{finding.node.written}>"
        if finding.meant or len(finding.node.attributes) > MANY_ATTRIBUTES:
            suggestion = _attribute_name(finding.meant) if finding.meant else ""
        else:
            suggestion = nearest(local_name(name), expected)
            expected = by_nearness(written, expected)
        return Words(message, written, tuple(expected), suggestion)

    def _unexpected_attribute(self, finding: Finding) -> Words:
        _, written, _ = finding.node.attributes[finding.attribute]
        expected = tuple(by_nearness(written, self._absent_attributes(finding)))
        condition = self._conditions.of_attribute(finding)
        instead = self._instead_of(finding)
        if instead:
            where = f"with {condition} " if condition else ""
            return Words(
                f"{where}<{finding.node.written}> takes {instead}=, not {written}=", written, expected, instead
            )
        where = f"with {condition}" if condition else f"beside the rest of <{finding.node.written}>"
        return Words(f"attribute {written!r} is not allowed {where}", written, expected)

    def _instead_of(self, finding: Finding) -> str:
        """The attribute that would take the value of one that is not allowed here, and does not stand beside it where
        it is: the file name of `file` for that of `dev`."""
        node = finding.node
        name, _, value = node.attributes[finding.attribute]
        beside = {name for name, _, _ in node.attributes}
        for element in node.matches:
            names = {n for attribute in element.content.attributes for n in attribute.name_class.names or ()}
            beside |= names if name in names else set()
        for attribute in finding.wanted:
            assert isinstance(attribute, Attribute)
            names = set(attribute.name_class.names or beside)
            is_free = isinstance(attribute.pattern, Text)
            if beside.isdisjoint(names) and not is_free and self._accepts(attribute, value, node):
                return _attribute_name(next(iter(attribute.name_class.names or ())))
        return ""

    def _accepts(self, attribute: Attribute, value: str, node: Node) -> bool:
        return self._grammar.derivatives.accepts(attribute.pattern, value, node.namespaces)

    def _wrong_attribute(self, finding: Finding) -> Words:
        _, written, _ = finding.node.attributes[finding.attribute]
        meant = _attribute_name(finding.meant)
        condition = self._conditions.of_attribute(finding)
        where = f"with {condition} " if condition else ""
        return Words(f"{where}<{finding.node.written}> needs {meant}=, not {written}=", written, (meant,))

    def _missing_attribute(self, finding: Finding) -> Words:
        name = _attribute_name(finding.meant) if finding.meant != OPEN else "of some name"
        texts = [leaf.text for leaf in _leaves_of(finding.wanted) if isinstance(leaf, Value)]
        is_literal = texts and all(isinstance(leaf, Value) for leaf in _leaves_of(finding.wanted))
        expected = tuple(dict.fromkeys(f"{name}={text!r}" for text in texts)) if is_literal else (name,)
        quoted = repr(name) if finding.meant != OPEN else name
        return Words(f"<{finding.node.written}> lacks the attribute {quoted}", "", expected)

    def _bad_value(self, finding: Finding) -> Words:
        _, written, value = finding.node.attributes[finding.attribute]
        return self._wrong_text(finding, value, written)

    def _conflicting_value(self, finding: Finding) -> Words:
        _, written, value = finding.node.attributes[finding.attribute]
        expected, suggestion = _expected_texts(finding.wanted, value)
        foreign = _listed([f"{name}=" for name in self._conditions.foreign_attributes(finding)])
        message = (
            f"{written}={_quoted(value)} cannot be combined with {foreign or f'the rest of <{finding.node.written}>'}"
        )
        return Words(message, value, expected, suggestion)

    # Elements

    def _unknown_element(self, finding: Finding) -> Words:
        node = finding.node
        expected = self._element_names(finding.wanted, node)
        if finding.meant and local_name(finding.meant) == local_name(node.name):
            return self._wrong_namespace(finding, f"<{node.written}>")
        suggestion = local_name(finding.meant) if finding.meant else nearest(local_name(node.name), expected)
        return Words(f"unknown element <{node.written}>", node.written, expected, suggestion)

    def _wrong_namespace(self, finding: Finding, what: str) -> Words:
        uri, wanted = split(finding.node.name)[0], split(finding.meant)[0]
        where = f"in the namespace {uri!r}" if uri else "in no namespace"
        message = f"{what} is {where}"
        return Words(message, uri, (f"the namespace {wanted!r}" if wanted else "no namespace",))

    def _unexpected_element(self, finding: Finding) -> Words:
        node = finding.node
        condition = self._conditions.of_child(finding)
        if condition:
            expected = self._element_names(finding.wanted, node)
            return Words(f"<{node.written}> is not allowed with {condition}", node.written, expected)
        if node.index > 1:
            return Words(f"<{node.written}> is not allowed again", node.written)
        sibling = self._conditions.excluding_sibling(finding)
        if sibling:
            return Words(f"<{node.written}> is not allowed beside <{sibling}>", node.written)
        return Words(f"<{node.written}> is not allowed here", node.written, self._element_names(finding.wanted, node))

    def _wrong_element(self, finding: Finding) -> Words:
        node = finding.node
        name = self._grammar.symbols.of(node.name)
        if not any(name in element.name_class for element in finding.wanted if isinstance(element, Element)):
            return self._other_element(finding)
        condition = self._conditions.of_kind(finding)
        where = f"with {condition}" if condition else "here"
        wanted = [
            attribute
            for element in finding.wanted
            if isinstance(element, Element)
            for attribute in element.content.attributes
        ]
        expected = self._absent_attributes(replace(finding, wanted=tuple(wanted)))
        return Words(f"this kind of <{node.written}> is not allowed {where}", node.written, tuple(expected))

    def _other_element(self, finding: Finding) -> Words:
        node = finding.node
        condition = self._conditions.of_child(finding)
        where = f"with {condition} " if condition else ""
        parent = "" if node.parent is None else f"<{node.parent.written}> "
        expected = self._element_names(finding.wanted, node)
        needed = " or ".join(f"<{name}>" for name in expected[:3])
        return Words(f"{where}{parent}needs {needed} here, not <{node.written}>", node.written, expected)

    def _misplaced_element(self, finding: Finding) -> Words:
        node = finding.node
        parent = "" if node.parent is None else f" in <{node.parent.written}>"
        where = f"it must come before <{finding.meant}>" if finding.meant else "it must come later"
        return Words(f"<{node.written}> is in the wrong place{parent}: {where}", node.written)

    def _missing_element(self, finding: Finding) -> Words:
        expected = self._element_names(finding.wanted, finding.node)
        named = " or ".join(f"<{name}>" for name in expected[:3]) + (" or others" if len(expected) > 3 else "")
        return Words(f"<{finding.node.written}> lacks {named}", "", expected)

    def _unknown_root(self, finding: Finding) -> Words:
        node = finding.node
        if finding.meant and local_name(finding.meant) == local_name(node.name):
            return self._wrong_namespace(finding, f"the root element <{node.written}>")
        expected = self._element_names(finding.wanted, node)
        suggestion = local_name(finding.meant) if finding.meant else ""
        return Words(f"unknown root element <{node.written}>", node.written, expected, suggestion)

    def _unexpected_content(self, finding: Finding) -> Words:
        return Words(f"the content of <{finding.node.written}> does not match the schema")

    # Text

    def _unexpected_text(self, finding: Finding) -> Words:
        text = _text_of(finding)
        message = f"text {_quoted(text)} is not allowed in <{finding.node.written}>"
        return Words(message, text, self._element_names(finding.wanted, finding.node))

    def _bad_text(self, finding: Finding) -> Words:
        return self._wrong_text(finding, finding.node.text, finding.node.written)

    def _missing_text(self, finding: Finding) -> Words:
        expected, _ = _expected_texts(finding.wanted, "")
        return Words(f"<{finding.node.written}> lacks its text", "", expected)

    def _wrong_text(self, finding: Finding, text: str, name: str) -> Words:
        expected, suggestion = _expected_texts(finding.wanted, text)
        leaves = _leaves_of(finding.wanted)
        labels = {leaf.label if isinstance(leaf, Value) else "" for leaf in leaves}
        label = labels.pop() if len(labels) == 1 else ""
        if label:
            article = "an" if label[0].lower() in "aeiou" else "a"
            return Words(f"{_quoted(text)} is not {article} {label}", text, expected, suggestion)
        only = leaves[0] if len({_identity(leaf) for leaf in leaves}) == 1 else None
        if isinstance(only, Data):
            reason = only.datatype.why_not(text, finding.node.namespaces)
            if reason:
                return Words(f"{_quoted(text)} {reason}", text, expected)
        nouns = {leaf.datatype.noun if isinstance(leaf, Data) and leaf.datatype.is_named else "" for leaf in leaves}
        if len(nouns) == 1 and "" not in nouns:
            return Words(f"{_quoted(text)} is not {nouns.pop()}", text, expected, suggestion)
        return Words(f"{_quoted(text)} is not allowed as {name}", text, expected, suggestion)

    def _names_on(self, node: Node) -> frozenset[str]:
        """Kept for the next finding, which often is about the same element."""
        if self._last_names is None or self._last_names[0] is not node:
            self._last_names = node, frozenset(name for name, _, _ in node.attributes)
        return self._last_names[1]

    def _absent_attributes(self, finding: Finding) -> list[str]:
        present = self._names_on(finding.node)
        names: list[str] = []
        for attribute in finding.wanted:
            assert isinstance(attribute, Attribute)
            if attribute.name_class.names is None:
                names.append(describe(attribute.name_class.data))
            names.extend(_attribute_name(name) for name in attribute.name_class.names or () if name not in present)
        return list(dict.fromkeys(names))

    def _element_names(self, wanted: Iterable[Pattern], near: Node) -> tuple[str, ...]:
        """The names of element patterns, those nearest to the element's first."""
        names: list[str] = []
        prefixes = _prefixes_around(near)
        for element in wanted:
            if isinstance(element, Element):
                if element.name_class.names is None:
                    names.append(describe(element.name_class.data))
                names.extend(_element_name(name, prefixes) for name in element.name_class.names or ())
        return tuple(by_nearness(local_name(near.name), names))


def _listed(names: Sequence[str]) -> str:
    """«a», «a and b», «a, b and c»."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _rule(finding: Finding) -> int:
    """The place in the schema of the pattern that a fault is against."""
    for pattern in finding.wanted if finding.code in _ABOUT_WANTED else ():
        if isinstance(pattern, (Attribute, Element, Leaf)):
            return pattern.location
    return -1 if finding.element is None else finding.element.location


_ABOUT_WANTED = frozenset(
    (
        "bad-text",
        "bad-value",
        "conflicting-value",
        "misplaced-element",
        "missing-attribute",
        "missing-element",
        "missing-text",
        "unknown-root",
        "wrong-attribute",
        "wrong-element",
    )
)


def _attribute_name(name: str) -> str:
    uri, local = split(name)
    return f"xml:{local}" if uri == XML_NAMESPACE else f"{{{uri}}}{local}" if uri else local


def _prefixes_around(node: Node | None) -> dict[str, str]:
    """Namespaces of an element and of those around it, with the prefixes that they are written with there."""
    found: dict[str, str] = {"": ""}
    while node is not None:
        found.setdefault(split(node.name)[0], node.written.rpartition(":")[0])
        node = node.parent
    return found


def _element_name(name: str, prefixes: Mapping[str, str]) -> str:
    """A name as the document would write it; with its namespace where no prefix is known."""
    uri, local = split(name)
    prefix = prefixes.get(uri)
    if prefix is None:
        return f"{{{uri}}}{local}"
    return f"{prefix}:{local}" if prefix else local


def _quoted(text: str) -> str:
    """A text in quotation marks, on one line, cut."""
    text = " ".join(text.split()) or text
    return repr(text if len(text) <= SHOWN_TEXT else f"{text[: SHOWN_TEXT - 1]}…")


def _text_of(finding: Finding) -> str:
    """The text that a finding is about."""
    node = finding.node
    if not node.has_children:
        return node.text.strip(BLANKS)
    before = 0
    for item in node.content:
        if not isinstance(item, str):
            before += 1
        elif before == finding.after:
            return item.strip(BLANKS)
    return ""


def _leaves_of(patterns: Iterable[Pattern]) -> list[Leaf]:
    found: dict[Leaf, None] = {}
    for pattern in patterns:
        inner = pattern.pattern if isinstance(pattern, Attribute) else pattern
        found.update(dict.fromkeys(leaves_in(inner)))
    return list(found)


def _identity(leaf: Leaf) -> object:
    return (Data, leaf.datatype) if isinstance(leaf, Data) and leaf.except_ is None else leaf


def _expected_texts(patterns: Sequence[Pattern], word: str) -> tuple[tuple[str, ...], str]:
    """What would be right in place of `word`, the nearest first, and what was likely meant."""
    leaves = _leaves_of(patterns)
    texts = [_shown_value(leaf) for leaf in leaves if isinstance(leaf, Value)]
    others = [_described(leaf) for leaf in leaves if not isinstance(leaf, Value)]
    if any(isinstance(p, Attribute) and isinstance(p.pattern, Text) for p in patterns):
        others.append("text")
    return tuple(dict.fromkeys((*by_nearness(word, texts), *others))), nearest(word, texts)


def _shown_value(value: Value) -> str:
    """A value as it is to be written; in quotation marks where blanks matter, with its namespace if it has one."""
    if value.datatype.uses_namespaces:
        uri, local = value.value
        return f"{{{uri}}}{local}" if uri else str(local)
    return repr(value.text) if value.text.strip(BLANKS) != value.text or not value.text else value.text


def _described_choice(choice: Choice) -> str:
    members = [member for member in choice.members if not isinstance(member, Empty)]
    if len(members) < len(choice.members) and len(members) == 1:
        inner = members[0]
        if isinstance(inner, OneOrMore):
            return f"any number of: {_described(inner.pattern)}"
        return f"optionally {_described(inner)}"
    return " or ".join(map(_described, choice.members))


def _described(pattern: Pattern) -> str:
    match pattern:
        case Value():
            return repr(pattern.text)
        case Data():
            except_ = "" if pattern.except_ is None else f" but {_described(pattern.except_)}"
            return f"{pattern.datatype.describe()}{except_}"
        case List():
            return f"a list: {_described(pattern.pattern)}"
        case Choice():
            return _described_choice(pattern)
        case Group():
            return f"{_described(pattern.first)}, {_described(pattern.rest)}"
        case OneOrMore():
            return f"one or more of: {_described(pattern.pattern)}"
        case _:
            return "nothing"


# The faults of documents, with the places where they are; loaded when a document has one.


def faults_in(
    grammar: Grammar, automaton: Automaton, source: Source, entry: str, max_faults: int, *, allow_entities: bool
) -> list[Fault]:
    """What is wrong with a document that the grammar does not allow.

    Raises:
        Unreadable: the document is not well-formed, or refused.
    """
    root, judge = read_document(grammar, automaton, source, entry=entry, allow_entities=allow_entities)
    findings = Explainer(grammar, judge, max_faults).explain(root)
    places = Places(source)
    wording = Wording(grammar, source.name, places.of)
    in_order = sorted(findings, key=lambda finding: (finding.node.ordinal, finding.attribute < 0))
    return [wording.fault(finding) for finding in in_order[:max_faults]]


class Places:
    """Where in the document findings are. Of an element that was given as a tree only its line is known."""

    def __init__(self, source: Source) -> None:
        self._lines: list[int] | None = None
        if source.element is not None:
            self._lines = [element.sourceline or 0 for element in source.element.iter("*")]
            return
        with source.open() as file:
            data = file.read()
        self._positions = Positions(b"\xef\xbb\xbf" + data if source.is_text else data)

    def of(self, finding: Finding) -> FaultPlace:
        ordinal = finding.node.ordinal
        if finding.attribute >= 0:
            return self.attribute(ordinal, finding.attribute)
        if self._lines is not None:
            return FaultPlace(self._lines[ordinal], 0)
        if finding.after >= 0:
            return self._shown(self._positions.text(ordinal, finding.after))
        return self._shown(self._positions.element(ordinal))

    def attribute(self, ordinal: int, index: int) -> FaultPlace:
        if self._lines is not None:
            return FaultPlace(self._lines[ordinal], 0)
        return self._shown(self._positions.attribute(ordinal, index))

    def _shown(self, place: Place) -> FaultPlace:
        return FaultPlace(place.line, place.column, place.width, self._positions.line(place.line))


def unreadable(source: Source | None, error: Unreadable) -> Fault:
    """The one fault of a document that cannot be read."""
    if source is None:
        return Fault(error.name, 0, 0, "", error.code, error.message)
    line, column, shown = error.line, error.column, ""
    if source.element is not None:
        line = column = 0
    elif line:
        data = _beginning(source, line)
        shown = Positions(b"\xef\xbb\xbf" + data if source.is_text else data).line(line)
    return Fault(source.name, line, column, "", error.code, error.message, source_line=shown)


LONGEST_LINE = 1_000_000


def _beginning(source: Source, line: int) -> bytes:
    """The document up to the end of a line, or to `LONGEST_LINE` bytes without a line end: what follows can be large,
    or without end."""
    chunks: list[bytes] = []
    ends, since = 0, 0
    with source.open() as file:
        while ends < line and since < LONGEST_LINE and (chunk := file.read(CHUNK)):
            chunks.append(chunk)
            count = max(chunk.count(b"\n"), chunk.count(b"\r"))
            ends, since = ends + count, 0 if count else since + len(chunk)
    return b"".join(chunks)
