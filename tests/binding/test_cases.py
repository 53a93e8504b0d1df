"""Golden cases: ``cases/<rule>.rng`` with the dump of its class model (``.model``), or with the errors (``.err``).

The first line of a case says which rule it shows. Beside it, ``<rule>.enums`` holds its enum tables, and
``<rule>.bindings.toml`` what a bindings file says of it. A line
``<!-- with: files/other.rng -->`` adds schemas to the package, ``<!-- roots: disk pool -->`` is ``--root``. Files that
cases include are in ``cases/files``. Warnings stand above the dump.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from relaxgen.diagnostics.errors import Diagnostics, GeneratorError
from relaxgen.pipeline import bind, read_schemas
from relaxgen.project.request import PackageRequest

from tests.binding.dump import dump

CASES = Path(__file__).parent / "cases"
ALL_CASES = sorted(CASES.glob("*.rng"))


def words_after(option: str, text: str) -> list[str]:
    return [word for words in re.findall(rf"<!-- {option}: (.*?) -->", text) for word in words.split()]


def request_of(case: Path) -> PackageRequest:
    text = case.read_text(encoding="utf-8")
    schemas = (case, *(CASES / name for name in words_after("with", text)))
    return PackageRequest(
        schemas,
        Path(case.stem),
        enums=beside(case, ".enums"),
        bindings=beside(case, ".bindings.toml"),
        roots=tuple(words_after("roots", text)),
    )


def beside(case: Path, suffix: str) -> tuple[Path, ...]:
    file = case.with_suffix(suffix)
    return (file,) if file.exists() else ()


def outcome(case: Path) -> tuple[str, str]:
    """The suffix of the expectation, and its text, with paths relative to the cases."""
    request = request_of(case)
    diagnostics = Diagnostics()
    try:
        model = bind(read_schemas(request, diagnostics), request, diagnostics)
        text, suffix = "".join(f"{warning}\n" for warning in diagnostics.warnings) + dump(model), ".model"
    except GeneratorError as error:
        text, suffix = f"{error}\n", ".err"
    return suffix, text.replace(f"{CASES}/", "")


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: case.stem)
def test_a_schema_gives_the_expected_classes(
    case: Path, golden: Callable[[Path, str], None], request: pytest.FixtureRequest
) -> None:
    suffix, text = outcome(case)
    other = case.with_suffix(".err" if suffix == ".model" else ".model")
    if request.config.getoption("--regenerate"):
        other.unlink(missing_ok=True)
    golden(case.with_suffix(suffix), text)
    assert not other.exists(), f"{other.name} is expected, too, but a schema gives a model or errors"


def test_every_expectation_has_its_case_and_every_case_says_what_it_shows() -> None:
    expectations = [*CASES.glob("*.model"), *CASES.glob("*.err")]
    assert len(ALL_CASES) > 60
    assert {path.stem for path in expectations} == {path.stem for path in ALL_CASES}
    assert {path.stem for path in CASES.glob("*.enums")} <= {path.stem for path in ALL_CASES}
    assert {path.name.split(".")[0] for path in CASES.glob("*.toml")} <= {path.stem for path in ALL_CASES}
    for case in ALL_CASES:
        assert case.read_text(encoding="utf-8").startswith("<!-- "), case.name
