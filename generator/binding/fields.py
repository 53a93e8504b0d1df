"""The fields of a class, in one order that parsing and formatting share: attributes, text, children, open content."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from ..relaxng.name_class import QName
from ..relaxng.pattern import Attribute, Element
from .annotations import DEFAULT_VALUE, SINCE
from .cardinality import MANY, ONE, OPTIONAL, Cardinality
from .class_names import ClassNames
from .contents import ChildUse, Contents, TextUse
from .drafts import Drafts, Key
from .enum_names import Owner
from .enumerations import Enumerations
from .model import ClassReference, FieldKind, FieldModel, Item
from .naming import field_name, plural, snake_case
from .values import LiteralType, ValueType, accepts_empty


class FieldBuilder:
    def __init__(
        self,
        drafts: Drafts,
        names: ClassNames,
        enumerations: Enumerations,
        prefixes: Mapping[str, str],
        defines: Mapping[tuple[str, int, int], str],
    ) -> None:
        self._drafts = drafts
        self._names = names
        self._enumerations = enumerations
        self._prefixes = prefixes
        self._defines = defines

    def build(
        self,
        key: Key,
        contents: Contents,
        owner: Owner,
        literals: tuple[QName, tuple[str, ...]] | None = None,
    ) -> tuple[FieldModel, ...]:
        """``literals`` are the values of the deciding attribute for a member of a union."""
        taken: set[str] = set()
        fields: list[FieldModel] = []
        spelled = _spelled_apart([*contents.attributes])
        for name in contents.attributes:
            plain = self._plain_name(name, key, spelled)
            chosen = _first_free(taken, plain, f"{plain}_attribute")
            fields.append(self._attribute(name, contents, chosen, owner, literals))
        if contents.ordered:
            fields.append(self._content(contents, _first_free(taken, "content", "all_content")))
        else:
            if contents.text is not None:
                chosen = _first_free(taken, "value", "text", "text_value")
                fields.append(self._text(contents.text, chosen, owner))
            fields.extend(self._children(key, contents, taken, owner))
        if contents.open_attributes:
            chosen = _first_free(taken, "attributes", "other_attributes")
            fields.append(FieldModel(chosen, FieldKind.OPEN_ATTRIBUTES, MANY, name_classes=contents.open_attributes))
        return tuple(fields)

    def _attribute(
        self,
        name: QName,
        contents: Contents,
        chosen: str,
        owner: Owner,
        literals: tuple[QName, tuple[str, ...]] | None,
    ) -> FieldModel:
        use = contents.attributes[name]
        patterns = [pattern for _, pattern in use.patterns]
        cardinality = use.cardinality
        if literals is not None and literals[0] == name:
            value: ValueType = LiteralType(literals[1])
        else:
            found = self._drafts.values.type_of(use.patterns)
            value = self._enumerations.resolve(found, owner, chosen)
        return FieldModel(
            chosen,
            FieldKind.ATTRIBUTE,
            cardinality,
            value,
            name,
            documentation=_documentation(patterns),
            since=_annotation(patterns, SINCE),
            define=self._defines.get(_place(patterns[0]), ""),
            default=_annotation(patterns, DEFAULT_VALUE),
            location=patterns[0].location,
        )

    def _text(self, use: TextUse, name: str, owner: Owner) -> FieldModel:
        found = self._drafts.values.type_of(use.patterns, present=not use.cardinality.required)
        value = self._enumerations.resolve(found, owner, name)
        cardinality = ONE if use.cardinality.required or accepts_empty(value) else OPTIONAL
        return FieldModel(name, FieldKind.TEXT, cardinality, value, location=use.patterns[0][1].location)

    def _content(self, contents: Contents, name: str) -> FieldModel:
        items = tuple(
            Item(child, ClassReference(self._names.names[self._drafts.child_key(child, use)]))
            for child, use in contents.children.items()
        )
        return FieldModel(
            name,
            FieldKind.CONTENT,
            MANY,
            items=items,
            text=contents.text is not None,
            open=bool(contents.open_elements),
            name_classes=contents.open_elements,
        )

    def _children(self, key: Key, contents: Contents, taken: set[str], owner: Owner) -> Iterable[FieldModel]:
        order = _schema_order(contents)
        spelled = _spelled_apart(order)
        for position, name in enumerate(order):
            use = contents.children[name]
            plain = self._plain_name(name, key, spelled)
            if use.cardinality.many:
                chosen = _first_free(taken, plural(plain), f"{plain}_list", f"{plain}_elements")
            else:
                chosen = _first_free(taken, plain, f"{plain}_element")
            yield self._child(name, use, chosen, position, owner)
        if contents.open_elements:
            chosen = _first_free(taken, "elements", "other_elements")
            yield FieldModel(
                chosen,
                FieldKind.OPEN_ELEMENTS,
                MANY,
                position=len(order),
                name_classes=contents.open_elements,
                text=contents.free_text,
            )

    def _child(self, name: QName, use: ChildUse, chosen: str, position: int, owner: Owner) -> FieldModel:
        child = self._drafts.child_key(name, use)
        patterns = [one.pattern for one in self._drafts.patterns(child)]
        kind = self._drafts.kind_of(child, use.cardinality, in_content=False)
        cardinality = use.cardinality
        value: ValueType | ClassReference | None = None
        if kind is FieldKind.CHILD:
            value = ClassReference(self._names.names[child])
        elif kind is FieldKind.VALUE:
            text = self._drafts.contents.of_elements(sorted(child.elements)).text
            assert text is not None, "a child is a value where it has nothing but text"
            value = self._enumerations.resolve(self._drafts.values.type_of(text.patterns), owner, chosen)
        elif kind is FieldKind.FLAG:
            cardinality = Cardinality(cardinality.required, many=False)
        return FieldModel(
            chosen,
            kind,
            cardinality,
            value,
            name,
            position=position,
            documentation=_documentation(patterns),
            since=_annotation(patterns, SINCE),
            define=self._defines.get(_place(patterns[0]), ""),
            location=patterns[0].location,
        )

    def _plain_name(self, name: QName, key: Key, spelled: Mapping[QName, str]) -> str:
        """A name from another vocabulary carries its prefix: `xml_id`, `xlink_href`."""
        plain = spelled[name]
        if name.namespace and name.namespace != key.name.namespace:
            prefix = self._prefixes.get(name.namespace, "")
            if prefix:
                return f"{field_name(prefix)}_{plain}"
        return plain


def _schema_order(contents: Contents) -> list[QName]:
    """Children in the order of their first appearance, but for what groups want the other way round: an order that
    every group of the schema allows, where there is one."""
    names = list(contents.children)
    after: dict[QName, set[QName]] = {name: set() for name in names}
    for before, later in contents.sequences:
        if (later, before) not in contents.sequences and later in after and before in after:
            after[later].add(before)
    sorter = TopologicalSorter(after)
    try:
        sorter.prepare()
    except CycleError:
        return names
    order: list[QName] = []
    rank = {name: index for index, name in enumerate(names)}
    ready = sorted(sorter.get_ready(), key=rank.__getitem__)
    while ready:
        name = ready.pop(0)
        order.append(name)
        sorter.done(name)
        ready = sorted([*ready, *sorter.get_ready()], key=rank.__getitem__)
    return order


def _first_free(taken: set[str], *candidates: str) -> str:
    """The first name that no field of the class has yet; the last resort lengthens, it does not count."""
    name = next((name for name in candidates if name not in taken), None)
    while name is None or name in taken:
        name = f"{name or candidates[-1]}_field"
    taken.add(name)
    return name


def _spelled_apart(names: list[QName]) -> dict[QName, str]:
    """Field names; where two fall together (`a-b` beside `a_b`), all but the exact one spell what they lost."""
    plain = {name: field_name(name.local) for name in names}
    groups: dict[str, list[QName]] = {}
    for name, text in plain.items():
        groups.setdefault(text, []).append(name)
    for text, group in groups.items():
        if len({name.local for name in group}) > 1:
            for name in group:
                if name.local != text:
                    plain[name] = _spelled(name.local)
    return plain


def _spelled(name: str) -> str:
    """`a-b` → `a_hyphen_b`, `A` → `capital_a`."""
    parts = []
    for character in name:
        if character.isalnum() and not character.isupper():
            parts.append(character)
        elif character.isupper():
            parts.append(f"_capital_{character.lower()}")
        else:
            parts.append(f"_{unicodedata.name(character, f'u{ord(character):x}').split('-')[0].split()[0].lower()}_")
    return snake_case(part for part in "".join(parts).split("_") if part)


def _documentation(patterns: Sequence[Attribute | Element]) -> str:
    return _agreed([pattern.annotations.documentation for pattern in patterns])


def _annotation(patterns: Sequence[Attribute | Element], name: QName) -> str:
    return _agreed([pattern.annotations.attributes.get(name, "") for pattern in patterns])


def _agreed(texts: Sequence[str]) -> str:
    """What is said of every alternative is said of the field; what is said of one would mislead."""
    return texts[0] if len(set(texts)) == 1 else ""


def _place(pattern: Attribute | Element) -> tuple[str, int, int]:
    location = pattern.location
    return location.path, location.line, location.column
