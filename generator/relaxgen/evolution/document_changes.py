"""What changes of a schema do to documents: the exact comparison judges, the structural one explains.

Each counterexample of the exact comparison is given to the changes that explain it, and becomes a finding of its own
where none does. A change that could break documents, and has no counterexample, breaks none where inclusion is proven;
else it is reported as possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..relaxng.pattern import Value, children
from ..relaxng.schema import Schema
from ..relaxng.simplified_form import SimplifiedForm, walk
from .change_examples import Examples
from .direction import BACKWARD, FORWARD, Direction
from .finding import Finding, Impact
from .inclusion import Counterexample, Inclusion, Kind, Verdict, compare_documents
from .rules import RULES, Category
from .schema_change import Change, local_name
from .structural_changes import ANY_NAME, StructuralComparison
from .unexplained import Unexplained, elements_on, subject_of

MOST_TRIED = 3
"""An example is searched for at most this many elements that share a change."""

STEPS = 4
"""The stages of progress; the caller reports the last one when it has the result."""

Tried = dict[tuple[object, ...], int]
"""How often an example was searched, by the common key of the changes of one finding."""


@dataclass(frozen=True, slots=True)
class DocumentVerdicts:
    """``findings`` are about one pair of schemas; ``equal`` means that the schemas themselves are the same."""

    backward: Inclusion
    forward: Inclusion
    findings: tuple[Finding, ...] = ()
    equal: bool = False


def judge_documents(
    old: tuple[Schema, SimplifiedForm],
    new: tuple[Schema, SimplifiedForm],
    tried: Tried,
    step_is_done: Callable[[], None] = lambda: None,
) -> DocumentVerdicts:
    """Compares the documents of two schemas, both ways. `tried` is shared by all that may include the same.
    `step_is_done` is called at most `STEPS` times."""
    old_schema, old_form = old
    new_schema, new_form = new
    if _is_the_same(old_schema, new_schema):
        return DocumentVerdicts(Inclusion(), Inclusion(), equal=True)
    backward = compare_documents(old_form, new_form)
    step_is_done()
    forward = compare_documents(new_form, old_form)
    step_is_done()
    structure = StructuralComparison(old_form, new_form)
    step_is_done()
    examples = Examples(old_form, new_form), Examples(new_form, old_form)
    findings = [*_Judgement(structure, (backward, forward), examples, tried).findings()]
    if backward.verdict is forward.verdict is Verdict.INCLUDED:
        message = "the schema changed, and exactly the same documents are valid"
        findings = [Finding(RULES["RNG003"], message, (), old_schema.location, new_schema.location)]
    return DocumentVerdicts(backward, forward, tuple(findings))


def _is_the_same(old: Schema, new: Schema) -> bool:
    """Whether only places changed. Prefixed names in values can have equal texts and different namespaces, which the
    comparison of patterns does not see."""
    if (old.start, old.defines) != (new.start, new.defines):
        return False
    patterns = [old.start, *(define.pattern for define in old.defines.values())]
    values = (part for pattern in patterns for part in walk(pattern, children) if isinstance(part, Value))
    return not any(value.datatype.is_of_qualified_names for value in values)


class _Judgement:
    """``inclusions`` and ``examples`` are those backward and forward."""

    def __init__(
        self,
        structure: StructuralComparison,
        inclusions: tuple[Inclusion, Inclusion],
        examples: tuple[Examples, Examples],
        tried: Tried,
    ) -> None:
        self._structure = structure
        self._changes = list(structure.changes)
        self._sides = tuple(zip((BACKWARD, FORWARD), inclusions, examples, strict=True))
        self._shown: dict[tuple[Change, Category], str] = {}
        self._unexplained = Unexplained(structure)
        self._tried = tried
        self._in_element: dict[tuple[str, ...], list[Change]] = {}
        for change in self._changes:
            self._in_element.setdefault(change.element[-1:], []).append(change)

    def findings(self) -> Iterable[Finding]:
        for direction, inclusion, _ in self._sides:
            for counterexample in inclusion.counterexamples:
                self._explain(direction, counterexample)
        for change in self._changes:
            impacts = tuple(self._impacts(change))
            if impacts:
                yield _finding_of_change(change, impacts)
        yield from self._unexplained.findings()

    def _explain(self, direction: Direction, counterexample: Counterexample) -> None:
        element = tuple(map(str, counterexample.path[-1:]))
        near = self._in_element.get(element, []) + self._in_element.get((ANY_NAME,), [])
        explaining = (
            _explaining(near, direction, counterexample)
            or self._explaining_in_alternatives(direction, counterexample)
            or [one for one in near if _is_about_given(one, direction, counterexample)]
        )
        for change in explaining:
            self._shown.setdefault((change, direction.category), counterexample.witness)
            self._tried[_kind(change, direction.category)] = MOST_TRIED
        if not explaining:
            self._unexplained.add(direction, counterexample)

    def _explaining_in_alternatives(self, direction: Direction, counterexample: Counterexample) -> list[Change]:
        """Changes in single alternatives of an element's content are looked for only where no other change explains
        what is no longer allowed; those that explain it count as changes from then on."""
        if not counterexample.path:
            return []
        changes = self._structure.changes_in_alternatives(str(counterexample.path[-1]))
        explaining = [
            change
            for change in changes
            if (change.rule in direction.rules[counterexample.kind] and _is_about(change, counterexample))
            or _is_about_given(change, direction, counterexample)
        ]
        self._changes += [change for change in explaining if change not in self._changes]
        return explaining

    def _impacts(self, change: Change) -> Iterable[Impact]:
        for direction, inclusion, examples in self._sides:
            category = direction.category
            witness = self._shown.get((change, category))
            if witness is None and change.can_break(category) and inclusion.verdict is not Verdict.INCLUDED:
                witness = self._example(change, category, examples)
            if witness is not None:
                yield Impact(category, witness, bool(witness), category in change.white_space)

    def _example(self, change: Change, category: Category, examples: Examples) -> str:
        """A document for a change that can break some. Empty if there is none, and if others of the same kind at the
        same place have one: they are one finding."""
        key = _kind(change, category)
        if self._tried.get(key, 0) >= MOST_TRIED:
            return ""
        self._tried[key] = self._tried.get(key, 0) + 1
        if category is Category.BACKWARD:
            found = examples.of(change, change.old_owners, change.old_pattern, change.differing[0])
        else:
            found = examples.of(change, change.new_owners, change.new_pattern, change.differing[1])
        if found:
            self._tried[key] = MOST_TRIED
        return found


def _finding_of_change(change: Change, impacts: tuple[Impact, ...]) -> Finding:
    return Finding(
        RULES[change.rule],
        change.message,
        (change.path,),
        change.old,
        change.new,
        impacts,
        anchor=change.anchor,
        owners=(change.owner,) if change.owner else (),
        values=change.values,
        detail=change.detail,
    )


def _kind(change: Change, category: Category) -> tuple[object, ...]:
    """What the changes of one finding have in common."""
    return change.rule, change.message, str(change.anchor), category


def _explaining(changes: Iterable[Change], direction: Direction, counterexample: Counterexample) -> list[Change]:
    """Those of `changes`, all in elements of the same name, that explain a counterexample: about the same
    thing, and where there are such, with the same path or place."""
    rules = direction.rules[counterexample.kind]
    fitting = [
        one
        for one in changes
        if (one.rule in rules and _is_about(one, counterexample))
        or _is_consequence(one, direction, counterexample)
        or _is_out_of_order(one, direction, counterexample)
    ]
    element = tuple(map(str, counterexample.path))
    old, new = direction.places(counterexample)
    return [one for one in fitting if one.element == element or one.old == old or one.new == new] or fitting


def _is_about(change: Change, counterexample: Counterexample) -> bool:
    if change.rule in ("RNG010", "RNG011"):
        return change.subject == str(counterexample.name)
    if change.rule in ("RNG040", "RNG041") and counterexample.value is not None:
        value = " ".join(counterexample.value.split()) if change.white_space else counterexample.value
        return change.subject == subject_of(counterexample) and value in change.values
    if change.rule in ("RNG027", "RNG028"):
        return counterexample.name is None or str(counterexample.name) in change.values
    if change.rule in ("RNG070", "RNG071"):
        return change.subject.startswith("@") == counterexample.is_about_attribute
    return subject_of(counterexample) in _subjects(change) or _expects(change, counterexample)


def _is_consequence(change: Change, direction: Direction, counterexample: Counterexample) -> bool:
    rules = direction.rules[Kind.VALUE_NOT_ALLOWED]
    return bool(change.consequences) and change.rule in rules and subject_of(counterexample) in change.consequences


def _is_out_of_order(change: Change, direction: Direction, counterexample: Counterexample) -> bool:
    """Whether the children of the witness are in an order that the change forbids or allows."""
    if counterexample.kind is not Kind.COMBINATION or change.rule not in direction.rules[Kind.ORDER]:
        return False
    names = [child.tag for one in [*elements_on(counterexample.path, counterexample.witness)][-1:] for child in one]
    first = {name: index for index, name in reversed(list(enumerate(names)))}
    last = {name: index for index, name in enumerate(names)}
    return any(second in first and first[second] < last.get(one, -1) for one, second in change.order)


def _is_about_given(change: Change, direction: Direction, counterexample: Counterexample) -> bool:
    """Whether a change took away a value of an attribute without which there is no counterexample."""
    if change.rule not in direction.rules[Kind.VALUE_NOT_ALLOWED]:
        return False
    return any(
        change.subject == f"@{name}" and (value in change.values or not change.values)
        for name, value in counterexample.given
    )


def _subjects(change: Change) -> set[str]:
    """What a change is about; both names and kinds of what was moved."""
    names = {change.subject}
    if change.rule in MOVES:
        names |= {mark + value for value in change.values for mark in ("", "@")}
    return names


MOVES = frozenset({"RNG029", "RNG035", "RNG036", "RNG037", "RNG072"})


def _expects(change: Change, counterexample: Counterexample) -> bool:
    """Where a child is missing, several names may be the ones that could follow."""
    names = {local_name(subject) for subject in _subjects(change)}
    return counterexample.kind is Kind.CHILD_MISSING and bool(names & set(counterexample.expected))
