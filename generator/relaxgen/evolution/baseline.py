"""Files of accepted findings: ``relaxgen diff --baseline FILE``, written by ``--write-baseline``.

A file is JSON, sorted, one finding a line group, so that a review sees what is accepted; ``reason`` is for people to
fill in. Findings are known by their fingerprints.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..diagnostics.errors import ConfigurationError, Diagnostic
from ..diagnostics.locations import SourceLocation
from .finding import Finding

FORMAT = 1
DEFAULT_REASON = "accepted in the baseline"


def read_baseline(file: Path) -> Mapping[str, str]:
    """The reasons by fingerprint; nothing where the file does not exist yet.

    Raises:
        ConfigurationError: the file cannot be read, or is not a baseline.
    """
    if not file.exists():
        return {}
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        raise ConfigurationError(Diagnostic(SourceLocation(str(file), line), f"cannot be read: {error}")) from None
    try:
        if values["format"] != FORMAT:
            raise ValueError
        return {str(one["fingerprint"]): str(one.get("reason") or DEFAULT_REASON) for one in values["findings"]}
    except (AttributeError, KeyError, TypeError, ValueError):
        message = f'is not a baseline: expected {{"format": {FORMAT}, "findings": [{{"fingerprint": …}}]}}'
        raise ConfigurationError(Diagnostic(SourceLocation(str(file)), message)) from None


def baseline_text(findings: Iterable[Finding], reasons: Mapping[str, str]) -> str:
    """The baseline that accepts `findings`; reasons that the user has given are kept."""
    entries = [
        {
            "fingerprint": finding.fingerprint,
            "rule": finding.rule.id,
            "message": finding.message,
            "paths": list(finding.paths),
            "reason": reasons.get(finding.fingerprint, ""),
        }
        for finding in findings
    ]
    entries.sort(key=lambda entry: (entry["rule"], entry["paths"], entry["fingerprint"]))
    return json.dumps({"format": FORMAT, "findings": entries}, ensure_ascii=False, indent=2) + "\n"
