"""Layout with parts set aside is the same as layout by black alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from black import format_str
from black.mode import Mode, TargetVersion
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from relaxgen.diagnostics.errors import Diagnostics
from relaxgen.pipeline import bind, read_schemas
from relaxgen.project.request import PackageRequest
from relaxgen.python.builder import build_package
from relaxgen.render.environment import make_environment
from relaxgen.render.layout import LINE_LENGTH, lay_out
from relaxgen.render.renderer import raw_files

REPOSITORY = Path(__file__).resolve().parents[2]

MODULE = (
    '''"""A module."""

from __future__ import annotations

KIND: rt.Converter[Kind] = rt.EnumerationConverter(Kind, tuple(Kind))
SIZE: rt.Converter[int] = rt.IntegerConverter(rt.Data('unsignedLong', ('maxInclusive', '18446744073709551615')))

class Kind(rt.Token):
    """Tokens of Kind."""

    FILE = 'file'
    BLOCK = 'block'  # since 1.2
    NO_NAME = ''



class Disk(rt.Element):
    """Element ``<disk>``.

    In documents: ``/domain/devices/disk``
    """

    kind: Kind | None
    size: int | None
    """Its size."""
    a_field_with_a_long_name: Literal['one', 'two', 'three', 'four', 'five', 'six'] | int | None

    _fields = (
        rt.Attribute('kind', 'kind', KIND),
        rt.Attribute('a_field_with_a_long_name', 'aFieldWithALongName', _DISK_A_FIELD_WITH_A_LONG_NAME),
    )
    _none = ()
    _one = (
        rt.Flag('one'),
    )

    def __init__(
        self,
        *,
        kind: Kind | None = None,
        size: Literal['small', 'large'] = 'small',
        items: Iterable[Item] = (),
    ) -> None:
        super().__init__()
        self.kind = kind
        self.items = list(items)

    def short(self) -> str: return 'x'

def parse_disk(
    source: rt.Source, *, unknown: rt.UnknownContent = "error", validate: bool = False
) -> Disk:
    """Read one ``<disk>``; a `ParseError` has every fault of the document, and this line is too long for a layout."""
    return rt.parse(source, 'disk', 'Disk', read_disk, unknown, validate, blanks=True, more=True)


def parse_x(
    source: rt.Source, *, unknown: str = "error"
) -> Disk:
    """Fits on one line.

    And has more to say,
      indented.
    """
    return rt.parse(source)

def a_function_with_one_parameter_and_a_long_name(parameter: SomeRatherLongAnnotation) -> SomeResult:
    return this_is_the_name_of_a_function_that_is_called(with_one_argument, and_another_one_that_is_long)


def read_disk(node: Any, reader: rt.Reader) -> Disk:
    this = new(Disk)
    for name, text in node.items():
        try:
            if name == 'kind':
                this.kind = KIND[text]
            elif name == 'long':
                this.a_field_with_a_long_name = _DISK_A_FIELD_WITH_A_LONG_NAME_AND_MORE_THAN_THAT[text]
            else:
                reader.unknown_attribute(this, node, name, text)
        except Irregular as irregular:
            reader.irregular_attribute(this, node, name, text, irregular)
    if this.kind is MISSING or this.size is MISSING or this.a_field_with_a_long_name is MISSING:
        reader.missing(this, node)
    return this

def long_in_between():
    if x:
        pass
    elif name == 'a_name_that_is_long' and this.another_name_that_is_long is None or name == 'other':
        pass
@decorated
def last():
    attributes += f" a_field_with_a_long_name='{_DISK_A_FIELD_WITH_A_LONG_NAME.quoted[this.a_field_with_a_long_name]}'"
    x = {  'a':1 }

    return x
size: int
'''.replace("long_name", "name_longer_than_lines_are")
    .replace("LONG_NAME", "NAME_LONGER_THAN_LINES_ARE")
    .replace("that_is_long", "that_is_much_longer_than_others")
    .replace("this line is too long for a layout", "this line is too long for any layout that we have")
)
"""With names that are too long for one line."""


def black(text: str) -> str:
    return format_str(text, mode=Mode(target_versions={TargetVersion.PY311}, line_length=LINE_LENGTH))


def test_the_layout_is_blacks() -> None:
    assert lay_out(MODULE, black) == black(MODULE)


def test_black_sees_only_what_is_not_certain() -> None:
    seen: list[str] = []

    def counting(text: str) -> str:
        seen.append(text)
        return black(text)

    lay_out("def f(x: int) -> None:\n    return x\nx = {  'a':1 }\n", counting)
    assert "x = {  'a':1 }" in seen[0]
    assert "return x" not in seen[0]
    assert lay_out("def f(x: int) -> None:\n    return x\nx = 1\n", counting)
    assert len(seen) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = 1\n",
        "def f():\n  return 1\n",
        "def f():\n    x = '''\n    y = 1\n    '''\n",
        "def f():\n    return (\n        1\n    )\n",
        "def f():\n    # only a comment\n    pass\n",
        "def f():\n    return 'ä'\n",
        "class A:\n    x: int\ny: int\n",
        "class A:\n    x: int\n\n\n\n    y: int\n    def f(self): pass\n",
        "class A: x = 1; y = 2\n",
        "from .x import y, \n\n\ndef f():\n    return 1\n",
        "_laid_out_apart_ = 1\n\n\ndef f():\n    return 1\n",
        "async def f():\n    return 1\n",
        "def f(\n\n    a: int,\n) -> None:\n    pass\n",
        "def f(a: int,\n      b: int) -> None:\n    pass\n",
        'def f():\n    """Text. """\n    return 1\n',
        'def f():\n    """Text.\n      more\n    """\n    return 1\n',
        'def f():\n    """Text."""\n',
        '""" Text."""\nx = 1\n',
        "class A:\n\n    x: int\n",
        "class A():\n    x: int\n",
        "class A: pass\n",
        "class A(b, c='d'):\n    x: int\n\n    def f(self):\n        return 1\n    y = 'z'\nx = 1\n",
        'class A:\n    """Text."""\n    x: int\n    def f(self):\n        return 1\n',
        'class A:\n    """Text."""\n\n    x: int\n    """More."""\n\n    y: int\n',
        'class A:\n    x: int\n\n    """More."""\n    def f(self):\n        return 1\n',
        f"class A({'b' * 60}, {'c' * 60}):\n    x: int\n",
        f"x: int\nx = '{'a' * 60}', f('{'b' * 60}')\n\ny = f('{'a' * 60}', '{'b' * 60}')\ndef f():\n    return 1\n",
        f"class A:\n    x: int = f('{'a' * 60}', '{'b' * 60}')\n    y: int\n",
        f"def f():\n    if a:\n        return 1\n    elif '{'a' * 60}' or '{'b' * 60}':\n        return 2\n",
        "import a\nx = 1\n",
        "import a; x = 1\n",
        "import a\n\n\n\nfrom b import (c)\nfrom b import c as d\ndef f():\n    return 1\n",
        f"from {'a' * 60} import {'b' * 60}\nfrom . import x\n",
        "x = 1\nclass A:\n    y: int\n\nx = 2\nclass B:\n    y: int\nz = 1\n\nz = 2\n",
        "import a\n\n\nx: int = 1\nimport b\ny = 2\n",
        "x: dict[str, int] = {\n    'a': b,\n    'c': d(e),\n}\n",
        "x = a.b(\n    c,\n    d=e,\n)\n",
        "x = f(\n    a,\n)\n",
        "x = {\n    'a': b\n    , 'c': d,\n}\n",
    ],
)
def test_the_unusual_has_blacks_layout(text: str) -> None:
    assert lay_out(text, black) == black(text)


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_done_to_a_module_the_layout_is_blacks(data: st.DataObject) -> None:
    text = MODULE
    for _ in range(data.draw(st.integers(0, 3))):
        start = data.draw(st.integers(0, len(text)))
        removed = data.draw(st.sampled_from([0, 0, 1, 2, 5]))
        added = data.draw(
            st.sampled_from([" ", "(", ")", ",", "'", '"', "\n", "\n    ", "x" * 40, "not ", "+", "# ", ":"])
        )
        text = text[:start] + added + text[start + removed :]
    try:
        expected = black(text)
    except ValueError:
        assume(False)
    else:
        assert lay_out(text, black) == expected


@pytest.mark.parametrize("module", ["__init__", "graphics"])
def test_modules_that_we_generate_have_blacks_layout(module: str, generated_modules: dict[str, str]) -> None:
    raw = generated_modules[f"{module}.py"]
    assert lay_out(raw, black) == black(raw)


@pytest.mark.slow
def test_all_modules_that_we_generate_have_blacks_layout(generated_modules: dict[str, str]) -> None:
    different = [path for path, raw in generated_modules.items() if lay_out(raw, black) != black(raw)]
    assert different == []


@pytest.fixture(scope="module")
def generated_modules() -> dict[str, str]:
    request = PackageRequest((REPOSITORY / "schemas" / "domain.rng",), Path("domain"))
    diagnostics = Diagnostics()
    model = bind(read_schemas(request, diagnostics), request, diagnostics)
    package = build_package(model, "domain", ["domain.rng"])
    return dict(raw_files(package, make_environment()))


def test_some_lines_of_the_examples_are_too_long() -> None:
    assert any(len(line) > LINE_LENGTH for line in MODULE.splitlines())
    assert re.search(r"\n    return this_is_the_name_of_a_function_that_is_called\(\n", black(MODULE))
