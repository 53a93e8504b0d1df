"""The structural comparison: elements of the old and the new schema are paired by name, from the roots on, and each
difference between the two of a pair becomes a change of one rule.

It explains and does not judge: the exact comparison decides whether a change breaks documents (`document_changes`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TypedDict, TypeVar

from ..binding.cardinality import Cardinality
from ..diagnostics.locations import SourceLocation
from ..relaxng.name_class import Name, NameClass, NsName, QName, classes_in, contains, describe
from ..relaxng.pattern import Attribute, Data, Element, Empty, Pattern, Text, Value
from ..relaxng.simplified_form import SimplifiedForm
from .alternatives import Alternatives
from .element_content import AttributeUse, ChildUse, Content, Contents, name_classes
from .finding import OWNER
from .rules import BACKWARD, DOCUMENTS, Category
from .schema_change import Change, local_name
from .value_changes import Relate, Texts, ValueChange, allowed_texts, compare_values, location_of

SIMILAR_NAMES = 0.6
"""The similarity of two names that makes a renaming likely, if their contents are too simple to decide."""

SHOWN_PAIRS = 3

LEAST_LIKENESS = 0.3
"""Alternatives that have a smaller share of their names in common are not taken for the same one."""

ANY_NAME = "*"
"""Stands in paths for elements whose names are open."""

Use = AttributeUse | ChildUse
AnyUse = TypeVar("AnyUse", AttributeUse, ChildUse)


class _Places(TypedDict):
    old: Pattern | None
    new: Pattern | None


@dataclass(frozen=True, slots=True)
class _Pair:
    """An element on both sides: the element patterns of its name, and their contents."""

    path: tuple[str, ...]
    name: str
    old_elements: tuple[Element, ...]
    new_elements: tuple[Element, ...]
    old: Content
    new: Content

    @property
    def old_place(self) -> SourceLocation | None:
        return self.old_elements[0].location if self.old_elements else None

    @property
    def new_place(self) -> SourceLocation | None:
        return self.new_elements[0].location if self.new_elements else None

    def change(
        self,
        rule: str,
        message: str,
        subject: str = "",
        values: Iterable[str] = (),
        old: Pattern | None = None,
        new: Pattern | None = None,
        differing: Texts = (None, None),
        categories: tuple[Category, ...] = DOCUMENTS,
    ) -> Change:
        """Where the subject is on one side only, the place on the other side is the element's."""
        return Change(
            rule,
            self.path,
            message,
            self.name,
            subject,
            tuple(values),
            differing,
            categories,
            location_of(old) or self.old_place,
            location_of(new) or self.new_place,
            old,
            new,
            self.old_elements,
            self.new_elements,
        )


