"""A document that is known to be invalid, as a tree, and what its elements lack for each pattern they may match."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice, pairwise
from typing import Any, TypeVar

from .datatypes import Namespaces
from .events import Reader, Scope, Source, chunks_of
from .grammar import Automaton, Grammar, State
from .markup import BLANKS, walked
from .patterns import (
    ANY_CHILD,
    NO_NAMESPACES,
    Attribute,
    Choice,
    Derivatives,
    Element,
    Group,
    Interleave,
    Leaf,
    NotAllowed,
    OneOrMore,
    Path,
    Pattern,
    elements_in,
    written_name,
)

# A document as a tree, for finding out what is wrong with it, and which element patterns its elements match.
#
# The tree is made where a document is known to be invalid. While it is read, every element is judged by all patterns
# that an element of its name can have in its parent, whatever comes before it, so that the search for an explanation
# knows at once which parts are in order. Of large documents those parts are dropped again.


KEPT_NODES = 200_000
"""From so many elements on, the content of elements that are in order is dropped."""


_NO_COUNTS: dict[str, int] = {}
_NO_MATCHES: Mapping[Element, bool] = {}


class Node:
    """An element. ``name`` is its symbol, ``written`` its name as the document has it; ``attributes`` are triples of
    symbol, written name and value. ``content`` are the children and, where there are children, texts that are not
    blank; ``text`` is all text of an element without children. ``matches`` says of element patterns whether the
    element matches them. ``counts`` has how many children have each name, ``index`` is the element's number among
    those of its name."""

    __slots__ = (
        "attributes",
        "content",
        "counts",
        "has_children",
        "index",
        "is_cut",
        "matches",
        "name",
        "namespaces",
        "ordinal",
        "parent",
        "text",
        "written",
    )

    def __init__(self, ordinal: int, name: str, written: str, parent: Node | None, namespaces: Namespaces) -> None:
        self.ordinal = ordinal
        self.name = name
        self.written = written
        self.parent = parent
        self.namespaces = namespaces
        self.attributes: Sequence[tuple[str, str, str]] = ()
        self.content: Sequence[Node | str] = ()
        self.counts = _NO_COUNTS
        self.text = ""
        self.has_children = False
        self.is_cut = False
        self.index = 1
        self.matches: Mapping[Element, bool] = _NO_MATCHES

    @property
    def tag(self) -> str:
        return f"<{self.written}>"

    @property
    def is_right(self) -> bool:
        """Whether it matches a pattern that it was judged by."""
        return any(self.matches.values())

    def children(self) -> Iterator[Node]:
        return (child for child in self.content if isinstance(child, Node))

    def add(self, item: Node | str) -> None:
        """Adds a child, or a text beside children."""
        if not isinstance(self.content, list):
            self.content = []
        self.content.append(item)
        if isinstance(item, Node):
            if not self.has_children:
                self.has_children = True
                self.counts = {}
            item.index = self.counts[item.name] = self.counts.get(item.name, 0) + 1

    def cut(self) -> None:
        """Drops attributes and content; ``matches`` stays."""
        self.is_cut = True
        self.attributes = self.content = ()
        self.counts = _NO_COUNTS

    def equals(self, other: Node) -> bool:
        """Whether both elements have the same name, attributes and content."""
        waiting: list[tuple[Node | str, Node | str]] = [(self, other)]
        while waiting:
            first, second = waiting.pop()
            if isinstance(first, Node) and isinstance(second, Node):
                if not first._begins_like(second):
                    return False
                waiting.extend(zip(first.content, second.content, strict=True))
            elif first != second:
                return False
        return True

    def _begins_like(self, other: Node) -> bool:
        mine = (self.name, self.attributes, self.text, len(self.content), self.is_cut)
        return mine == (other.name, other.attributes, other.text, len(other.content), False)

    def upwards(self) -> Iterator[Node]:
        """The element and those around it, the root last."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def path(self) -> str:
        """The way from the root by local names, with an index only where siblings share the name."""
        steps = []
        for node in self.upwards():
            name = node.written.rpartition(":")[2]
            is_alone = node.parent is None or node.parent.counts.get(node.name, 1) == 1
            steps.append(name if is_alone else f"{name}[{node.index}]")
        return "/" + "/".join(reversed(steps))


