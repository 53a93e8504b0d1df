"""Schemas whose names and texts mean something to Python, to templates, or to generated code: the package is valid,
nothing of the schema becomes code, and documents pass through it."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from xml.sax.saxutils import escape, quoteattr

import pytest
from relaxgen.diagnostics.errors import SchemaError
from relaxgen.pipeline import build_package
from relaxgen.project.request import PackageRequest
from relaxgen.python.identifiers import (
    ANNOTATION_WORDS,
    CLASS_WORDS,
    ELEMENT_WORDS,
    MODULE_WORDS,
    PARAMETER_WORDS,
)

RNG = 'xmlns="http://relaxng.org/ns/structure/1.0"'

NAMES = sorted(
    {*keyword.kwlist, *keyword.softkwlist, *CLASS_WORDS, *MODULE_WORDS, *PARAMETER_WORDS, *ELEMENT_WORDS}
    | {"Root", "Contents", "py.typed", "__init__", "_runtime", "_grammar", "Decimal-", "a-b", "a_b", "aB", "A-B", "x😀"}
)

FIELDS = sorted(
    {*keyword.kwlist, *ANNOTATION_WORDS, "self", *ELEMENT_WORDS, "value", "content", "attributes", "_preserved"}
    | {
        "_fields",
        "__init__",
        "__class__",
        "__slots__",
        "node",
        "reader",
        "this",
        "name",
        "text",
        "a-b",
        "a_b",
        "é",
        "a.b",
    }
)

WITH_FIELDS = ("class", "None", "list", "int", "Any")
"""The elements that have an attribute of each of these names."""

TEXTS = (
    '"""',
    "\\",
    "ends with \\",
    "'",
    "\n",
    "{{ 7 * 7 }}",
    "{% raw %}",
    'x"""\nraise SystemExit("injected")\n"""',
    "'); raise SystemExit('injected') #",
    "\u2028",
    "\\N{BULLET}",
    "{this}",
    "%s",
)


def names_schema() -> str:
    refs = "".join(f"<optional><ref name={quoteattr(name)}/></optional>" for name in NAMES)
    fields = "".join(f"<optional><attribute name={quoteattr(name)}/></optional>" for name in FIELDS)
    tokens = "".join(f"<value>{name}</value>" for name in FIELDS)
    defines = "".join(
        f"<define name={quoteattr(name)}><element name={quoteattr(name)}>{fields if name in WITH_FIELDS else ''}"
        f'<attribute name="q"><choice>{tokens}</choice></attribute><optional><ref name="inner"/></optional>'
        "</element></define>"
        for name in NAMES
    )
    inner = '<define name="inner"><element name="inner"><optional><ref name="None"/></optional></element></define>'
    return (
        f'<grammar {RNG}><start><element name="root"><interleave>{refs}</interleave></element></start>'
        f"{defines}{inner}</grammar>"
    )


def texts_schema() -> str:
    documentation = 'xmlns:a="http://relaxng.org/ns/compatibility/annotations/1.0" xmlns:b="urn:relaxgen:binding:1"'
    values = "".join(
        f'<value type="string">{escape(text)}</value><a:documentation>{escape(text)}</a:documentation>'
        for text in TEXTS
    )
    elements = "".join(
        f"<optional><element name='e{index}' ns={quoteattr(text)} b:since={quoteattr(text)}>"
        f"<a:documentation>{escape(text)}</a:documentation>"
        f"<attribute name='a' ns={quoteattr(text)}><data type='string'><param name='minLength'>1</param>"
        f"<except><value type='string'>{escape(text)}</value></except></data></attribute>"
        f"<choice><group><attribute name='kind'><value type='string'>{escape(text)}</value></attribute>"
        "<attribute name='b'/><attribute name='c'/><attribute name='d'/></group>"
        "<group><attribute name='kind'><value type='string'>other</value></attribute>"
        "<attribute name='f'/><attribute name='g'/><attribute name='h'/></group></choice></element></optional>"
        for index, text in enumerate(TEXTS)
    )
    return (
        f'<grammar {RNG} {documentation} datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"><start>'
        f'<element name="root"><attribute name="v"><choice>{values}</choice></attribute>{elements}</element>'
        "</start></grammar>"
    )


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory, generate_and_import: Callable[..., ModuleType]) -> ModuleType:
    file = tmp_path_factory.mktemp("schema") / "names.rng"
    file.write_text(names_schema(), encoding="utf-8")
    return generate_and_import("every_hostile_name", file)


@pytest.fixture(scope="module")
def texts_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("schema") / "texts.rng"
    file.write_text(texts_schema(), encoding="utf-8")
    return file


def test_every_public_name_can_be_imported_whatever_was_imported_before(named: ModuleType) -> None:
    for name in named.__all__:
        assert getattr(named, name) is not None
    assert callable(named.parse)
    assert callable(named.format)


@pytest.mark.parametrize("name", NAMES)
def test_an_element_of_any_name_is_read_and_written(named: ModuleType, name: str) -> None:
    document = f"<root>\n  <{name} q='self'/>\n</root>\n"
    assert named.format(named.parse(document)) == document


@pytest.mark.parametrize("name", FIELDS)
def test_an_attribute_of_any_name_and_a_token_of_any_name_are_read_and_written(named: ModuleType, name: str) -> None:
    document = f"<root>\n  <class {name}='x' q='{name}'/>\n</root>\n"
    root = named.parse(document)
    assert named.format(root) == document
    assert repr(root).count("='x'") == 1


def test_every_class_can_be_made_by_its_constructor(named: ModuleType) -> None:
    q = named.parse_any("<Any q='self'/>").q
    values = [getattr(named, name) for name in named.__all__]
    classes = [value for value in values if isinstance(value, type) and "q" in getattr(value, "__slots__", ())]
    assert [class_(q=q).q for class_ in classes] == [q] * len(NAMES)


@pytest.mark.parametrize("text", TEXTS, ids=repr)
def test_no_text_of_a_schema_becomes_code(texts_file: Path, text: str) -> None:
    """All code is imports, definitions, assignments and docstrings; the texts stand in it as constants."""
    tree = build_package(PackageRequest((texts_file,), Path("every_hostile_text"))).tree
    constants: set[object] = set()
    for path, source in tree.items():
        if path.endswith(".py") and not path.startswith("_"):
            module = ast.parse(source)
            assert not any(isinstance(node, ast.Raise) and "injected" in ast.unparse(node) for node in ast.walk(module))
            constants |= {node.value for node in ast.walk(module) if isinstance(node, ast.Constant)}
    assert text in constants


def test_documents_with_such_texts_are_read_and_written(
    texts_file: Path, generate_and_import: Callable[..., ModuleType]
) -> None:
    package = generate_and_import("every_hostile_text", texts_file)
    for text in TEXTS:
        root = package.Root(v=package.RootV(text))
        assert package.parse(package.format(root), validate=True) == root


@pytest.mark.parametrize("name", ["../../x", "a b", "", "1", "a:b:c", "x;import os"])
def test_what_is_no_name_in_xml_is_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / "schema.rng"
    file.write_text(f"<element name={quoteattr(name)} {RNG}><empty/></element>", encoding="utf-8")
    with pytest.raises(SchemaError):
        build_package(PackageRequest((file,), Path("out")))