class StructuralComparison:
    """``changes`` are those nearer to the root first; elements that belong together everywhere are compared once."""

    def __init__(self, old: SimplifiedForm, new: SimplifiedForm, relate: Relate) -> None:
        self._old = Contents(old)
        self._new = Contents(new)
        self._alternatives = Alternatives(old, self._old), Alternatives(new, self._new)
        self._relate = relate
        self._waiting: deque[_Pair] = deque()
        self._seen: set[tuple[frozenset[int], frozenset[int]]] = set()
        self._pairs: dict[str, list[_Pair]] = {}
        self._in_alternatives: dict[str, tuple[Change, ...]] = {}
        self.changes = tuple(self._changes())

    def changes_in_alternatives(self, name: str) -> tuple[Change, ...]:
        """The changes in single alternatives of the contents of elements called `name`, where `changes` sees only all
        alternatives together: a value that is no longer allowed beside an ``id``, but still is without it."""
        found = self._in_alternatives.get(name)
        if found is None:
            several = (one for pair in self._pairs.get(name, ()) for one in self._of_alternatives(pair))
            found = self._in_alternatives[name] = tuple(dict.fromkeys(several))
        return found

    def varying(self, path: tuple[str, ...]) -> frozenset[str]:
        """The subjects in an element that depend on the alternatives of its content, before or now. Elements that
        belong together everywhere have one path of several."""
        old, new = self._alternatives
        sides = ((old.varying(one.old_elements), new.varying(one.new_elements)) for one in self._pairs_at(path))
        return frozenset(name for each in sides for names in each for name in names)

    def deciding(self, path: tuple[str, ...]) -> frozenset[str]:
        """The attributes among them that have lists of values."""
        pairs = self._pairs_at(path)
        return frozenset(name for name in self.varying(path) if any(_lists_values(pair, name) for pair in pairs))

    def _pairs_at(self, path: tuple[str, ...]) -> list[_Pair]:
        pairs = self._pairs.get(path[-1], []) if path else []
        return [pair for pair in pairs if pair.path == path] or pairs

    def _of_alternatives(self, pair: _Pair) -> Iterator[Change]:
        old, new = self._old.branches_of(pair.old_elements), self._new.branches_of(pair.new_elements)
        if len(old) < 2 and len(new) < 2:
            return
        known = {(one.rule, one.subject, one.values) for one in self._changes_of(pair)}
        for before, after in matched_alternatives(old, new):
            distinction = _distinction(before, after, new)
            name = f"{pair.name}{distinction}" if distinction else f"an alternative of {pair.name}"
            sides = replace(pair, old=before, new=after, name=name)
            for change in self._changes_of(sides):
                if (change.rule, change.subject, change.values) not in known:
                    yield change

    def _changes(self) -> Iterator[Change]:
        roots = _Pair((), "", (), (), self._old.of_start(), self._new.of_start())
        yield from _root_changes(roots)
        self._follow(roots)
        while self._waiting:
            pair = self._waiting.popleft()
            self._pairs.setdefault(pair.path[-1], []).append(pair)
            changes = list(self._changes_of(pair))
            if any(one.rule in CONSEQUENCES for one in changes):
                alternatives = self._old.branches_of(pair.old_elements), self._new.branches_of(pair.new_elements)
                changes = without_consequences(changes, *alternatives)
            yield from changes
            self._follow(pair)

    def _follow(self, pair: _Pair) -> None:
        for name, old in pair.old.children.items():
            new = pair.new.children.get(name)
            if new is not None:
                self._add(pair, str(name), f"<{name.local}>", old.patterns, new.patterns)
        if pair.old.open_elements and pair.new.open_elements:
            self._add(pair, ANY_NAME, "elements of other names", pair.old.open_elements, pair.new.open_elements)

    def _add(self, parent: _Pair, step: str, name: str, old: tuple[Element, ...], new: tuple[Element, ...]) -> None:
        key = frozenset(map(id, old)), frozenset(map(id, new))
        if key not in self._seen:
            self._seen.add(key)
            contents = self._old.of_elements(old), self._new.of_elements(new)
            self._waiting.append(_Pair((*parent.path, step), name, old, new, *contents))

    def _changes_of(self, pair: _Pair) -> Iterator[Change]:
        if not (pair.old.possible and pair.new.possible):
            return
        moved = _Moved(pair)
        yield from moved.changes()
        yield from self._attribute_changes(pair, moved)
        yield from _child_changes(pair, moved)
        yield from _order_changes(pair)
        yield from _wildcard_changes(pair)
        yield from self._text_changes(pair)

    def _attribute_changes(self, pair: _Pair, moved: _Moved) -> Iterator[Change]:
        for name, use in pair.old.attributes.items():
            now = pair.new.attributes.get(name)
            if now is not None:
                yield from self._attribute_change(pair, name, use, now)
            elif name not in moved.attributes and not _matches(pair.new.open_attributes, name):
                message = f"attribute {name.local} is not allowed in {OWNER} any more"
                yield pair.change("RNG030", message, f"@{name}", old=use.patterns[0], categories=_removal(use))
        for name, use in pair.new.attributes.items():
            if name in pair.old.attributes or name in moved.attributes or _matches(pair.old.open_attributes, name):
                continue
            required = use.cardinality.required
            message = f"attribute {name.local} is {'required' if required else 'allowed'} in {OWNER} now"
            yield pair.change("RNG032" if required else "RNG031", message, f"@{name}", new=use.patterns[0])

    def _attribute_change(self, pair: _Pair, name: QName, old: AttributeUse, new: AttributeUse) -> Iterator[Change]:
        subject = f"attribute {name.local} of {OWNER}"
        rule = _requirement(old.cardinality, new.cardinality, "RNG033", "RNG034")
        if rule:
            message = f"{subject} {REQUIREMENT_WORDS[rule]}"
            yield pair.change(rule, message, f"@{name}", old=old.patterns[0], new=new.patterns[0])
        patterns = [one.pattern for one in old.patterns], [one.pattern for one in new.patterns]
        for change in compare_values(*patterns, self._relate):
            yield _of_values(pair, change, subject, f"@{name}", old.patterns[0], new.patterns[0])

    def _text_changes(self, pair: _Pair) -> Iterator[Change]:
        old, new = pair.old.texts, pair.new.texts
        if old and not new:
            yield pair.change("RNG080", f"text is not allowed in {OWNER} any more", old=old[0])
        elif new and not old:
            yield pair.change("RNG081", f"text is allowed in {OWNER} now", new=new[0])
        elif old and new:
            if pair.old.text_required != pair.new.text_required:
                rule = "RNG082" if pair.new.text_required else "RNG083"
                yield pair.change(rule, f"text in {OWNER} {REQUIREMENT_WORDS[rule]}", old=old[0], new=new[0])
            for change in compare_values(old, new, self._relate):
                yield _of_values(pair, change, f"the text of {OWNER}", "", old[0], new[0])