@dataclass(slots=True)
class _Frame:
    """An open element that is being judged by ``elements``; ``state`` is None where nothing is left to find out."""

    node: Node
    elements: tuple[Element, ...]
    state: State | None


class Judge:
    """Finds out which element patterns the elements match, children before parents."""

    __slots__ = ("_automaton", "_candidates", "_frames", "_grammar", "_verdict", "start")

    def __init__(self, grammar: Grammar, automaton: Automaton, start: Pattern) -> None:
        self.start = start
        self._grammar = grammar
        self._automaton = automaton
        self._frames: list[_Frame] = []
        self._candidates = cache(_candidates)
        # One mapping for all elements with the same result
        self._verdict = cache(_verdict)

    def tidy(self) -> None:
        """Keeps the memory bounded in the middle of a document."""
        if self._automaton.is_crowded:
            self._automaton.forget([frame.state for frame in self._frames if frame.state is not None])

    def judge(self, node: Node, elements: Sequence[Element]) -> None:
        """Judges an element whose tree is complete, with all inside, by patterns that it was not judged by before."""
        self._enter(node, tuple(elements))
        waiting = [iter(node.content)]
        while waiting:
            item = next(waiting[-1], None)
            if item is None:
                waiting.pop()
                self.leave()
            elif isinstance(item, str):
                self.text(item)
            else:
                self.enter(item)
                waiting.append(iter(item.content))

    def enter(self, node: Node) -> None:
        """Begins a child of the innermost open element, or the root."""
        if self._frames:
            elements = self._candidates(self._frames[-1].elements, self._grammar.symbols.of(node.name))
        else:
            elements = tuple(element for element in elements_in(self.start) if node.name in element.name_class)
        self._enter(node, elements)

    def _enter(self, node: Node, elements: tuple[Element, ...]) -> None:
        state = self.begun(node, elements)
        self._frames.append(_Frame(node, elements, None if state.is_dead else state))

    def begun(self, node: Node, elements: tuple[Element, ...]) -> State:
        """What the content of an element must match if it is one of `elements`: the state behind its start tag."""
        attributes = {name: value for name, _, value in node.attributes}
        state = self._automaton.with_attributes(self._automaton.content_of(elements), attributes, node.namespaces)
        return self._automaton.close(state)

    def begun_with_any_values(self, node: Node, elements: tuple[Element, ...]) -> State:
        """The same for an element whose attributes may have any values that the patterns allow."""
        state = self._automaton.content_of(elements)
        for name, _, _ in node.attributes:
            state = self._automaton.attribute_of_any_value(state, name)
        return self._automaton.close(state)

    def text(self, text: str) -> None:
        """Adds text beside children to the innermost open element."""
        frame = self._frames[-1]
        if frame.state is not None:
            frame.state = self._automaton.mix(frame.state, text)

    def leave(self) -> None:
        """Ends the innermost open element: decides what it matches, and goes on in its parent."""
        frame = self._frames.pop()
        node, state = frame.node, frame.state
        matched = 0
        if state is not None and not node.is_cut:
            by_text = self._automaton.matched_by_text
            matched = state.accepting if node.has_children else by_text(state, node.text, node.namespaces)
        matches = self._verdict(frame.elements, matched)
        node.matches = {**node.matches, **matches} if node.matches else matches
        parent = self._frames[-1] if self._frames else None
        if parent is not None and parent.state is not None:
            behind = self.after(parent.state, node)
            parent.state = None if behind.is_dead else behind

    def after(self, state: State, child: Node) -> State:
        """The state behind a child that is judged."""
        opening = self._automaton.open(state, child.name)
        matched = sum(child.matches[element] << index for index, element in enumerate(opening.elements))
        return self._automaton.after(opening, matched)


def _candidates(elements: tuple[Element, ...], name: str) -> tuple[Element, ...]:
    """The element patterns for children of this name."""
    return tuple(dict.fromkeys(child for element in elements for child in element.children_named(name)))


