"""Whether every document that one schema allows is allowed by another, with documents that show where not.

    compare_documents(old, new)     do old documents stay valid?
    compare_documents(new, old)     would new documents be valid under the old schema?

Inclusion of RELAX NG schemas is decidable; what is «included» here is proven, and what is «not included» is shown by
documents that the exact validator has judged. Where the proof would take too long, or two datatypes cannot be compared,
the answer says so.
"""

from __future__ import annotations

from .element_pairs import allows_when_collapsed, compare_documents
from .results import Counterexample, Inclusion, Kind, Undecided, Verdict

__all__ = [
    "Counterexample",
    "Inclusion",
    "Kind",
    "Undecided",
    "Verdict",
    "allows_when_collapsed",
    "compare_documents",
]
