"""A class model with its classes, unions and enumerations by name, and XML names as people write them."""

from __future__ import annotations

from ..binding.model import (
    ClassModel,
    ClassReference,
    EnumModel,
    FieldKind,
    FieldModel,
    Model,
    UnionModel,
)
from ..binding.values import EnumType, parts_of
from ..relaxng.name_class import QName, prefixed

LABELS = {
    FieldKind.TEXT: "text()",
    FieldKind.CONTENT: "node()",
    FieldKind.CHOICE: "one of",
    FieldKind.OPEN_ATTRIBUTES: "@*",
    FieldKind.OPEN_ELEMENTS: "<*>",
}
"""The labels of fields without a name, as in XPath."""


class ModelIndex:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.classes = {one.name: one for one in model.classes}
        self.unions = {one.name: one for one in model.unions}
        self.enums = {one.name: one for one in model.enums}
        # Documents usually have no prefix for the namespace of their root.
        own = {root.xml_name.namespace for root in model.roots}
        self._prefixes = {**model.prefixes, **dict.fromkeys(own, "")} if len(own) == 1 else model.prefixes

    def element(self, name: str) -> ClassModel | UnionModel:
        return self.unions[name] if name in self.unions else self.classes[name]

    def members(self, name: str) -> tuple[ClassModel, ...]:
        """The classes behind a reference: several if it leads to a union."""
        if name in self.unions:
            return tuple(self.classes[variant.name] for variant in self.unions[name].variants)
        return (self.classes[name],)

    def xml_name(self, name: QName) -> str:
        """The name of an element."""
        return prefixed(name, self._prefixes)

    def attribute(self, name: QName) -> str:
        return f"@{prefixed(name, self.model.prefixes)}"

    def spellings(self, name: QName) -> tuple[str, ...]:
        """The forms of a name in a path, the usual one first."""
        return tuple(dict.fromkeys((self.xml_name(name), prefixed(name, self.model.prefixes), name.local, str(name))))

    def label(self, field: FieldModel) -> str:
        """``@type``, ``<driver>``, or a label such as ``text()`` for a field without a name."""
        if field.xml_name is None:
            return LABELS[field.kind]
        if field.kind is FieldKind.ATTRIBUTE:
            return self.attribute(field.xml_name)
        return f"<{self.xml_name(field.xml_name)}>"

    def enum_of(self, field: FieldModel) -> tuple[EnumModel, tuple[str, ...]] | None:
        """The enumeration in a field's type, with the tokens that the field allows."""
        if field.type is None or isinstance(field.type, ClassReference):
            return None
        found = next((part for part in parts_of(field.type) if isinstance(part, EnumType)), None)
        return (self.enums[found.name], found.tokens) if found is not None else None
