"""The most plausible explanation of why a document is invalid: a search for the cheapest set of mistakes.

The search reads every invalid element again, its attributes and children one after the other, with several *readings*
at once. A reading is a pattern that the rest must match, and the mistakes that this assumes. A part that fits costs
nothing. For a part that does not fit, the reading continues in all ways in which the author can have erred: the part is
unknown, misspelt, or in the wrong place, something before it is missing, or a value is wrong. Costs say how likely each
mistake is, so that one mistake gives one finding: a misspelt name is cheaper than an unknown one together with a
missing one. Readings that are much more expensive than the best are given up. The cost of an element does not depend on
its surroundings, so each element is searched once for each pattern.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from .diagnosis import (
    ABSENT,
    COPIED,
    DEAREST_CHILD,
    IMPOSSIBLE,
    INSTEAD,
    LEFT_OUT,
    MISSPELT,
    OF_WRONG_KIND,
    OPEN,
    RECONSIDERED,
    TOO_MANY,
    UNFIT,
    UNFIT_TOO,
    WRONG,
    Finding,
    Judge,
    Node,
    Reading,
    Readings,
    Repairs,
)
from .faults import distance, is_near
from .grammar import Grammar
from .markup import BLANKS
from .patterns import ANY, Attribute, Derivatives, Element, ElementIndex, Pattern, elements_in, leaves_in, local_name

MANY_STRANGERS = 20
"""If an element has more unknown attributes, their likely meanings are not searched."""

MOST_STEPS = 400
"""The most ways in which missing elements are tried: a choice of many names gives the square of their number."""

LEAST_FINDINGS = 100
"""The least number of findings to search for: later parts of an element decide between explanations of earlier ones."""


@dataclass(frozen=True, slots=True)
class Outcome:
    cost: int
    findings: tuple[Finding, ...]


_IN_ORDER = Outcome(0, ())

Request = tuple[Node, Element]
_Plain = tuple[int, Attribute]
"""The index of an attribute in the document, and its only pattern."""
_KnownAttributes = tuple[Mapping[str, Sequence[Attribute]], Sequence[Attribute]]
"""The attributes that an element can have in some combination: by their names, and those with an open name class."""
_Meant = tuple[Element, Pattern, str]
"""An element that a misspelt name may mean, what follows it, and its name."""
Search = Generator[Request, Outcome, Outcome]


@dataclass(frozen=True, slots=True)
class _Place:
    """A child that is to be read by one reading of its parent; ``name`` is its known symbol."""

    element: Element
    child: Node
    name: str
    pattern: Pattern
    reading: Reading

    def finding(self, code: str) -> Finding:
        return Finding(code, self.child, self.pattern, self.element, wanted=elements_in(self.pattern))


class Explainer:
    """``most`` is the number of mistakes after which the rest of an element is not looked at."""

    def __init__(self, grammar: Grammar, judge: Judge, most: int) -> None:
        self._most = max(most, LEAST_FINDINGS)
        self._grammar = grammar
        self._derivatives: Derivatives = grammar.derivatives
        self._not_allowed = grammar.patterns.not_allowed
        self._judge = judge
        self._repairs = Repairs(grammar.derivatives)
        self._outcomes: dict[Request, Outcome] = {}
        self._known_attributes: dict[Element, _KnownAttributes] = {}
        self._known_places: dict[tuple[Node, int], frozenset[str]] = {}
        self._known_children: dict[Element, ElementIndex] = {}
        self._meant: dict[tuple[Pattern, str], tuple[_Meant, ...]] = {}
        self._before: dict[Node, Mapping[Node, Node]] = {}
        self._many_strangers: dict[tuple[Node, Element], bool] = {}

    def explain(self, root: Node) -> tuple[Finding, ...]:
        """The mistakes in a document that is not valid."""
        start = self._judge.start
        candidates = self._derivatives.opened(start, self._grammar.symbols.of(root.name))
        misspelt = "" if candidates else self._misspelt_root(root)
        if misspelt:
            candidates = self._derivatives.opened(start, misspelt)
        if not candidates:
            return (Finding("unknown-root", root, start, None, wanted=elements_in(start)),)
        outcomes = [self._run((root, element)) for element in candidates]
        best = min(outcomes, key=lambda outcome: outcome.cost)
        if misspelt:
            finding = Finding("unknown-root", root, start, None, wanted=elements_in(start), meant=misspelt)
            return (finding, *best.findings)
        return best.findings

    def _misspelt_root(self, root: Node) -> str:
        names = [name for element in elements_in(self._judge.start) for name in element.name_class.names or ()]
        return _nearest_name(local_name(root.name), names)

    def _run(self, request: Request) -> Outcome:
        """Runs a search and the searches that it needs, without recursion, because documents can be deeper than
        Python's stack."""
        running: list[tuple[Request, Search]] = []
        outcome = self._known(request)
        if outcome is None:
            running.append((request, self._search(*request)))
        while running:
            request, search = running[-1]
            try:
                asked = next(search) if outcome is None else search.send(outcome)
            except StopIteration as stop:
                outcome = self._outcomes[request] = stop.value
                running.pop()
                continue
            outcome = self._known(asked)
            if outcome is None:
                running.append((asked, self._search(*asked)))
        assert outcome is not None  # the last search has ended
        return outcome

    def _known(self, request: Request) -> Outcome | None:
        node, element = request
        return _IN_ORDER if self._matches(node, element) else self._outcomes.get(request)

    def _matches(self, node: Node, element: Element) -> bool:
        if element not in node.matches:
            self._judge.judge(node, (element,))
        return node.matches[element]

    def _search(self, node: Node, element: Element) -> Search:
        """What is wrong with `node` if it is meant to be `element`."""
        if node.is_cut:
            return Outcome(UNFIT, (Finding("unexpected-content", node, element.content, element),))
        outcome = yield from self._search_with(node, element, is_thorough=False)
        # A thorough search multiplies the readings, so it is left to elements that have no cheap explanation.
        if outcome.cost > RECONSIDERED and node.has_children:
            thorough = yield from self._search_with(node, element, is_thorough=True)
            outcome = min(outcome, thorough, key=lambda outcome: outcome.cost)
        return outcome

    def _search_with(self, node: Node, element: Element, *, is_thorough: bool) -> Search:
        """A thorough search also assumes that a child in order is a mistake, because that can explain the rest."""
        readings = self._after_start_tag(node, element)
        if not node.has_children:
            return self._best(node, element, self._after_text(node, element, readings, node.text))
        if not elements_in(element.content) and leaves_in(element.content):
            return self._best(node, element, self._after_text_with_strangers(node, element, readings))
        before, children = 0, list(node.content)
        for item in children:
            if isinstance(item, str):
                readings = self._after_mixed(node, element, readings, before, is_thorough)
            else:
                readings = yield from self._after_child(node, element, readings, item, is_thorough)
                before += 1
            readings.prune()
            if readings.all_have(self._most):
                return self._best(node, element, [reading for _, reading in readings])
        return self._best(node, element, self._at_end(node, element, readings))

    # Attributes

    def _after_start_tag(self, node: Node, element: Element) -> Readings:
        readings = self._new()
        readings.add(element.content, Reading())
        deciding, plain, others = self._attributes_of(node, element)
        readings = self._after_attributes(node, element, deciding, readings)
        if plain:
            readings = self._after_plain(node, element, plain, readings)
        readings = self._after_attributes(node, element, others, readings)
        closed = self._new()
        for pattern, reading in readings:
            self._close(node, element, pattern, reading, closed)
        closed.prune()
        return closed

    def _attributes_of(self, node: Node, element: Element) -> tuple[list[int], list[_Plain], Sequence[int]]:
        """The indexes of attributes in three parts. The first have several patterns for their name: their values decide
        what else is allowed, wherever the document has them. The second have one pattern, and fit."""
        deciding: list[int] = []
        plain: list[_Plain] = []
        others: list[int] = []
        named, open_ones = self._known_in(element)
        if not named and not open_ones:
            return deciding, plain, range(len(node.attributes))
        for index, (name, _, value) in enumerate(node.attributes):
            known = self._grammar.symbols.of(name)
            candidates = named.get(known, ())
            is_only = not any(known in attribute.name_class for attribute in open_ones)
            if len(candidates) > 1:
                deciding.append(index)
            elif candidates and is_only and self._fitting(candidates, value, node):
                plain.append((index, candidates[0]))
            else:
                others.append(index)
        return deciding, plain, others

    def _after_attributes(self, node: Node, element: Element, indexes: Iterable[int], readings: Readings) -> Readings:
        for index in indexes:
            longer = self._new()
            for pattern, reading in readings:
                self._read_attribute(node, element, index, pattern, reading, longer)
            readings = longer
            readings.prune()
            if readings.all_have(self._most):
                break
        return readings

    def _after_plain(self, node: Node, element: Element, plain: Sequence[_Plain], readings: Readings) -> Readings:
        """Returns the readings after attributes that fit. A reading that allows all of them takes them in one step,
        because there can be thousands. Otherwise halves are tried, down to the attributes that exclude each other."""
        longer = self._new()
        matched = [frozenset((attribute,)) for _, attribute in plain]
        for pattern, reading in readings:
            rest = self._derivatives.without_attributes(pattern, matched)
            if rest is not self._not_allowed:
                longer.add(rest, reading)
            elif len(plain) == 1:
                self._read_attribute(node, element, plain[0][0], pattern, reading, longer)
            else:
                parts = self._new()
                parts.add(pattern, reading)
                middle = len(plain) // 2
                for part in (plain[:middle], plain[middle:]):
                    parts = self._after_plain(node, element, part, parts)
                for rest, behind in parts:
                    longer.add(rest, behind)
        longer.prune()
        return longer

    def _read_attribute(
        self, node: Node, element: Element, index: int, pattern: Pattern, reading: Reading, longer: Readings
    ) -> None:
        name, _, value = node.attributes[index]
        known = self._grammar.symbols.of(name)
        candidates = [attribute for attribute in pattern.attributes if known in attribute.name_class]
        if not candidates:
            self._read_stranger(node, element, index, pattern, reading, longer)
            return
        fitting = self._fitting(candidates, value, node)
        if fitting:
            longer.add(self._without(pattern, fitting), reading)
        others = [attribute for attribute in candidates if attribute not in fitting]
        if others:
            # A value that another alternative allows is probably right, and something else is wrong. So this
            # explanation costs more than a value that is wrong everywhere.
            is_right = fitting or self._is_right_elsewhere(node, known, value)
            cost, code = (RECONSIDERED, "conflicting-value") if is_right else (WRONG, "bad-value")
            finding = Finding(code, node, pattern, element, index, wanted=tuple(others))
            longer.add(self._without(pattern, others), reading.with_(cost, finding))

    def _is_right_elsewhere(self, node: Node, name: str, value: str) -> bool:
        """Whether an attribute's value is right for another element of the name that is allowed here."""
        attributes = (attribute for element in node.matches for attribute in element.content.attributes)
        return bool(self._fitting((attribute for attribute in attributes if name in attribute.name_class), value, node))

    def _read_stranger(
        self, node: Node, element: Element, index: int, pattern: Pattern, reading: Reading, longer: Readings
    ) -> None:
        name, _, value = node.attributes[index]
        if name in self._known_in(element)[0] or name in self._known_at(node):
            finding = Finding("unexpected-attribute", node, pattern, element, index, wanted=pattern.attributes)
            is_first = not any(one.code == finding.code and one.node is node for one in reading.list())
            longer.add(pattern, reading.with_(UNFIT if is_first else UNFIT_TOO, finding))
            return
        finding = Finding("unknown-attribute", node, pattern, element, index, wanted=pattern.attributes)
        longer.add(pattern, reading.with_(WRONG, finding))
        if self._are_many_strangers(node, element):
            return
        present = {other for other, _, _ in node.attributes}
        for meant, candidates in _by_name(pattern.attributes).items():
            if meant in present or not is_near(local_name(name), local_name(meant)):
                continue
            fitting = self._fitting(candidates, value, node)
            cost = MISSPELT if fitting else INSTEAD
            misspelt = replace(finding, meant=meant)
            longer.add(self._without(pattern, fitting or candidates), reading.with_(cost, misspelt))

    def _are_many_strangers(self, node: Node, element: Element) -> bool:
        """Whether so many attributes are unknown that a search for the meaning of each would be slow and useless."""
        key = node, element
        if key not in self._many_strangers:
            known, _ = self._known_in(element)
            strangers = (name for name, _, _ in node.attributes if self._grammar.symbols.of(name) not in known)
            self._many_strangers[key] = next(islice(strangers, MANY_STRANGERS, None), None) is not None
        return self._many_strangers[key]

    def _close(self, node: Node, element: Element, pattern: Pattern, reading: Reading, closed: Readings) -> None:
        ways = self._repairs.closings(pattern).values()
        fewest = min((len(way.missing) for way in ways), default=0)
        for way in ways:
            findings = [
                Finding("missing-attribute", node, pattern, element, wanted=(lack,), meant=_first_name(lack))
                for lack in way.missing
            ]
            # Some alternative always needs its fewest attributes; an alternative that needs more is less likely.
            cost = WRONG * fewest + ABSENT * (len(findings) - fewest)
            closed.add(way.pattern, reading.with_(cost, *findings))
            if findings and len(findings) == fewest:
                self._replace_unfit(node, reading, way.pattern, findings, closed)

    def _replace_unfit(
        self, node: Node, reading: Reading, pattern: Pattern, missing: list[Finding], closed: Readings
    ) -> None:
        """Joins two findings into one: an attribute that is not allowed here, in place of a missing one."""
        before = reading.list()
        for position, finding in enumerate(before):
            if finding.code != "unexpected-attribute" or finding.node is not node:
                continue
            value = node.attributes[finding.attribute][2]
            best = min(missing, key=lambda lack: not self._fitting(_attributes(lack), value, node))
            is_fitting = bool(self._fitting(_attributes(best), value, node))
            instead = replace(finding, code="wrong-attribute", wanted=best.wanted, meant=best.meant)
            rest = [lack for lack in missing if lack is not best]
            cost = reading.cost - UNFIT + INSTEAD + (not is_fitting) + WRONG * len(rest)
            closed.add(pattern, Reading().with_(cost, *before[:position], instead, *before[position + 1 :], *rest))
            return

    def _fitting(self, candidates: Iterable[Attribute], value: str, node: Node) -> list[Attribute]:
        accepts = self._derivatives.accepts
        return [attribute for attribute in candidates if accepts(attribute.pattern, value, node.namespaces)]

    def _without(self, pattern: Pattern, attributes: Iterable[Attribute]) -> Pattern:
        return self._derivatives.without_attribute(pattern, frozenset(attributes))

    def _known_in(self, element: Element) -> _KnownAttributes:
        found = self._known_attributes.get(element)
        if found is None:
            named = _by_name(element.content.attributes)
            open_ones = named.pop("", [])
            found = self._known_attributes[element] = (named, open_ones)
        return found

    def _known_at(self, node: Node) -> frozenset[str]:
        """The attributes of all element patterns that the node was compared with."""
        key = node, len(node.matches)
        found = self._known_places.get(key)
        if found is None:
            found = self._known_places[key] = frozenset().union(*(self._known_in(one)[0] for one in node.matches))
        return found

    # Children

    def _after_child(
        self, node: Node, element: Element, readings: Readings, child: Node, is_thorough: bool
    ) -> Generator[Request, Outcome, Readings]:
        longer = self._new()
        name = self._grammar.symbols.of(child.name)
        is_known = bool(self._children_of(element).named(name))
        for pattern, reading in readings:
            follow = self._derivatives.opened(pattern, name)
            place = _Place(element, child, name, pattern, reading)
            if follow:
                yield from self._read_child(place, follow, longer, is_thorough)
            elif is_known:
                cost = COPIED if self._is_copy(child) else UNFIT
                longer.add(pattern, reading.with_(cost, place.finding("unexpected-element")))
                self._read_instead(place, longer)
                yield from self._read_behind_missing(place, longer)
            else:
                longer.add(pattern, reading.with_(WRONG, place.finding("unknown-element")))
                yield from self._read_misspelt(place, longer)
        return longer

    def _children_of(self, element: Element) -> ElementIndex:
        found = self._known_children.get(element)
        if found is None:
            found = self._known_children[element] = ElementIndex(elements_in(element.content))
        return found

    def _is_copy(self, child: Node) -> bool:
        """Whether a child is the same as the sibling before it."""
        parent = child.parent
        if child.index == 1 or parent is None:
            return False
        before = self._before.get(parent)
        if before is None:
            children = list(parent.children())
            before = self._before[parent] = dict(zip(children[1:], children, strict=False))
        return before[child].equals(child)

    def _read_child(
        self, place: _Place, follow: Mapping[Element, Pattern], longer: Readings, is_thorough: bool
    ) -> Generator[Request, Outcome, None]:
        child, reading = place.child, place.reading
        matched = [rest for inner, rest in follow.items() if self._matches(child, inner)]
        if matched:
            longer.add(self._grammar.patterns.choice(matched), reading)
        if matched and not is_thorough:
            return
        for inner, rest in follow.items():
            if not self._matches(child, inner):
                outcome = yield child, inner
                # With `DEAREST_CHILD`, a child with many mistakes is still explained by its name, not as a stranger.
                cost = min(outcome.cost, DEAREST_CHILD) + (RECONSIDERED - WRONG if matched else 0)
                longer.add(rest, reading.with_(cost, *outcome.findings))
        if matched:
            return
        is_in_order = any(child.matches.values())
        cost = LEFT_OUT if not is_in_order else COPIED if self._is_copy(child) else TOO_MANY
        longer.add(place.pattern, reading.with_(cost, place.finding("unexpected-element")))
        if is_in_order:
            for inner, rest in follow.items():
                longer.add(rest, reading.with_(OF_WRONG_KIND, replace(place.finding("wrong-element"), wanted=(inner,))))
            yield from self._read_behind_missing(place, longer)

    def _read_instead(self, place: _Place, longer: Readings) -> None:
        """The child is in place of another one that is needed here."""
        needed = {one for missing in self._repairs.completion(place.pattern) for one in missing}
        for inner, rest in self._derivatives.opened(place.pattern, ANY).items():
            if inner in needed:
                finding = replace(place.finding("wrong-element"), wanted=(inner,))
                longer.add(rest, place.reading.with_(OF_WRONG_KIND, finding))

    def _read_behind_missing(self, place: _Place, longer: Readings) -> Generator[Request, Outcome, None]:
        """Assumes that one element is missing before the child, or else two. More are hardly one mistake."""
        steps: list[tuple[tuple[Element, ...], Pattern]] = [((), place.pattern)]
        for _ in range(2):
            steps = [
                ((*missing, inner), rest)
                for missing, before in steps
                for inner, rest in self._derivatives.opened(before, ANY).items()
            ][:MOST_STEPS]
            found = [(missing, self._derivatives.opened(rest, place.name)) for missing, rest in steps]
            found = [(missing, follow) for missing, follow in found if follow]
            for missing, follow in found:
                yield from self._read_behind(place, missing, follow, longer)
            if found:
                return

    def _read_behind(
        self, place: _Place, missing: Iterable[Element], follow: Mapping[Element, Pattern], longer: Readings
    ) -> Generator[Request, Outcome, None]:
        parent = place.child.parent
        assert parent is not None  # the root has no readings
        findings = [
            Finding("missing-element", parent, place.pattern, place.element, wanted=(inner,), meant=place.child.written)
            for inner in missing
        ]
        behind = place.reading.with_(WRONG * len(findings), *findings)
        for inner, rest in follow.items():
            if self._matches(place.child, inner):
                longer.add(rest, behind)
            elif not any(place.child.matches.values()):
                outcome = yield place.child, inner
                longer.add(rest, behind.with_(min(outcome.cost, DEAREST_CHILD), *outcome.findings))

    def _read_misspelt(self, place: _Place, longer: Readings) -> Generator[Request, Outcome, None]:
        for inner, rest, meant in self._meant_by(local_name(place.child.name), place.pattern):
            outcome = yield place.child, inner
            finding = replace(place.finding("unknown-element"), meant=meant)
            cost = MISSPELT + min(outcome.cost, DEAREST_CHILD)
            longer.add(rest, place.reading.with_(cost, finding, *outcome.findings))

    def _meant_by(self, word: str, pattern: Pattern) -> tuple[_Meant, ...]:
        found = self._meant.get((pattern, word))
        if found is None:
            opened = self._derivatives.opened(pattern, ANY).items()
            near = ((inner, rest, _nearest_name(word, inner.name_class.names or ())) for inner, rest in opened)
            found = self._meant[pattern, word] = tuple(one for one in near if one[2])
        return found

    # Text, and the end

    def _after_mixed(
        self, node: Node, element: Element, readings: Readings, before: int, is_thorough: bool
    ) -> Readings:
        longer = self._new()
        for pattern, reading in readings:
            rest = self._derivatives.mixed(pattern)
            is_allowed = rest is not self._not_allowed
            longer.add(rest, reading)
            if is_thorough or not is_allowed:
                wanted = elements_in(pattern)
                finding = Finding("unexpected-text", node, pattern, element, after=before, wanted=wanted)
                longer.add(pattern, reading.with_(RECONSIDERED if is_allowed else WRONG, finding))
        return longer

    def _after_text_with_strangers(self, node: Node, element: Element, readings: Readings) -> list[Reading]:
        """Elements inside a text that allows none. They are unknown, and the text around them is checked as one
        text."""
        longer = self._new()
        for pattern, reading in readings:
            strangers = [Finding("unknown-element", child, pattern, element) for child in node.children()]
            longer.add(pattern, reading.with_(WRONG * len(strangers), *strangers))
        text = "".join(item for item in node.content if isinstance(item, str))
        if text:
            return self._after_text(node, element, longer, text)
        return [reading for _, reading in longer]

    def _after_text(self, node: Node, element: Element, readings: Readings, text: str) -> list[Reading]:
        """A text that is the whole content of an element, and its end."""
        is_blank = not text.strip(BLANKS)
        ends: list[Reading] = []
        for pattern, reading in readings:
            leaves = leaves_in(pattern)
            if self._derivatives.accepts(pattern, text, node.namespaces):
                ends.append(reading)
            elif leaves:
                code = "missing-text" if is_blank else "bad-text"
                ends.append(reading.with_(WRONG, Finding(code, node, pattern, element, after=0, wanted=leaves)))
            elif is_blank:
                ends.append(self._complete(node, element, pattern, reading))
            else:
                rest = self._derivatives.mixed(pattern)
                if rest is self._not_allowed:
                    finding = Finding("unexpected-text", node, pattern, element, after=0, wanted=elements_in(pattern))
                    rest, reading = pattern, reading.with_(WRONG, finding)
                ends.append(self._complete(node, element, rest, reading))
        return ends

    def _at_end(self, node: Node, element: Element, readings: Readings) -> list[Reading]:
        return [self._complete(node, element, pattern, reading) for pattern, reading in readings]

    def _complete(self, node: Node, element: Element, pattern: Pattern, reading: Reading) -> Reading:
        completion = self._repairs.completion(pattern)
        if len(completion) >= IMPOSSIBLE:
            return reading.with_(IMPOSSIBLE, Finding("unexpected-content", node, pattern, element))
        findings = [self._lack(node, element, pattern, wanted) for wanted in completion]
        return _with_moved(reading.with_(WRONG * len(findings), *findings), node, self._grammar)

    @staticmethod
    def _lack(node: Node, element: Element, pattern: Pattern, wanted: tuple[Pattern, ...]) -> Finding:
        code = "missing-element" if any(isinstance(one, Element) for one in wanted) else "missing-text"
        return Finding(code, node, pattern, element, after=-1, wanted=wanted)

    def _best(self, node: Node, element: Element, ends: list[Reading]) -> Outcome:
        if not ends:
            return Outcome(IMPOSSIBLE, (Finding("unexpected-content", node, element.content, element),))
        best = min(ends, key=lambda reading: reading.rank)
        # Explanations that are equally good often differ only in what they expected: the finding then names all of it.
        for other in ends:
            if other.rank == best.rank and other is not best:
                best = best.joined(other)
        return Outcome(best.cost, tuple(best.list()))

    def _new(self) -> Readings:
        return Readings(self._not_allowed)


