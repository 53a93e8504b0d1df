"""Draws ``docs/picture.svg``: one edit of a schema, and what it becomes. Everything shown is computed here.

Run after the generated code changed its looks: ``.venv/bin/python docs/picture.py``.
"""

from __future__ import annotations

import ast
import importlib
import sys
from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory

from relaxgen.output import write
from relaxgen.pipeline import build_package
from relaxgen.project.request import PackageRequest
from rich.console import Console
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table
from rich.terminal_theme import MONOKAI

PICTURE = Path(__file__).with_name("picture.svg")
WIDTH = 116

BEFORE = """\
<element name="disk"
         xmlns="http://relaxng.org/ns/structure/1.0">
  <attribute name="file"/>
</element>
"""
EDIT = """\
  <optional>
    <attribute name="snapshot">
      <choice>
        <value>no</value>
        <value>internal</value>
        <value>external</value>
      </choice>
    </attribute>
  </optional>
  <optional>
    <element name="transient"><empty/></element>
  </optional>
"""
AFTER = BEFORE.replace("</element>", EDIT + "</element>")

DOCUMENT = "<disk file='guest.img' snapshot='internal'/>"
MISTAKE = "<disk file='guest.img' snapshot='extrenal'/>"
USE = f"""\
>>> from model import DiskSnapshot, format_disk, parse_disk
>>> disk = parse_disk("{DOCUMENT}")
>>> disk.snapshot = DiskSnapshot.EXTERNAL
>>> disk.transient = True
>>> print(format_disk(disk))
"""


def main() -> None:
    console = Console(record=True, width=WIDTH, file=sys.stderr)
    with TemporaryDirectory() as directory:
        parent = Path(directory)
        package = build_package(PackageRequest((schema(parent),), parent / "model"))
        write(package.tree, parent / "model")
        sys.path.insert(0, directory)
        columns = Table.grid(padding=(0, 3))
        columns.add_row(Rule("the edit of disk.rng", align="left"), Rule("model/disk.py, from it", align="left"))
        columns.add_row(code(diff(BEFORE, AFTER), "diff"), code(excerpt(package.tree["disk.py"]), "python"))
        console.print(columns)
        console.print(Rule("in use", align="left"))
        console.print(code(session(), "pycon"))
    picture = console.export_svg(title="relaxgen", theme=MONOKAI, unique_id="relaxgen")
    PICTURE.write_text("".join(f"{line.rstrip()}\n" for line in picture.splitlines()), encoding="utf-8")


def schema(parent: Path) -> Path:
    file = parent / "disk.rng"
    file.write_text(AFTER, encoding="utf-8")
    return file


def diff(before: str, after: str) -> str:
    lines = unified_diff(before.splitlines(), after.splitlines(), n=9, lineterm="")
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def excerpt(module: str) -> str:
    """The enum, and the fields of the class: what a user of the package sees first."""
    lines = []
    for node in ast.parse(module).body:
        if isinstance(node, ast.ClassDef):
            if lines and lines[-1]:
                lines.append("")
            lines.append(f"class {node.name}({', '.join(map(ast.unparse, node.bases))}):")
            shown = [item for item in node.body if isinstance(item, ast.Assign | ast.AnnAssign)]
            texts = [f"    {ast.unparse(item)}".replace("'", '"') for item in shown]
            lines += [text for text in texts if not text.startswith(("    _", "    __"))]
            lines.append("")
        elif isinstance(node, ast.FunctionDef) and node.name.startswith(("parse_", "format_")):
            names = ", ".join(argument.arg for argument in node.args.args)
            options = ", *, …" if node.args.kwonlyargs else ""
            lines.append(f"def {node.name}({names}{options}) -> {ast.unparse(node.returns or ast.Constant(None))}: ...")
    return "\n".join(lines)


def session() -> str:
    """What an interpreter shows for these lines."""
    model = importlib.import_module("model")
    disk = model.parse_disk(DOCUMENT)
    disk.snapshot, disk.transient = model.DiskSnapshot.EXTERNAL, True
    try:
        model.parse_disk(MISTAKE)
    except model.ParseError as error:
        return USE + model.format_disk(disk).rstrip() + f'\n>>> parse_disk("{MISTAKE}")\n{error}'
    raise AssertionError("the mistake was not found")


def code(text: str, language: str) -> Syntax:
    return Syntax(text.rstrip(), language, theme="monokai", background_color="default", word_wrap=True)


if __name__ == "__main__":
    main()
