"""Builds the fields of a class: attributes, text, children, open content. Parsing and formatting share this order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import takewhile

from ..diagnostics.errors import Diagnostics
from ..diagnostics.locations import UNKNOWN_LOCATION, Position
from ..relaxng.name_class import QName
from ..relaxng.pattern import Attribute, Element
from .annotations import AS, DEFAULT_VALUE, DOCUMENTATION, ENUM, ENUM_NAME, IMPLIED, SINCE, WHEN, WRITTEN, note_of
from .attribute_groups import attribute_holders
from .bindings_file import Note, wrong_field_name
from .cardinality import MANY, ONE, OPTIONAL
from .child_order import schema_order
from .class_drafts import ClassDrafts
from .class_keys import Body, ClassKey, FieldPlace
from .class_names import ClassNames
from .content_names import ContentKind, defines_of_kinds, kind_of_items
from .contents import OPEN, Alternatives, AttributeUse, ChildUse, Contents, TextUse
from .conversion import read_conversion
from .enum_names import Owner
from .enumerations import Enumerations, EnumNotes
from .given_names import GivenNames
from .implied import ImpliedNote, with_implied_values
from .model import ClassReference, FieldKind, FieldModel, Item
from .naming import field_name, plural, spelled_name
from .values import ConvertedType, LiteralType, ValueType, accepts_empty, converted

_SEPARATOR = re.compile("[.-]")


class FieldBuilder:
    def __init__(
        self,
        drafts: ClassDrafts,
        names: ClassNames,
        enumerations: Enumerations,
        prefixes: Mapping[str, str],
        defines: Mapping[Position, str],
        prefix: str,
        diagnostics: Diagnostics,
    ) -> None:
        self._drafts = drafts
        self._notes = drafts.notes
        self._diagnostics = diagnostics
        self._names = names
        self._enumerations = enumerations
        self._prefixes = prefixes
        self._defines = defines
        self._prefix = prefix
        self._holders = attribute_holders(drafts.table)

    def build(
        self, body: Body, contents: Contents, owner: Owner, literals: tuple[QName, tuple[str, ...]] | None = None
    ) -> tuple[FieldModel, ...]:
        """``literals`` are the values of the deciding attribute for a member of a union."""
        # Attributes come first: parsing and formatting follow this order, and if an attribute and a child have the same
        # name, the attribute keeps it. Authors' names are reserved before all others, so they never change because of
        # a new field.
        given = GivenNames(self._notes.keys, self._diagnostics)
        names = _FieldNames(self._authors_names(body, contents), owner, given, self._diagnostics)
        fields: list[FieldModel] = []
        spelled = _spelled_apart([*contents.attributes])
        for name in sorted(contents.attributes, key=lambda name: not self._is_first(body, contents, name)):
            place = FieldPlace(body, name, is_attribute=True)
            plain = self._plain_name(name, body, spelled)
            chosen = names.of(place, plain, f"{plain}_attribute")
            fields.append(self._attribute(place, contents.attributes[name], chosen, owner, literals))
        if contents.text is not None and not contents.ordered:
            place = FieldPlace(body, None)
            fields.append(self._text(place, contents.text, names.free("value", "text", "text_value"), owner))
        fields.extend(self._children(body, contents, names, owner))
        if contents.open_attributes:
            chosen = names.free("attributes", "other_attributes")
            fields.append(FieldModel(chosen, FieldKind.OPEN_ATTRIBUTES, MANY, name_classes=contents.open_attributes))
        place_of_class = self._drafts.patterns(body.key)[0].pattern.location
        for field in fields:
            location = place_of_class if field.location == UNKNOWN_LOCATION else field.location
            what = f"the field of {owner.member} for {_described(field)}"
            given.report(field.name, what, field.name, location)
        return with_implied_values(fields, dict(self._implied_notes(body, contents, fields)), self._diagnostics)

    def _is_first(self, body: Body, contents: Contents, name: QName) -> bool:
        place = FieldPlace(body, name, is_attribute=True)
        note = self._notes.of_field(place, WRITTEN, self._patterns(contents, place))
        if len(contents.attributes) > 1:
            self._notes.keys.apply(WRITTEN, note)
        return note is not None

    def _patterns(self, contents: Contents, place: FieldPlace) -> list[Attribute | Element]:
        """The patterns from which the field for an attribute or a child is made."""
        assert place.name is not None, "a text has no pattern of its own"
        if place.is_attribute:
            return [pattern for _, pattern in contents.attributes[place.name].patterns]
        child = self._drafts.child_key(place.name, contents.children[place.name])
        return [one.pattern for one in self._drafts.patterns(child)]

    def _implied_notes(
        self, body: Body, contents: Contents, fields: Sequence[FieldModel]
    ) -> Iterator[tuple[str, ImpliedNote]]:
        """Yields the implied values that authors wrote, with the names of their fields."""
        for field in fields:
            if field.xml_name is None:
                continue
            place = FieldPlace(body, field.xml_name, field.kind is FieldKind.ATTRIBUTE)
            note = self._implied_note(place, self._patterns(contents, place))
            if note is not None:
                yield field.name, note

    def _implied_note(self, place: FieldPlace, patterns: Sequence[Attribute | Element]) -> ImpliedNote | None:
        in_file = self._notes.in_file(place, IMPLIED)
        if in_file is not None:
            when = self._notes.in_file(place, WHEN)
            return ImpliedNote(in_file.value, when.value if when else "", in_file.location, in_file.lenient)
        for pattern in patterns:
            self._notes.keys.apply(IMPLIED, note_of(pattern, IMPLIED))
            self._notes.keys.apply(WHEN, note_of(pattern, WHEN))
        said = {
            (texts[IMPLIED], texts.get(WHEN, "")): pattern.location
            for pattern in patterns
            if IMPLIED in (texts := pattern.annotations.attributes)
        }
        if len(said) > 1:
            (first, _), (second, location), *_ = zip(said, said.values(), strict=True)
            key = self._notes.keys.spelled("implied", location)
            message = f"{key} is {second[0]!r} here, and {first[0]!r} in another alternative"
            self._diagnostics.error(location, message, related=[(said[first], "the other is here")])
        if not said:
            return None
        (text, condition), location = next(iter(said.items()))
        return ImpliedNote(text, condition, location, prefix=self._notes.keys.prefix)

    def _converted(self, value: ValueType, place: FieldPlace, patterns: Sequence[Element] = ()) -> ValueType:
        """Applies the conversion of a bindings file, or of an annotation on the element. `ValueReader` has already
        applied annotations on the text itself."""
        note = self._notes.of_field(place, AS, patterns)
        if note is None:
            return value
        conversion = read_conversion(note.value)
        assert conversion is not None, "what is no conversion has been reported where the note is read"
        found = converted(value, conversion)
        if found == value and not note.lenient and not isinstance(value, ConvertedType):
            key = self._notes.keys.spelled("as", note.location)
            self._diagnostics.error(note.location, f"{key} is {note.value!r}, but there are only words to read")
        return found

    def _attribute(
        self,
        place: FieldPlace,
        use: AttributeUse,
        chosen: str,
        owner: Owner,
        literals: tuple[QName, tuple[str, ...]] | None,
    ) -> FieldModel:
        patterns = [pattern for _, pattern in use.patterns]
        if literals is not None and literals[0] == place.name:
            value: ValueType = LiteralType(literals[1])
        else:
            found = self._converted(self._drafts.values.type_of(use.patterns), place)
            holders = tuple(self._holders.get(pattern.location.position) for pattern in patterns)
            value = self._enumerations.resolve(found, owner, chosen, self._enum_notes(place), holders)
        default = self._notes.agreed_of_field(place, DEFAULT_VALUE, patterns)
        field = FieldModel(chosen, FieldKind.ATTRIBUTE, use.cardinality, value, place.name, default=default)
        return self._described(field, place, patterns)

    def _described(self, field: FieldModel, place: FieldPlace, patterns: Sequence[Attribute | Element]) -> FieldModel:
        """`field` with what is said about its patterns, and where they are."""
        return replace(
            field,
            documentation=self._notes.agreed_of_field(place, DOCUMENTATION, patterns),
            since=self._notes.agreed_of_field(place, SINCE, patterns),
            define=self._defines.get(patterns[0].location.position, ""),
            location=patterns[0].location,
        )

    def _text(self, place: FieldPlace, use: TextUse, name: str, owner: Owner) -> FieldModel:
        # An optional text that is absent is None, so its type does not need the empty text. A type that accepts the
        # empty text has no absent state: ``<a/>`` is the empty string.
        found = self._drafts.values.type_of(use.patterns, present=not use.cardinality.required)
        found = self._converted(found, place)
        value = self._enumerations.resolve(found, owner, name, self._enum_notes(place))
        cardinality = ONE if use.cardinality.required or accepts_empty(value) else OPTIONAL
        return FieldModel(name, FieldKind.TEXT, cardinality, value, location=use.patterns[0][1].location)

    def _children(self, body: Body, contents: Contents, names: _FieldNames, owner: Owner) -> Iterator[FieldModel]:
        order = schema_order(contents)
        choices = {one.place: one for one in contents.chosen}
        alone = [name for name in order if name != OPEN and name not in choices]
        spelled = _spelled_apart(alone)
        chosen: dict[QName, str] = {}
        for name in alone:
            place = FieldPlace(body, name)
            plain = self._plain_name(name, body, spelled)
            if contents.children[name].cardinality.many:
                chosen[name] = names.of(place, plural(plain), f"{plain}_list", f"{plain}_elements")
            else:
                chosen[name] = names.of(place, plain, f"{plain}_element")
        has_list = contents.ordered or bool(contents.listed)
        if has_list or contents.open_elements:
            candidates = ("content", "all_content") if has_list else ("elements", "other_elements")
            chosen[OPEN] = names.free(*candidates)
        for token, alternatives in choices.items():
            chosen[token] = self._choice_name(body, contents, alternatives, names)
        for position, name in enumerate(dict.fromkeys([*order, *chosen])):
            if name in choices:
                yield self._choice(contents, choices[name], chosen[name], position)
            elif name != OPEN:
                place = FieldPlace(body, name)
                yield self._child(place, name, contents.children[name], chosen[name], position, owner)
            elif has_list:
                yield self._content(contents, chosen[name], position)
            else:
                yield FieldModel(
                    chosen[name],
                    FieldKind.OPEN_ELEMENTS,
                    MANY,
                    position=position,
                    name_classes=contents.open_elements,
                    text=contents.free_text,
                )

    def _content(self, contents: Contents, name: str, position: int) -> FieldModel:
        return FieldModel(
            name,
            FieldKind.CONTENT,
            MANY,
            position=position,
            items=self._items(contents, contents.listed),
            text=contents.text is not None and contents.ordered,
            open=bool(contents.open_elements),
            name_classes=contents.open_elements,
        )

    def _items(self, contents: Contents, names: Collection[QName]) -> tuple[Item, ...]:
        return tuple(
            Item(child, ClassReference(self._class_name(self._drafts.child_key(child, use))))
            for child, use in contents.children.items()
            if child in names
        )

    def _class_name(self, key: ClassKey) -> str:
        return self._names.names[self._drafts.class_of(key)]

    def _choice(self, contents: Contents, alternatives: Alternatives, name: str, position: int) -> FieldModel:
        cardinality = ONE if alternatives.required else OPTIONAL
        items = self._items(contents, alternatives.names)
        return FieldModel(name, FieldKind.CHOICE, cardinality, position=position, items=items)

    def _choice_name(self, body: Body, contents: Contents, alternatives: Alternatives, names: _FieldNames) -> str:
        """Returns the author's name, or else the name of the define that contains just this choice."""
        place = FieldPlace(body, alternatives.place)
        kind = kind_of_items(self._items(contents, alternatives.names))
        derived = [field_name(define.removeprefix(self._prefix)) for define in self._defines_of_kinds.get(kind, ())]
        return names.of(place, *derived, "content", "choice")

    @cached_property
    def _defines_of_kinds(self) -> Mapping[ContentKind, list[str]]:
        return defines_of_kinds(self._drafts, self._names.names)

    def _child(
        self, place: FieldPlace, name: QName, use: ChildUse, chosen: str, position: int, owner: Owner
    ) -> FieldModel:
        child = self._drafts.child_key(name, use)
        patterns = [one.pattern for one in self._drafts.patterns(child)]
        kind = self._drafts.kind_of(child, use.cardinality, in_content=False)
        value: ValueType | ClassReference | None = None
        if kind is FieldKind.CHILD:
            value = ClassReference(self._class_name(child))
        elif kind is FieldKind.VALUE:
            text = self._drafts.contents.of_elements(sorted(child.elements)).text
            assert text is not None, "a child is a value where it has nothing but text"
            found = self._converted(self._drafts.values.type_of(text.patterns), place, patterns)
            value = self._enumerations.resolve(found, owner, chosen, self._enum_notes(place, patterns))
        field = FieldModel(chosen, kind, use.cardinality, value, name, position=position)
        return self._described(field, place, patterns)

    def _enum_notes(self, place: FieldPlace, patterns: Sequence[Element] = ()) -> EnumNotes:
        """Returns the author's notes on the field's enumeration. Notes on the choice itself are found with the
        choice."""
        return EnumNotes(*(self._notes.of_field(place, name, patterns) for name in (ENUM, ENUM_NAME)))

    def _authors_names(self, body: Body, contents: Contents) -> dict[FieldPlace, Note]:
        found: dict[FieldPlace, Note | None] = {}
        for name in contents.attributes:
            place = FieldPlace(body, name, is_attribute=True)
            found[place] = self._notes.field_name(place, self._patterns(contents, place), FieldKind.ATTRIBUTE)
        places = contents.places
        for name, child in contents.children.items():
            if name in contents.listed:
                continue
            place = FieldPlace(body, name)
            key = self._drafts.child_key(name, child)
            kind = self._drafts.kind_of(key, child.cardinality, in_content=name in places)
            note = self._notes.field_name(place, self._patterns(contents, place), kind)
            shared = FieldPlace(body, places.get(name, name))
            found[shared] = self._prevailing(found.get(shared), note)
        return {place: note for place, note in found.items() if note is not None}

    def _prevailing(self, known: Note | None, note: Note | None) -> Note | None:
        """Returns the name that counts for a field that two alternatives share."""
        if known is None or note is None or known.lenient:
            return note if known is None or (note is not None and not note.lenient) else known
        if note.value != known.value and not note.lenient:
            message = f"the field that alternatives share has the name {note.value} here"
            key = self._notes.keys.spelled("content", note.location, "fields")
            hint = f"; {key} on the surrounding element makes a field for each"
            self._diagnostics.error(note.location, message + hint, related=[(known.location, f"{known.value} here")])
        return known

    def _plain_name(self, name: QName, body: Body, spelled: Mapping[QName, str]) -> str:
        """A name from another vocabulary carries its prefix: `xml_id`, `xlink_href`."""
        plain = spelled[name]
        if name.namespace and name.namespace != body.key.name.namespace:
            prefix = self._prefixes.get(name.namespace, "")
            if prefix:
                return f"{field_name(prefix)}_{plain}"
        return plain


