"""Back-links: the fields that use each class and each enumeration."""

from __future__ import annotations

from ..binding.model import ClassModel, ClassReference, FieldModel, Model
from ..python.type_annotations import enums_in

Use = tuple[ClassModel, FieldModel]


class BackLinks:
    def __init__(self, model: Model) -> None:
        self._uses: dict[str, list[Use]] = {}
        for owner in model.classes:
            for field in owner.fields:
                for name in sorted(_names_in(field)):
                    self._uses.setdefault(name, []).append((owner, field))

    def of(self, name: str) -> tuple[Use, ...]:
        return tuple(self._uses.get(name, ()))


def _names_in(field: FieldModel) -> frozenset[str]:
    classes = frozenset(reference.name for _, reference in field.references)
    if field.type is None or isinstance(field.type, ClassReference):
        return classes
    return classes | enums_in(field.type)
