"""Whatever is read, it is a schema or an error with a place: never another exception."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from relaxgen.diagnostics.errors import SchemaError
from relaxgen.relaxng import read_grammar_text, simplify

from tests.relaxng.dump import dump_grammar, dump_schema

NAMESPACE = "http://relaxng.org/ns/structure/1.0"
ELEMENTS = [
    "element",
    "attribute",
    "group",
    "interleave",
    "choice",
    "optional",
    "zeroOrMore",
    "oneOrMore",
    "list",
    "mixed",
    "ref",
    "parentRef",
    "empty",
    "text",
    "notAllowed",
    "value",
    "data",
    "param",
    "except",
    "externalRef",
    "grammar",
    "start",
    "define",
    "div",
    "include",
    "name",
    "anyName",
    "nsName",
    "optinal",
]
ATTRIBUTES = {
    "name": ["a", "b", " a ", "x:a", "y:a", "1", ""],
    "combine": ["choice", "interleave", "none"],
    "href": ["missing.rng", "#", "schema.rng", "http://x", ""],
    "type": ["token", "int", ""],
    "ns": ["", "urn:n", "http://www.w3.org/2000/xmlns"],
    "datatypeLibrary": ["", "urn:d", "d"],
    "x:foreign": ["1"],
}

attributes = st.dictionaries(st.sampled_from(sorted(ATTRIBUTES)), st.integers(0, 6), max_size=2).map(
    lambda chosen: "".join(f' {name}="{ATTRIBUTES[name][at % len(ATTRIBUTES[name])]}"' for name, at in chosen.items())
)

trees = st.recursive(
    st.sampled_from(
        ["", "text", "<x:y/>", "<!-- c -->", '<ref name="a"/>', "<text/>", '<element name="e"><empty/></element>']
    ),
    lambda inner: st.builds(
        lambda name, attributes, content: f"<{name}{attributes}>{''.join(content)}</{name}>",
        st.sampled_from(ELEMENTS),
        attributes,
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)


def check(data: bytes) -> None:
    try:
        grammar = read_grammar_text(data, "schema.rng")
        assert dump_grammar(grammar)
        assert dump_schema(simplify(grammar))
    except SchemaError as error:
        assert error.diagnostics
        assert all(found.location.path.endswith("schema.rng") for found in error.diagnostics)


@settings(max_examples=400, deadline=None)
@given(st.lists(trees, max_size=4), st.sampled_from(["grammar", "element", "choice", "start"]))
def test_any_tree_of_relax_ng_elements_is_read_or_refused(content: list[str], root: str) -> None:
    text = f'<{root} xmlns="{NAMESPACE}" xmlns:x="urn:x" name="r">{"".join(content)}</{root}>'
    check((text.replace(' name="r"', "", 1) if root in ("grammar", "choice", "start") else text).encode())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 200), st.integers(0, 30))
def test_any_bytes_in_a_schema_are_read_or_refused(noise: bytes, at: int, removed: int) -> None:
    text = (
        f'<grammar xmlns="{NAMESPACE}"><start><ref name="a"/></start>'
        '<define name="a"><element name="é"><optional><value>ü</value></optional></element></define></grammar>'
    ).encode()
    check(noise)
    check(text[:at] + noise + text[at + removed :])