def _verdict(elements: tuple[Element, ...], matched: int) -> Mapping[Element, bool]:
    return {element: bool(matched >> index & 1) for index, element in enumerate(elements)}


def read_document(
    grammar: Grammar,
    automaton: Automaton,
    source: Source,
    *,
    entry: str = "",
    allow_entities: bool = False,
    marked: dict[int, Node | None] | None = None,
) -> tuple[Node, Judge]:
    """Returns the root of the document's tree, all of it judged. Nodes are put into `marked` in place of None, by their
    ordinals.

    Raises:
        Unreadable: the document is not well-formed, or refused.
    """
    reader = Reader(allow_entities=allow_entities)
    encoding, chunks = chunks_of(source)
    parser = reader.prepare(encoding)
    parser.namespace_prefixes = True
    parser.buffer_text = True
    judge = Judge(grammar, automaton, grammar.start(entry))
    scope = Scope(parser) if grammar.needs_namespaces else None
    builder = _Builder(judge, reader, scope, {} if marked is None else marked)
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.texts.append
    reader.read(builder.tidy, chunks)
    assert builder.root is not None  # expat reports a document without an element
    return builder.root, judge


class _Builder:
    __slots__ = ("_count", "_depth", "_judge", "_marked", "_node", "_reader", "_resolved", "_scope", "root", "texts")

    def __init__(self, judge: Judge, reader: Reader, scope: Scope | None, marked: dict[int, Node | None]) -> None:
        self._judge = judge
        self._marked = marked
        self._reader = reader
        self._scope = scope
        self.root: Node | None = None
        self._node: Node | None = None
        self._count = 0
        self._depth = 0
        self._resolved = cache(written_name)
        self.texts: list[str] = []

    def tidy(self) -> None:
        self._reader.limit_text("a text", sum(map(len, self.texts)))
        self._judge.tidy()

    def start(self, name: str, attributes: list[str]) -> None:
        self._end_text()
        self._depth += 1
        self._reader.limit_depth(self._depth)
        symbol, written = self._resolved(name)
        namespaces = NO_NAMESPACES if self._scope is None else self._scope.namespaces
        node = Node(self._count, symbol, written, self._node, namespaces)
        if attributes:
            node.attributes = self._attributes(attributes)
        if self._count in self._marked:
            self._marked[self._count] = node
        self._count += 1
        if self._node is None:
            self.root = node
        else:
            self._node.add(node)
        self._node = node
        self._judge.enter(node)

    def _attributes(self, attributes: list[str]) -> list[tuple[str, str, str]]:
        self._reader.limit_text("an attribute", max(map(len, attributes)))
        items = iter(attributes)
        return [(*self._resolved(name), value) for name, value in zip(items, items, strict=True)]

    def end(self, _name: str) -> None:
        node = self._node
        assert node is not None  # expat reports a start tag for every end tag
        if node.has_children:
            self._end_text()
        else:
            node.text = "".join(self.texts)
            self.texts.clear()
        self._judge.leave()
        self._depth -= 1
        if self._count > KEPT_NODES and node.is_right:
            node.cut()
        self._node = node.parent

    def _end_text(self) -> None:
        """Text before or between children."""
        if not self.texts:
            return
        text = "".join(self.texts)
        self.texts.clear()
        if self._node is not None and text.strip(BLANKS):
            self._node.add(text)
            self._judge.text(text)


# Whether children that are in no order that the grammar allows are so in another one.
#
# An object knows its children by name, and sometimes no one order of names is right for every object of its class. Then
# the exact grammar decides: the search takes children of one field in the order that they have, and goes on with the
# child that comes first of those that can come next. If that leads nowhere soon, the search begins again, with a child
# of the field that has the smallest share of its children placed: this finds repeated groups in long lists.

MOST_IN_VAIN = 20_000
"""So many children are placed in vain in one document; after them, elements are left as they are. For each place, at
most one child of each field is tried. So the number of children and the names in the schema bound the time."""

MOST_AT_FIRST = 1_000
"""So many in one element, before the search in it begins again."""


