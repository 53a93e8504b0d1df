"""Turns findings into faults, with their places and messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from .diagnosis import OPEN, Conditions, Finding, Node, read_document
from .events import Source
from .faults import Fault, Place, Positions, by_nearness, nearest
from .grammar import Automaton, Grammar
from .markup import BLANKS, XML_NAMESPACE
from .patterns import (
    UNLOCATED,
    Attribute,
    Choice,
    Data,
    Element,
    Empty,
    Group,
    Leaf,
    List,
    NameClass,
    OneOrMore,
    Pattern,
    Text,
    Value,
    describe,
    elements_in,
    elements_next,
    leaves_in,
    local_name,
    split,
)
from .search import Explainer

MANY_ATTRIBUTES = 100
"""Of an element with more, nearness of names is the search's to find."""

SHOWN_TEXT = 60
"""A message shows at most this much of a wrong value."""

SHOWN_NAMES = 3
"""A message names at most so many elements."""


class Words(NamedTuple):
    """What a fault says, without where it is."""

    message: str
    found: str = ""
    expected: tuple[str, ...] = ()
    suggestion: str = ""


class Wording:
    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._conditions = Conditions(grammar)
        self._last_names: tuple[Node, frozenset[str]] | None = None
        self._by_code: dict[str, Callable[[Finding], Words]] = {
            "unknown-attribute": self._unknown_attribute,
            "unexpected-attribute": self._unexpected_attribute,
            "wrong-attribute": self._wrong_attribute,
            "missing-attribute": self._missing_attribute,
            "bad-value": self._bad_value,
            "conflicting-value": self._conflicting_value,
            "wrong-root": self._wrong_root,
            "unknown-element": self._unknown_element,
            "unexpected-element": self._unexpected_element,
            "wrong-element": self._wrong_element,
            "misplaced-element": self._misplaced_element,
            "missing-element": self._missing_element,
            "unexpected-text": self._unexpected_text,
            "bad-text": self._bad_text,
            "missing-text": self._missing_text,
            "unexpected-content": self._unexpected_content,
        }

    def words(self, finding: Finding) -> Words:
        """What is wrong, in words for the author of the document."""
        return self._by_code[finding.code](finding)

    # Attributes

    def _unknown_attribute(self, finding: Finding) -> Words:
        name, written, _ = finding.given
        expected = self._absent_attributes(finding.node, finding.wanted)
        message = f"unknown attribute {written!r} in {finding.node.tag}"
        if finding.meant or len(finding.node.attributes) > MANY_ATTRIBUTES:
            suggestion = _attribute_name(finding.meant)
        else:
            suggestion = nearest(local_name(name), expected)
            expected = by_nearness(written, expected)
        return Words(message, written, tuple(expected), suggestion)

    def _unexpected_attribute(self, finding: Finding) -> Words:
        _, written, _ = finding.given
        expected = tuple(by_nearness(written, self._absent_attributes(finding.node, finding.wanted)))
        condition = self._conditions.of_attribute(finding)
        instead = self._instead_of(finding)
        if instead:
            message = f"{condition} {finding.node.tag} takes {instead}=, not {written}=".lstrip()
        else:
            where = condition or f"beside the rest of {finding.node.tag}"
            message = f"attribute {written!r} is not allowed {where}"
        return Words(message, written, expected, instead)

    def _instead_of(self, finding: Finding) -> str:
        """The attribute that would take the value of one that is not allowed here, and that never occurs beside it:
        `file` instead of `dev`, for a file name."""
        node, accepts = finding.node, self._grammar.derivatives.accepts
        name, _, value = finding.given
        beside = {name for name, _, _ in node.attributes}
        for element in node.matches:
            if name in element.attributes_by_name:
                beside.update(element.attributes_by_name)
        for attribute in finding.wanted:
            assert isinstance(attribute, Attribute)
            names, pattern = attribute.name_class.names or (), attribute.pattern
            is_free = isinstance(pattern, Text)
            if names and not is_free and beside.isdisjoint(names) and accepts(pattern, value, node.namespaces):
                return _attribute_name(next(iter(names)))
        return ""

    def _wrong_attribute(self, finding: Finding) -> Words:
        _, written, _ = finding.given
        meant, condition = _attribute_name(finding.meant), self._conditions.of_attribute(finding)
        message = f"{condition} {finding.node.tag} needs {meant}=, not {written}=".lstrip()
        return Words(message, written, (meant,))

    def _missing_attribute(self, finding: Finding) -> Words:
        is_open = finding.meant == OPEN
        name = "of some name" if is_open else _attribute_name(finding.meant)
        leaves = _leaves_of(finding.wanted)
        values = dict.fromkeys(f"{name}={leaf.text!r}" for leaf in leaves if isinstance(leaf, Value))
        is_literal = all(isinstance(leaf, Value) for leaf in leaves)
        message = f"{finding.node.tag} lacks the attribute {name if is_open else repr(name)}"
        return Words(message, "", tuple(values) if values and is_literal else (name,))

    def _bad_value(self, finding: Finding) -> Words:
        _, written, value = finding.given
        return self._wrong_text(finding, value, written)

    def _conflicting_value(self, finding: Finding) -> Words:
        _, written, value = finding.given
        expected, suggestion = _expected_texts(finding.wanted, value)
        foreign = _listed([f"{name}=" for name in self._conditions.foreign_attributes(finding)])
        others = foreign or f"the rest of {finding.node.tag}"
        return Words(f"{written}={_quoted(value)} cannot be combined with {others}", value, expected, suggestion)

    # Elements

    def _wrong_root(self, finding: Finding) -> Words:
        node, expected = finding.node, _element_names(finding)
        message = f"the root is {node.tag}, not {tags(expected)}"
        return _in_other_namespace(finding) or Words(message, node.written, expected, local_name(finding.meant))

    def _unknown_element(self, finding: Finding) -> Words:
        node = finding.node
        suggestion = local_name(finding.meant) or nearest(local_name(node.name), _element_names(finding))
        words = Words(f"unknown element {node.tag}", node.written, _next_names(finding), suggestion)
        return _in_other_namespace(finding) or words

    def _unexpected_element(self, finding: Finding) -> Words:
        node, condition = finding.node, self._conditions.of_child(finding)
        if not condition:
            if node.index > 1:
                return Words(f"{node.tag} is not allowed again", node.written)
            sibling = self._conditions.excluding_sibling(finding)
            if sibling is not None:
                return Words(f"{node.tag} is not allowed beside {sibling.tag}", node.written)
        return Words(f"{node.tag} is not allowed {condition or 'here'}", node.written, _next_names(finding))

    def _wrong_element(self, finding: Finding) -> Words:
        node = finding.node
        if not finding.wants(self._grammar.symbols.of(node.name)):
            return self._other_element(finding)
        elements = [element for element in finding.wanted if isinstance(element, Element)]
        attributes = [attribute for element in elements for attribute in element.content.attributes]
        expected = tuple(self._absent_attributes(node, attributes))
        where = self._conditions.of_kind(finding) or "here"
        return Words(f"this kind of {node.tag} is not allowed {where}", node.written, expected)

    def _other_element(self, finding: Finding) -> Words:
        node, expected = finding.node, _element_names(finding)
        parent = "" if node.parent is None else f"{node.parent.tag} "
        message = f"{self._conditions.of_child(finding)} {parent}needs {tags(expected)} here, not {node.tag}"
        return Words(message.lstrip(), node.written, expected)

    def _misplaced_element(self, finding: Finding) -> Words:
        node = finding.node
        assert node.parent is not None  # it is misplaced among its siblings
        where = f"before <{finding.meant}>" if finding.meant else ""
        if not any(one.written == finding.meant and one.ordinal < node.ordinal for one in node.parent.children()):
            where = f"later, {where}" if where else "later"
        return Words(f"{node.tag} is in the wrong place in {node.parent.tag}: it must come {where}", node.written)

    def _missing_element(self, finding: Finding) -> Words:
        expected = _element_names(finding)
        return Words(f"{finding.node.tag} lacks {tags(expected)}", "", expected)

    def _unexpected_content(self, finding: Finding) -> Words:
        return Words(f"the content of {finding.node.tag} does not match the schema")

    # Text

    def _unexpected_text(self, finding: Finding) -> Words:
        text = _text_of(finding)
        message = f"text {_quoted(text)} is not allowed in {finding.node.tag}"
        return Words(message, text, _next_names(finding))

    def _bad_text(self, finding: Finding) -> Words:
        return self._wrong_text(finding, finding.node.text, finding.node.written)

    def _missing_text(self, finding: Finding) -> Words:
        expected, _ = _expected_texts(finding.wanted, "")
        return Words(f"{finding.node.tag} lacks its text", "", expected)

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

    def _absent_attributes(self, node: Node, wanted: Iterable[Pattern]) -> list[str]:
        present = self._names_on(node)
        names = [
            shown
            for attribute in wanted
            if isinstance(attribute, Attribute)
            for name, shown in _shown_names(attribute.name_class, _XML_ALONE)
            if name not in present
        ]
        return list(dict.fromkeys(names))


