"""Objects whose class has no one order of children are written in an order that the schema allows for them."""

from __future__ import annotations

from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.conftest import GenerateAndImport
from tests.engine.differences import without_engine

SCHEMA = """<grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><element name="route"><choice>
    <group>
      <attribute name="kind"><value>there</value></attribute>
      <ref name="from"/><optional><ref name="stop"/></optional><ref name="to"/>
    </group>
    <group>
      <attribute name="kind"><value>back</value></attribute>
      <ref name="to"/><zeroOrMore><ref name="stop"/></zeroOrMore><ref name="from"/>
    </group>
    <group>
      <attribute name="kind"><value>round</value></attribute>
      <ref name="stop"/><ref name="from"/><ref name="stop"/>
      <zeroOrMore><element><nsName ns="urn:x"/><text/></element></zeroOrMore>
      <optional><ref name="to"/></optional>
    </group>
  </choice></element></start>
  <define name="from"><element name="from"><attribute name="at"><data type="int"/></attribute></element></define>
  <define name="stop"><element name="stop"><attribute name="at"><data type="int"/></attribute></element></define>
  <define name="to"><element name="to"><attribute name="at"><data type="int"/></attribute></element></define>
</grammar>
"""

LETTERS = "abcdefghijklmnopqrst"
MANY = " & ".join(f"element {letter} {{ empty }}?" for letter in LETTERS)
REPEATED = f"""
namespace x = "urn:x"
start = trios | steps | twins | wide | deep
trios = element trios {{ (n, n, element x:* {{ empty }})* & m* }}
steps = element steps {{ (n?, (k | l))* & m* }}
twins = element twins {{ (n & k)* & m* }}
wide = element wide {{ {MANY} & ends }}
deep = element deep {{ ({MANY}), ends }}
ends = attribute ends {{ "no" }} | (attribute ends {{ "yes" }}, element end {{ empty }})
k = element k {{ empty }}
l = element l {{ empty }}
m = element m {{ empty }}
n = element n {{ empty }}
"""


