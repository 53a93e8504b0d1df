"""Classes with more fields than the branches of one ``if`` can have: Python's compiler nests each ``elif``."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from relaxgen.python.type_annotations import MOST_ALTERNATIVES
from relaxgen.python.view import MOST_ATTRIBUTES, MOST_CHILDREN

from tests.conftest import GenerateAndImport
from tests.growth import calls_of

LONGEST = max(MOST_ATTRIBUTES, MOST_CHILDREN, MOST_ALTERNATIVES)
COUNT = LONGEST + 1
RELAX_NG = 'xmlns="http://relaxng.org/ns/structure/1.0"'


def schema() -> str:
    """Elements ``a``, ``b`` and ``c`` inherit all their attributes from one base; ``r`` has its own. ``full`` has as
    many as one function reads."""
    attributes = "".join(f'<optional><attribute name="n{number}"/></optional>' for number in range(COUNT))
    own = "".join(f'<attribute name="o{number}"/>' for number in range(COUNT))
    children = "".join(f'<optional><element name="n{number}"><text/></element></optional>' for number in range(COUNT))
    heirs = "".join(
        f'<element name="{name}"><ref name="many"/><optional><attribute name="{name}"/></optional></element>'
        for name in "abc"
    )
    choices = "".join(
        f'<choice><element name="y{number}"><empty/></element><element name="z{number}"><empty/></element></choice>'
        for number in range(COUNT)
    )
    mixed = "".join(f'<element name="x{number}"><attribute name="y"/></element>' for number in range(COUNT))
    full = "".join(
        f'<optional><{kind} name="f{number}"><text/></{kind}></optional>'
        for kind, most in (("attribute", MOST_ATTRIBUTES), ("element", MOST_CHILDREN))
        for number in range(most)
    )
    return (
        f'<grammar {RELAX_NG}><define name="many">{attributes}</define><start><element name="r">{own}{children}{heirs}'
        f'<zeroOrMore><element name="many"><empty/></element></zeroOrMore>'
        f'<element name="m"><zeroOrMore><choice><text/>{mixed}</choice></zeroOrMore></element>'
        f'{choices}<optional><element name="full">{full}</element></optional></element></start></grammar>'
    )


@pytest.fixture(scope="module")
def package(generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    path = tmp_path_factory.mktemp("schema") / "wide.rng"
    path.write_text(schema(), encoding="utf-8")
    return generate_and_import("wide_classes", path)


def document() -> str:
    own = " ".join(f"o{number}='{number}'" for number in range(COUNT))
    children = "".join(f"  <n{number}>{number}</n{number}>\n" for number in range(COUNT))
    choices = "".join(f"  <{'yz'[number % 2]}{number}/>\n" for number in range(COUNT))
    last = COUNT - 1
    return (
        f"<r {own}>\n{children}  <a n0='1' n{last}='2' a='3'/>\n  <b/>\n  <c/>\n  <many/>\n  <many/>\n"
        f"  <m>text<x0 y='1'/><x{last} y='2'/></m>\n{choices}</r>\n"
    )


def test_each_field_is_read_and_written(package: ModuleType) -> None:
    root = package.parse(document())
    assert [getattr(root, f"n{number}") for number in range(COUNT)] == [str(number) for number in range(COUNT)]
    assert [getattr(root, f"o{number}") for number in range(COUNT)] == [str(number) for number in range(COUNT)]
    assert (root.a.n0, getattr(root.a, f"n{COUNT - 1}"), root.a.n1, root.a.a) == ("1", "2", None, "3")
    assert package.format(root) == document()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("o7='7'", "p7='7'", "unknown-attribute"),
        ("<b/>", "<b z='1'/>", "unknown-attribute"),
        ("<n7>7</n7>", "<n7>7</n7><n7>7</n7>", "unexpected-element"),
        ("<n7>7</n7>", "<q/>", "unknown-element"),
    ],
)
def test_what_has_no_field_is_refused(package: ModuleType, old: str, new: str, code: str) -> None:
    with pytest.raises(package.ParseError) as caught:
        package.parse(document().replace(old, new))
    assert code in [fault.code for fault in caught.value.faults]


def test_no_statement_and_no_union_is_nested_deeply(package: ModuleType) -> None:
    assert package.__file__ is not None
    for path in Path(package.__file__).parent.glob("*.py"):
        assert _depth(ast.parse(path.read_text(encoding="utf-8"))) < LONGEST + 20


@pytest.mark.slow
def test_pyright_finds_no_function_too_complex(package: ModuleType) -> None:
    folder = Path(str(package.__file__)).parent
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, folder.name]
    checked = subprocess.run(command, cwd=folder.parent, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def _depth(tree: ast.AST) -> int:
    level, depth = [tree], 0
    while level:
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        depth += 1
    return depth


def test_the_classes_of_a_wide_content_list_are_looked_up_once(package: ModuleType) -> None:
    """Each class that is met is asked for, so to make the table again each time takes time with the square."""
    contents = package.RM._fields[0].contents
    assert len(contents.kinds) == COUNT
    assert {kind for kinds in contents.classes().values() for kind in kinds} == set(contents.kinds)
    items = [getattr(package, f"RMX{number}")(y="1") for number in range(COUNT)]
    assert calls_of(lambda: [contents.refusal(item) for item in items]) < 10 * COUNT
    assert contents.refusal(package.RMany()) != "" == contents.refusal(items[-1])