def orders_in(
    root: Node,
    judge: Judge,
    movable: Mapping[Path, frozenset[str]],
    read: Mapping[Path, set[tuple[str, ...]]],
) -> Mapping[int, tuple[int, ...]]:
    """The orders that mend elements, by the elements' ordinals: indexes among the children that are there. Elements in
    which more is wrong than the order are left as they are. ``movable`` are the names of children that may change
    places with others, by the paths of elements; all others of an element are of one list, and keep its order.

    ``read`` are the orders that documents had, by the paths of elements. Such an order is changed only if other values
    of attributes would make it right: then the values were edited since. Otherwise it was wrong when it was read, and
    is not repaired in silence."""
    found: dict[int, tuple[int, ...]] = {}
    left = iter(range(MOST_IN_VAIN))
    for node, is_end in walked(root, lambda node: list(node.children())):
        children = list(node.children()) if is_end else []
        if (
            len(children) < 2
            or len(children) < len(node.content)
            or node.is_right
            or not all(child.is_right for child in children)
            or (_was_read(node, children, read) and not _may_be_right(node, children, judge))
        ):
            continue
        search = _OrderSearch(judge, node, children, movable.get(_path_of(node), frozenset()))
        order = search.run(islice(left, MOST_AT_FIRST), by_share=False) or search.run(left, by_share=True)
        if order is not None:
            found[node.ordinal] = order
            node.content = [children[index] for index in order]
            judge.judge(node, tuple(node.matches))
    return found


def _was_read(node: Node, children: Sequence[Node], read: Mapping[Path, set[tuple[str, ...]]]) -> bool:
    names = [child.name for child in children]
    return any(
        len(order) == len(names) and all(one in (ANY_CHILD, name) for one, name in zip(order, names, strict=True))
        for order in read.get(_path_of(node), ())
    )


def _may_be_right(node: Node, children: Sequence[Node], judge: Judge) -> bool:
    """Whether the children are in an order that is right for some values of the element's attributes."""
    state = judge.begun_with_any_values(node, tuple(node.matches))
    for child in children:
        state = judge.after(state, child)
    return bool(state.accepting)


def _path_of(node: Node) -> Path:
    return tuple([one.name for one in node.upwards()][::-1])


_Placed = tuple[State, tuple[int, ...], int]
"""What is behind a child, how many children of each field have their place then, and the child's index."""


class _OrderSearch:
    """Looks for a valid order of the children of an element."""

    def __init__(self, judge: Judge, node: Node, children: Sequence[Node], movable: frozenset[str]) -> None:
        self._judge = judge
        self._start = judge.begun(node, tuple(node.matches))
        self._children = children
        queues: dict[str, list[int]] = {}
        for index, child in enumerate(children):
            queues.setdefault(child.name if child.name in movable else "", []).append(index)
        self._queues = list(queues.values())
        parts = _independent(self._start, [{children[index].name for index in queue} for queue in self._queues])
        self._part_of = [next(part for part in parts if children[queue[0]].name in part) for queue in self._queues]

    def run(self, left: Iterator[int], *, by_share: bool) -> tuple[int, ...] | None:
        """Indexes of all children in an order that leads to an end; None where there is none, or where none is found
        before `left` ends, which has an item for each child that is placed in vain."""
        nothing = (0,) * len(self._queues)
        steps = [(-1, self._ways(self._start, nothing, by_share=by_share))]
        seen: set[tuple[State, tuple[int, ...]]] = set()
        while steps:
            way = next(steps[-1][1], None)
            if way is None:
                steps.pop()
                if next(left, None) is None:
                    return None
            elif way[:2] not in seen:
                state, taken, index = way
                seen.add((state, taken))
                steps.append((index, self._ways(state, taken, by_share=by_share)))
                if len(steps) > len(self._children) and state.accepting:
                    return tuple([index for index, _ in steps[1:]])
        return None

    def _ways(self, state: State, taken: tuple[int, ...], *, by_share: bool) -> Iterator[_Placed]:
        """The children that can come next. Only those of one part are tried, because what comes next in another part
        can as well come later."""
        counts = enumerate(zip(self._queues, taken, strict=True))
        heads = [
            (count / len(queue) if by_share else 0, queue[count], number)
            for number, (queue, count) in counts
            if count < len(queue)
        ]
        part = None
        for _, index, number in sorted(heads):
            behind = self._judge.after(state, self._children[index])
            if not behind.is_dead and part in (None, self._part_of[number]):
                part = self._part_of[number]
                yield behind, (*taken[:number], taken[number] + 1, *taken[number + 1 :]), index