class _FieldNames:
    """The names of the fields of one class. Authors' names are reserved before others are derived."""

    def __init__(
        self, authors: Mapping[FieldPlace, Note], owner: Owner, given: GivenNames, diagnostics: Diagnostics
    ) -> None:
        self._given = given
        self._own: dict[FieldPlace, str] = {}
        self._pinned: dict[FieldPlace, str] = {}
        self._taken: dict[str, Note | None] = {}
        for place, note in sorted(authors.items(), key=lambda one: one[1].lenient):
            self._reserve(place, note, owner, diagnostics)

    def of(self, place: FieldPlace, *candidates: str) -> str:
        """Returns the author's name, or else the first candidate that is free."""
        pinned = [self._pinned[place]] if place in self._pinned else []
        return self._own.get(place) or self.free(*pinned, *candidates)

    def free(self, *candidates: str) -> str:
        """Returns the first candidate that no field has yet, or a longer one. Numbers are never added: they would
        depend on the order of fields, and change when the schema grows."""
        name = next((name for name in candidates if name not in self._taken), None)
        while name is None or name in self._taken:
            name = f"{name or candidates[-1]}_field"
        for wanted in takewhile(lambda one: one != name, candidates):
            self._given.displace(wanted, name, wanted)
        self._taken[name] = None
        return name

    def _reserve(self, place: FieldPlace, note: Note, owner: Owner, diagnostics: Diagnostics) -> None:
        other = self._taken.get(note.value)
        if reason := wrong_field_name(note.value):
            diagnostics.error(note.location, reason)
        elif other is None:
            self._taken[note.value] = note
            self._own[place] = note.value
            self._given.give(note.value, note)
        elif note.lenient:
            self._pinned[place] = note.value
        else:
            message = f"two fields of {owner.member} have the name {note.value}"
            diagnostics.error(note.location, message, related=[(other.location, "the other is here")])


def _described(field: FieldModel) -> str:
    if field.xml_name is None:
        return "the text" if field.kind is FieldKind.TEXT else "other content"
    return f"attribute {field.xml_name.local}" if field.kind is FieldKind.ATTRIBUTE else f"<{field.xml_name.local}>"


def _spelled_apart(names: list[QName]) -> dict[QName, str]:
    """Returns field names. If two names become equal (`a-b` beside `a_b`), all but the exact one spell out the lost
    characters. Of `a-b` and `_a-b`, the first counts as exact."""
    plain = {name: field_name(name.local) for name in names}
    groups: dict[str, list[QName]] = {}
    for name, text in plain.items():
        groups.setdefault(text, []).append(name)
    for text, group in groups.items():
        if len({name.local for name in group}) > 1:
            exact = [name.local for name in group if name.local == text]
            close = [name.local for name in group if _SEPARATOR.sub("_", name.local) == text]
            kept = exact or (close if len(set(close)) == 1 else [])
            for name in group:
                if name.local not in kept:
                    plain[name] = spelled_name(name.local)
    return plain