def _nearest_name(word: str, names: Iterable[str]) -> str:
    """The name whose local part is nearest to a word; empty where none is near."""
    near = [name for name in names if is_near(word, local_name(name))]
    return min(near, key=lambda name: distance(word, local_name(name)), default="")


def _fits(finding: Finding) -> bool:
    """Whether an unexpected child would have been expected, had it another content."""
    return any(finding.node.name in one.name_class for one in finding.wanted if isinstance(one, Element))


def _first_name(attribute: Attribute) -> str:
    """The name of an attribute, one of several, or `OPEN`."""
    return next(iter(attribute.name_class.names or (OPEN,)))


def _attributes(finding: Finding) -> list[Attribute]:
    return [one for one in finding.wanted if isinstance(one, Attribute)]


def _by_name(attributes: Iterable[Pattern]) -> dict[str, list[Attribute]]:
    """Attribute patterns by the names they allow; an open name class has none."""
    found: dict[str, list[Attribute]] = {}
    for attribute in attributes:
        if isinstance(attribute, Attribute):
            for name in attribute.name_class.names or ("",):
                found.setdefault(name, []).append(attribute)
    return found


def _with_moved(reading: Reading, node: Node, grammar: Grammar) -> Reading:
    """Joins two findings into one: a child that is missing in one place and unexpected in another is misplaced."""
    findings = reading.list()
    missing = [f for f in findings if f.code == "missing-element" and f.node is node]
    strangers = [f for f in findings if f.code == "unexpected-element" and f.node.parent is node and not _fits(f)]
    if not missing or not strangers:
        return reading
    cost = reading.cost
    for lack in missing:
        for stranger in strangers:
            name = grammar.symbols.of(stranger.node.name)
            if any(isinstance(one, Element) and name in one.name_class for one in lack.wanted):
                position = findings.index(stranger)
                findings[position] = replace(stranger, code="misplaced-element", wanted=lack.wanted, meant=lack.meant)
                findings.remove(lack)
                strangers.remove(stranger)
                cost -= WRONG
                break
    return Reading().with_(cost, *findings)
