"""From the model's names to Python's: as tables, and checked against what generated code really uses."""

from __future__ import annotations

import ast
import builtins
import keyword
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relaxgen.pipeline import build_package
from relaxgen.project.request import PackageRequest
from relaxgen.python.identifiers import (
    ANNOTATION_WORDS,
    CLASS_WORDS,
    ELEMENT_WORDS,
    ENUM_WORDS,
    MODULE_WORDS,
    PARAMETER_WORDS,
    class_identifier,
    constant_identifier,
    field_identifier,
    member_identifiers,
    module_identifier,
    parameter_identifier,
)
from relaxgen.runtime.documents import FormatOptions
from relaxgen.runtime.element import Element, Token


@pytest.mark.parametrize(
    ("name", "identifier"),
    [("Disk", "Disk"), ("None", "None_"), ("True", "True_"), ("Literal", "Literal_"), ("Element", "Element_")],
)
def test_classes(name: str, identifier: str) -> None:
    assert class_identifier(name) == identifier


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("disk", "disk"),
        ("class", "class_"),
        ("async", "async_"),
        ("match", "match"),
        ("type", "type"),
        ("id", "id"),
        ("str", "str_"),
        ("rt", "rt_"),
        ("unknown", "unknown_"),
    ],
)
def test_fields(name: str, identifier: str) -> None:
    assert field_identifier(name) == identifier


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("disk", "disk"),
        ("import", "import_"),
        ("match", "match_"),
        ("type", "type_"),
        ("input", "input"),
        ("enums", "enums_"),
        ("contents", "contents_"),
        ("format", "format_"),
        ("globals", "globals_"),
    ],
)
def test_modules(name: str, identifier: str) -> None:
    assert module_identifier(name) == identifier


@pytest.mark.parametrize(("name", "identifier"), [("disk", "disk"), ("not", "not_"), ("options", "options_")])
def test_parameters(name: str, identifier: str) -> None:
    assert parameter_identifier(name) == identifier


@pytest.mark.parametrize(
    ("name", "identifier"),
    [("DiskSnapshot", "DISK_SNAPSHOT"), ("Os", "OS"), ("X86", "X86_"), ("A", "A_"), ("Missing", "MISSING_")],
)
def test_constants(name: str, identifier: str) -> None:
    assert constant_identifier(name) == identifier


@pytest.mark.parametrize(
    ("tokens", "names"),
    [
        (("no", "internal"), ("NO", "INTERNAL")),
        (("no-copy", "diskBus", "cpu_cycles"), ("NO_COPY", "DISK_BUS", "CPU_CYCLES")),
        (
            ("KiB", "GiB/s", "10MHz", "dB", "mips64el", "onGo"),
            ("KIB", "GIB_S", "VALUE_10_MHZ", "DB", "MIPS64EL", "ON_GO"),
        ),
        (("mW", "MW"), ("mW", "MW")),
        (("8021", "802.1Qbg", "1"), ("VALUE_8021", "VALUE_802_1_QBG", "VALUE_1")),
        (("", " ", "x"), ("EMPTY", "BLANK", "X")),
        (("+", "-", "*"), ("PLUS", "HYPHEN_MINUS", "ASTERISK")),
        (("a-b", "a_b"), ("A_HYPHEN_MINUS_B", "A_LOW_LINE_B")),
        (("a.b", "a b", "a/b"), ("A_FULL_STOP_B", "A_SPACE_B", "A_SOLIDUS_B")),
        (("a", "A"), ("a", "A")),
        (("name", "NAME"), ("name_", "NAME")),
        (("is", "IS"), ("is_", "IS")),
        (("None", "mro", "class"), ("NONE", "MRO", "CLASS")),
        (("été", "größe"), ("ÉTÉ", "GRÖSSE")),
        (("_x", "__y"), ("X", "Y")),
        (("😀",), ("GRINNING_FACE",)),
        (("C++", "C"), ("C_PLUS_PLUS", "C")),
    ],
)
def test_members(tokens: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert tuple(member_identifiers(tokens).values()) == names


@given(st.lists(st.text(), min_size=1, max_size=6, unique=True))
def test_any_tokens_give_members_that_an_enumeration_can_have(tokens: list[str]) -> None:
    names = member_identifiers(tokens)
    assert list(names) == tokens
    assert len(set(names.values())) == len(tokens)
    for name in names.values():
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert not name.startswith("_")
        assert name not in ENUM_WORDS
    Token("AnyTokens", {name: token for token, name in names.items()})  # type: ignore[call-arg]


# What the words are for


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ast.Module]:
    """A package that has everything that templates can make, parsed."""
    schema = Path(__file__).parent / "everything.rng"
    output = tmp_path_factory.mktemp("out") / "everything"
    files = build_package(PackageRequest((schema,), output)).tree
    return {path: ast.parse(text) for path, text in files.items() if path.endswith(".py") and path[:2] != "_r"}


