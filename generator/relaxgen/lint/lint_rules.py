"""The rules of ``relaxgen lint``, read from `lint_rules.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..diagnostics.errors import ConfigurationError, Diagnostic, did_you_mean
from ..diagnostics.locations import SourceLocation


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
    """The rule with an identifier or a name, in upper or lower case.

    Raises:
        ConfigurationError: there is none; the error is reported at `place`.
    """
    word = text.strip().upper().replace("-", "_")
    for rule in LINT_RULES.values():
        if word in (rule.id, rule.name):
            return rule
    known = [name for rule in LINT_RULES.values() for name in (rule.id, rule.name)]
    hint = did_you_mean(word, known) or "; `relaxgen lint --rules` lists them"
    raise ConfigurationError(Diagnostic(place, f"there is no rule {text!r}{hint}"))
