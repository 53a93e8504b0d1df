"""Schemas that name what Python knows already, and schemas that try to become code.

Whatever a schema is called and says, the package is valid and typed, reads and writes its documents, and runs nothing
that the schema brought.
"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from relaxgen.diagnostics.errors import GeneratorError
from relaxgen.output import write
from relaxgen.pipeline import build_package, list_files
from relaxgen.project.request import PackageRequest

from benchmarks.round_trip import difference
from tests.growth import LESS_THAN_QUADRATIC, growth

RELAX_NG = 'xmlns="http://relaxng.org/ns/structure/1.0"'
ANNOTATIONS = 'xmlns:a="http://relaxng.org/ns/compatibility/annotations/1.0" xmlns:b="urn:relaxgen:binding:1"'
XSD = 'datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"'

WORDS = (
    "class import None True False match case type self cls this node reader writer name value text parts order child "
    "tag item items margin inner list str int bool float bytes dict set tuple object Element Token Any rt parse "
    "format unknown _kept a-b a_b a.b a--b a A disk Disk DISK print eval exec open __init__ __class__ __slots__ "
    "__name__ __getattr__ __all__ _fields __dict__ annotations TYPE_CHECKING Iterable Literal Decimal lxml etree "
    "async await yield lambda Source ParseError FormatError Fault AnyElement Unknown read_a write_a parse_a format_a "
    "index is_known is-known mro _runtime _grammar contents content elements attributes None_ class_ self_ N n8 _ __ "
    "___ é ß ñ Å naïve straße İ ı indent source validate document result namespaces keys values get count upper join "
    "con aux nul"
)
NAMES = WORDS.split()

STRINGS = [
    "'",
    '"',
    "'''",
    '"""',
    "\\",
    "\\'",
    '\\"',
    "\\N{BULLET}",
    "\\x41",
    "\\u0041",
    "\\101",
    "\\\n",
    "{{ 1 }}",
    "{% raw %}",
    "{# #}",
    "{0}",
    "{}",
    "%s",
    "%(a)s",
    "$a",
    "#",
    "`",
    "$(touch CANARY)",
    "';CANARY();'",
    '";CANARY();"',
    '"""\nCANARY()\n"""',
    "')\nCANARY()#",
    "\n",
    "\r",
    "\t",
    "\u2028",
    "\u2029",
    "\x85",
    "\xa0",
    "\u202e",
    "\u200b",
    "\ufeff",
    "é",
    "e\u0301",
    "😀",
    "None",
    "a b",
    "a-b",
    "a_b",
    "A_B",
    "class",
    "name",
    "value",
    "index",
    "mro",
    "1",
    "01",
    "-1",
    "+1",
    "_",
    "__",
    "__x__",
    "__class__",
    "_x_",
    "]]>",
    "<!--",
    "&amp;",
    "*/",
    "/*",
]


def grammar(content: str, definitions: str = "", documentation: str = "") -> str:
    words = f"<a:documentation>{escape(documentation)}</a:documentation>" if documentation else ""
    start = f'<start><element name="root">{words}{content}</element></start>'
    return f"<grammar {RELAX_NG} {ANNOTATIONS} {XSD}>{words}{start}{definitions}</grammar>"


def generate(name: str, parent: Path, schema: str, file: str = "schema.rng", tables: str = "") -> ModuleType:
    """The imported package for the text of a schema."""
    folder = parent / f"{name}_schema"
    folder.mkdir(exist_ok=True)
    path = folder / file
    path.write_text(schema, encoding="utf-8", newline="")
    enums = ()
    if tables:
        (folder / "tables.enums").write_text(tables, encoding="utf-8")
        enums = (folder / "tables.enums",)
    tree = build_package(PackageRequest((path,), parent / name, enums)).tree
    assert_nothing_injected(tree)
    write(tree, parent / name)
    importlib.invalidate_caches()
    return importlib.import_module(name)