def _element_names(finding: Finding) -> tuple[str, ...]:
    """The names of the elements that a finding wants, those nearest to the name that is there first."""
    prefixes = _prefixes_around(finding.node)
    elements = [one for one in finding.wanted if isinstance(one, Element)]
    names = [shown for element in elements for _, shown in _shown_names(element.name_class, prefixes)]
    return tuple(by_nearness(local_name(finding.node.name), names))


def _next_names(finding: Finding) -> tuple[str, ...]:
    """Those of them that can be where the finding is; all, where the finding stands for several readings."""
    if set(finding.wanted) <= set(elements_in(finding.pattern)):
        finding = replace(finding, wanted=elements_next(finding.pattern))
    return _element_names(finding)


def _shown_names(name_class: NameClass, prefixes: Mapping[str, str]) -> list[tuple[str, str]]:
    """Names, each with the text that a message shows; one text alone for an open name class."""
    if name_class.names is None:
        return [("", describe(name_class.data))]
    return [(name, _as_written(name, prefixes)) for name in name_class.names]


def _in_other_namespace(finding: Finding) -> Words | None:
    """What is wrong with an element whose name is right in another namespace."""
    node = finding.node
    uri, local = split(node.name)
    names = (name for one in finding.wanted if isinstance(one, Element) for name in one.name_class.names or ())
    wanted = next((one for one, name in map(split, (finding.meant, *names)) if name == local and one != uri), None)
    if wanted is None:
        return None
    where = f"in the namespace {uri!r}" if uri else "in no namespace"
    expected = f"the namespace {wanted!r}" if wanted else "no namespace"
    root = "the root " if node.parent is None else ""
    return Words(f"{root}{node.tag} is {where} instead of {expected}", uri, (expected,))


