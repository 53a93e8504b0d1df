"""What all tests share: the corpus of real schemas and documents, and golden files."""

from __future__ import annotations

import os
from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="rewrite the expectations of golden tests")


def corpus_directory() -> Path:
    """Where the corpus is expected: ``RELAXGEN_CORPUS``, else beside the repository."""
    given = os.environ.get("RELAXGEN_CORPUS")
    return Path(given) if given else REPOSITORY.parent / "shared" / "corpus"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The corpus of libvirt's schemas, the specification suite and other vocabularies; it is no part of the project."""
    directory = corpus_directory()
    if not directory.is_dir():
        pytest.skip(f"no corpus at {directory}: set RELAXGEN_CORPUS to run this test")
    return directory


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """A check that a file holds exactly this text; with ``--regenerate`` the file is rewritten instead."""
    regenerate = request.config.getoption("--regenerate")

    def check(expectation: Path, text: str) -> None:
        if regenerate:
            expectation.write_text(text, encoding="utf-8", newline="\n")
            return
        expected = expectation.read_text(encoding="utf-8") if expectation.exists() else ""
        if text != expected:
            difference = unified_diff(expected.splitlines(), text.splitlines(), str(expectation), "now", lineterm="")
            pytest.fail("\n".join(difference) + "\n(pytest --regenerate rewrites expectations)", pytrace=False)

    return check
