"""The names that authors give, and what would have them if no author had given them to something else.

An author's name counts, and the other thing gets another name. That is reported at the author's name, because a program
may know the other thing by it: from the rules, from a preset, or from the names file.
"""

from __future__ import annotations

from collections.abc import Hashable

from ..diagnostics.errors import Diagnostics
from ..diagnostics.locations import SourceLocation
from .author_keys import AuthorKeys
from .bindings_file import Note


class GivenNames:
    """``key`` is a name, or what is equal for names that cannot be used beside each other. Names of presets and of a
    names file give way, so they are not given ones here."""

    def __init__(self, keys: AuthorKeys, diagnostics: Diagnostics) -> None:
        self._keys = keys
        self._diagnostics = diagnostics
        self._notes: dict[str, Note] = {}
        self._displaced: dict[Hashable, tuple[str, Note]] = {}
        self._told: set[str] = set()

    def give(self, key: str, note: Note) -> None:
        if not self._keys.is_lenient(note):
            self._notes.setdefault(key, note)

    def displace(self, key: str, thing: Hashable, wanted: str) -> None:
        """Notes that `thing` does not get a name. Only the first thing and its first name count: without the author,
        the thing would have it, and nothing else would."""
        if key in self._notes and key not in self._told and thing not in self._displaced:
            self._told.add(key)
            self._displaced[thing] = wanted, self._notes[key]

    def report(
        self, thing: Hashable, what: str, outcome: str, place: SourceLocation, *, can_be_named: bool = True
    ) -> None:
        """Reports `thing`, if it was displaced. ``outcome`` is the name that it has got, ``can_be_named`` whether an
        author can give it one."""
        if thing in self._displaced:
            wanted, note = self._displaced.pop(thing)
            message = f"{what} would be called {wanted}, too, and becomes {outcome}; choose another name here"
            hint = ", or give that one a name, too" if can_be_named else ""
            self._diagnostics.warning(note.location, message + hint, related=[(place, "it is here")])
