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
from functools import cached_property
from typing import Any, NamedTuple

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
    Closing,
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
from .patterns import (
    ANY,
    Attribute,
    Element,
    NotAllowed,
    Pattern,
    attributes_by_name,
    elements_in,
    leaves_in,
    local_name,
)

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
Search = Generator[Request, Outcome, Outcome]

_Meant = tuple[Element, Pattern, str]
"""An element that a misspelt name may mean, what follows it, and its name."""


class Explainer:
    """``most`` is the number of mistakes after which the rest of an element is not looked at."""

    def __init__(self, grammar: Grammar, judge: Judge, most: int) -> None:
        self.most = max(most, LEAST_FINDINGS)
        self.grammar = grammar
        self.repairs = Repairs(grammar.derivatives)
        self._judge = judge
        self._outcomes: dict[Request, Outcome] = {}
        self._meant: dict[tuple[Pattern, str], tuple[_Meant, ...]] = {}

    def explain(self, root: Node, roots: Iterable[Pattern] = ()) -> tuple[Finding, ...]:
        """The mistakes in a document, which by other grammars may have one of ``roots``."""
        start, opened = self._judge.start, self.grammar.derivatives.opened
        candidates = opened(start, self.grammar.symbols.of(root.name))
        if candidates:
            return self._cheapest(root, candidates)
        wanted = tuple(dict.fromkeys((*elements_in(start), *roots)))
        names = (name for one in wanted if isinstance(one, Element) for name in one.name_class.names or ())
        meant = _nearest_name(local_name(root.name), names)
        finding = Finding("wrong-root", root, start, None, wanted=wanted, meant=meant)
        candidates = opened(start, meant)
        if not meant or not candidates or local_name(meant) == local_name(root.name):
            return (finding,)  # a wrong namespace is that of the children, too
        inside = self._cheapest(root, candidates)
        return (finding, *(one for one in inside if one.node is not root or not one.code.startswith("missing-")))

    def _cheapest(self, root: Node, candidates: Iterable[Element]) -> tuple[Finding, ...]:
        outcomes = [self._run((root, element)) for element in candidates]
        return min(outcomes, key=lambda outcome: outcome.cost).findings

    def _run(self, request: Request) -> Outcome:
        """Runs a search and the searches that it needs, without recursion, because documents can be deeper than
        Python's stack."""
        running: list[tuple[Request, Search]] = []
        outcome = self._known(request)
        if outcome is None:
            running.append((request, _Search(self, *request).run()))
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
                running.append((asked, _Search(self, *asked).run()))
        assert outcome is not None  # the last search has ended
        return outcome

    def _known(self, request: Request) -> Outcome | None:
        return _IN_ORDER if self.matches(*request) else self._outcomes.get(request)

    def matches(self, node: Node, element: Element) -> bool:
        if element not in node.matches:
            self._judge.judge(node, (element,))
        return node.matches[element]

    def meant_by(self, word: str, pattern: Pattern) -> tuple[_Meant, ...]:
        found = self._meant.get((pattern, word))
        if found is None:
            opened = self.grammar.derivatives.opened(pattern, ANY).items()
            near = ((inner, rest, _nearest_name(word, inner.name_class.names or ())) for inner, rest in opened)
            found = self._meant[pattern, word] = tuple(one for one in near if one[2])
        return found


class _Step(NamedTuple):
    """One reading of an element, at one part of the element; ``longer`` are the readings behind that part."""

    pattern: Pattern
    reading: Reading
    longer: Readings

    def add(self, rest: Pattern, cost: int = 0, *findings: Finding) -> None:
        self.longer.add(rest, self.reading.with_(cost, *findings))