def _lists_values(pair: _Pair, subject: str) -> bool:
    uses = (use for side in (pair.old, pair.new) for name, use in side.attributes.items() if f"@{name}" == subject)
    return any(allowed_texts(one.pattern for one in use.patterns).values for use in uses)


def matched_alternatives(old: Sequence[Content], new: Sequence[Content]) -> list[tuple[Content, Content]]:
    """Pairs of alternatives that differ and are most alike; alternatives that both sides have are left out. Nothing
    where their number changed: what one alternative lost, another one may have got."""
    gone = [one for one in old if one not in new]
    come = [one for one in new if one not in old]
    if len(gone) != len(come):
        return []
    ranked = sorted(
        ((_likeness(before, after), -i, -j) for i, before in enumerate(gone) for j, after in enumerate(come)),
        reverse=True,
    )
    taken: dict[int, int] = {}
    for likeness, i, j in ranked:
        if likeness >= LEAST_LIKENESS and -i not in taken and -j not in taken.values():
            taken[-i] = -j
    return [(gone[i], come[j]) for i, j in sorted(taken.items())]


def _likeness(one: Content, other: Content) -> float:
    """The share of names, and of values that decide between alternatives, that two contents have in common."""
    left, right = _features(one), _features(other)
    return len(left & right) / max(1, len(left | right))


def _features(content: Content) -> set[object]:
    return {
        *content.children,
        *(f"@{name}" for name in content.attributes),
        *(item for item in _decided(content).items()),
    }


def _decided(content: Content) -> dict[QName, str]:
    """The attributes that have one literal value in an alternative."""
    return {
        name: use.patterns[0].pattern.text
        for name, use in content.attributes.items()
        if len(use.patterns) == 1 and isinstance(use.patterns[0].pattern, Value)
    }


def _distinction(before: Content, after: Content, alternatives: Sequence[Content]) -> str:
    """What distinguishes an alternative from the others, now and before: « with type='pci'», « with attribute id»."""
    others = [one for one in alternatives if one != after]
    for name, text in _decided(after).items():
        if _decided(before).get(name) == text and all(_decided(one).get(name) != text for one in others):
            return f" with {name.local}={text!r}"
    kinds: tuple[tuple[str, Callable[[Content], Mapping[QName, Use]]], ...] = (
        ("attribute {}", lambda one: one.attributes),
        ("<{}>", lambda one: one.children),
    )
    for word, uses in kinds:
        for name, use in uses(after).items():
            if use.cardinality.required and name in uses(before) and not any(name in uses(one) for one in others):
                return f" with {word.format(name.local)}"
    return ""


CONSEQUENCES: Mapping[str, tuple[str, ...]] = {
    "RNG040": ("RNG020", "RNG030"),
    "RNG041": ("RNG021", "RNG022", "RNG031", "RNG032"),
}
"""What may follow from a value that is gone or new, where the value decides about the rest of the content."""


