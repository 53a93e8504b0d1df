"""Draws ``docs/picture.svg``: a schema, the package that it becomes, and its use. Everything shown is computed here.

Run after the generated code changed its looks: ``.venv/bin/python docs/picture.py``.
"""

from __future__ import annotations

import ast
import importlib
import sys
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from pygments.lexers import get_lexer_by_name
from pygments.token import Token
from relaxgen.output import write
from relaxgen.pipeline import build_package
from relaxgen.project.request import PackageRequest

PICTURE = Path(__file__).with_name("picture.svg")
DESCRIPTION = "A RELAX NG schema becomes a typed Python package, and a program uses it."

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


PANEL_GAP, MARGIN, PADDING = 46, 12, 14
CHARACTER, LINE, TITLE = 8, 18, 30
"""Sizes in pixels: of a character and a line of 13-pixel monospace, and of a panel's title."""

COLOURS = {Token.Comment: "c", Token.Keyword: "k", Token.Name.Tag: "k", Token.String: "s", Token.Literal.String: "s"}
STYLE = """
  svg { --paper: #ffffff; --panel: #f6f8fa; --line: #d0d7de; --ink: #1f2328; --soft: #59636e; --new: #dafbe1;
        --keyword: #8250df; --string: #0a3069 }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0d1117; --panel: #151b23; --line: #3d444d; --ink: #f0f6fc; --soft: #9198a1; --new: #12361f;
          --keyword: #d2a8ff; --string: #a5d6ff }
  }
  text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: var(--ink);
         white-space: pre }
  .title { fill: var(--soft) } .c { fill: var(--soft) } .k { fill: var(--keyword) } .s { fill: var(--string) }
  .panel { fill: var(--panel); stroke: var(--line) } .new { fill: var(--new) }
  .arrow { stroke: var(--soft); stroke-width: 2; fill: none }"""


@dataclass(frozen=True)
class Panel:
    """A text with a title. ``new`` are lines with another ground."""

    title: str
    language: str
    text: str
    new: frozenset[int] = frozenset()

    @property
    def lines(self) -> list[str]:
        return self.text.rstrip("\n").split("\n")

    @property
    def width(self) -> float:
        return max(map(len, self.lines)) * CHARACTER + 2 * PADDING

    @property
    def height(self) -> float:
        return TITLE + len(self.lines) * LINE + PADDING

    def drawn(self, x: float, y: float, width: float, height: float) -> str:
        parts = [f'<rect class="panel" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="8"/>']
        parts.append(f'<text class="title" x="{x + PADDING:g}" y="{y + 20:g}">{escape(self.title)}</text>')
        top = y + TITLE
        for number, line in enumerate(coloured(self.text, self.language)):
            if number in self.new:
                place = f'x="{x + 1:g}" y="{top + number * LINE + 1:g}" width="{width - 2:g}" height="{LINE}"'
                parts.append(f'<rect class="new" {place}/>')
            parts.append(f'<text x="{x + PADDING:g}" y="{top + number * LINE + 14:g}">{line}</text>')
        return "\n".join(parts)


def main() -> None:
    with TemporaryDirectory() as directory:
        parent = Path(directory)
        package = build_package(PackageRequest((schema(parent),), parent / "model"))
        write(package.tree, parent / "model")
        sys.path.insert(0, directory)
        source = Panel("disk.rng: a schema, and what was added to it", "xml", AFTER, added(BEFORE, AFTER))
        made = Panel("model/: the package that relaxgen makes of it", "python", excerpt(package.tree["disk.py"]))
        PICTURE.write_text(picture(source, made, Panel("a program", "pycon", session())), encoding="utf-8")


def picture(schema: Panel, package: Panel, program: Panel) -> str:
    """The schema leads to the package, to its right, and the package to the program, below."""
    height = max(schema.height, package.height)
    width = max(schema.width + PANEL_GAP + package.width, program.width)
    right, below = MARGIN + schema.width + PANEL_GAP, MARGIN + height + PANEL_GAP
    middle, under = MARGIN + height / 2, right + 120
    whole = f"{width + 2 * MARGIN:g} {below + program.height + MARGIN:g}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 {whole}"',
        f'  role="img" aria-label="{DESCRIPTION}">',
        f"<style>{STYLE}\n</style>",
        '<rect width="100%" height="100%" fill="var(--paper)"/>',
        schema.drawn(MARGIN, MARGIN, schema.width, height),
        package.drawn(right, MARGIN, width + MARGIN - right, height),
        program.drawn(MARGIN, below, width, program.height),
        f'<path class="arrow" d="M{right - PANEL_GAP + 8:g} {middle:g}h{PANEL_GAP - 18}m-8 -6l8 6l-8 6"/>',
        f'<path class="arrow" d="M{under:g} {below - PANEL_GAP + 8:g}v{PANEL_GAP - 18}m-6 -8l6 8l6 -8"/>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def coloured(text: str, language: str) -> list[str]:
    """The lines of a text, with the classes of the style."""
    marked = ""
    for kind, part in get_lexer_by_name(language, stripnl=False).get_tokens(text.rstrip("\n")):
        name = next((name for token, name in COLOURS.items() if kind in token), "")
        pieces = [
            f'<tspan class="{name}">{escape(piece)}</tspan>' if name and piece else escape(piece)
            for piece in part.split("\n")
        ]
        marked += "\n".join(pieces)
    return marked.rstrip("\n").split("\n")


def added(before: str, after: str) -> frozenset[int]:
    matcher = SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    return frozenset(
        line for kind, _, _, start, end in matcher.get_opcodes() if kind != "equal" for line in range(start, end)
    )


def schema(parent: Path) -> Path:
    file = parent / "disk.rng"
    file.write_text(AFTER, encoding="utf-8")
    return file


def excerpt(module: str) -> str:
    """The enum, and the fields of the class: what a user of the package sees first."""
    lines: list[str] = []
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


if __name__ == "__main__":
    main()
