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
