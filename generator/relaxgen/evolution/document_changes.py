"""What changes of a schema do to documents: the exact comparison judges, the structural one explains.

Each counterexample of the exact comparison is given to the changes that explain it, and becomes a finding of its own
where none does. A change that could break documents, and has no counterexample, breaks none where inclusion is proven;
else it is reported as possible.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..diagnostics.locations import UNKNOWN_LOCATION, SourceLocation
from ..relaxng.name_class import Name, QName
from ..relaxng.pattern import Element, Pattern, Value, children
from ..relaxng.schema import Schema
from ..relaxng.simplified_form import SimplifiedForm, walk
from .change_examples import Examples
from .finding import Finding, Impact
from .inclusion import Counterexample, Inclusion, Kind, Verdict, compare_documents
from .inclusion.white_space import allows_when_collapsed
from .rules import RULES, Category
from .schema_change import Change, local_name
from .structural_changes import StructuralComparison
from .value_changes import Related, Relation

_WILDCARDS = ("RNG070",)
_DATATYPES = ("RNG043", "RNG042", "RNG050", "RNG052", "RNG053", "RNG054", "RNG056")

BACKWARD_RULES: Mapping[Kind, tuple[str, ...]] = {
    Kind.ROOT_NOT_ALLOWED: ("RNG010",),
    Kind.ATTRIBUTE_NOT_ALLOWED: ("RNG030", "RNG035", "RNG037", "RNG072", *_WILDCARDS),
    Kind.ATTRIBUTE_MISSING: ("RNG032", "RNG033", "RNG036", "RNG037", "RNG072"),
    Kind.VALUE_NOT_ALLOWED: ("RNG040", *_DATATYPES),
    Kind.DATATYPE_NARROWER: ("RNG040", *_DATATYPES),
    Kind.TEXT_NOT_ALLOWED: ("RNG080",),
    Kind.TEXT_REQUIRED: ("RNG082", "RNG081", "RNG040", *_DATATYPES),
    Kind.CHILD_NOT_ALLOWED: ("RNG020", "RNG029", "RNG036", "RNG072", *_WILDCARDS),
    Kind.CHILD_MISSING: ("RNG022", "RNG023", "RNG029", "RNG035", "RNG072"),
    Kind.CHILD_REPEATED: ("RNG026",),
    Kind.ORDER: ("RNG027",),
    Kind.COMBINATION: (),
}
"""The changes that can explain what the old schema allows and the new one does not."""

FORWARD_RULES: Mapping[Kind, tuple[str, ...]] = {
    kind: tuple(dict.fromkeys(mirror for rule in rules for mirror in RULES[rule].mirrors))
    for kind, rules in BACKWARD_RULES.items()
}
"""The same seen from the other side, where every rule has its mirror."""


MOST_TRIED = 3
"""For so many elements that share a change an example is looked for."""

Tried = dict[tuple[object, ...], int]
"""How often an example was looked for, by what the changes of one finding have in common."""


@dataclass(frozen=True, slots=True)
class Direction:
    """One way to look at a change. ``rules`` explain counterexamples; ``whole`` and ``together`` are the rules for
    those that no change explains."""

    category: Category
    rules: Mapping[Kind, tuple[str, ...]]
    whole: str
    together: str
    tail: str

    def places(self, counterexample: Counterexample) -> tuple[SourceLocation, SourceLocation]:
        """The places in the old and in the new schema."""
        if self.category is Category.BACKWARD:
            return counterexample.narrow, counterexample.wide
        return counterexample.wide, counterexample.narrow


BACKWARD = Direction(Category.BACKWARD, BACKWARD_RULES, "RNG001", "RNG063", "any more")
FORWARD = Direction(Category.FORWARD, FORWARD_RULES, "RNG002", "RNG064", "before")


@dataclass(frozen=True, slots=True)
class DocumentVerdicts:
    """``findings`` are about one pair of schemas; ``equal`` means that the schemas themselves are the same."""

    backward: Inclusion
    forward: Inclusion
    findings: tuple[Finding, ...] = ()
    equal: bool = False

    def of(self, category: Category) -> Inclusion:
        return self.backward if category is Category.BACKWARD else self.forward


def judge_documents(
    old: tuple[Schema, SimplifiedForm], new: tuple[Schema, SimplifiedForm], tried: Tried
) -> DocumentVerdicts:
    """Compares the documents of two schemas, both ways. `tried` is shared by all that may include the same."""
    old_schema, old_form = old
    new_schema, new_form = new
    if _is_the_same(old_schema, new_schema):
        return DocumentVerdicts(Inclusion(), Inclusion(), equal=True)
    backward, forward = compare_documents(old_form, new_form), compare_documents(new_form, old_form)
    structure = StructuralComparison(old_form, new_form, relate)
    examples = Examples(old_form, new_form), Examples(new_form, old_form)
    findings = [*_Judgement(structure, (backward, forward), examples, tried).findings()]
    if backward.verdict is forward.verdict is Verdict.INCLUDED:
        message = "the schema changed, and exactly the same documents are valid"
        findings = [Finding(RULES["RNG003"], message, (), old_schema.location, new_schema.location)]
    return DocumentVerdicts(backward, forward, tuple(findings))


def _is_the_same(old: Schema, new: Schema) -> bool:
    """Whether nothing but places changed. Values that name something in a namespace are not equal because their texts
    are, and patterns do not compare what prefixes stand for."""
    if (old.start, old.defines) != (new.start, new.defines):
        return False
    patterns = [old.start, *(define.pattern for define in old.defines.values())]
    values = (part for pattern in patterns for part in walk(pattern, children) if isinstance(part, Value))
    return not any(value.datatype.type in QUALIFIED for value in values)


QUALIFIED = frozenset({"QName", "NOTATION"})


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
        self._inclusions = tuple(zip((BACKWARD, FORWARD), inclusions, strict=True))
        self._examples: dict[Category, Examples] = {Category.BACKWARD: examples[0], Category.FORWARD: examples[1]}
        self._shown: dict[tuple[int, Category], str] = {}
        self._unexplained: dict[tuple[object, ...], list[Counterexample]] = {}
        self._tried = tried
        self._in_element: dict[tuple[str, ...], list[tuple[int, Change]]] = {}
        for index, change in enumerate(self._changes):
            self._in_element.setdefault(change.element[-1:], []).append((index, change))

    def findings(self) -> Iterable[Finding]:
        for direction, inclusion in self._inclusions:
            for counterexample in inclusion.counterexamples:
                self._explain(direction, counterexample)
        for index, change in enumerate(self._changes):
            impacts = tuple(self._impacts(index, change))
            if impacts:
                yield _finding_of_change(change, impacts)
        for key, counterexamples in self._unexplained.items():
            direction = BACKWARD if key[0] is Category.BACKWARD else FORWARD
            if len(counterexamples) == 1:
                yield _finding_of(direction, counterexamples[0])
            else:
                yield _finding_of_several(direction, counterexamples)

    def _explain(self, direction: Direction, counterexample: Counterexample) -> None:
        element = counterexample.path[-1:]
        near = self._in_element.get(tuple(map(str, element)), ())
        explaining = _explaining(near, direction, counterexample) or self._explaining_in_alternatives(
            direction, counterexample
        )
        for index, change in explaining:
            self._shown.setdefault((index, direction.category), counterexample.witness)
            self._tried[_kind(change, direction.category)] = MOST_TRIED
        if not explaining:
            key = _beside(counterexample) or (len(self._unexplained),)
            self._unexplained.setdefault((direction.category, *key), []).append(counterexample)

    def _explaining_in_alternatives(
        self, direction: Direction, counterexample: Counterexample
    ) -> list[tuple[int, Change]]:
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
        for change in explaining:
            if change not in self._changes:
                self._changes.append(change)
        return [(self._changes.index(change), change) for change in explaining]

    def _impacts(self, index: int, change: Change) -> Iterable[Impact]:
        for direction, inclusion in self._inclusions:
            category = direction.category
            witness = self._shown.get((index, category))
            if witness is None and change.can_break(category) and inclusion.verdict is not Verdict.INCLUDED:
                witness = self._example(change, category)
            if witness is not None:
                yield Impact(category, witness, bool(witness), category in change.white_space)

    def _example(self, change: Change, category: Category) -> str:
        """A document for a change that can break some. Empty if there is none, and if others of the same kind at the
        same place have one: they are one finding."""
        key = _kind(change, category)
        if self._tried.get(key, 0) >= MOST_TRIED:
            return ""
        self._tried[key] = self._tried.get(key, 0) + 1
        backward = category is Category.BACKWARD
        owners, pattern = change.old_owners, change.old_pattern
        if not backward:
            owners, pattern = change.new_owners, change.new_pattern
        text = change.differing[0 if backward else 1]
        found = self._examples[category].of(change, owners, pattern, text)
        if found:
            self._tried[key] = MOST_TRIED
        return found


def _finding_of_change(change: Change, impacts: tuple[Impact, ...]) -> Finding:
    rule = RULES[change.rule]
    owners = (change.owner,) if change.owner else ()
    places = change.old, change.new
    return Finding(
        rule,
        change.message,
        (change.path,),
        *places,
        impacts,
        anchor=change.anchor,
        owners=owners,
        values=change.values,
        detail=change.detail,
    )


def _kind(change: Change, category: Category) -> tuple[object, ...]:
    """What the changes of one finding have in common."""
    return change.rule, change.message, str(change.anchor), category


def _explaining(
    changes: Iterable[tuple[int, Change]], direction: Direction, counterexample: Counterexample
) -> list[tuple[int, Change]]:
    """Those of `changes`, all in elements of the same name, that explain a counterexample: about the same
    thing, and where there are such, with the same path or place."""
    rules = direction.rules[counterexample.kind]
    fitting = [
        (index, one)
        for index, one in changes
        if (one.rule in rules and _is_about(one, counterexample)) or _is_consequence(one, direction, counterexample)
    ]
    element = tuple(map(str, counterexample.path))
    old, new = direction.places(counterexample)
    near = [(index, one) for index, one in fitting if one.element == element or one.old == old or one.new == new]
    return near or fitting


def _is_about(change: Change, counterexample: Counterexample) -> bool:
    if change.rule in ("RNG010", "RNG011"):
        return change.subject == str(counterexample.name)
    if change.rule in ("RNG040", "RNG041") and counterexample.value is not None:
        return change.subject == _subject(counterexample) and counterexample.value in change.values
    if change.rule in ("RNG027", "RNG028"):
        return counterexample.name is None or str(counterexample.name) in change.values
    if change.rule in ("RNG070", "RNG071"):
        return change.subject.startswith("@") == counterexample.is_about_attribute
    return _subject(counterexample) in _subjects(change) or _expects(change, counterexample)


def _is_consequence(change: Change, direction: Direction, counterexample: Counterexample) -> bool:
    rules = direction.rules[Kind.VALUE_NOT_ALLOWED]
    return bool(change.consequences) and change.rule in rules and _subject(counterexample) in change.consequences


def _is_about_given(change: Change, direction: Direction, counterexample: Counterexample) -> bool:
    """Whether a change took away a value of an attribute without which there is no counterexample."""
    if change.rule not in direction.rules[Kind.VALUE_NOT_ALLOWED]:
        return False
    return any(
        change.subject == f"@{name}" and (value in change.values or not change.values)
        for name, value in counterexample.given
    )


def _subject(counterexample: Counterexample) -> str:
    if counterexample.name is None:
        return ""
    return f"@{counterexample.name}" if counterexample.is_about_attribute else str(counterexample.name)


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


def _finding_of(direction: Direction, counterexample: Counterexample) -> Finding:
    together = bool(counterexample.given) or counterexample.kind is Kind.COMBINATION
    rule = RULES[direction.together if together else direction.whole]
    old, new = direction.places(counterexample)
    message = _described(direction, counterexample)
    return Finding(
        rule, message, (counterexample.xpath,), old, new, (Impact(direction.category, counterexample.witness),)
    )


_NOT_ALLOWED = (Kind.ATTRIBUTE_NOT_ALLOWED, Kind.CHILD_NOT_ALLOWED, Kind.COMBINATION)


def _beside(counterexample: Counterexample) -> tuple[object, ...]:
    """What counterexamples have in common that are one finding: attributes and children that are not allowed beside
    the same values. Empty for other counterexamples."""
    if counterexample.kind not in _NOT_ALLOWED or counterexample.name is None or not counterexample.given:
        return ()
    return counterexample.path, counterexample.given


def _finding_of_several(direction: Direction, counterexamples: Sequence[Counterexample]) -> Finding:
    first = counterexamples[0]
    attributes = [one.name.local for one in counterexamples if one.name and one.is_about_attribute]
    children = [f"<{one.name.local}>" for one in counterexamples if one.name and not one.is_about_attribute]
    word = "attribute" if len(attributes) == 1 else "attributes"
    what = " and ".join(filter(None, (f"{word} {', '.join(attributes)}" if attributes else "", ", ".join(children))))
    given = ", ".join(f"{name.local}={value!r}" for name, value in first.given)
    were = "were" if direction is FORWARD else "are"
    message = f"{what} {were} not allowed in <{first.path[-1].local}> with {given} {direction.tail}"
    paths = tuple(one.xpath for one in counterexamples)
    impact = Impact(direction.category, first.witness)
    return Finding(RULES[direction.together], message, paths, *direction.places(first), (impact,))


def _described(direction: Direction, counterexample: Counterexample) -> str:
    name = counterexample.name.local if counterexample.name is not None else ""
    element = f"<{counterexample.path[-1].local}>" if counterexample.path else "the document"
    given = ", ".join(f"{attribute.local}={value!r}" for attribute, value in counterexample.given)
    beside = f" with {given}" if given else ""
    tail = direction.tail
    what = f"attribute {name} of {element}" if counterexample.is_about_attribute else f"the text of {element}"
    not_before = "was not allowed" if direction is FORWARD else "is not allowed"
    match counterexample.kind:
        case Kind.ROOT_NOT_ALLOWED:
            return f"<{name}> {not_before} as the root of a document {tail}"
        case Kind.ATTRIBUTE_NOT_ALLOWED:
            return f"attribute {name} {not_before} in {element}{beside} {tail}"
        case Kind.ATTRIBUTE_MISSING:
            return f"attribute {name} of {element}{beside} {_required(direction)}"
        case Kind.VALUE_NOT_ALLOWED | Kind.DATATYPE_NARROWER:
            return f"{what}{beside}: {counterexample.value!r} {not_before} {tail}"
        case Kind.TEXT_NOT_ALLOWED:
            return f"text {not_before} in {element}{beside} {tail}"
        case Kind.TEXT_REQUIRED:
            return f"text in {element}{beside} {_required(direction)}"
        case Kind.CHILD_NOT_ALLOWED:
            return f"<{name}> {not_before} in {element}{beside} {tail}"
        case Kind.CHILD_MISSING:
            wanted = " or ".join(f"<{one}>" for one in counterexample.expected) or f"<{name}>"
            return f"{wanted} in {element}{beside} {_required(direction)}"
        case Kind.CHILD_REPEATED:
            return f"more than one <{name}> {not_before} in {element}{beside} {tail}"
        case Kind.ORDER:
            return f"<{name}> {not_before} at this place in {element}{beside} {tail}"
        case Kind.COMBINATION:
            subject = f"<{name}>" if name else "what stands"
            return f"{subject} in {element}{beside} {not_before} together {tail}"


def _required(direction: Direction) -> str:
    return "is required now" if direction is BACKWARD else "was required before"


@functools.lru_cache(maxsize=1000)
def relate(old: Pattern, new: Pattern) -> Related:
    """Which of two patterns for texts allows more, by the exact comparison of elements that contain them. The answers
    are kept, since many schemas include the same definitions."""
    before, after = _form_of(old), _form_of(new)
    lost, won = compare_documents(before, after), compare_documents(after, before)
    white_space = [
        direction.category
        for direction, inclusion, sides in ((BACKWARD, lost, (before, after)), (FORWARD, won, (after, before)))
        if inclusion.verdict is Verdict.NOT_INCLUDED and allows_when_collapsed(*sides)
    ]
    texts = _some_text(lost), _some_text(won)
    return Related(_relation(lost.verdict, won.verdict), texts, tuple(white_space))


def _relation(lost: Verdict, won: Verdict) -> Relation:
    if Verdict.UNDECIDED in (lost, won):
        return Relation.UNDECIDED
    match lost, won:
        case Verdict.INCLUDED, Verdict.INCLUDED:
            return Relation.EQUAL
        case Verdict.INCLUDED, _:
            return Relation.WIDENED
        case _, Verdict.INCLUDED:
            return Relation.NARROWED
        case _:
            return Relation.CHANGED


def _some_text(inclusion: Inclusion) -> str | None:
    return next((one.value for one in inclusion.counterexamples if one.value is not None), None)


def _form_of(content: Pattern) -> SimplifiedForm:
    element = Element(Name(QName("", "value")), content)
    return SimplifiedForm(Schema(UNKNOWN_LOCATION, element, {}))