def without_consequences(changes: Sequence[Change], old: Sequence[Content], new: Sequence[Content]) -> list[Change]:
    """The changes of an element without those that follow from others: where a deciding value is gone or new, so are
    the names that only its alternatives have. `old` and `new` are the alternatives of the content."""
    made = [
        _with_consequences(one, old if one.rule == "RNG040" else new) if one.rule in CONSEQUENCES else one
        for one in changes
    ]
    following = {(rule, name) for one in made for name in one.consequences for rule in CONSEQUENCES[one.rule]}
    return [one for one in made if (one.rule, one.subject) not in following]


def _with_consequences(change: Change, alternatives: Sequence[Content]) -> Change:
    def is_decided(content: Content) -> bool:
        return any(f"@{name}" == change.subject and text in change.values for name, text in _decided(content).items())

    concerned = [one for one in alternatives if is_decided(one)]
    others = {name for one in alternatives if not is_decided(one) for name in _subjects(one)}
    names = tuple(dict.fromkeys(name for one in concerned for name in _subjects(one) if name not in others))
    if not names or len(concerned) == len(alternatives):
        return change
    shown = ", ".join(name[1:] if name.startswith("@") else f"<{name}>" for name in map(local_name, names))
    return replace(change, consequences=names, detail=f"with {shown}")


def _subjects(content: Content) -> list[str]:
    return [*(f"@{name}" for name in content.attributes), *map(str, content.children)]


REQUIREMENT_WORDS = {
    "RNG023": "is required now",
    "RNG024": "can be left out now",
    "RNG033": "is required now",
    "RNG034": "can be left out now",
    "RNG082": "is required now",
    "RNG083": "can be left out now",
}


def _removal(use: Use) -> tuple[Category, ...]:
    """What was optional is missed by no old program."""
    return DOCUMENTS if use.cardinality.required else BACKWARD


def _of_values(pair: _Pair, change: ValueChange, subject: str, step: str, old: Pattern, new: Pattern) -> Change:
    places = change.old or old, change.new or new
    message = f"{subject} {change.text}"
    made = pair.change(change.rule, message, step, change.values, *places, change.differing, change.categories)
    return replace(made, detail=change.detail, white_space=change.white_space)


def _requirement(old: Cardinality, new: Cardinality, became_required: str, became_optional: str) -> str:
    if old.required == new.required:
        return ""
    return became_required if new.required else became_optional


def _root_changes(roots: _Pair) -> Iterator[Change]:
    gone, come = _missing(roots.old.children, roots.new.children), _missing(roots.new.children, roots.old.children)
    moved = {old: new for old in gone for new in come if old.local == new.local}
    for before, now in moved.items():
        old, new = gone[before].patterns[0], come[now].patterns[0]
        message = f"<{before.local}> was in {_namespace(before)}, and is in {_namespace(now)} now"
        names, places = (str(before), str(now)), (old.location, new.location)
        yield Change("RNG072", (), message, "", str(before), names, (None, None), DOCUMENTS, *places, old, new)
    for name, use in roots.old.children.items():
        if name not in roots.new.children and name not in moved:
            message = f"<{name.local}> cannot be the root of a document any more"
            element = use.patterns[0]
            yield Change("RNG010", (), message, subject=str(name), old=element.location, old_pattern=element)
    for name, use in roots.new.children.items():
        if name not in roots.old.children and name not in moved.values():
            element = use.patterns[0]
            message = f"<{name.local}> can be the root of a document now"
            yield Change("RNG011", (), message, subject=str(name), new=element.location, new_pattern=element)


def _child_changes(pair: _Pair, moved: _Moved) -> Iterator[Change]:
    for name, use in pair.old.children.items():
        now = pair.new.children.get(name)
        if now is not None:
            yield from _child_change(pair, name, use, now)
        elif name not in moved.children and not _matches(pair.new.open_elements, name):
            message = f"<{name.local}> is not allowed in {OWNER} any more"
            yield pair.change("RNG020", message, str(name), old=use.patterns[0], categories=_removal(use))
    for name, use in pair.new.children.items():
        if name in pair.old.children or name in moved.children or _matches(pair.old.open_elements, name):
            continue
        required = use.cardinality.required
        message = f"<{name.local}> is {'required' if required else 'allowed'} in {OWNER} now"
        yield pair.change("RNG022" if required else "RNG021", message, str(name), new=use.patterns[0])


