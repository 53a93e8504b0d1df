"""The rules: every kind of change that a comparison of schemas reports, and what it can break.

    relaxgen diff --rules               the table
    relaxgen diff --explain RNG040      one of them

The table is data, `rules.toml`. A rule says what a change *can* break. Whether it does is decided for each finding: for
documents by the exact comparison, with a document that shows it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeVar

from ..diagnostics.errors import ConfigurationError, Diagnostic, did_you_mean
from ..diagnostics.locations import SourceLocation


class Category(StrEnum):
    """What can break. A change of documents is judged in both directions, as changes of any exchange format are."""

    BACKWARD = "backward"
    """A document that was valid is no longer valid: stored files after an upgrade."""
    FORWARD = "forward"
    """A document that is valid now was not valid before: what a new program writes and an old one reads."""
    SOURCE = "source"
    """Python code that fitted the old package does not fit the new one."""


CATEGORY_MEANINGS: Mapping[Category, str] = {
    Category.BACKWARD: "a document that was valid under the old schema is not valid under the new one",
    Category.FORWARD: "a document that is valid under the new schema is not valid under the old one",
    Category.SOURCE: "Python code written against the old package does not type-check or run against the new one",
}

BACKWARD, FORWARD = (Category.BACKWARD,), (Category.FORWARD,)
DOCUMENTS = (Category.BACKWARD, Category.FORWARD)


@dataclass(frozen=True, slots=True)
class Rule:
    """The keys of `rules.toml`. A ``guess`` is reported as one."""

    id: str
    name: str
    meaning: str
    categories: tuple[Category, ...]
    before: str
    after: str
    mirrors: tuple[str, ...] = ()
    unmirrored: str = ""
    guess: bool = False


def _rules() -> Iterator[Rule]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    for identifier, entry in table.items():
        categories = tuple(map(Category, entry.pop("breaks")))
        mirrors = tuple(entry.pop("mirrors", ()))
        yield Rule(identifier, categories=categories, mirrors=mirrors, **entry)


RULES: Mapping[str, Rule] = {rule.id: rule for rule in _rules()}


def find_rule(text: str, place: SourceLocation) -> Rule:
    """The rule of ``relaxgen diff`` that `text` names; see `rule_called`."""
    return rule_called(text, RULES.values(), place, "diff")


class _Named(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


R = TypeVar("R", bound=_Named)


def rule_called(text: str, rules: Collection[R], place: SourceLocation, command: str) -> R:
    """The rule with an identifier or a name, in upper or lower case. `command` has the rules.

    Raises:
        ConfigurationError: there is none; the error is reported at `place`.
    """
    word = text.strip().upper().replace("-", "_")
    for rule in rules:
        if word in (rule.id, rule.name):
            return rule
    known = [name for rule in rules for name in (rule.id, rule.name)]
    hint = did_you_mean(word, known) or f"; `relaxgen {command} --rules` lists them"
    raise ConfigurationError(Diagnostic(place, f"there is no rule {text!r}{hint}"))
