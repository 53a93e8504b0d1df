"""The comparison as a whole: two simplified forms in, an `Inclusion` out."""

from __future__ import annotations

from ...relaxng.simplified_form import SimplifiedForm
from ...source import UNKNOWN_LOCATION
from .results import Doubt, Inclusion


def compare_documents(narrow: SimplifiedForm, wide: SimplifiedForm) -> Inclusion:
    """Whether every document of `narrow` is one of `wide`; all breaks that there are, not the first only."""
    if narrow is wide:
        return Inclusion()
    # The first stage of this module: nothing is proven yet, and it says so.
    return Inclusion(doubts=(Doubt("the schemas differ", (), None, UNKNOWN_LOCATION, UNKNOWN_LOCATION),))
