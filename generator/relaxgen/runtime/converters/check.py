"""Which texts a converter takes: what `data` and `value` patterns say, made when the first text has to be judged.

A generated package makes hundreds of these when it is imported, and most are never asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datatypes.library_names import XML_SCHEMA

if TYPE_CHECKING:
    from ..datatypes.datatype import Datatype


class Meaning:
    """The texts that a datatype takes for the same as ``text``: what a ``value`` pattern allows."""

    __slots__ = ("library", "text", "type")

    def __init__(self, type: str, text: str, library: str = XML_SCHEMA) -> None:
        self.type = type
        self.text = text
        self.library = library

    def allows(self, text: str) -> bool:
        from ..datatypes.library import create

        return create(self.library, self.type).same(text, None, self.text, None)

    def __repr__(self) -> str:
        return f"Meaning({self.type!r}, {self.text!r})"


class Data:
    """A datatype with its parameters, as in ``Data("unsignedInt", ("maxInclusive", "255"))``; patterns are Python's.

    ``excluding`` are the values and datatypes that an ``except`` takes out.
    """

    __slots__ = ("_datatype", "excluding", "library", "params", "type")

    def __init__(
        self, type: str, *params: tuple[str, str], library: str = XML_SCHEMA, excluding: tuple[Meaning | Data, ...] = ()
    ) -> None:
        self.type = type
        self.params = params
        self.library = library
        self.excluding = excluding
        self._datatype: Datatype | None = None

    @property
    def datatype(self) -> Datatype:
        if self._datatype is None:
            from ..datatypes.library import create

            self._datatype = create(self.library, self.type, self.params)
        return self._datatype

    def why_not(self, text: str) -> str:
        """Why `text` is not allowed, to continue a sentence; empty where it is."""
        reason = self.datatype.why_not(text)
        if reason or not any(excluded.allows(text) for excluded in self.excluding):
            return reason
        return "is not allowed here"

    def allows(self, text: str) -> bool:
        return not self.why_not(text)

    def describe(self) -> str:
        """What is expected: «an integer from 0 to 255»."""
        return self.datatype.describe()

    def __repr__(self) -> str:
        return f"Data({', '.join([repr(self.type), *map(repr, self.params)])})"


def why_none(checks: tuple[Data, ...], text: str) -> str:
    """Why `text` meets none of `checks`; empty where it meets one, or where there is nothing to meet."""
    reasons: list[str] = []
    for check in checks:
        reason = check.why_not(text)
        if not reason:
            return ""
        reasons.append(reason)
    if len(reasons) < 2:
        return "".join(reasons)
    words = [check.describe() for check in checks]
    return f"is neither {', '.join(words[:-1])} nor {words[-1]}"
