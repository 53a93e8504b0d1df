"""Simplification over real schemas, and at sizes that golden cases do not have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from relaxgen.diagnostics.errors import ConfigurationError, Diagnostics, SchemaError
from relaxgen.relaxng import Schema, read_grammar, read_grammar_text, simplify
from relaxgen.relaxng.pattern import Choice, Element, ExternalRef, NestedGrammar, ParentRef, Pattern, Ref, children
from relaxgen.relaxng.roots import starting_at
from relaxgen.relaxng.simplification import is_of_elements

from tests.relaxng.dump import dump_schema

NAMESPACE = 'xmlns="http://relaxng.org/ns/structure/1.0"'


def patterns_of(schema: Schema) -> Iterator[Pattern]:
    remaining = [schema.start, *(definition.pattern for definition in schema.defines.values())]
    while remaining:
        pattern = remaining.pop()
        yield pattern
        remaining.extend(children(pattern))


def assert_is_simple(schema: Schema) -> None:
    for pattern in patterns_of(schema):
        assert not isinstance(pattern, ExternalRef | ParentRef | NestedGrammar)
        if isinstance(pattern, Ref):
            assert pattern.name in schema.defines
        assert pattern.location.path in schema.files
        assert pattern.location.line > 0


def roots(schemas: Path) -> list[Path]:
    """Schemas that are no parts of others: those for which the corpus has documents."""
    documents = schemas.parent / "xml"
    names = {directory.name for directory in documents.iterdir()}
    return [path for path in sorted(schemas.rglob("*.rng")) if path.stem in names]


@pytest.mark.parametrize("release", ["libvirt-11.3.0", "libvirt-9.0.0"])
def test_every_root_of_libvirt_becomes_simple(corpus: Path, release: str) -> None:
    paths = roots(corpus / release / "schemas")
    assert len(paths) >= 16
    for path in paths:
        schema = simplify(read_grammar(path))
        assert_is_simple(schema)
        assert schema.defines


def test_every_root_of_the_vocabularies_becomes_simple(corpus: Path) -> None:
    vocabularies = corpus / "vocabularies"
    seen = 0
    for manifest in sorted(vocabularies.glob("*/manifest.tsv")):
        rows = manifest.read_text(encoding="utf-8").splitlines()[1:]
        for name in sorted({row.split("\t")[0] for row in rows}):
            assert_is_simple(simplify(read_grammar(manifest.parent / "schema" / name)))
            seen += 1
    assert seen >= 10


def test_the_domain_keeps_the_names_of_its_defines(corpus: Path) -> None:
    schema = simplify(read_grammar(corpus / "libvirt-11.3.0" / "schemas" / "domain.rng"))
    assert all(key == definition.name for key, definition in schema.defines.items())
    assert {"domain", "disk", "devices", "address"} <= schema.defines.keys()
    names = [Path(file).name for file in schema.files]
    assert names[0] == "domain.rng"
    assert names.count("basictypes.rng") == 1


def test_a_snapshot_nests_the_whole_domain_beside_its_own_defines(corpus: Path) -> None:
    schema = simplify(read_grammar(corpus / "libvirt-11.3.0" / "schemas" / "domainsnapshot.rng"))
    disks = [key for key, definition in schema.defines.items() if definition.name == "disk"]
    assert len(disks) == 2  # one in domain.rng, one in inactiveDomain.rng
    assert_is_simple(schema)


def test_the_result_does_not_depend_on_the_run(corpus: Path) -> None:
    path = corpus / "libvirt-11.3.0" / "schemas" / "domainsnapshot.rng"
    assert dump_schema(simplify(read_grammar(path))) == dump_schema(simplify(read_grammar(path)))


def chain(length: int, last: str) -> bytes:
    defines = "".join(f"<define name='d{n}'><ref name='d{n + 1}'/></define>" for n in range(length))
    text = f"<grammar {NAMESPACE}><start><ref name='d0'/></start>{defines}<define name='d{length}'>{last}</define>"
    return f"{text}</grammar>".encode()


def test_long_chains_of_references_need_no_stack() -> None:
    schema = simplify(read_grammar_text(chain(4_000, "<element name='a'><empty/></element>")))
    assert len(schema.defines) == 4_001


def test_a_cycle_at_the_end_of_a_long_chain_is_found() -> None:
    with pytest.raises(SchemaError, match="'d1990' contains itself"):
        simplify(read_grammar_text(chain(2_000, "<ref name='d1990'/>")))


def test_errors_are_added_to_the_diagnostics_of_the_caller() -> None:
    diagnostics = Diagnostics()
    with pytest.raises(SchemaError):
        simplify(read_grammar_text(chain(1, "<ref name='missing'/>")), diagnostics)
    assert [error.section for error in diagnostics.errors] == ["4.18"]


def rootless(content: str) -> Schema:
    grammar = read_grammar_text(f"<grammar {NAMESPACE}>{content}</grammar>".encode(), "a.rng")
    return simplify(grammar, needs_start=False)


def test_a_grammar_without_start_starts_with_what_holds_elements_alone() -> None:
    schema = rootless(
        "<define name='a'><element name='x'><ref name='text'/></element></define>"
        "<define name='b'><choice><ref name='a'/><ref name='a'/><element name='y'><empty/></element></choice></define>"
        "<define name='c'><ref name='b'/></define>"
        "<define name='text'><text/></define>"
        "<define name='group'><ref name='a'/><ref name='c'/></define>"
        "<define name='partly'><choice><ref name='a'/><ref name='text'/></choice></define>"
    )
    assert isinstance(schema.start, Choice)
    assert [one.name for one in schema.start.patterns if isinstance(one, Ref)] == ["a", "b", "c"]
    assert not is_of_elements(Ref("nothing"), schema.defines)


def test_a_grammar_without_start_can_have_one_definition_to_start_with() -> None:
    assert rootless("<define name='a'><element name='x'><text/></element></define>").start == Ref("a")


def test_definitions_for_other_grammars_are_no_start() -> None:
    with pytest.raises(SchemaError, match="has no start; it has only definitions for other grammars to include"):
        rootless("<define name='a'><text/></define>")


def test_a_part_of_a_grammar_is_one_error_and_not_one_for_each_reference() -> None:
    references = "".join(f"<ref name='x{n}'/>" for n in range(40))
    nested = "<grammar><start><ref name='own'/></start><define name='own'><text/></define></grammar>"
    with pytest.raises(SchemaError) as raised:
        rootless(f"<define name='a'><element name='b'>{references}{nested}<ref name='a'/></element></define>")
    (diagnostic,) = raised.value.diagnostics
    assert "lacks 40 definitions that it refers to ('x0', 'x1', 'x2', …)" in diagnostic.message


def test_few_missing_definitions_are_all_named() -> None:
    with pytest.raises(SchemaError, match=r"lacks 1 definition that it refers to \('x'\); give the schema"):
        rootless("<define name='a'><element name='b'><ref name='x'/></element></define>")


def test_a_grammar_without_start_starts_where_a_root_says() -> None:
    grammar = "<define name='a'><element name='b'><ref name='t'/></element></define><define name='t'><text/></define>"
    schema = rootless(grammar)
    assert starting_at(schema, "a").start == Ref("a")
    assert isinstance(starting_at(schema, "b").start, Element)
    with pytest.raises(ConfigurationError, match=r"^a\.rng: .* is called 't'; expected one of: b, a$"):
        starting_at(schema, "t")
