"""The base of generated enumerations."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

T = TypeVar("T", bound="Token")


class Token(StrEnum):
    """A member's value is the token that stands in documents; as a string, a member equals its token."""

    _value_: str
    constant: str
    """The name of the C constant behind the member, for tables of C programs; empty where there is none."""

    _place: int | None

    def __new__(cls, token: str, constant: str = "", index: int | None = None) -> Token:
        member = str.__new__(cls, token)
        member._value_ = token
        member.constant = constant
        member._place = index
        return member

    @property
    def index(self) -> int:  # type: ignore[override]
        """The member's place in its table: the value of the C constant, for tables of C programs.

        Raises:
            ValueError: the member is none of its table, see `is_known`.
        """
        return type(self)._member_names_.index(self._name_) if self._place is None else self._place

    @property
    def is_known(self) -> bool:
        """False for a token of a newer schema that parsing with ``unknown="keep"`` carried through."""
        return self._name_ in type(self)._member_map_

    def __repr__(self) -> str:
        """What a program writes for the member, so that the ``repr`` of objects can be read as code."""
        name = type(self).__name__
        return f"{name}.{self._name_}" if self.is_known else f"<{name} {self._value_!r}, not known>"

    def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
        if self.is_known:
            return type(self), (self._value_,)
        return unknown_token, (type(self), self._value_)


def unknown_token(enumeration: type[T], token: str) -> T:
    """A member for a token that the schema does not allow: of the enumeration's type, but not one of its members. If a
    table has the same token for another release, the two are equal as strings, and never identical."""
    member = str.__new__(enumeration, token)
    member._name_ = f"<unknown {token!r}>"
    member._value_ = token
    member.constant = ""
    member._place = None
    return member