@pytest.fixture(scope="module")
def routes(generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    schema: Path = tmp_path_factory.mktemp("schema") / "route.rng"
    schema.write_text(SCHEMA, encoding="utf-8")
    return generate_and_import("routes_under_test", schema)


@pytest.fixture(scope="module")
def repeated(generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    schema: Path = tmp_path_factory.mktemp("schema") / "repeated.rnc"
    schema.write_text(REPEATED, encoding="utf-8")
    return generate_and_import("repeated_under_test", schema)


@pytest.fixture(params=["with the engine, if it is there", "without"])
def with_or_without_engine(request: pytest.FixtureRequest, routes: ModuleType) -> AbstractContextManager[None]:
    return without_engine(routes) if request.param == "without" else nullcontext()


def route(package: ModuleType, kind: str, stops: int) -> Any:
    return package.Route(
        kind=package.RouteKind(kind),
        from_=package.From(at=1),
        to=package.To(at=2),
        stops=[package.Stop(at=10 + number) for number in range(stops)],
    )


def names(text: str) -> str:
    """The children, by their initials and numbers."""
    return " ".join(line.strip()[1] + line.split("'")[1] for line in text.splitlines() if " at=" in line)


@pytest.mark.parametrize(
    ("kind", "stops", "expected"),
    [
        ("there", 0, "f1 t2"),
        ("there", 1, "f1 s10 t2"),
        ("back", 0, "t2 f1"),
        ("back", 3, "t2 s10 s11 s12 f1"),
        ("round", 2, "s10 f1 s11 t2"),
    ],
)
def test_a_new_object_has_the_order_of_its_alternative(
    routes: ModuleType, kind: str, stops: int, expected: str
) -> None:
    text = routes.format_route(route(routes, kind, stops))
    assert names(text) == expected
    assert routes.parse_route(text, validate=True) == route(routes, kind, stops)
    assert routes.format_route(routes.parse_route(text)) == text


def test_open_content_finds_its_place_between_children(routes: ModuleType) -> None:
    made = route(routes, "round", 2)
    made.elements = [routes.AnyElement("{urn:x}note", {}, ["n"])]
    text = routes.format_route(made)
    assert text.index("note") < text.index("<to")
    assert routes.format_route(routes.parse_route(text)) == text


def test_an_edited_object_has_an_order_that_the_edit_asks_for(routes: ModuleType) -> None:
    edited = routes.parse_route("<route kind='there'><from at='1'/><stop at='5'/><to at='2'/></route>")
    edited.kind = routes.RouteKind.BACK
    assert names(routes.format_route(edited)) == "t2 s5 f1"
    edited.stops.append(routes.Stop(at=6))
    assert names(routes.format_route(edited)) == "t2 s5 s6 f1"


def test_without_the_check_the_order_that_was_read_stays(
    routes: ModuleType, with_or_without_engine: AbstractContextManager[None]
) -> None:
    with with_or_without_engine:
        edited = routes.parse_route("<route kind='there'><from at='1'/><stop at='5'/><to at='2'/></route>")
        edited.kind = routes.RouteKind.BACK
        assert names(routes.format_route(edited, validate=False)) == "f1 s5 t2"
        edited.stops.append(routes.Stop(at=6))
        assert names(routes.format_route(edited, validate=False)) == "t2 s5 s6 f1"
        made = route(routes, "back", 1)
        assert names(routes.format_route(made, validate=False)) == "t2 s10 f1"


def test_only_the_order_changes_in_the_text_that_was_parsed(routes: ModuleType) -> None:
    text = "<route kind='back'>\n  <to at='2' />\n  <stop at='5'/> <!-- rest -->\n  <from at='1'/>\n</route>\n"
    edited = routes.parse_route(text)
    edited.stops.insert(0, routes.Stop(at=4))
    expected = text.replace("  <stop at='5'/>", "  <stop at='4' />\n  <stop at='5'/>")
    assert routes.format_route(edited, like=text) == expected


def test_an_object_that_no_order_makes_valid_is_written_as_it_is(routes: ModuleType) -> None:
    made = route(routes, "there", 3)
    assert names(routes.format_route(made, validate=False)) == "f1 s10 s11 s12 t2"
    with pytest.raises(routes.FormatError, match="Route would not be valid: /route") as caught:
        routes.format_route(made)
    assert caught.value.faults


def made(package: ModuleType, kind: str, **counts: int) -> Any:
    """An object with lists of so many children."""
    classes = {"ns": package.N, "ks": package.K, "ls": package.L, "ms": package.M}
    lists = {name: [classes[name]() for _ in range(counts[name])] for name in counts if name in classes}
    open_ = [package.AnyElement("{urn:x}x", {}, []) for _ in range(counts.get("elements", 0))]
    return getattr(package, kind)(**lists, **({"elements": open_} if open_ else {}))


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        ("Trios", {"ns": 4, "elements": 2, "ms": 1}),
        ("Trios", {"ns": 2_000, "elements": 1_000}),
        ("Steps", {"ns": 2, "ks": 1, "ls": 1, "ms": 2}),
        ("Steps", {"ns": 3, "ks": 900, "ls": 900, "ms": 2}),
        ("Twins", {"ns": 3, "ks": 3, "ms": 2}),
        ("Twins", {"ns": 1_000, "ks": 1_000}),
    ],
)
def test_what_belongs_together_in_a_repetition_is_found_in_fields(
    repeated: ModuleType, kind: str, counts: dict[str, int]
) -> None:
    one = made(repeated, kind, **counts)
    text = repeated.format(one)
    assert repeated.parse(text, validate=True) == one
    assert repeated.format(one, like=text) == text


def test_an_order_is_found_in_what_belongs_together_alone(repeated: ModuleType) -> None:
    one = made(repeated, "Steps", ns=2, ks=2, ms=3)
    tags = [line.strip() for line in repeated.format(one).splitlines()[1:-1]]
    assert tags == ["<n/>", "<k/>", "<n/>", "<k/>", "<m/>", "<m/>", "<m/>"]


@pytest.mark.parametrize(("kind", "most"), [("Wide", 1_000), ("Deep", 50_000)])
def test_an_object_without_a_valid_order_is_refused_soon(
    repeated: ModuleType, monkeypatch: pytest.MonkeyPatch, kind: str, most: int
) -> None:
    diagnosis = import_module(f"{repeated.__name__}._runtime.diagnosis")
    monkeypatch.setattr(diagnosis, "MOST_IN_VAIN", 2_000)
    after, calls = diagnosis.Judge.after, Counter[str]()

    def counted(*arguments: Any) -> Any:
        calls["after"] += 1
        return after(*arguments)

    monkeypatch.setattr(diagnosis.Judge, "after", counted)
    with pytest.raises(repeated.FormatError, match="lacks <end>"):
        repeated.format(getattr(repeated, kind)(ends=True, **dict.fromkeys(LETTERS, True)))
    assert calls["after"] < most