def _independent(start: State, groups: list[set[str]]) -> list[set[str]]:
    """Groups of names, joined so that names of different ones are always in different members of an interleave."""
    names = set().union(*groups)
    for pattern in start.patterns:
        for way in pattern.members if isinstance(pattern, Choice) else (pattern,):
            for member in way.flat_parts() if isinstance(way, Interleave) else (way,):
                classes = [element.name_class for element in elements_in(member)]
                joined = {name for name in names if any(name in one for one in classes)}
                apart = [group for group in groups if group.isdisjoint(joined)]
                groups = [*apart, joined.union(*(group for group in groups if group not in apart))]
    return groups


# Readings: what the rest of an element must match, and what must be wrong with the document for it.
#
# The costs say how likely each mistake is; a likely one is cheap. Only their order and their sums matter: two findings
# (20) must cost more than one that explains both (`INSTEAD`, 13). Each comment says what a cost competes with. The
# cases in ``tests/relaxng/validation`` and ``benchmarks/faults.py`` check them.

COPIED = 8
"""A child that is equal to the one before it. It is cheaper than any mistake inside the child."""
MISSPELT = 9
"""A name that is near an allowed one. It is cheaper than an unknown name."""
WRONG = 10
"""A value that nothing here allows, a name that nothing here knows, text where none may be, something missing."""
ABSENT = 11
"""An attribute that is optional, but what follows requires it."""
UNFIT = 12
"""A name that is known here, but not beside the rest."""
UNFIT_TOO = 2
"""One more name that does not go with the rest: two such attributes are more likely wrong than the value that decides,
three are not."""
INSTEAD = 13
"""One attribute in place of another."""
TOO_MANY = 14
"""A child that is in order by itself; another one of its name is allowed here, but not this one."""
RECONSIDERED = 15
"""A value that is allowed, but not with the rest; a child that would do, and yet is taken for a wrong one."""
OF_WRONG_KIND = 14
"""A child that is in order by itself, in place of another of its name."""
LEFT_OUT = 40
"""A child left out although one of its name is allowed here."""
DEAREST_CHILD = 30
"""What a child adds to the cost of its parent at most: many mistakes in it do not make it a stranger."""

MARGIN = 25
WIDTH = 24
"""Readings that cost more than the best by `MARGIN` are given up, and all but the `WIDTH` best. `MARGIN` leaves room
for two wrong findings, since a reading that begins badly can become the best."""