def tags(names: Sequence[str]) -> str:
    shown = [f"<{name}>" for name in names[:SHOWN_NAMES]]
    return " or ".join([*shown, "others"] if len(names) > SHOWN_NAMES else shown)


def _listed(names: Sequence[str]) -> str:
    """«a», «a and b», «a, b and c»."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def rule_of(finding: Finding) -> int:
    """The place in the schema of the pattern that a fault is against: of what is missing or should be otherwise, the
    pattern of that, and else of the element."""
    around = UNLOCATED if finding.element is None else finding.element.location
    if around != UNLOCATED and finding.code.startswith(("unexpected-", "unknown-")):
        return around
    return next((one.location for one in finding.wanted if isinstance(one, (Attribute, Element, Leaf))), around)


_XML_ALONE = {"": "", XML_NAMESPACE: "xml"}


def _attribute_name(name: str) -> str:
    return _as_written(name, _XML_ALONE)


def _prefixes_around(node: Node) -> dict[str, str]:
    """Namespaces of an element and of those around it, with the prefixes that they are written with there."""
    found = {"": ""}
    for one in node.upwards():
        found.setdefault(split(one.name)[0], one.written.rpartition(":")[0])
    return found


def _as_written(name: str, prefixes: Mapping[str, str]) -> str:
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


class Refused(NamedTuple):
    """What reading a document into objects has refused: an element by its ordinal, or an attribute of it by its index,
    and what to say if the grammar allows it."""

    ordinal: int
    attribute: int
    code: str
    words: Words


def faults_in(
    grammar: Grammar,
    automaton: Automaton,
    source: Source,
    entry: str,
    max_faults: int,
    *,
    allow_entities: bool = False,
    refused: Sequence[Refused] = (),
    is_lenient: bool = False,
    roots: Sequence[Pattern] = (),
) -> list[Fault]:
    """What is wrong with a document. If the grammar allows it, or ``is_lenient``, that is what reading has refused.

    Raises:
        Unreadable: the document is not well-formed, or refused.
    """
    marked: dict[int, Node | None] = dict.fromkeys(one.ordinal for one in refused)
    root, judge = read_document(grammar, automaton, source, entry=entry, allow_entities=allow_entities, marked=marked)
    findings = Explainer(grammar, judge, max_faults).explain(root, roots)
    places, wording = Places(source), Wording(grammar)
    if refused and (is_lenient or not findings):
        said = _explained(refused, findings, marked, judge.start)
    else:
        said = [(finding, None) for finding in findings]
    faults = []
    for finding, own in sorted(said, key=lambda one: (one[0].node.ordinal, one[0].attribute < 0))[:max_faults]:
        line, column, width, shown = places.of(finding)
        words, rule = own or wording.words(finding), grammar.place(rule_of(finding))
        faults.append(Fault(source.name, line, column, finding.path(), finding.code, *words, rule, width, shown))
    return faults


def _explained(
    refused: Iterable[Refused], findings: Iterable[Finding], marked: Mapping[int, Node | None], start: Pattern
) -> list[tuple[Finding, Words | None]]:
    """What was refused as findings: those of the search if it has as many of the kind at the place, or else others with
    their words."""
    judged: dict[tuple[Node | None, int, str], list[Finding]] = {}
    for finding in findings:
        judged.setdefault((finding.node, finding.attribute, finding.code), []).append(finding)
    own: dict[tuple[Node | None, int, str], list[Words]] = {}
    for one in refused:
        own.setdefault((marked[one.ordinal], one.attribute, one.code), []).append(one.words)
    said: list[tuple[Finding, Words | None]] = []
    for place, words in own.items():
        node, attribute, code = place
        assert node is not None  # the document was read to its end
        if len(judged.get(place, ())) == len(words):
            said += [(finding, None) for finding in judged[place]]
        else:
            after = 0 if code.endswith("-text") else -1
            said += [(Finding(code, node, start, None, attribute=attribute, after=after), one) for one in words]
    return said


FaultPlace = tuple[int, int, int, str]
"""Line, column and width, and the line of the document."""


class Places:
    """Where in the document findings are. Of an element that was given as a tree only its line is known."""

    def __init__(self, source: Source) -> None:
        self._lines: list[int] | None = None
        if source.element is not None:
            self._lines = [element.sourceline or 0 for element in source.element.iter("*")]
            return
        with source.open() as file:
            self._positions = Positions(file.read(), is_text=source.is_text)

    def of(self, finding: Finding) -> FaultPlace:
        ordinal = finding.node.ordinal
        if finding.attribute >= 0:
            return self.attribute(ordinal, finding.attribute)
        if self._lines is not None:
            return self._lines[ordinal], 0, 1, ""
        positions = self._positions
        return self._shown(positions.element(ordinal) if finding.after < 0 else positions.text(ordinal, finding.after))

    def attribute(self, ordinal: int, index: int) -> FaultPlace:
        if self._lines is not None:
            return self._lines[ordinal], 0, 1, ""
        return self._shown(self._positions.attribute(ordinal, index))

    def _shown(self, place: Place) -> FaultPlace:
        return place.line, place.column, place.width, self._positions.line(place.line)
