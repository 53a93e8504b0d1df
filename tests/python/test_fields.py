from __future__ import annotations

import pytest
from relaxgen.python.fields import sentence


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("The name", "The name."),
        ("The name.", "The name."),
        ("One of: qemu, phy, …", "One of: qemu, phy, …"),
        ("", ""),
    ],
)
def test_a_full_stop_ends_only_what_has_no_end_yet(text: str, ended: str) -> None:
    assert sentence(text) == ended