_LATE = 1 << 60


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake. ``pattern`` is what the rest had to match where it was met, ``element`` the element pattern that
    ``node`` is read by. ``attribute`` is an index, ``after`` the number of children before a text. ``wanted`` are the
    patterns that would have been right, ``meant`` the name that is likely meant."""

    code: str
    node: Node
    pattern: Pattern
    element: Element | None
    attribute: int = -1
    after: int = -1
    wanted: tuple[Pattern, ...] = ()
    meant: str = ""

    @property
    def given(self) -> tuple[str, str, str]:
        """The attribute that the finding is about, see `Node`."""
        return self.node.attributes[self.attribute]

    def path(self) -> str:
        path = self.node.path()
        return path if self.attribute < 0 else f"{path}/@{self.given[1]}"

    def wants(self, name: str) -> bool:
        """Whether an element of this name would have been right."""
        return any(name in one.name_class for one in self.wanted if isinstance(one, Element))


@dataclass(slots=True, eq=False)
class Reading:
    """``findings`` is a linked list of ``count`` findings, the last first; ``first`` is where in the document the first
    one is."""

    cost: int = 0
    findings: Chain = None
    first: int = _LATE
    count: int = 0

    def with_(self, cost: int, *findings: Finding) -> Reading:
        if not cost and not findings:
            return self
        chain, first = self.findings, self.first
        for finding in findings:
            chain = (finding, chain)
            first = min(first, finding.node.ordinal)
        return Reading(self.cost + cost, chain, first, self.count + len(findings))

    @property
    def rank(self) -> tuple[int, int]:
        """Lower is better: the cost, then a later first finding, because the beginning is more likely
        right."""
        return self.cost, -self.first

    def joined(self, other: Reading) -> Reading:
        """Returns this reading. If another one differs only in what was expected, the result expects both."""
        mine, others = self.list(), other.list()
        if len(mine) != len(others):
            return self
        both = [_joined(first, second) for first, second in zip(mine, others, strict=True)]
        findings = [finding for finding in both if finding is not None]
        return Reading().with_(self.cost, *findings) if len(findings) == len(mine) else self

    def list(self) -> list[Finding]:
        return _items(self.findings)


Chain = tuple[Any, "Chain"] | None
"""A linked list, the last item first: many can share a beginning, and one is longer at no cost."""


def _items(chain: Chain) -> list[Any]:
    found = []
    while chain is not None:
        item, chain = chain
        found.append(item)
    found.reverse()
    return found


def _joined(first: Finding, second: Finding) -> Finding | None:
    """Returns one finding that expects what either of two expects; None if they differ in more."""
    if first == second:
        return first
    if replace(first, wanted=(), pattern=second.pattern) != replace(second, wanted=()):
        return None
    return replace(first, wanted=tuple(dict.fromkeys((*first.wanted, *second.wanted))))


class Readings:
    """The cheapest reading for each pattern that the rest of an element may have to match."""

    __slots__ = ("by_pattern",)

    def __init__(self) -> None:
        self.by_pattern: dict[Pattern, Reading] = {}

    def add(self, pattern: Pattern, reading: Reading) -> None:
        if isinstance(pattern, NotAllowed):
            return
        other = self.by_pattern.get(pattern)
        if other is None or reading.rank < other.rank:
            self.by_pattern[pattern] = reading
        elif reading.rank == other.rank and reading is not other:
            self.by_pattern[pattern] = other.joined(reading)

    def __iter__(self) -> Iterator[tuple[Pattern, Reading]]:
        return iter(self.by_pattern.items())

    def all_have(self, count: int) -> bool:
        """Whether every reading has at least `count` findings."""
        return all(reading.count >= count for reading in self.by_pattern.values())

    def prune(self) -> None:
        readings = self.by_pattern
        if len(readings) < 2:
            return
        limit = min(reading.cost for reading in readings.values()) + MARGIN
        kept = sorted(readings.items(), key=lambda item: item[1].rank)[:WIDTH]
        self.by_pattern = {pattern: reading for pattern, reading in kept if reading.cost <= limit}


# What a pattern lacks: the attributes and children that would have to be there for it to match.

IMPOSSIBLE = 1000
"""The cost of a content that cannot be completed; so many missing children are not listed."""

_MOST_WAYS = 48

OPEN = "*"
"""In place of a name: an attribute of some name out of very many."""


@dataclass(frozen=True, slots=True)
class Closing:
    """A way to end a start tag: had it the attributes ``missing``, ``pattern`` would be what its content must match."""

    missing: tuple[Attribute, ...]
    pattern: Pattern


Completion = tuple[tuple[Pattern, ...], ...]
"""The fewest children (or texts) that would make a content complete: for each the patterns that would do."""

_Ways = Mapping[frozenset[Attribute], Closing]
_Way = TypeVar("_Way")


class Repairs:
    __slots__ = ("_closed", "_completions", "_patterns", "_ways")

    def __init__(self, derivatives: Derivatives) -> None:
        self._patterns = derivatives.patterns
        self._closed = derivatives.closed
        self._ways: dict[Pattern, _Ways] = {}
        self._completions: dict[Pattern, Completion] = {}

    def closings(self, pattern: Pattern) -> _Ways:
        """The ways to end the start tag with the fewest missing attributes, and those with one more, by what is
        missing; the shortest first."""
        found = self._ways.get(pattern)
        if found is None:
            found = self._ways[pattern] = _shortest(self._close(pattern))
        return found

    def _close(self, pattern: Pattern) -> _Ways:
        if not pattern.has_attributes:
            return {frozenset(): Closing((), pattern)}
        match pattern:
            case Attribute():
                return {frozenset((pattern,)): Closing((pattern,), self._patterns.empty)}
            case Choice():
                return self._close_any(pattern.members)
            case Group() | Interleave():
                return self._close_all(pattern)
            case OneOrMore():
                rest = self._patterns.any_number(self._closed(pattern.pattern))
                ways = self.closings(pattern.pattern).items()
                return {lacks: Closing(way.missing, self._patterns.group(way.pattern, rest)) for lacks, way in ways}
            case _:
                raise AssertionError(f"{type(pattern).__name__} holds no attributes")

    def _close_any(self, members: Iterable[Pattern]) -> _Ways:
        ways: dict[frozenset[Attribute], Closing] = {}
        for member in members:
            for lacks, way in self.closings(member).items():
                other = ways.get(lacks)
                if other is not None:
                    way = Closing(way.missing, self._patterns.choice((other.pattern, way.pattern)))
                ways[lacks] = way
        return ways

    def _close_all(self, whole: Pattern) -> _Ways:
        # The patterns of a way are joined at the end: to join them one by one is to go through all of them each time.
        chains: Mapping[frozenset[Attribute], Chain] = {frozenset(): None}
        for member in whole.flat_parts():
            longer: dict[frozenset[Attribute], Chain] = {}
            for lacks, chain in chains.items():
                for more, way in self.closings(member).items():
                    longer.setdefault(lacks | more, (way, chain))
            chains = _shortest(longer)
        found = {}
        for lacks, chain in chains.items():
            ways: list[Closing] = _items(chain)
            missing = tuple(lack for way in ways for lack in way.missing)
            found[lacks] = Closing(missing, self._patterns.joined(whole, [way.pattern for way in ways]))
        return found

    def completion(self, pattern: Pattern) -> Completion:
        """The fewest children that are missing at the end of an element."""
        found = self._completions.get(pattern)
        if found is None:
            found = self._completions[pattern] = () if pattern.nullable else self._complete(pattern)
        return found

    def _complete(self, pattern: Pattern) -> Completion:
        match pattern:
            case Element() | Leaf():
                return ((pattern,),)
            case Choice():
                completions = [self.completion(member) for member in pattern.members]
                best = min(completions, key=len)
                # Where one child is enough, all that would do are named.
                one = dict.fromkeys(each for missing in completions if len(missing) == 1 for each in missing[0])
                return (tuple(one),) if len(best) == 1 else best
            case Group() | Interleave():
                return tuple(missing for member in pattern.flat_parts() for missing in self.completion(member))
            case OneOrMore():
                return self.completion(pattern.pattern)
            case _:
                raise AssertionError(f"{type(pattern).__name__} cannot be completed")


def _shortest(ways: Mapping[frozenset[Attribute], _Way]) -> Mapping[frozenset[Attribute], _Way]:
    if len(ways) <= 1:
        return ways
    fewest = min(map(len, ways))
    kept = sorted((way for way in ways.items() if len(way[0]) <= fewest + 1), key=lambda way: len(way[0]))
    return dict(kept[:_MOST_WAYS])


# What decides that something is not allowed: «with type='file'».
#
# Where a name is known in an element, or a child in its parent, but not in this combination, one attribute's value is
# often the reason. It is found by looking which attribute forbids the name all by itself.

LEVELS = 3
"""So many elements around are looked at."""

_Test = Callable[[Pattern], bool]


class Conditions:
    """Finds the attribute that forbids what a finding is about, as a condition («with type='file'»); empty where there
    is none."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar

    def of_attribute(self, finding: Finding) -> str:
        """What forbids the attribute of a finding: an attribute of its element, or of one around."""
        name = self._grammar.symbols.of(finding.given[0])
        node, element = finding.node, finding.element
        return self._forbidden_by(
            node, element, lambda pattern: bool(pattern.attributes_named(name)), finding.attribute
        )

    def of_child(self, finding: Finding) -> str:
        """What forbids a child: an attribute of its parent, or of an element around."""
        name = self._grammar.symbols.of(finding.node.name)
        return self._of_inner(finding, lambda inner: name in inner.name_class)

    def of_kind(self, finding: Finding) -> str:
        """What forbids a child of this kind, while others of its name are allowed."""
        return self._of_inner(finding, lambda inner: finding.node.matches.get(inner, False))

    def foreign_attributes(self, finding: Finding) -> list[str]:
        """The attributes that the element does not take with the value that the finding is about, as written."""
        node, element = finding.node, finding.element
        if element is None:
            return []
        rest = self._after(node, finding.attribute, element.content)
        return [
            written
            for index, (name, written, _) in enumerate(node.attributes)
            if index != finding.attribute and not rest.attributes_named(self._grammar.symbols.of(name))
        ]

    def excluding_sibling(self, finding: Finding) -> Node | None:
        """The sibling beside which a child is not allowed in any order, though each is allowed without the other."""
        child = finding.node
        if child.parent is None or finding.element is None:
            return None
        start = self._after_start_tag(child.parent, finding.element.content)
        after_child = self._after_child(start, child)
        for sibling in child.parent.children():
            after_sibling = None if sibling.name == child.name else self._after_child(start, sibling)
            if after_child is None or after_sibling is None:
                continue
            if self._after_child(after_sibling, child) is None and self._after_child(after_child, sibling) is None:
                return sibling
        return None

    def _after_start_tag(self, node: Node, pattern: Pattern) -> Pattern:
        for index in range(len(node.attributes)):
            pattern = self._after(node, index, pattern)
        return self._grammar.derivatives.closed(pattern)

    def _after_child(self, pattern: Pattern, child: Node) -> Pattern | None:
        """What remains after a child; None where it is not allowed."""
        rests = self._grammar.derivatives.opened(pattern, self._grammar.symbols.of(child.name))
        return self._grammar.patterns.choice(rests.values()) if rests else None

    def _of_inner(self, finding: Finding, is_child: Callable[[Element], bool]) -> str:
        def allows(pattern: Pattern) -> bool:
            return any(map(is_child, elements_in(pattern)))

        parent = finding.node.parent
        return "" if parent is None else self._forbidden_by(parent, finding.element, allows)

    def _forbidden_by(self, node: Node, element: Element | None, allows: _Test, besides: int = -1) -> str:
        """`allows` is about the content of `node`; where its own pattern allows it, no other element forbids it."""
        if element is None:
            return ""
        found = self._forbidding(node, [element], allows, besides)
        if found or allows(element.content):
            return found
        for inner, outer in pairwise(islice(node.upwards(), LEVELS + 1)):
            allows = self._within(inner, allows)
            found = self._forbidding(outer, outer.matches, allows)
            if found:
                break
        return found

    def _within(self, node: Node, allows: _Test) -> _Test:
        """The same for what is around `node`."""
        name = self._grammar.symbols.of(node.name)

        def allows_inside(pattern: Pattern) -> bool:
            return any(name in inner.name_class and allows(inner.content) for inner in elements_in(pattern))

        return allows_inside

    def _forbidding(self, node: Node, elements: Iterable[Element], allows: _Test, besides: int = -1) -> str:
        """The attribute without which one of the patterns for an element would allow something."""
        for element in elements:
            if not allows(element.content):
                continue
            for index in range(len(node.attributes)):
                if index != besides and not allows(self._after(node, index, element.content)):
                    _, written, value = node.attributes[index]
                    return f"with {written}={value!r}"
        return ""

    def _after(self, node: Node, index: int, pattern: Pattern) -> Pattern:
        """What remains after one attribute of an element; all, where it does not fit."""
        derivatives = self._grammar.derivatives
        name, _, value = node.attributes[index]
        named = pattern.attributes_named(self._grammar.symbols.of(name))
        fitting = frozenset(one for one in named if derivatives.accepts(one.pattern, value, node.namespaces))
        return derivatives.without_attribute(pattern, fitting) if fitting else pattern
