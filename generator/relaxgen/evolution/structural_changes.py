"""The structural comparison: elements of the old and the new schema are paired by name, from the roots on, and each
difference between the two of a pair becomes a change of one rule.

It explains and does not judge: the exact comparison decides whether a change breaks documents (`document_changes`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from ..diagnostics.locations import SourceLocation
from ..relaxng.name_class import Name, NameClass, NsName, QName, classes_in, contains, describe
from ..relaxng.pattern import Attribute, Data, Element, Empty, Pattern, Text, Value
from ..relaxng.simplified_form import SimplifiedForm
from .alternatives import Alternatives
from .element_content import AttributeUse, ChildUse, Content, Contents
from .finding import OWNER
from .rules import BACKWARD, DOCUMENTS, Category
from .schema_change import Change, local_name
from .text_relations import Texts
from .value_changes import ValueChange, allowed_texts, compare_values

SIMILAR_NAMES = 0.6
"""The similarity of two names that makes a renaming likely, if their contents are too simple to decide."""

SHOWN_PAIRS = 3

LEAST_LIKENESS = 0.3
"""Alternatives that have a smaller share of their names in common are not taken for the same one."""

ANY_NAME = "*"
"""Stands in paths for elements whose names are open."""

Use = AttributeUse | ChildUse

REQUIRED_NOW, OPTIONAL_NOW = "is required now", "can be left out now"


@dataclass(frozen=True, slots=True)
class _Kind:
    """Attributes or children: where a content has them, what messages call them, and the rules about them. ``mark``
    begins their subjects."""

    mark: str
    word: str
    plural: str
    preposition: str
    uses: Callable[[Content], Mapping[QName, Use]]
    open: Callable[[Content], tuple[Attribute, ...] | tuple[Element, ...]]
    gone: str
    allowed: str
    required: str
    required_now: str
    optional_now: str
    renamed: str

    def called(self, name: QName) -> str:
        return self.word.format(name.local)

    def subject(self, name: QName | str) -> str:
        return f"{self.mark}{name}"


ATTRIBUTES = _Kind(
    mark="@",
    word="attribute {}",
    plural="attributes",
    preposition="of",
    uses=lambda content: content.attributes,
    open=lambda content: content.open_attributes,
    gone="RNG030",
    allowed="RNG031",
    required="RNG032",
    required_now="RNG033",
    optional_now="RNG034",
    renamed="RNG037",
)
CHILDREN = _Kind(
    mark="",
    word="<{}>",
    plural="elements",
    preposition="in",
    uses=lambda content: content.children,
    open=lambda content: content.open_elements,
    gone="RNG020",
    allowed="RNG021",
    required="RNG022",
    required_now="RNG023",
    optional_now="RNG024",
    renamed="RNG029",
)
KINDS = (ATTRIBUTES, CHILDREN)


@dataclass(frozen=True, slots=True)
class _Pair:
    """An element on both sides: the element patterns of its name, and their contents."""

    path: tuple[str, ...]
    name: str
    old_elements: tuple[Element, ...]
    new_elements: tuple[Element, ...]
    old: Content
    new: Content

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
        what = rule, self.path, message, self.name, subject, tuple(values), differing, categories
        places = _place(old, self.old_elements), _place(new, self.new_elements)
        return Change(*what, *places, old, new, self.old_elements, self.new_elements)


def _place(pattern: Pattern | None, elements: Sequence[Element]) -> SourceLocation | None:
    if pattern is not None:
        return pattern.location
    return elements[0].location if elements else None


class StructuralComparison:
    """``changes`` are those nearer to the root first; elements that belong together everywhere are compared once."""

    def __init__(self, old: SimplifiedForm, new: SimplifiedForm) -> None:
        self._old = Contents(old)
        self._new = Contents(new)
        self._alternatives = Alternatives(old, self._old), Alternatives(new, self._new)
        self._waiting: deque[_Pair] = deque()
        self._seen: set[tuple[frozenset[int], frozenset[int]]] = set()
        self._pairs: dict[str, list[_Pair]] = {}
        self._in_alternatives: dict[str, tuple[Change, ...]] = {}
        self.changes = tuple(self._changes(old, new))

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
        known = {(one.rule, one.subject, one.values) for one in _changes_of(pair)}
        for before, after in matched_alternatives(old, new):
            distinction = _distinction(before, after, new)
            name = f"{pair.name}{distinction}" if distinction else f"an alternative of {pair.name}"
            sides = replace(pair, old=before, new=after, name=name)
            for change in _changes_of(sides):
                if (change.rule, change.subject, change.values) not in known:
                    yield change

    def _changes(self, old: SimplifiedForm, new: SimplifiedForm) -> Iterator[Change]:
        roots = _Pair((), "", (), (), self._old.of_pattern(old.start), self._new.of_pattern(new.start))
        yield from _root_changes(roots)
        self._follow(roots)
        while self._waiting:
            pair = self._waiting.popleft()
            self._pairs.setdefault(pair.path[-1], []).append(pair)
            changes = list(_changes_of(pair))
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


def _changes_of(pair: _Pair) -> Iterator[Change]:
    if not (pair.old.possible and pair.new.possible):
        return
    moved = _Moved(pair)
    yield from moved.changes
    for kind in KINDS:
        yield from _changed_uses(pair, kind, moved.names[kind])
    yield from _order_changes(pair)
    for kind in KINDS:
        yield from _changed_names(pair, kind)
    yield from _text_changes(pair)


def _changed_uses(pair: _Pair, kind: _Kind, moved: Collection[QName]) -> Iterator[Change]:
    """The attributes or children that came, went or changed; those of `moved` are accounted for."""
    before, after = kind.uses(pair.old), kind.uses(pair.new)
    for name, use in before.items():
        if name in after:
            yield from _changed_use(pair, kind, name, use, after[name])
        elif name not in moved and not _matches(kind.open(pair.new), name):
            message = f"{kind.called(name)} is not allowed in {OWNER} any more"
            categories = DOCUMENTS if use.cardinality.required else BACKWARD  # no old program misses what was optional
            yield pair.change(kind.gone, message, kind.subject(name), old=use.patterns[0], categories=categories)
    for name, use in after.items():
        if not (name in before or name in moved or _matches(kind.open(pair.old), name)):
            rule, word = (kind.required, "required") if use.cardinality.required else (kind.allowed, "allowed")
            message = f"{kind.called(name)} is {word} in {OWNER} now"
            yield pair.change(rule, message, kind.subject(name), new=use.patterns[0])


def _changed_use(pair: _Pair, kind: _Kind, name: QName, before: Use, after: Use) -> Iterator[Change]:
    old, new = before.patterns[0], after.patterns[0]
    was, now = before.cardinality, after.cardinality
    subject, step = f"{kind.called(name)} {kind.preposition} {OWNER}", kind.subject(name)
    if was.required != now.required:
        rule, words = (kind.required_now, REQUIRED_NOW) if now.required else (kind.optional_now, OPTIONAL_NOW)
        yield pair.change(rule, f"{subject} {words}", step, old=old, new=new)
    if now.many and not was.many:
        yield pair.change("RNG025", f"{subject} can occur more than once now", step, old=old, new=new)
    if was.many and not now.many:
        yield pair.change("RNG026", f"{subject} can no longer occur more than once", step, old=old, new=new)
    if kind is ATTRIBUTES:
        patterns = [one.pattern for one in before.patterns], [one.pattern for one in after.patterns]
        for change in compare_values(*patterns):
            yield _of_values(pair, change, subject, step, old, new)


def _text_changes(pair: _Pair) -> Iterator[Change]:
    old, new = pair.old.texts, pair.new.texts
    if old and not new:
        yield pair.change("RNG080", f"text is not allowed in {OWNER} any more", old=old[0])
    elif new and not old:
        yield pair.change("RNG081", f"text is allowed in {OWNER} now", new=new[0])
    elif old and new:
        if pair.old.text_required != pair.new.text_required:
            rule, words = ("RNG082", REQUIRED_NOW) if pair.new.text_required else ("RNG083", OPTIONAL_NOW)
            yield pair.change(rule, f"text in {OWNER} {words}", old=old[0], new=new[0])
        for change in compare_values(old, new):
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
    likeness = {(i, j): _likeness(before, after) for i, before in enumerate(gone) for j, after in enumerate(come)}
    taken: dict[int, int] = {}
    for i, j in sorted(likeness, key=likeness.__getitem__, reverse=True):
        if likeness[i, j] >= LEAST_LIKENESS and i not in taken and j not in taken.values():
            taken[i] = j
    return [(gone[i], come[j]) for i, j in sorted(taken.items())]


def _likeness(one: Content, other: Content) -> float:
    """The share of names, and of values that decide between alternatives, that two contents have in common."""
    left, right = _features(one), _features(other)
    return len(left & right) / max(1, len(left | right))


def _features(content: Content) -> set[object]:
    return {*_subjects(content), *_decided(content).items()}


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
    for kind in KINDS:
        for name, use in kind.uses(after).items():
            is_in_others = any(name in kind.uses(one) for one in others)
            if use.cardinality.required and name in kind.uses(before) and not is_in_others:
                return f" with {kind.called(name)}"
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
    return [kind.subject(name) for kind in KINDS for name in kind.uses(content)]


def _of_values(pair: _Pair, change: ValueChange, subject: str, step: str, old: Pattern, new: Pattern) -> Change:
    places = change.old or old, change.new or new
    message = f"{subject} {change.text}"
    made = pair.change(change.rule, message, step, change.values, *places, change.differing, change.categories)
    return replace(made, detail=change.detail, white_space=change.white_space)


def _root_changes(roots: _Pair) -> Iterator[Change]:
    before, after = roots.old.children, roots.new.children
    gone, come = _missing(before, after), _missing(after, before)
    moved = {old: new for old in gone for new in come if old.local == new.local}
    for old, new in moved.items():
        message = f"<{old.local}> was in {_namespace(old)}, and is in {_namespace(new)} now"
        places = before[old].patterns[0], after[new].patterns[0]
        yield roots.change("RNG072", message, str(old), (str(old), str(new)), *places)
    for name, use in gone.items():
        if name not in moved:
            message = f"<{name.local}> cannot be the root of a document any more"
            yield roots.change("RNG010", message, str(name), old=use.patterns[0])
    for name, use in come.items():
        if name not in moved.values():
            message = f"<{name.local}> can be the root of a document now"
            yield roots.change("RNG011", message, str(name), new=use.patterns[0])


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


def _changed_names(pair: _Pair, kind: _Kind) -> Iterator[Change]:
    """Name classes are distinguished by the names that they mention, and by one name of each other kind."""
    old, new = kind.open(pair.old), kind.open(pair.new)
    before, after = (tuple(dict.fromkeys(one.name for one in patterns)) for patterns in (old, new))
    names = {QName(UNUSED, UNUSED)}.union(*map(_representatives, (*before, *after)))
    known, known_now = kind.uses(pair.old), kind.uses(pair.new)
    lost = any(_any(before, name) and not _any(after, name) and name not in known_now for name in names)
    won = any(_any(after, name) and not _any(before, name) and name not in known for name in names)
    message = f"{kind.plural} of other names in {OWNER}: {_described(before)} before, {_described(after)} now"
    for rule, is_so in (("RNG070", lost), ("RNG071", won)):
        if is_so:
            places = old[0] if old else None, new[0] if new else None
            yield pair.change(rule, message, kind.subject(ANY_NAME), (), *places)


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

    ``names`` are those that the guesses account for.
    """

    def __init__(self, pair: _Pair) -> None:
        self._pair = pair
        self._gone = {kind: _missing(kind.uses(pair.old), kind.uses(pair.new)) for kind in KINDS}
        self._come = {kind: _missing(kind.uses(pair.new), kind.uses(pair.old)) for kind in KINDS}
        self.names: Mapping[_Kind, set[QName]] = {kind: set() for kind in KINDS}
        self.changes = list(self._guesses())

    def _guesses(self) -> Iterator[Change]:
        for kind in KINDS:
            yield from self._other_namespaces(kind)
        yield from self._other_kinds(self._gone[ATTRIBUTES], self._come[CHILDREN], became_element=True)
        yield from self._other_kinds(self._come[ATTRIBUTES], self._gone[CHILDREN], became_element=False)
        for kind in KINDS:
            yield from self._renamed(kind)

    def _other_namespaces(self, kind: _Kind) -> Iterator[Change]:
        for old, old_use in self._gone[kind].items():
            for new, new_use in self._come[kind].items():
                if old.local == new.local:
                    self.names[kind].update((old, new))
                    spaces = f"was in {_namespace(old)}, and is in {_namespace(new)} now"
                    message = f"{kind.called(old)} in {OWNER} {spaces}"
                    yield self._change("RNG072", message, kind, old, new, old_use, new_use)

    def _other_kinds(
        self, attributes: Mapping[QName, Use], children: Mapping[QName, Use], *, became_element: bool
    ) -> Iterator[Change]:
        for name, attribute in attributes.items():
            child = children.get(name)
            if child is None or any(name in names for names in self.names.values()):
                continue
            for names in self.names.values():
                names.add(name)
            if became_element:
                message = f"{name.local} in {OWNER} was an attribute, and is an element now"
                yield self._change("RNG035", message, ATTRIBUTES, name, name, attribute, child)
            else:
                message = f"{name.local} in {OWNER} was an element, and is an attribute now"
                yield self._change("RNG036", message, CHILDREN, name, name, child, attribute)

    def _renamed(self, kind: _Kind) -> Iterator[Change]:
        """Only where neither has another candidate."""
        gone, come = self._gone[kind], self._come[kind]
        for old, use in gone.items():
            likely = [new for new in come if _may_be_renamed(old, use, new, come[new])]
            if len(likely) != 1 or {old, *likely} & self.names[kind]:
                continue
            (new,) = likely
            if not any(_may_be_renamed(one, gone[one], new, come[new]) for one in gone if one != old):
                self.names[kind].update((old, new))
                now = new.local if kind is ATTRIBUTES else kind.called(new)
                message = f"{kind.called(old)} in {OWNER} seems to be called {now} now"
                yield self._change(kind.renamed, message, kind, old, new, use, come[new])

    def _change(
        self, rule: str, message: str, kind: _Kind, old: QName, new: QName, old_use: Use, new_use: Use
    ) -> Change:
        places = old_use.patterns[0], new_use.patterns[0]
        return self._pair.change(rule, message, kind.subject(old), (str(old), str(new)), *places)


def _missing(here: Mapping[QName, Use], there: Mapping[QName, Use]) -> dict[QName, Use]:
    return {name: use for name, use in here.items() if name not in there}


def _may_be_renamed(old: QName, old_use: Use, new: QName, new_use: Use) -> bool:
    """The same content and cardinality; where the content is what much else has, similar names, too."""
    if old.namespace != new.namespace or old_use.cardinality != new_use.cardinality:
        return False
    before, after = old_use.patterns[0].pattern, new_use.patterns[0].pattern
    if before != after:
        return False
    plain = isinstance(before, (Empty, Text, Data))
    return not plain or SequenceMatcher(None, old.local, new.local).ratio() >= SIMILAR_NAMES


def _namespace(name: QName) -> str:
    return f"the namespace {name.namespace}" if name.namespace else "no namespace"
