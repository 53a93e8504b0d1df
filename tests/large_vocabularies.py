"""Small schemas that are generated as large ones are: names decide on modules. For a ``conftest.py`` to import."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def by_names() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("relaxgen.binding.families.SMALL", 0)
        yield
