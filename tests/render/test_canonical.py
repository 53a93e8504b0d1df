"""Canonical lines: black changes nothing in any of them, and what it changes, or might, is none."""

from __future__ import annotations

import pytest
from black import Mode, format_str
from relaxgen.render.canonical import canonical, parameters_of

CANONICAL = [
    "this = new(Disk)",
    "this._kept = this.device = None",
    "for name, text in node.items():",
    "if name == 'type':",
    'elif tag == "source" and this.source is None:',
    "else:",
    "for child in node[:]:",
    "x = f(a)[:].b",
    "except Irregular as irregular:",
    "parts: list[tuple[int, str]] = []",
    "parts.append((0, write_source(this.source, writer, inner)))",
    "attributes += f\" type='{DISK_TYPE.quoted[this.type]}'\"",
    "if this.snapshot not in (None, DiskSnapshot.DEFAULT):",
    'text = (node.text or "").strip(" \\t\\r\\n")',
    'return writer.element("disk", this, margin, attributes, parts, text)',
    "self.devices = dict(devices or {})",
    "_element = ('disk', \"Disk\")",
    "if len(order) > 1:",
    "_fields = ()",
    "x = call('a\\\\.b', \"c\\\\d\")",
]

NOT_CANONICAL = [
    "for child in node [:]:",
    "x = a +[:]",
    "x=1",
    "x  = 1",
    "x = (1)",
    "return (x)",
    "if (x):",
    "for x in (a, b):",
    "call(a, b,)",
    "call(a = 1)",
    "call( a)",
    "x = 1  # comment",
    "x = 'it\\'s'",
    "x = 'a \"word\"'",
    'x = "a" "b"',
    "x = F'a'",
    "x = 0XFF",
    "x = -1",
    "x = + 1",
    "x = a[1:2]",
    "x = a ** 2",
    "x = lambda: 1",
    "x = 1; y = 2",
    "x = 1;",
    "if x: pass",
    "x = a,",
    "del (x)",
    "print(* a)",
    "print(**a)",
    "x = 'a\\d'",
    "x = [",
    "x = )",
    "",
    " x = 1",
    "x = 1 ",
    'x = """text"""',
]


@pytest.mark.parametrize("code", CANONICAL)
def test_a_canonical_line_is_what_black_leaves(code: str) -> None:
    assert canonical(code) == _through_black(code)


@pytest.mark.parametrize("code", NOT_CANONICAL)
def test_what_black_may_change_is_not_canonical(code: str) -> None:
    assert canonical(code) == ""


def _through_black(code: str) -> str:
    blocks = {"elif": "if x:\n    pass\n", "else:": "if x:\n    pass\n", "except": "try:\n    pass\n"}
    before = blocks.get(code.partition(" ")[0], "")
    after = "\n    pass" if code.endswith(":") else ""
    lines = format_str(f"{before}{code}{after}\n", mode=Mode()).splitlines()
    return lines[-2] if after else lines[-1]


def test_only_quotes_are_changed() -> None:
    assert canonical("call('a', f\"b'c'\", 'd')") == 'call("a", f"b\'c\'", "d")'


def test_parameters_of_a_header() -> None:
    header = "parse(self, source: dict[str, str], *, unknown: Literal['a', 'b'] = 'a') -> Disk:"
    parameters = ["self,", "source: dict[str, str],", "*,", 'unknown: Literal["a", "b"] = "a",']
    assert parameters_of("parse(source: str, **options: Any) -> Disk:") == ["source: str,", "**options: Any,"]
    assert parameters_of("parse(source: str, ** options: Any) -> Disk:") == []
    assert parameters_of(header) == parameters
    assert parameters_of("parse(a=1):") == []  # an annotation decides on the spaces
