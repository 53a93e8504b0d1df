"""Objects as deep as documents can be, in programs that are deep in calls themselves."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from relaxgen.runtime.markup import AnyElement

from tests.conftest import GenerateAndImport

RNG = 'xmlns="http://relaxng.org/ns/structure/1.0"'
SCHEMA = f"""<grammar {RNG}><start><ref name="part"/></start><define name="part"><element name="part">
<optional><attribute name="k"/></optional><optional><ref name="part"/></optional>
<optional><element name="note"><mixed><zeroOrMore><ref name="note"/></zeroOrMore></mixed></element></optional>
<optional><element name="any"><ref name="open"/></element></optional>
</element></define><define name="note"><element name="b"><mixed><zeroOrMore><ref name="note"/></zeroOrMore></mixed>
</element></define><define name="open"><zeroOrMore><element><anyName/><ref name="open"/></element></zeroOrMore>
</define></grammar>"""
DEEPEST = 256


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory, generate_and_import: GenerateAndImport) -> ModuleType:
    schema = tmp_path_factory.mktemp("deep") / "deep.rng"
    schema.write_text(SCHEMA, encoding="utf-8")
    return generate_and_import("deep", schema)


def elements(name: str, depth: int, inner: str = "") -> str:
    return f"<{name}>" * depth + inner + f"</{name}>" * depth


DOCUMENTS = {
    "children": elements("part", DEEPEST),
    "content": f"<part><note>{elements('b', DEEPEST - 2, 'x')}</note></part>",
    "open": f"<part><any>{elements('x', DEEPEST - 2)}</any></part>",
}


def far_down(calls: int, work: Callable[[], object]) -> object:
    return far_down(calls - 1, work) if calls else work()


@pytest.mark.parametrize("calls", [0, 400])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_can_be_read_can_be_used(deep: ModuleType, name: str, calls: int) -> None:
    text = DOCUMENTS[name]

    def use() -> None:
        read = deep.parse(text)
        for twin in (copy.deepcopy(read), pickle.loads(pickle.dumps(read)), copy.copy(read), deep.parse(text)):
            assert twin == read
            assert repr(twin) == repr(read)
            assert deep.to_dict(twin) == deep.to_dict(read)
            assert deep.from_dict(deep.Part, deep.to_dict(twin)) == read
            assert deep.from_json(deep.Part, deep.to_json(twin)) == read
            assert sum(1 for _ in deep.walk(twin)) > 1 and not list(deep.differences(twin, read))
            assert deep.format(twin, like=text) == text
        assert deep.parse(deep.format(read), validate=True) == read

    far_down(calls, use)


def test_the_deepest_part_counts(deep: ModuleType) -> None:
    read, other = (deep.parse(elements("part", DEEPEST - 1, f"<part k='{key}'/>")) for key in "ab")
    assert read != other
    assert repr(read).count("Part(") == DEEPEST
    assert repr(read) != repr(other)


def test_a_deep_copy_shares_nothing_and_keeps_what_is_shared_inside() -> None:
    inner = AnyElement("i")
    outer: Any = AnyElement("o", {"a": "1"}, [inner, "t", inner])
    twin = copy.deepcopy(outer)
    assert twin == outer
    assert twin.content[0] is twin.content[2]
    assert twin.content[0] is not inner
    assert twin.attributes is not outer.attributes
    pair = copy.deepcopy([inner, outer])
    assert pair[1].content[0] is pair[0]


def too_deep() -> dict[str, dict[str, Any]]:
    """A dictionary in itself, one that is a level too deep, and both of open content."""
    circle: dict[str, Any] = {}
    circle["part"] = circle
    chain: dict[str, Any] = {}
    for _ in range(DEEPEST):
        chain = {"part": chain}
    element: dict[str, Any] = {"$xml": "x", "content": []}
    element["content"].append(element)
    open_chain: dict[str, Any] = {"$xml": "x"}
    for _ in range(DEEPEST):
        open_chain = {"$xml": "x", "content": [open_chain]}
    return {
        "circle": circle,
        "chain": chain,
        "open circle": {"any": {"elements": [element]}},
        "open chain": {"any": {"elements": [open_chain]}},
    }


@pytest.mark.parametrize("calls", [0, 400])
@pytest.mark.parametrize("name", too_deep())
def test_plain_values_deeper_than_documents_are_refused(deep: ModuleType, name: str, calls: int) -> None:
    message = r"^Part\.(part|any)\..*: objects are nested deeper than 256$"
    with pytest.raises(ValueError, match=message):
        far_down(calls, lambda: deep.from_dict(deep.Part, too_deep()[name]))


def test_a_text_that_json_cannot_take_is_refused(deep: ModuleType) -> None:
    depth = 100_000
    with pytest.raises(ValueError, match=r"^Part: objects are nested deeper than 256$"):
        deep.from_json(deep.Part, '{"part": ' * depth + "{}" + "}" * depth)


def in_itself(deep: ModuleType, kind: str) -> Any:
    part = deep.Part()
    if kind == "child":
        part.part = deep.Part(part=part)
    else:
        element = deep.AnyElement("x")
        element.content.append(element)
        part.any = deep.PartAny(elements=[element])
    return part


@pytest.mark.parametrize("calls", [0, 400])
@pytest.mark.parametrize("kind", ["child", "open"])
def test_what_contains_itself_is_an_error_or_handled(deep: ModuleType, kind: str, calls: int) -> None:
    part = in_itself(deep, kind)

    def use() -> None:
        for twin in (copy.copy(part), copy.deepcopy(part), pickle.loads(pickle.dumps(part))):
            assert twin == part
            assert "..." in repr(twin)
        assert not list(deep.differences(part, copy.copy(part)))
        with pytest.raises(deep.FormatError, match="contains itself"):
            deep.format(part)
        for plain in (deep.to_dict, deep.to_json):
            with pytest.raises(ValueError, match="contains itself"):
                plain(part)

    far_down(calls, use)


def test_walking_what_contains_itself_ends(deep: ModuleType) -> None:
    with pytest.raises(ValueError, match="the Part contains itself"):
        list(deep.walk(in_itself(deep, "child")))
    with pytest.raises(ValueError, match="the AnyElement contains itself"):
        _ = in_itself(deep, "open").any.elements[0].text


def test_a_part_in_two_places_is_no_circle(deep: ModuleType) -> None:
    inner = deep.AnyElement("i", None, ["t"])
    outer = deep.AnyElement("o", None, [inner, deep.AnyElement("m", None, [inner])])
    part = deep.Part(any=deep.PartAny(elements=[outer, inner]))
    assert deep.from_dict(deep.Part, deep.to_dict(part)) == part
    assert (
        deep.format(part, indent=None, validate=False)
        == "<part><any><o><i>t</i><m><i>t</i></m></o><i>t</i></any></part>"
    )
    assert part.any.elements[0].text == "tt"


def test_objects_that_hold_themselves_end() -> None:
    one, other = (AnyElement("a", None, ["x"]) for _ in range(2))
    for element in (one, other):
        element.content.append(element)
    assert one == other
    assert repr(one) == "AnyElement('a', content=['x', ...])"
    for twin in (copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert twin.content[1] is twin
    other.content.append("y")
    assert one != other


def test_a_subclass_keeps_what_it_adds_and_is_asked_for_what_it_overrides(deep: ModuleType) -> None:
    class Named(AnyElement):
        note: str
        __hash__ = None

        def __repr__(self) -> str:
            return f"<{self.name}>"

        def __eq__(self, other: object) -> bool:
            return True

    named: Any = Named("n")
    named.note = "kept"
    outer: Any = AnyElement("o", None, [named])
    assert copy.deepcopy(outer).content[0].note == copy.copy(named).note == "kept"
    assert repr(outer) == "AnyElement('o', content=[<n>])"
    assert outer == AnyElement("o", None, [Named("other")])


def test_text_of_open_content_is_in_the_order_of_the_document() -> None:
    assert AnyElement("a", None, ["1", AnyElement("b", None, ["2", AnyElement("c", None, ["3"])]), "4"]).text == "1234"
