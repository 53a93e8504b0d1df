"""The checks of single patterns: over a schema whose definitions, ``optional`` and ``zeroOrMore`` are still there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..diagnostics.locations import SourceLocation
from ..evolution.text_relations import Relation, relate
from ..relaxng.pattern import (
    Attribute,
    Choice,
    Data,
    Element,
    Empty,
    Group,
    Interleave,
    List,
    Mixed,
    OneOrMore,
    Optional,
    Pattern,
    Ref,
    Text,
    Value,
    ZeroOrMore,
    children,
)
from ..relaxng.schema import Schema
from ..relaxng.simplified_form import SimplifiedForm, walk
from .advice import Advice, Edit, Fix, advise
from .structural_alternatives import StructuralAlternatives

LEAST_DRIFTED = 5
"""Lists of fewer values differ by one of them for many reasons."""

ANY_TEXT = ("string", "token", "normalizedString", "anySimpleType")

_OPERATORS = {Optional: ("optional", "'?'"), ZeroOrMore: ("zeroOrMore", "'*'"), OneOrMore: ("oneOrMore", "'+'")}
"""The names of repetitions in XML, and in the compact syntax."""

MOST_ALTERNATIVES = 60
"""Alternatives of longer choices are not compared with each other."""


class SchemaChecks:
    """The checks of one schema."""

    def __init__(self, schema: Schema, form: SimplifiedForm) -> None:
        self._schema = schema
        self._structure = StructuralAlternatives(form)
        self._of_roots = {id(one) for one in walk(schema.start, _choices)}
        """Modules add what may be a root, each for itself."""
        self._empty: dict[str, bool] = {}
        self._with_elements: dict[str, bool] = {}

    def advice(self) -> Iterator[Advice]:
        checks: dict[type, Callable[..., Iterator[Advice]]] = {
            Interleave: self._interleave,
            Optional: self._optional,
            Choice: self._choice,
            OneOrMore: self._one_or_more,
            Data: self._data,
        }
        for pattern in self._schema.patterns():
            check = checks.get(type(pattern))
            if check is not None:
                for one in check(pattern):
                    # Fixes are edits of XML.
                    yield replace(one, fix=None) if self._is_compact(one.location) else one
        yield from self._drifted_lists()

    def _is_compact(self, place: SourceLocation) -> bool:
        return place.path in self._schema.compact_files

    def _operator(self, pattern: Pattern) -> str:
        in_xml, in_compact = _OPERATORS[type(pattern)]
        return in_compact if self._is_compact(pattern.location) else in_xml

    # What patterns allow

    def may_be_empty(self, pattern: Pattern) -> bool:
        """Whether no attribute, element or text is needed. ``text`` alone counts as needed: authors say so."""
        match pattern:
            case Empty() | Optional() | ZeroOrMore():
                return True
            case Ref():
                return self._of_define(pattern, self._empty, self.may_be_empty)
            case Group() | Interleave():
                return all(map(self.may_be_empty, pattern.patterns))
            case Choice():
                return any(map(self.may_be_empty, pattern.patterns))
            case OneOrMore() | Mixed():
                return not isinstance(pattern, Mixed) and self.may_be_empty(pattern.pattern)
            case _:
                return False

    def has_elements(self, pattern: Pattern) -> bool:
        match pattern:
            case Element():
                return True
            case Ref():
                return self._of_define(pattern, self._with_elements, self.has_elements)
            case Attribute() | Data() | Value() | List() | Text():
                return False
            case _:
                return any(map(self.has_elements, children(pattern)))

    def _of_define(self, ref: Ref, known: dict[str, bool], judge: Callable[[Pattern], bool]) -> bool:
        if ref.name not in known:
            known[ref.name] = False  # a definition that contains itself does so inside an element
            known[ref.name] = judge(self._schema.defines[ref.name].pattern)
        return known[ref.name]

    # The checks

    def _interleave(self, interleave: Interleave) -> Iterator[Advice]:
        for member in interleave.patterns:
            group, where = self._implicit_group(member)
            if group is None or not any(self.has_elements(one) for one in interleave.patterns if one is not member):
                continue
            bearing = [one for one in group.patterns if self.has_elements(one)]
            if len(bearing) > 1:
                message = f"{len(bearing)} patterns with elements {where} form a group inside an interleave"
                fix = Fix(Edit.INTERLEAVE, group.location)
                yield advise("LNT101", group.location, message, (interleave.location, "the interleave"), fix)

    def _implicit_group(self, member: Pattern) -> tuple[Group | None, str]:
        """A group that no ``group`` element says: the content of a definition, an ``optional`` or a repetition."""
        match member:
            case Ref():
                define = self._schema.defines[member.name]
                if isinstance(define.pattern, Group) and len(define.locations) == 1:
                    return define.pattern, f"of {define.name!r}"
            case Optional(pattern=Group() as group) if group.location == member.location:
                return group, "inside one optional"
            case Optional(pattern=Ref() as ref):
                return self._implicit_group(ref)
        return None, ""

    def _optional(self, optional: Optional) -> Iterator[Advice]:
        if self.may_be_empty(optional.pattern):
            which = self._operator(optional)
            message = f"this {which} has no effect: {self._what_is_empty(optional.pattern)} may already be empty"
            yield advise("LNT102", optional.location, message, fix=Fix(Edit.UNWRAP, optional.location))

    def _what_is_empty(self, pattern: Pattern) -> str:
        """The part that allows nothing, as a person would point at it."""
        match pattern:
            case Ref():
                return repr(pattern.name)
            case Choice():
                one = next((one for one in pattern.patterns if self.may_be_empty(one)), pattern)
                return f"{self._what_is_empty(one)}, one of its alternatives,"
            case Optional() | ZeroOrMore():
                return f"the {self._operator(pattern)} inside"
            case _:
                return "its content"

    def _one_or_more(self, repeated: OneOrMore) -> Iterator[Advice]:
        if self.may_be_empty(repeated.pattern):
            message = f"this {self._operator(repeated)} has no effect: its content can be empty"
            yield advise("LNT105", repeated.location, message)

    def _choice(self, choice: Choice) -> Iterator[Advice]:
        members = [(one, self._resolved(one)) for one in choice.patterns]
        values: dict[object, Value] = {}
        duplicates: set[int] = set()
        for member, _ in members:
            if isinstance(member, Value):
                key = member.datatype, member.text, member.ns
                if key in values:
                    duplicates.add(id(member))
                    related = values[key].location, "the first time"
                    fix = Fix(Edit.REMOVE, member.location)
                    yield advise("LNT104", member.location, f"the value {member.text!r} occurs twice", related, fix)
                values.setdefault(key, member)
        if id(choice) not in self._of_roots:
            yield from self._structure.advice(choice)
        texts = [(member, resolved) for member, resolved in members if self._is_text(resolved)]
        if len(texts) > MOST_ALTERNATIVES or all(isinstance(one, Value) for _, one in texts):
            return
        for member, resolved in texts:
            if id(member) not in duplicates:
                yield from self._contained(member, resolved, texts)

    def _contained(self, member: Pattern, resolved: Pattern, texts: list[tuple[Pattern, Pattern]]) -> Iterator[Advice]:
        for other, wide in texts:
            if other is member or isinstance(wide, Value) or _is_any_text(wide):
                continue
            relation = relate(resolved, wide).relation
            is_first = texts.index((other, wide)) < texts.index((member, resolved))
            if relation is Relation.WIDENED or (relation is Relation.EQUAL and is_first):
                related = other.location, "the alternative that allows all of it"
                message = f"{_named(member)} adds nothing to the choice"
                yield advise("LNT103", member.location, message, related, Fix(Edit.REMOVE, member.location))
                return

    def _resolved(self, pattern: Pattern) -> Pattern:
        seen: set[str] = set()
        while isinstance(pattern, Ref) and pattern.name not in seen:
            seen.add(pattern.name)
            pattern = self._schema.defines[pattern.name].pattern
        return pattern

    def _is_text(self, pattern: Pattern) -> bool:
        match pattern:
            case Data() | Value() | Text():
                return True
            case Choice():
                return all(isinstance(one, (Data, Value)) for one in pattern.patterns)
            case _:
                return False

    def _data(self, data: Data) -> Iterator[Advice]:
        if data.except_ is not None:
            return
        for index, param in enumerate(data.params):
            without = replace(data, params=(*data.params[:index], *data.params[index + 1 :]))
            if relate(data, without).relation is Relation.EQUAL:
                message = f"{param.name} {param.value!r} excludes nothing"
                yield advise("LNT106", param.location, message, fix=Fix(Edit.REMOVE, param.location))
                return

    def _drifted_lists(self) -> Iterator[Advice]:
        lists: dict[frozenset[str], Choice] = {}
        for pattern in self._schema.patterns():
            if isinstance(pattern, Choice) and all(isinstance(one, Value) for one in pattern.patterns):
                words = frozenset(one.text for one in pattern.patterns if isinstance(one, Value))
                if len(words) >= LEAST_DRIFTED:
                    lists.setdefault(words, pattern)
        ordered = list(lists.items())
        for index, (words, choice) in enumerate(ordered):
            for others, other in ordered[index + 1 :]:
                if len(words ^ others) == 1:
                    (word,) = words ^ others
                    which = "only the other list" if word in others else "only this list"
                    message = f"two lists of values are equal but for {word!r}, which {which} has"
                    yield advise("LNT109", choice.location, message, (other.location, "the other list"))


def _choices(pattern: Pattern) -> tuple[Pattern, ...]:
    return pattern.patterns if isinstance(pattern, Choice) else ()


def _is_any_text(pattern: Pattern) -> bool:
    """Values and datatypes beside text that may be anything are there for people: they say what is usual."""
    if isinstance(pattern, Data):
        return pattern.datatype.type in ANY_TEXT and not pattern.params and pattern.except_ is None
    return isinstance(pattern, Text)


def _named(pattern: Pattern) -> str:
    match pattern:
        case Value():
            return f"the value {pattern.text!r}"
        case Ref():
            return f"the reference to {pattern.name!r}"
        case Data():
            return f"the datatype {pattern.datatype.type}"
        case _:
            return "this alternative"