def test_public_attributes_of_objects_are_taken() -> None:
    assert {name for name in dir(Element) if not name.startswith("_")} == ELEMENT_WORDS


def test_public_attributes_of_members_are_taken() -> None:
    assert {name for name in dir(Token) if not name.startswith("_")} - set(Token.__members__) <= ENUM_WORDS


def test_what_modules_import_is_no_name_for_a_class(tree: dict[str, ast.Module]) -> None:
    imported = {
        alias.asname or alias.name
        for module in tree.values()
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and (not node.level or node.module == "_runtime")
        for alias in node.names
    }
    assert {"Any", "Literal", "Element", "Fault"} <= imported
    assert imported - {"annotations", "TypeAlias", "import_module"} <= CLASS_WORDS


def test_what_annotations_in_classes_refer_to_is_no_name_for_a_field(tree: dict[str, ast.Module]) -> None:
    found = set()
    for module in tree.values():
        for class_ in [node for node in module.body if isinstance(node, ast.ClassDef)]:
            for node in class_.body:
                if isinstance(node, ast.AnnAssign):
                    assert node.value is not None
                    for part in (node.annotation, node.value):
                        found |= {name.id for name in ast.walk(part) if isinstance(name, ast.Name)}
    assert {"list", "rt", "str"} <= {name for name in found if name.islower()} <= ANNOTATION_WORDS


def test_what_formatting_uses_is_no_name_for_its_parameter(tree: dict[str, ast.Module]) -> None:
    found = set()
    for path, module in tree.items():
        for function in [node for node in module.body if isinstance(node, ast.FunctionDef)]:
            if function.name.startswith("format_") and path != "__init__.py" and function.args.kwarg is not None:
                own = function.args.args[0].arg
                found |= {name.id for line in function.body for name in ast.walk(line) if isinstance(name, ast.Name)}
                found = (found | {function.args.kwarg.arg}) - {own}
    plain = {name for name in found if name.islower() and not name.startswith(("_", "write_"))}
    assert {"options", "rt"} <= plain <= PARAMETER_WORDS


def test_what_a_package_calls_is_no_name_for_a_module_or_a_class(tree: dict[str, ast.Module]) -> None:
    package = tree["__init__.py"]
    used = {node.id for node in ast.walk(package) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert used & set(dir(builtins)) - {"__name__"} <= MODULE_WORDS | {"AttributeError"}
    assert {"AttributeError"} <= CLASS_WORDS
    assigned = {name.id for node in package.body if isinstance(node, ast.Assign) for name in node.targets
                if isinstance(name, ast.Name)}  # fmt: skip
    assert {name for name in assigned if not name.startswith("_")} <= CLASS_WORDS
    own = {node.name for node in package.body if isinstance(node, ast.FunctionDef)} - {"__getattr__", "__dir__"}
    assert own | {"rt", "import_module"} <= MODULE_WORDS


def test_modules_of_no_family_are_no_name_for_one(tree: dict[str, ast.Module]) -> None:
    assert {"contents.py", "enums.py"} <= set(tree)
    assert {"contents", "enums"} <= MODULE_WORDS


@pytest.mark.parametrize(
    ("tokens", "names"),
    [
        (("2", "²"), ["VALUE_2", "SUPERSCRIPT_TWO"]),
        (("1", "１", "①"), ["VALUE_1", "FULLWIDTH_DIGIT_ONE", "CIRCLED_DIGIT_ONE"]),
        (("ﬁ", "fi"), ["LATIN_SMALL_LIGATURE_FI", "FI"]),
        (("a-b", "a_b", "A_HYPHEN_MINUS_B"), ["a_b", "A_LOW_LINE_B", "A_HYPHEN_MINUS_B"]),
    ],
)
def test_members_are_told_apart_as_python_compares_identifiers(tokens: tuple[str, ...], names: list[str]) -> None:
    assert [*member_identifiers(tokens).values()] == names


def test_a_long_token_gives_a_short_name() -> None:
    found = member_identifiers(["x" * 5000, "x" * 5001])
    assert len(set(found.values())) == len(found)
    assert all(len(name) < 120 for name in found.values())


def test_no_object_has_the_name_of_an_option_beside_it() -> None:
    assert FormatOptions.__annotations__.keys() <= PARAMETER_WORDS
    assert parameter_identifier("tag") == "tag_"
