"""What an author can say something of: classes, members of unions, and fields, before they have names."""

from __future__ import annotations

from dataclasses import dataclass

from ..relaxng.name_class import QName


@dataclass(frozen=True, slots=True)
class ClassKey:
    """The identity of a class: the element's name and the element patterns that it merges."""

    name: QName
    elements: frozenset[int]


@dataclass(frozen=True, slots=True)
class Body:
    """What has fields: a class, or the member of a union that ``tokens`` lead to. For a union as a whole, and for
    elements that become no class, ``tokens`` are empty too."""

    key: ClassKey
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """The field of ``owner`` for an attribute or a child of this name; for its text, where there is no name."""

    owner: Body
    name: QName | None
    is_attribute: bool = False


Place = Body | FieldPlace
