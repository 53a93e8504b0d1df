"""A package carries those modules of the run time that it needs, and works without the others."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from relaxgen.python.support import NEEDED

from tests.conftest import GenerateAndImport

FACETS = ("facets.py",)
PATTERN = (*FACETS, "expression.py")
TIME = ("time_types.py",)
BOUND = (*FACETS, *TIME)
DATES = ("date_converters.py", *TIME)
NUMBERS = ("float_types.py", "number_converters.py")
COMPOSITES = ("composite_converters.py",)
OCTETS = ("octet_converters.py", "octet_types.py")
TABLE = """{"releases": ["1"], "short": false, "paths": {"/thing": [["1", null]], "/thing/@a": [["1", null]]},
"open": {}, "again": {}}"""


@dataclass(frozen=True)
class Case:
    """``content`` is what the grammar says of the attribute ``a``; the package carries ``modules``. ``table`` is one
    of releases."""

    content: str
    right: str
    wrong: str
    modules: tuple[str, ...] = ()
    table: str = ""


CASES = {
    "plain": Case('<data type="unsignedByte"/>', "7", "256"),
    "releases": Case('<data type="unsignedByte"/>', "7", "256", ("releases.py",), TABLE),
    "date": Case('<data type="date"/>', "2024-02-29", "2023-02-29", TIME),
    "duration": Case(
        '<data type="duration"><param name="maxInclusive">P1D</param></data>', "PT5M", "P2D", (*FACETS, *TIME)
    ),
    "value": Case('<value type="gYear">2024</value>', "2024", "2025", TIME),
    "except": Case('<data type="string"><except><value type="gDay">---01</value></except></data>', "x", "---01", TIME),
    "as date": Case('<data type="date" b:as="date"/>', "2024-02-29", "2023-02-29", DATES),
    "float": Case('<data type="float"/>', "1.5", "x", NUMBERS),
    "octets": Case('<data type="hexBinary"/>', "0F", "0", OCTETS),
    "name": Case('<data type="NCName"/>', "x", "1", ("name_types.py",)),
    "URI": Case('<data type="anyURI"/>', "x", "%", ("uri_types.py",)),
    "length": Case('<data type="string"><param name="length">1</param></data>', "x", "xy", FACETS),
    "pattern": Case('<data type="string"><param name="pattern">(a|aa)+b</param></data>', "aab", "aa", PATTERN),
    "list": Case(
        '<list><data type="time"/><data type="token"><param name="pattern">[a-c]</param></data></list>',
        "10:00:00 b",
        "10:00:00 d",
        (*PATTERN, *TIME, *COMPOSITES),
    ),
}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture
def package(
    request: pytest.FixtureRequest, case: Case, generate_and_import: GenerateAndImport, tmp_path: Path
) -> ModuleType:
    schema = tmp_path / "thing.rng"
    schema.write_text(
        '<element name="thing" xmlns="http://relaxng.org/ns/structure/1.0" '
        'xmlns:b="urn:relaxgen:binding:1" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">'
        f'<attribute name="a">{case.content}</attribute></element>',
        encoding="utf-8",
    )
    versions = (tmp_path / "thing.json",) if case.table else ()
    for file in versions:
        file.write_text(case.table, encoding="utf-8")
    return generate_and_import(f"left_out_{request.node.callspec.id.replace(' ', '_')}", schema, versions=versions)


def test_it_carries_what_it_needs_and_does_what_others_do(package: ModuleType, case: Case) -> None:
    assert package.__file__ is not None
    runtime = Path(package.__file__).parent / "_runtime"
    assert {path for path in NEEDED if (runtime / path).exists()} == set(case.modules)
    for path in runtime.rglob("*.py"):
        inside = ".".join(path.relative_to(runtime).with_suffix("").parts).removesuffix("__init__").rstrip(".")
        importlib.import_module(f"{package.__name__}._runtime.{inside}".rstrip("."))
    text = f"<thing a='{case.right}'/>\n"
    thing = package.parse_thing(text, validate=True)
    assert package.format_thing(thing) == text
    assert package.format_thing(thing, like=text) == text
    assert package.from_json(package.Thing, package.to_json(thing)) == thing
    with pytest.raises(package.ParseError):
        package.parse_thing(f"<thing a='{case.wrong}'/>", validate=True)
    with pytest.raises(package.ParseError, match="unknown"):
        package.parse_thing(f"<thing a='{case.right}' b=''/>")


def test_every_module_that_may_be_left_out_has_a_case() -> None:
    assert {path for case in CASES.values() for path in case.modules} == set(NEEDED)


def test_the_run_time_imports_them_by_their_names_only() -> None:
    runtime = Path(importlib.import_module("relaxgen.runtime").__file__ or "").parent
    assert all((runtime / path).is_file() for path in NEEDED)
    optional = {Path(path).stem for path in NEEDED}
    for path in runtime.rglob("*.py"):
        if path.stem not in optional:
            text = path.read_text(encoding="utf-8")
            assert not any(f"from .{name} import" in text for name in optional)
