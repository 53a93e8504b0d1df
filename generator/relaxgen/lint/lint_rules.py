"""The rules of ``relaxgen lint``, read from `lint_rules.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..diagnostics.locations import SourceLocation
from ..evolution.rules import rule_called


@dataclass(frozen=True, slots=True)
class LintRule:
    """The keys of `lint_rules.toml`."""

    id: str
    name: str
    severity: str
    meaning: str
    before: str
    after: str
    fixable: bool = False


_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

LINT_RULES: Mapping[str, LintRule] = {name: LintRule(name, **entry) for name, entry in _TABLE.items()}


def find_lint_rule(text: str, place: SourceLocation) -> LintRule:
    """The rule of ``relaxgen lint`` that `text` names; see `rule_called`."""
    return rule_called(text, LINT_RULES.values(), place, "lint")