def assert_nothing_injected(tree: Mapping[str, str]) -> None:
    """What a schema says is in strings, comments and names that are made from it; nothing of it is looked up."""
    for path, text in tree.items():
        for node in ast.walk(ast.parse(text, path)):
            assert not (isinstance(node, ast.Name) and node.id == "CANARY" and isinstance(node.ctx, ast.Load)), path


def assert_typed(package: ModuleType) -> None:
    folder = Path(str(package.__file__)).parent
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(folder)]
    checked = subprocess.run(command, cwd=folder.parent, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def assert_usable(package: ModuleType, document: str) -> Any:
    """Every name can be had; the document comes back, from the object and from one made by its own ``repr``."""
    names = {name: getattr(package, name) for name in package.__all__}
    parsed = package.parse(document, validate=True)
    assert difference(document.encode(), package.format(parsed).encode()) == ""
    rebuilt = eval(repr(parsed), names)
    assert rebuilt == parsed
    assert difference(document.encode(), package.format(rebuilt).encode()) == ""
    return parsed


def definition(name: str, inside: str = "") -> str:
    quoted = quoteattr(name)
    return (
        f"<define name={quoted}><element name={quoted}>"
        f"<optional><attribute name={quoted}><choice>{values([name, 'x'])}</choice></attribute></optional>"
        f"<optional><attribute name={quoteattr('x' + name)}><data type='int'/></attribute></optional>"
        f"{inside}</element></define>"
    )


@pytest.fixture(scope="module")
def names_package(import_path: Path) -> ModuleType:
    """Each name is that of a define, an element with content, an attribute, a value, a scalar and a flag."""
    content = "".join(f"<zeroOrMore><ref name={quoteattr(name)}/></zeroOrMore>" for name in NAMES)
    inside = (
        "<zeroOrMore><element name={0}><text/></element></zeroOrMore>"
        "<optional><element name={1}><empty/></element></optional>"
    )
    definitions = "".join(definition(name, inside.format(quoteattr(name), quoteattr(f"flag.{name}"))) for name in NAMES)
    return generate("hostile_names", import_path, grammar(content, definitions))


def test_names_that_python_knows_are_usable(names_package: ModuleType) -> None:
    document = "".join(
        f"<{name} {name}='{name}' x{name}='1'><{name}>t</{name}><flag.{name}/></{name}>" for name in NAMES
    )
    parsed = assert_usable(names_package, f"<root>{document}</root>")
    assert sum(len(getattr(parsed, field.name)) for field in type(parsed)._fields) == len(NAMES)


def test_names_are_stable(names_package: ModuleType) -> None:
    """A few that people will write; a rule that changes them changes programs."""
    root = names_package.Root()
    assert {"classes", "imports", "matches", "types", "selfs", "disks"} <= set(type(root).__slots__)
    assert "class_" in names_package.Class.__slots__
    assert {"True_", "Class", "Disk", "ParseError_"} <= set(names_package.__all__)
    assert not any(name[-1].isdigit() for name in names_package.__all__ if not name.endswith("8"))


@pytest.mark.slow
def test_names_that_python_knows_are_typed(names_package: ModuleType) -> None:
    assert_typed(names_package)


def values(strings: Iterable[str]) -> str:
    return "".join(f"<value type='string'>{escape(text, {chr(13): '&#13;'})}</value>" for text in strings)


@pytest.fixture(scope="module")
def values_package(import_path: Path) -> ModuleType:
    """Strings as values, patterns, defaults, documentation, and the name of the file."""
    attribute = f"<optional><attribute name='mode'><choice>{values(STRINGS)}</choice></attribute></optional>"
    documented = "".join(
        f"<optional><element name='e{index}'><a:documentation>{escape(text)}</a:documentation>"
        f"<attribute name='x' a:defaultValue={quoteattr(text)}><a:documentation>{escape(text)} </a:documentation>"
        f"<text/></attribute><choice>{values([text, 'other'])}</choice></element></optional>"
        for index, text in enumerate(STRINGS)
    )
    file = 'evil\'"""\n{{ CANARY }}\\ CANARY() # -*- coding: rot13 -*-.rng'
    return generate(
        "hostile_values", import_path, grammar(attribute + documented, documentation="\n".join(STRINGS)), file
    )


def attribute_value(text: str) -> str:
    return quoteattr(text, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


@pytest.mark.parametrize("text", STRINGS)
def test_values_of_any_kind_are_members(values_package: ModuleType, text: str) -> None:
    parsed = assert_usable(values_package, f"<root mode={attribute_value(text)}/>")
    assert parsed.mode == text
    assert parsed.mode.name.isidentifier()
    assert parsed.mode.is_known


def test_values_have_names_of_their_own(values_package: ModuleType) -> None:
    enumeration = type(values_package.parse("<root mode='#'/>").mode)
    assert [member.value for member in enumeration] == STRINGS
    assert len(enumeration.__members__) == len(STRINGS)


def test_text_of_any_kind_is_documentation(values_package: ModuleType) -> None:
    inner = "".join(
        f"<e{index} x={attribute_value(text)}>{escape(text, {chr(13): '&#13;'})}</e{index}>"
        for index, text in enumerate(STRINGS)
    )
    assert_usable(values_package, f"<root>{inner}</root>")
    assert "\\N{BULLET}" in str(values_package.Root.__doc__)
    assert "{{ 1 }}" in str(values_package.Root.__doc__)


@pytest.mark.slow
def test_values_of_any_kind_are_typed(values_package: ModuleType) -> None:
    assert_typed(values_package)


PATTERNS = ["'", '"', '"""', r"\\", r"\{\{.*\}\}", "[\"']+", r"\n", "a|'b", r"\p{L}'"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_of_any_kind_are_strings(import_path: Path, pattern: str) -> None:
    data = f"<attribute name='x'><data type='string'><param name='pattern'>{escape(pattern)}</param></data></attribute>"
    package = generate(f"hostile_pattern_{PATTERNS.index(pattern)}", import_path, grammar(data))
    with pytest.raises(package.ParseError):
        package.parse("<root x='no such text'/>")


TABLE = r"""
VIR_ENUM_IMPL(virMode, VIR_MODE_LAST,
              "default", "a\"b", "c'd", "\\", "{{ 1 }}", "\n", "class", "None", "a-b", "a_b", "A-B", "\303\251",
              "CANARY()", "\"\"\"", "#", "%s", "__class__", "mro", "index");
VIR_ENUM_IMPL(class, LAST, "x", "y", "z");
VIR_ENUM_IMPL(None, LAST, "x", "y", "w");
VIR_ENUM_IMPL(virDomain, LAST, "x", "y", "v");
VIR_ENUM_IMPL(virdomainElement, LAST, "x", "y", "u");
"""


def test_tables_of_any_kind_are_enumerations(import_path: Path) -> None:
    attributes = "".join(
        f"<optional><attribute name='a{index}'><choice b:enum='{table}'>"
        f"<value>x</value><value>y</value><value>{last}</value></choice></attribute></optional>"
        for index, (table, last) in enumerate(
            [("class", "z"), ("None", "w"), ("virDomain", "v"), ("virdomainElement", "u")]
        )
    )
    tokens = ['a"b', "c'd", "\\", "{{ 1 }}", "class", "None", "a-b", "a_b", "A-B", "é", "CANARY()", '"""', "#", "%s"]
    tokens += ["__class__", "mro", "index"]
    choice = f"<choice b:enum='virMode'>{values([*tokens, chr(10)])}</choice>"
    mode = f"<optional><attribute name='mode'>{choice}</attribute></optional>"
    package = generate("hostile_tables", import_path, grammar(attributes + mode), tables=TABLE)
    for token in [*tokens, "\n"]:
        parsed = assert_usable(package, f"<root mode={attribute_value(token)} a0='z' a1='w' a2='v' a3='u'/>")
        assert parsed.mode == token
    assert parsed.mode.index == 5
    assert type(parsed.mode)("default").index == 0
    with pytest.raises(package.ParseError):
        package.parse("<root mode='default'/>")


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/passwd", "a/b", "..", "a b", "", "a;CANARY()", "{{ CANARY }}", "1", "a:b"]
)
def test_a_define_has_a_name_of_xml(tmp_path: Path, name: str) -> None:
    path = tmp_path / "schema.rng"
    path.write_text(
        grammar(f"<ref name={quoteattr(name)}/>", definition("x").replace("name='x'", f"name={quoteattr(name)}", 1))
    )
    path.write_text(path.read_text().replace('<define name="x">', f"<define name={quoteattr(name)}>"))
    before = sorted(tmp_path.parent.rglob("*"))
    with pytest.raises(GeneratorError) as caught:
        write(build_package(PackageRequest((path,), tmp_path / "package")).tree, tmp_path / "package")
    assert str(caught.value).startswith(f"{path}:1:")
    assert sorted(tmp_path.parent.rglob("*")) == before


UNUSUAL = "'\"{\\<"
"""Where one of these stands in the name of a namespace, libxml2 takes the document for ill-formed."""

NAMESPACES = [
    "urn:'",
    'urn:"',
    "urn:{{CANARY}}",
    "urn:\\N{BULLET}",
    "urn:class",
    "http://a/?b&c=<d>",
    "urn:xmlns",
    "urn:xml",
    "urn:a/{b}",
]


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_namespaces_of_any_kind_are_strings(import_path: Path, namespace: str) -> None:
    content = (
        f"<optional><attribute name='a' ns={quoteattr(namespace)}/></optional>"
        f"<optional><element name='e' ns={quoteattr(namespace)}><text/></element></optional>"
        f"<zeroOrMore><element><nsName ns={quoteattr(namespace + '2')}/><text/></element></zeroOrMore>"
    )
    package = generate(f"hostile_namespace_{NAMESPACES.index(namespace)}", import_path, grammar(content))
    attribute, element, rest = (field.name for field in package.Root._fields)
    made = package.Root(**{attribute: "1", element: "2", rest: [package.AnyElement(f"{{{namespace}2}}x", {}, ["3"])]})
    text = package.format(made)
    if not set(UNUSUAL) & set(namespace):
        assert package.parse(text) == made
    assert eval(repr(made), {name: getattr(package, name) for name in package.__all__}) == made


PREFIXES = ["class", "None", "_", "xmlish", "é", "a.b", "a-b"]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_prefixes_of_any_kind_are_usual_ones(import_path: Path, prefix: str) -> None:
    content = f"<element name='{prefix}:e'><attribute name='{prefix}:a'/></element>"
    schema = grammar(content).replace("<grammar ", f"<grammar xmlns:{prefix}='urn:p' ")
    package = generate(f"hostile_prefix_{PREFIXES.index(prefix)}", import_path, schema)
    made = package.parse("<root><e xmlns='urn:p' xmlns:q='urn:p' q:a='1'/></root>")
    assert f"<{prefix}:e" in package.format(
        eval(repr(made), {name: getattr(package, name) for name in package.__all__})
    )


LETTERS = st.sampled_from([*"aAbZ_éß", "class", "None", "list", "a-b", "a.b", "item", "self", "x1", "Root"])
NASTY = st.one_of(st.sampled_from(NAMES), st.lists(LETTERS, min_size=1, max_size=3).map("".join))
CONTENTS = st.sampled_from(["text", "empty", "int", "choice", "nested"])
CARDINALITIES = st.sampled_from(["{}", "<optional>{}</optional>", "<zeroOrMore>{}</zeroOrMore>"])
CHILDREN = st.dictionaries(NASTY, st.tuples(CONTENTS, CARDINALITIES), max_size=6)
COUNTER = iter(range(1_000_000))


def child(name: str, content: str) -> str:
    inside = {
        "text": "<text/>",
        "empty": "<empty/>",
        "int": "<data type='int'/>",
        "choice": f"<choice><value>{name}</value><value>x</value><value>Y</value></choice>",
        "nested": f"<optional><attribute name='{name}'/></optional><element name='{name}'><text/></element>",
    }[content]
    return f"<element name={quoteattr(name)}>{inside}</element>"


def instance(name: str, content: str) -> str:
    inside = {"text": "t", "empty": "", "int": "7", "choice": name, "nested": f"<{name}>t</{name}>"}[content]
    return f"<{name}>{inside}</{name}>"


def small_grammars(number: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Runs a test with so many of them."""
    chosen = settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck))
    return lambda test: chosen(given(children=CHILDREN, attributes=st.lists(NASTY, unique=True, max_size=5))(test))


@small_grammars(8)
def test_any_small_grammar_gives_a_usable_package(
    import_path: Path, children: dict[str, tuple[str, str]], attributes: list[str]
) -> None:
    assert_small_grammar_is_usable(import_path, children, attributes)


@pytest.mark.slow
@small_grammars(60)
def test_any_of_many_small_grammars_gives_a_usable_package(
    import_path: Path, children: dict[str, tuple[str, str]], attributes: list[str]
) -> None:
    assert_small_grammar_is_usable(import_path, children, attributes)


def assert_small_grammar_is_usable(
    import_path: Path, children: dict[str, tuple[str, str]], attributes: list[str]
) -> None:
    content = "".join(f"<optional><attribute name={quoteattr(name)}/></optional>" for name in attributes)
    content += "".join(cardinality.format(child(name, inside)) for name, (inside, cardinality) in children.items())
    package = generate(f"hostile_random_{next(COUNTER)}", import_path, grammar(content or "<empty/>"))
    values = "".join(f" {name}='v'" for name in attributes)
    inner = "".join(
        instance(name, inside) * (2 if "zeroOrMore" in cardinality else 1)
        for name, (inside, cardinality) in children.items()
    )
    assert_usable(package, f"<root{values}>{inner}</root>")


def test_a_name_that_expat_does_not_read_is_usable(import_path: Path) -> None:
    """Emoji are letters of names since the fifth edition of XML, which expat does not follow; libxml2 does."""
    content = "<zeroOrMore><element name='x😀'><attribute name='é'/><text/></element></zeroOrMore>"
    package = generate("hostile_emoji", import_path, grammar(content))
    document = "<root>\n  <x😀 é='1'>2</x😀>\n</root>\n"
    assert package.format(package.parse(document)) == document
    assert package.RootXGrinningFace(é="1", value="2") in package.parse(document).x_grinning_faces
    with pytest.raises(package.ParseError) as caught:
        package.parse("<root>\n  <x😀>2</x😀>\n</root>\n")
    assert [(fault.code, fault.path) for fault in caught.value.faults] == [("missing-attribute", "/root/x😀")]
    with pytest.raises(package.ParseError):
        package.parse(document, validate=True)


def _wide(kind: str, count: int) -> str:
    field = '<attribute name="a"/><text/>'
    body = "".join(f'<optional><element name="n{number}">{field}</element></optional>' for number in range(count))
    return f'<element name="r" xmlns="http://relaxng.org/ns/structure/1.0"><{kind}>{body}</{kind}></element>'


@pytest.mark.parametrize("kind", ["interleave", "choice", "group"])
def test_wide_schemas_become_classes_in_linear_time(kind: str, tmp_path: Path) -> None:
    def generate(count: int) -> None:
        schema = tmp_path / "wide.rng"
        schema.write_text(_wide(kind, count), encoding="utf-8")
        list_files(PackageRequest((schema,), tmp_path / "package"))

    assert growth(generate, 400) < LESS_THAN_QUADRATIC