def _child_change(pair: _Pair, name: QName, old: ChildUse, new: ChildUse) -> Iterator[Change]:
    places: _Places = {"old": old.patterns[0], "new": new.patterns[0]}
    subject = f"<{name.local}> in {OWNER}"
    rule = _requirement(old.cardinality, new.cardinality, "RNG023", "RNG024")
    if rule:
        yield pair.change(rule, f"{subject} {REQUIREMENT_WORDS[rule]}", str(name), **places)
    if new.cardinality.many and not old.cardinality.many:
        yield pair.change("RNG025", f"{subject} can occur more than once now", str(name), **places)
    if old.cardinality.many and not new.cardinality.many:
        yield pair.change("RNG026", f"{subject} can no longer occur more than once", str(name), **places)


def _order_changes(pair: _Pair) -> Iterator[Change]:
    for rule, ordered, other, words in (
        ("RNG027", pair.new.ordered, pair.old.ordered, "must come before"),
        ("RNG028", pair.old.ordered, pair.new.ordered, "need not come before"),
    ):
        pairs = sorted(two for two in ordered - other if _on_both_sides(pair, two))
        if pairs:
            said = [f"<{first.local}> {words} <{second.local}>" for first, second in pairs[:SHOWN_PAIRS]]
            said += [f"and {len(pairs) - SHOWN_PAIRS} more pairs"] if len(pairs) > SHOWN_PAIRS else []
            names = dict.fromkeys(str(name) for two in pairs for name in two)
            made = pair.change(rule, f"in {OWNER} {', '.join(said)}", "", names)
            yield replace(made, order=tuple((str(first), str(second)) for first, second in pairs))


def _on_both_sides(pair: _Pair, names: tuple[QName, QName]) -> bool:
    return all(name in pair.old.children and name in pair.new.children for name in names)


def _wildcard_changes(pair: _Pair) -> Iterator[Change]:
    yield from _names_changed(pair, "attributes", pair.old.open_attributes, pair.new.open_attributes)
    yield from _names_changed(pair, "elements", pair.old.open_elements, pair.new.open_elements)


def _names_changed(
    pair: _Pair,
    kind: str,
    old: tuple[Attribute, ...] | tuple[Element, ...],
    new: tuple[Attribute, ...] | tuple[Element, ...],
) -> Iterator[Change]:
    """Name classes are distinguished by the names that they mention, and by one name of each other kind."""
    before, after = name_classes(old), name_classes(new)
    names = {QName(UNUSED, UNUSED)}.union(*map(_representatives, (*before, *after)))
    subject = f"@{ANY_NAME}" if kind == "attributes" else ANY_NAME
    known = set(pair.old.attributes) if kind == "attributes" else set(pair.old.children)
    known_now = set(pair.new.attributes) if kind == "attributes" else set(pair.new.children)
    lost = {name for name in names if _any(before, name) and not _any(after, name) and name not in known_now}
    won = {name for name in names if _any(after, name) and not _any(before, name) and name not in known}
    places: _Places = {"old": old[0] if old else None, "new": new[0] if new else None}
    now = f"{kind} of other names in {OWNER}: {_described(before)} before, {_described(after)} now"
    if lost:
        yield pair.change("RNG070", now, subject, **places)
    if won:
        yield pair.change("RNG071", now, subject, **places)


def _described(classes: Iterable[NameClass]) -> str:
    return " | ".join(map(describe, classes)) or "none"


def _any(classes: Iterable[NameClass], name: QName) -> bool:
    return any(contains(name_class, name) for name_class in classes)


def _matches(patterns: Iterable[Attribute] | Iterable[Element], name: QName) -> bool:
    return any(contains(pattern.name, name) for pattern in patterns)


UNUSED = "\N{MIDDLE DOT}"
"""No name of XML begins with it, so no schema can mention such a name or namespace."""


def _representatives(name_class: NameClass) -> Iterator[QName]:
    for one in classes_in(name_class):
        match one:
            case Name():
                yield one.name
                yield QName(one.name.namespace, UNUSED)
            case NsName():
                yield QName(one.namespace, UNUSED)


