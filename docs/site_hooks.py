"""What the site of these pages has beside them; `mkdocs.yml` names this file.

- Pages from the code: every command with its options, the rules of ``diff`` and ``lint``, the functions for programs.
- The documents elsewhere in the repository that pages link to, with their files. A link that works in a checkout works
  in the site, too: it is rewritten to where its target is there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import click
from mkdocs.structure.files import File, Files
from relaxgen.cli import COMMANDS, program
from relaxgen.evolution.rules import RULES
from relaxgen.lint.lint_rules import LINT_RULES

REPOSITORY = Path(__file__).resolve().parents[1]
DOCS = "docs"
LINK = re.compile(r"(?<=\]\()(?!\w+:|#|/)([^)\s#]+)(#[^)\s]*)?(?=\))")

MORE = ("CHANGELOG.md", "CONTRIBUTING.md")
"""Documents that are in the order of the pages; all others come by links."""

API = {
    "relaxgen": "Generating",
    "relaxgen.relaxng": "Schemas and validation",
    "relaxgen.documents": "Many documents",
    "relaxgen.sampling": "Samples and coverage",
}


def on_files(files: Files, config: Any) -> Files:
    for name, text in {"commands.md": commands_page(), "rules.md": rules_page(), "api.md": api_page()}.items():
        files.append(File.generated(config, name, content=text))
    waiting = [page.src_uri for page in files.documentation_pages()]
    for name in MORE:
        files.append(File.generated(config, name, abs_src_path=str(REPOSITORY / name)))
        waiting.append(name)
    while waiting:
        place = in_repository(waiting.pop())
        for target in linked_files(place):
            if not target.startswith(f"{DOCS}/") and files.get_file_from_path(target) is None:
                files.append(File.generated(config, target, abs_src_path=str(REPOSITORY / target)))
                waiting += [target] if target.endswith(".md") else []
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    place = in_repository(page.file.src_uri)
    return LINK.sub(lambda link: rewritten(link, place), markdown)


def in_repository(uri: str) -> str:
    """The file that a page of the site is made from."""
    return f"{DOCS}/{uri}" if (REPOSITORY / DOCS / uri).is_file() else uri


def in_site(file: str) -> str:
    return file.removeprefix(f"{DOCS}/")


def linked_files(place: str) -> Iterator[str]:
    """The files of the repository that a document links to."""
    if place.endswith(".md") and (REPOSITORY / place).is_file():
        for link in LINK.finditer((REPOSITORY / place).read_text(encoding="utf-8")):
            if (target := target_of(link, place)) is not None:
                yield target


def target_of(link: re.Match[str], place: str) -> str | None:
    """The file, or the README of the directory, that a link in a document leads to."""
    path = os.path.normpath(PurePosixPath(place).parent / link[1])
    return next((name for name in (path, f"{path}/README.md") if (REPOSITORY / name).is_file()), None)


def rewritten(link: re.Match[str], place: str) -> str:
    target = target_of(link, place)
    if target is None:
        return link[0]
    return os.path.relpath(in_site(target), PurePosixPath(in_site(place)).parent) + (link[2] or "")


def commands_page() -> str:
    lines = ["# Commands", "", "Every command also has the [options of all](command-line.md).", ""]
    context = click.Context(program, info_name="relaxgen")
    for name in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None
        lines += [f"## relaxgen {name}", "", *command_lines(command, click.Context(command, context, name)), ""]
    return "\n".join(lines)


def command_lines(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"```text\n{command.get_usage(context).removeprefix('Usage: ')}\n```\n"
    yield f"{(command.help or '').strip()}\n"
    yield "| option | |\n|---|---|"
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record is not None and not {"--quiet", "--verbose", "--help"} & set(parameter.opts):
            option, text = (part.replace("|", "\\|") for part in record)
            yield f"| `{option}` | {text} |"


def rules_page() -> str:
    lines = [
        "# Rules",
        "",
        "`relaxgen diff --explain ID` and `relaxgen lint --explain ID` show an example of each.",
        "",
    ]
    lines += ["## Of `relaxgen diff`", "", "| | | can break | |", "|---|---|---|---|"]
    for rule in RULES.values():
        categories = ", ".join(category.value for category in rule.categories)
        lines.append(f"| {rule.id} | {rule.name} | {categories} | {cell(rule.meaning)} |")
    lines += ["", "## Of `relaxgen lint`", "", "| | | | | fix |", "|---|---|---|---|---|"]
    for advice in LINT_RULES.values():
        fix = "`--fix`" if advice.fixable else ""
        lines.append(f"| {advice.id} | {advice.name} | {advice.severity} | {cell(advice.meaning)} | {fix} |")
    return "\n".join(lines) + "\n"


def cell(text: str) -> str:
    return re.sub(r"(<[^>]*>)", r"`\1`", text).replace("|", "\\|")


def api_page() -> str:
    lines = ["# For programs", ""]
    for module, title in API.items():
        lines += [f"## {title}", "", f"::: {module}", ""]
    return "\n".join(lines)
