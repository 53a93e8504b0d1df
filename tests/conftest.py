"""What all tests share: the corpus of real schemas and documents, and golden files."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator
from difflib import unified_diff
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from relaxgen.output import write
from relaxgen.pipeline import build_package
from relaxgen.project.request import PackageRequest

REPOSITORY = Path(__file__).resolve().parent.parent

# How fast the machine is, and what else it does, says nothing of the code.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


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


def pytest_itemcollected(item: pytest.Item) -> None:
    """Marks the cases that need the corpus. Properties reach the summary from xdist's processes, too."""
    if "corpus" in getattr(item, "fixturenames", ()):
        item.user_properties.append(("needs corpus", True))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says how many cases ran on the corpus: without one, a run that passes shows less."""
    ran = sum(_on_corpus(terminalreporter, kind) for kind in ("passed", "failed", "xfailed", "xpassed"))
    skipped = _on_corpus(terminalreporter, "skipped")
    if ran:
        terminalreporter.section(f"corpus: {ran} cases ran on {corpus_directory()}, {skipped} were skipped", green=True)
    elif skipped:
        line = f"no corpus at {corpus_directory()}: {skipped} cases were skipped"
        terminalreporter.section(line, yellow=True)


def _on_corpus(terminalreporter: pytest.TerminalReporter, kind: str) -> int:
    reports = terminalreporter.stats.get(kind, ())
    return sum(("needs corpus", True) in report.user_properties for report in reports)


GenerateAndImport = Callable[..., ModuleType]


@pytest.fixture(scope="session")
def import_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory whose packages can be imported."""
    directory = tmp_path_factory.mktemp("packages")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(directory)
        yield directory


@pytest.fixture(scope="session")
def generate_and_import(import_path: Path) -> GenerateAndImport:
    """From schemas to the imported package: ``generate_and_import(name, schema, ..., enums=(), preset="")``; other
    keywords are those of `PackageRequest`."""

    def generate(name: str, *schemas: Path, **options: Any) -> ModuleType:
        directory = import_path / name
        write(build_package(PackageRequest(schemas, directory, **options)).tree, directory)
        importlib.invalidate_caches()
        return importlib.import_module(name)

    return generate


@pytest.fixture(scope="session")
def domain(generate_and_import: GenerateAndImport) -> ModuleType:
    """The package for our own grammar of libvirt's domains, as the generator makes it now."""
    tables = sorted((REPOSITORY / "schemas" / "enums").glob("*.enums"))
    return generate_and_import("domain_under_test", REPOSITORY / "schemas" / "domain.rng", enums=tuple(tables))


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