class _Moved:
    """Guesses: what is gone on one side and new on the other may be the same thing under another name.

    ``attributes`` and ``children`` are the names that the guesses account for.
    """

    def __init__(self, pair: _Pair) -> None:
        self._pair = pair
        self.attributes: set[QName] = set()
        self.children: set[QName] = set()
        self._found = list(self._guesses())

    def changes(self) -> list[Change]:
        return self._found

    def _guesses(self) -> Iterator[Change]:
        old, new = self._pair.old, self._pair.new
        gone, come = _missing(old.attributes, new.attributes), _missing(new.attributes, old.attributes)
        children_gone, children_come = _missing(old.children, new.children), _missing(new.children, old.children)
        yield from self._other_namespaces(gone, come, self.attributes, "@")
        yield from self._other_namespaces(children_gone, children_come, self.children, "")
        yield from self._other_kinds(gone, children_come, "RNG035")
        yield from self._other_kinds(come, children_gone, "RNG036")
        yield from self._renamed(gone, come, self.attributes, "RNG037", "@")
        yield from self._renamed(children_gone, children_come, self.children, "RNG029", "")

    def _other_namespaces(
        self, gone: dict[QName, Use], come: dict[QName, Use], accounted: set[QName], mark: str
    ) -> Iterator[Change]:
        for old, old_use in gone.items():
            for new, new_use in come.items():
                if old.local == new.local:
                    accounted.update((old, new))
                    what = f"attribute {old.local}" if mark else f"<{old.local}>"
                    message = f"{what} in {OWNER} was in {_namespace(old)}, and is in {_namespace(new)} now"
                    yield self._change("RNG072", message, mark, old, new, old_use, new_use)

    def _other_kinds(self, attributes: dict[QName, Use], children: dict[QName, Use], rule: str) -> Iterator[Change]:
        for name, attribute in attributes.items():
            child = children.get(name)
            if child is None or name in self.attributes or name in self.children:
                continue
            self.attributes.add(name)
            self.children.add(name)
            became_element = rule == "RNG035"
            kinds = ("attribute", "element") if became_element else ("element", "attribute")
            message = f"{name.local} in {OWNER} was an {kinds[0]}, and is an {kinds[1]} now"
            old, new = (attribute, child) if became_element else (child, attribute)
            yield self._change(rule, message, "@" if became_element else "", name, name, old, new)

    def _renamed(
        self, gone: dict[QName, Use], come: dict[QName, Use], accounted: set[QName], rule: str, mark: str
    ) -> Iterator[Change]:
        for old, old_use in gone.items():
            likely = [new for new in come if _may_be_renamed(old, old_use, new, come[new])]
            rivals = [
                other for other in gone if likely and _may_be_renamed(other, gone[other], likely[0], come[likely[0]])
            ]
            if len(likely) != 1 or len(rivals) != 1 or {old, likely[0]} & accounted:
                continue
            new = likely[0]
            accounted.update((old, new))
            names = (f"attribute {old.local}", new.local) if mark else (f"<{old.local}>", f"<{new.local}>")
            message = f"{names[0]} in {OWNER} seems to be called {names[1]} now"
            yield self._change(rule, message, mark, old, new, old_use, come[new])

    def _change(self, rule: str, message: str, mark: str, old: QName, new: QName, old_use: Use, new_use: Use) -> Change:
        places: _Places = {"old": _first_pattern(old_use), "new": _first_pattern(new_use)}
        return self._pair.change(rule, message, f"{mark}{old}", (str(old), str(new)), **places)


def _missing(here: Mapping[QName, AnyUse], there: Mapping[QName, AnyUse]) -> dict[QName, Use]:
    return {name: use for name, use in here.items() if name not in there}


def _may_be_renamed(old: QName, old_use: Use, new: QName, new_use: Use) -> bool:
    """The same content and cardinality; where the content is what much else has, similar names, too."""
    if old.namespace != new.namespace or old_use.cardinality != new_use.cardinality:
        return False
    before, after = _first_pattern(old_use).pattern, _first_pattern(new_use).pattern
    if before != after:
        return False
    plain = isinstance(before, (Empty, Text, Data))
    return not plain or SequenceMatcher(None, old.local, new.local).ratio() >= SIMILAR_NAMES


def _first_pattern(use: Use) -> Attribute | Element:
    return use.patterns[0]


def _namespace(name: QName) -> str:
    return f"the namespace {name.namespace}" if name.namespace else "no namespace"