class _Search:
    """What is wrong with ``node`` if it is meant to be ``element``.

    A thorough search also assumes that a child in order is a mistake, because that can explain the rest.
    """

    def __init__(self, explainer: Explainer, node: Node, element: Element) -> None:
        self._explainer = explainer
        self._derivatives = explainer.grammar.derivatives
        self._symbol_of = explainer.grammar.symbols.of
        self._node = node
        self._element = element
        self._is_thorough = False
        self._before: Node | None = None  # the sibling before the child that is being read

    def run(self) -> Search:
        """Returns the cheapest explanation; yields the children that have to be explained first."""
        if self._node.is_cut:
            return Outcome(UNFIT, (self._finding("unexpected-content", self._element.content),))
        outcome = yield from self._outcome()
        # A thorough search multiplies the readings, so it is left to elements that have no cheap explanation.
        if outcome.cost > RECONSIDERED and self._node.has_children:
            self._is_thorough = True
            thorough = yield from self._outcome()
            outcome = min(outcome, thorough, key=lambda outcome: outcome.cost)
        return outcome

    def _outcome(self) -> Search:
        node, content = self._node, self._element.content
        readings = self._after_start_tag()
        if not node.has_children:
            return self._best(self._after_text(readings, node.text))
        if not elements_in(content) and leaves_in(content):
            return self._best(self._after_text_with_strangers(readings))
        before, self._before = 0, None
        for item in node.content:
            longer = Readings()
            if isinstance(item, str):
                for pattern, reading in readings:
                    self._read_mixed(_Step(pattern, reading, longer), before)
            else:
                yield from self._read_child(readings, item, longer)
                self._before = item
                before += 1
            longer.prune()
            readings = longer
            if readings.all_have(self._explainer.most):
                return self._best([reading for _, reading in readings])
        return self._best([self._complete(pattern, reading) for pattern, reading in readings])

    def _finding(self, code: str, pattern: Pattern, **more: Any) -> Finding:
        return Finding(code, self._node, pattern, self._element, **more)

    def _about(self, child: Node, code: str, pattern: Pattern) -> Finding:
        return Finding(code, child, pattern, self._element, wanted=elements_in(pattern))

    # Attributes

    def _after_start_tag(self) -> Readings:
        readings, closed = Readings(), Readings()
        readings.add(self._element.content, Reading())
        deciding, plain, others = self._attributes()
        readings = self._after_attributes(deciding, readings)
        readings = self._after_plain(plain, readings)
        readings = self._after_attributes(others, readings)
        for pattern, reading in readings:
            self._close(_Step(pattern, reading, closed))
        closed.prune()
        return closed

    def _attributes(self) -> tuple[list[int], list[tuple[int, Attribute]], list[int]]:
        """The indexes of attributes in three parts. The first have several patterns for their name: their values decide
        what else is allowed, wherever the document has them. The second, each with its only pattern, fit."""
        deciding: list[int] = []
        plain: list[tuple[int, Attribute]] = []
        others: list[int] = []
        named = self._element.attributes_by_name
        for index, (name, _, value) in enumerate(self._node.attributes):
            known = self._symbol_of(name)
            candidates = named.get(known, ())
            is_only = not any(known in attribute.name_class for attribute in named.get(ANY, ()))
            if len(candidates) > 1:
                deciding.append(index)
            elif candidates and is_only and self._fitting(candidates, value):
                plain.append((index, candidates[0]))
            else:
                others.append(index)
        return deciding, plain, others

    def _after_attributes(self, indexes: Iterable[int], readings: Readings) -> Readings:
        for index in indexes:
            longer = Readings()
            for pattern, reading in readings:
                self._read_attribute(_Step(pattern, reading, longer), index)
            longer.prune()
            readings = longer
            if readings.all_have(self._explainer.most):
                break
        return readings

    def _after_plain(self, plain: Sequence[tuple[int, Attribute]], readings: Readings) -> Readings:
        """Returns the readings after attributes that fit. A reading that allows all of them takes them in one step,
        because there can be thousands. Otherwise halves are tried, down to the attributes that exclude each other."""
        longer = Readings()
        matched = [frozenset((attribute,)) for _, attribute in plain]
        for pattern, reading in readings:
            rest = self._derivatives.without_attributes(pattern, matched)
            if not isinstance(rest, NotAllowed):
                longer.add(rest, reading)
            elif len(plain) == 1:
                self._read_attribute(_Step(pattern, reading, longer), plain[0][0])
            else:
                parts = Readings()
                parts.add(pattern, reading)
                middle = len(plain) // 2
                for part in (plain[:middle], plain[middle:]):
                    parts = self._after_plain(part, parts)
                for rest, behind in parts:
                    longer.add(rest, behind)
        longer.prune()
        return longer

    def _read_attribute(self, step: _Step, index: int) -> None:
        node, pattern = self._node, step.pattern
        name, _, value = node.attributes[index]
        known = self._symbol_of(name)
        candidates = pattern.attributes_named(known)
        if not candidates:
            self._read_stranger(step, index)
            return
        fitting = self._fitting(candidates, value)
        if fitting:
            step.add(self._without(pattern, fitting))
        others = [attribute for attribute in candidates if attribute not in fitting]
        if others:
            # A value that another alternative allows is probably right, and something else is wrong. So this
            # explanation costs more than a value that is wrong everywhere.
            is_right = fitting or self._is_right_elsewhere(known, value)
            cost, code = (RECONSIDERED, "conflicting-value") if is_right else (WRONG, "bad-value")
            finding = self._finding(code, pattern, attribute=index, wanted=tuple(others))
            step.add(self._without(pattern, others), cost, finding)

    def _is_right_elsewhere(self, name: str, value: str) -> bool:
        """Whether an attribute's value is right for another element of the name that is allowed here."""
        alike = (one for element in self._node.matches for one in element.content.attributes_named(name))
        return bool(self._fitting(alike, value))

    def _read_stranger(self, step: _Step, index: int) -> None:
        node, pattern = self._node, step.pattern
        name, _, value = node.attributes[index]
        finding = self._finding("unknown-attribute", pattern, attribute=index, wanted=pattern.attributes)
        if any(name in one.attributes_by_name for one in node.matches):
            finding = replace(finding, code="unexpected-attribute")
            is_first = not any(one.code == finding.code and one.node is node for one in step.reading.list())
            step.add(pattern, UNFIT if is_first else UNFIT_TOO, finding)
            return
        step.add(pattern, WRONG, finding)
        if self._are_many_strangers:
            return
        present = {other for other, _, _ in node.attributes}
        for meant, candidates in attributes_by_name(pattern.attributes).items():
            if meant in present or not is_near(local_name(name), local_name(meant)):
                continue
            fitting = self._fitting(candidates, value)
            rest = self._without(pattern, fitting or candidates)
            step.add(rest, MISSPELT if fitting else INSTEAD, replace(finding, meant=meant))

    @cached_property
    def _are_many_strangers(self) -> bool:
        """Whether so many attributes are unknown that a search for the meaning of each would be slow and useless."""
        known = self._element.attributes_by_name
        names = [self._symbol_of(name) for name, _, _ in self._node.attributes]
        return sum(name not in known for name in names) > MANY_STRANGERS

    def _close(self, step: _Step) -> None:
        ways = self._explainer.repairs.closings(step.pattern).values()
        fewest = min(len(way.missing) for way in ways)
        for way in ways:
            findings = [
                self._finding("missing-attribute", step.pattern, wanted=(lack,), meant=_first_name(lack))
                for lack in way.missing
            ]
            # Some alternative always needs its fewest attributes; an alternative that needs more is less likely.
            step.add(way.pattern, WRONG * fewest + ABSENT * (len(findings) - fewest), *findings)
            if findings and len(findings) == fewest:
                self._replace_unfit(step, way, findings)

    def _replace_unfit(self, step: _Step, way: Closing, missing: list[Finding]) -> None:
        """Joins two findings into one: an attribute that is not allowed here, in place of a missing one."""
        before = step.reading.list()
        for position, finding in enumerate(before):
            if finding.code == "unexpected-attribute" and finding.node is self._node:
                fitting = self._fitting(way.missing, finding.given[2])
                best = missing.pop(way.missing.index(fitting[0]) if fitting else 0)
                instead = replace(finding, code="wrong-attribute", wanted=best.wanted, meant=best.meant)
                cost = step.reading.cost - UNFIT + INSTEAD + (not fitting) + WRONG * len(missing)
                findings = *before[:position], instead, *before[position + 1 :], *missing
                step.longer.add(way.pattern, Reading().with_(cost, *findings))
                return

    def _fitting(self, candidates: Iterable[Attribute], value: str) -> list[Attribute]:
        accepts, namespaces = self._derivatives.accepts, self._node.namespaces
        return [attribute for attribute in candidates if accepts(attribute.pattern, value, namespaces)]

    def _without(self, pattern: Pattern, attributes: Iterable[Attribute]) -> Pattern:
        return self._derivatives.without_attribute(pattern, frozenset(attributes))

    # Children

    def _read_child(self, readings: Readings, child: Node, longer: Readings) -> Generator[Request, Outcome, None]:
        name = self._symbol_of(child.name)
        is_known = bool(self._element.children_named(name))
        for pattern, reading in readings:
            follow = self._derivatives.opened(pattern, name)
            step = _Step(pattern, reading, longer)
            if follow:
                yield from self._read_allowed(step, child, follow)
            elif is_known:
                cost = COPIED if self._is_copy(child) else UNFIT
                step.add(pattern, cost, self._about(child, "unexpected-element", pattern))
                self._read_instead(step, child)
                yield from self._read_behind_missing(step, child)
            else:
                step.add(pattern, WRONG, self._about(child, "unknown-element", pattern))
                yield from self._read_misspelt(step, child)

    def _is_copy(self, child: Node) -> bool:
        """Whether a child is the same as the sibling before it."""
        return self._before is not None and self._before.equals(child)

    def _read_allowed(
        self, step: _Step, child: Node, follow: Mapping[Element, Pattern]
    ) -> Generator[Request, Outcome, None]:
        matches = self._explainer.matches
        matched = [rest for inner, rest in follow.items() if matches(child, inner)]
        if matched:
            step.add(self._explainer.grammar.patterns.choice(matched))
        if matched and not self._is_thorough:
            return
        for inner, rest in follow.items():
            if not matches(child, inner):
                outcome = yield child, inner
                # With `DEAREST_CHILD`, a child with many mistakes is still explained by its name, not as a stranger.
                cost = min(outcome.cost, DEAREST_CHILD) + (RECONSIDERED - WRONG if matched else 0)
                step.add(rest, cost, *outcome.findings)
        if matched:
            return
        is_in_order = child.is_right
        cost = LEFT_OUT if not is_in_order else COPIED if self._is_copy(child) else TOO_MANY
        step.add(step.pattern, cost, self._about(child, "unexpected-element", step.pattern))
        if is_in_order:
            for inner, rest in follow.items():
                self._take_for(step, child, inner, rest)
            yield from self._read_behind_missing(step, child)

    def _read_instead(self, step: _Step, child: Node) -> None:
        """The child is in place of another one that is needed here."""
        needed = {one for missing in self._explainer.repairs.completion(step.pattern) for one in missing}
        for inner, rest in self._derivatives.opened(step.pattern, ANY).items():
            if inner in needed:
                self._take_for(step, child, inner, rest)

    def _take_for(self, step: _Step, child: Node, inner: Element, rest: Pattern) -> None:
        finding = replace(self._about(child, "wrong-element", step.pattern), wanted=(inner,))
        step.add(rest, OF_WRONG_KIND, finding)

    def _read_behind_missing(self, step: _Step, child: Node) -> Generator[Request, Outcome, None]:
        """Assumes that one element is missing before the child, or else two. More are hardly one mistake."""
        opened, name = self._derivatives.opened, self._symbol_of(child.name)
        ways: list[tuple[tuple[Element, ...], Pattern]] = [((), step.pattern)]
        for _ in range(2):
            ways = [
                ((*missing, inner), rest) for missing, before in ways for inner, rest in opened(before, ANY).items()
            ][:MOST_STEPS]
            found = [(missing, follow) for missing, rest in ways if (follow := opened(rest, name))]
            for missing, follow in found:
                yield from self._read_behind(step, child, missing, follow)
            if found:
                return

    def _read_behind(
        self, step: _Step, child: Node, missing: Iterable[Element], follow: Mapping[Element, Pattern]
    ) -> Generator[Request, Outcome, None]:
        findings = [
            self._finding("missing-element", step.pattern, wanted=(inner,), meant=child.written) for inner in missing
        ]
        behind = step._replace(reading=step.reading.with_(WRONG * len(findings), *findings))
        for inner, rest in follow.items():
            if self._explainer.matches(child, inner):
                behind.add(rest)
            elif not child.is_right:
                outcome = yield child, inner
                behind.add(rest, min(outcome.cost, DEAREST_CHILD), *outcome.findings)

    def _read_misspelt(self, step: _Step, child: Node) -> Generator[Request, Outcome, None]:
        for inner, rest, meant in self._explainer.meant_by(local_name(child.name), step.pattern):
            outcome = yield child, inner
            finding = replace(self._about(child, "unknown-element", step.pattern), meant=meant)
            step.add(rest, MISSPELT + min(outcome.cost, DEAREST_CHILD), finding, *outcome.findings)

    # Text, and the end

    def _read_mixed(self, step: _Step, before: int) -> None:
        rest = self._derivatives.mixed(step.pattern)
        is_allowed = not isinstance(rest, NotAllowed)
        step.add(rest)
        if self._is_thorough or not is_allowed:
            cost = RECONSIDERED if is_allowed else WRONG
            step.add(step.pattern, cost, self._unexpected_text(step.pattern, before))

    def _unexpected_text(self, pattern: Pattern, before: int) -> Finding:
        return self._finding("unexpected-text", pattern, after=before, wanted=elements_in(pattern))

    def _after_text_with_strangers(self, readings: Readings) -> list[Reading]:
        """Elements inside a text that allows none. They are unknown, and the text around them is checked as one
        text."""
        longer = Readings()
        for pattern, reading in readings:
            children = self._node.children()
            strangers = [Finding("unknown-element", child, pattern, self._element) for child in children]
            longer.add(pattern, reading.with_(WRONG * len(strangers), *strangers))
        text = "".join(item for item in self._node.content if isinstance(item, str))
        return self._after_text(longer, text) if text else [reading for _, reading in longer]

    def _after_text(self, readings: Readings, text: str) -> list[Reading]:
        """A text that is the whole content of an element, and its end."""
        is_blank = not text.strip(BLANKS)
        ends: list[Reading] = []
        for pattern, reading in readings:
            leaves = leaves_in(pattern)
            if self._derivatives.accepts(pattern, text, self._node.namespaces):
                ends.append(reading)
            elif leaves:
                code = "missing-text" if is_blank else "bad-text"
                ends.append(reading.with_(WRONG, self._finding(code, pattern, after=0, wanted=leaves)))
            else:
                rest = pattern if is_blank else self._derivatives.mixed(pattern)
                if isinstance(rest, NotAllowed):
                    rest, reading = pattern, reading.with_(WRONG, self._unexpected_text(pattern, 0))
                ends.append(self._complete(rest, reading))
        return ends

    def _complete(self, pattern: Pattern, reading: Reading) -> Reading:
        """The reading at the end of the element."""
        completion = self._explainer.repairs.completion(pattern)
        if len(completion) >= IMPOSSIBLE:
            return reading.with_(IMPOSSIBLE, self._finding("unexpected-content", pattern))
        findings = []
        for wanted in completion:
            code = "missing-element" if any(isinstance(one, Element) for one in wanted) else "missing-text"
            findings.append(self._finding(code, pattern, wanted=wanted))
        return self._with_moved(reading.with_(WRONG * len(findings), *findings))

    def _with_moved(self, reading: Reading) -> Reading:
        """Joins two findings into one: a child that is missing in one place and unexpected in another is misplaced."""
        node, findings = self._node, reading.list()
        missing = [f for f in findings if f.code == "missing-element" and f.node is node]
        # What may be in this place is wrong inside, not misplaced.
        strangers = [
            f
            for f in findings
            if f.code == "unexpected-element"
            and f.node.parent is node
            and not self._derivatives.opened(f.pattern, self._symbol_of(f.node.name))
        ]
        if not missing or not strangers:
            return reading
        cost = reading.cost
        for lack in missing:
            for stranger in strangers:
                if lack.wants(self._symbol_of(stranger.node.name)):
                    position = findings.index(stranger)
                    findings[position] = replace(
                        stranger, code="misplaced-element", wanted=lack.wanted, meant=lack.meant
                    )
                    findings.remove(lack)
                    strangers.remove(stranger)
                    cost -= WRONG
                    break
        return Reading().with_(cost, *findings)

    def _best(self, ends: list[Reading]) -> Outcome:
        if not ends:
            return Outcome(IMPOSSIBLE, (self._finding("unexpected-content", self._element.content),))
        best = min(ends, key=lambda reading: reading.rank)
        # Explanations that are equally good often differ only in what they expected: the finding then names all of it.
        for other in ends:
            if other.rank == best.rank and other is not best:
                best = best.joined(other)
        return Outcome(best.cost, tuple(best.list()))


def _nearest_name(word: str, names: Iterable[str]) -> str:
    """The name whose local part is nearest to a word; empty where none is near."""
    near = [name for name in names if is_near(word, local_name(name))]
    return min(near, key=lambda name: distance(word, local_name(name)), default="")


def _first_name(attribute: Attribute) -> str:
    """The name of an attribute, one of several, or `OPEN`."""
    return next(iter(attribute.name_class.names or (OPEN,)))
