"""``relaxgen diff``: what a change of schemas breaks, for documents and for Python code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..diagnostics.errors import GeneratorError
from ..diagnostics.locations import SourceLocation
from ..report.formats import Format
from .package_options import BINDINGS_OPTION, EXISTING_FILE
from .showing import FINDINGS, FINE, MISTAKE, echo_lines, show_mistakes

if TYPE_CHECKING:
    from ..evolution.compared_packages import Arguments
    from ..evolution.diff_report import Policy
    from ..evolution.package_comparison import Comparison

MARKDOWN = "markdown"
NOTHING = "none"
FAIL_BY_DEFAULT = ("backward", "source")
"""Not ``forward``: every addition breaks it, and a gate that stops additions would soon be taken out."""


@click.command()
@click.argument("paths", metavar="[OLD NEW | SCHEMA...]", nargs=-1)
@click.option("--against", metavar="REV", help="Compare SCHEMAs, or [tool.relaxgen], with this revision of git.")
@click.option(
    "--fail-on",
    "fail_on",
    type=click.Choice(["backward", "forward", "source", NOTHING]),
    multiple=True,
    help="What exit status 1 is for; repeatable.  [default: backward, source]",
)
@click.option("--strict", is_flag=True, help="Fail, too, where it is not proven that documents do not break.")
@click.option(
    "--documents",
    metavar="PATH",
    multiple=True,
    help="A document, or a directory of them, to look for breaks in; repeatable.",
)
@click.option("--enums", metavar="FILE", type=EXISTING_FILE, multiple=True, help="A file with enum tables; repeatable.")
@click.option(
    "--old-enums", metavar="FILE", type=EXISTING_FILE, multiple=True, help="Enum tables of OLD, if others; repeatable."
)
@BINDINGS_OPTION
@click.option(
    "--old-bindings",
    metavar="FILE",
    type=EXISTING_FILE,
    multiple=True,
    help="Bindings files of OLD, if others; repeatable.",
)
@click.option(
    "--root", "roots", metavar="NAME", multiple=True, help="An element or define that packages start from; repeatable."
)
@click.option("--config", metavar="FILE", type=EXISTING_FILE, help="Read [tool.relaxgen] from this file.")
@click.option(
    "--output-format",
    "output_format",
    type=click.Choice(["text", "json", MARKDOWN, "github"]),
    default="text",
    show_default=True,
    help="How to report.",
)
@click.option("--witnesses", is_flag=True, help="Show documents for all breaks, not only for those that fail.")
@click.option("--rules", "list_rules", is_flag=True, help="List the rules, and do nothing else.")
@click.option("--explain", metavar="RULE", help="Explain a rule, and do nothing else.")
def diff(**options: Any) -> int:
    """Tell what a change of schemas breaks: old documents, new documents in old programs, and Python code.

    OLD and NEW are schemas, directories whose schemas are paired by name, or REVISION:PATH of a git repository. That
    documents break is shown by one that does; that they do not is said only where it is proven.
    """
    arguments = _Options(**options)
    try:
        if arguments.list_rules or arguments.explain is not None:
            return _tell_rules(arguments.explain)
        return _diff(arguments)
    except GeneratorError as error:
        if arguments.output_format == Format.JSON:
            from ..evolution.diff_report import as_json

            click.echo(as_json(None, arguments.policy(), error.diagnostics))
            return MISTAKE
        return show_mistakes(error.diagnostics, Format.GITHUB if arguments.output_format == "github" else Format.TEXT)


@dataclass(frozen=True, slots=True)
class _Options:
    paths: tuple[str, ...]
    against: str | None
    fail_on: tuple[str, ...]
    strict: bool
    documents: tuple[str, ...]
    enums: tuple[Path, ...]
    old_enums: tuple[Path, ...]
    bindings: tuple[Path, ...]
    old_bindings: tuple[Path, ...]
    roots: tuple[str, ...]
    config: Path | None
    output_format: str
    witnesses: bool
    list_rules: bool
    explain: str | None

    def policy(self) -> Policy:
        from ..evolution.diff_report import Policy
        from ..evolution.rules import Category

        if NOTHING in self.fail_on and len(set(self.fail_on)) > 1:
            raise click.UsageError("--fail-on none excludes any other --fail-on")
        names = [name for name in self.fail_on or FAIL_BY_DEFAULT if name != NOTHING]
        return Policy(frozenset(map(Category, names)), self.strict, self.witnesses)

    def arguments(self) -> Arguments:
        from ..evolution.compared_packages import Arguments

        if self.against is None and len(self.paths) != 2:
            raise click.UsageError("give OLD and NEW, or --against REV for schemas of the working tree")
        if self.against is not None and not self.against:
            raise click.UsageError("--against is empty; name a revision, such as main or v1.2")
        if self.config is not None and (self.paths or self.against is None):
            raise click.UsageError("--config is for --against without schemas")
        packages = {name: getattr(self, name) for name in PACKAGE_OPTIONS}
        if self.against is not None and not self.paths and any(packages.values()):
            name = next(name for name, values in packages.items() if values)
            raise click.UsageError(f"{PACKAGE_OPTIONS[name]} needs schemas; without, [tool.relaxgen] says it")
        return Arguments(self.paths, self.against or "", **packages, config=self.config)


PACKAGE_OPTIONS = {
    "enums": "--enums",
    "old_enums": "--old-enums",
    "bindings": "--bindings",
    "old_bindings": "--old-bindings",
    "roots": "--root",
}
"""What a package of the configuration says itself."""


def _tell_rules(name: str | None) -> int:
    from ..evolution.diff_report import explained, rules_as_text
    from ..evolution.rules import find_rule

    echo_lines(rules_as_text() if name is None else explained(find_rule(name, SourceLocation("--explain"))))
    return FINE


def _diff(options: _Options) -> int:
    from ..evolution.compared_packages import open_pairs
    from ..evolution.package_comparison import compare
    from ..report.progress import shown_progress

    policy, arguments = options.policy(), options.arguments()
    with open_pairs(arguments) as pairs, shown_progress("diff") as progress:
        comparison = compare(pairs, options.documents, progress)
    _show(comparison, policy, options.output_format)
    return FINDINGS if policy.failures(comparison) else FINE


def _show(comparison: Comparison, policy: Policy, output_format: str) -> None:
    from ..evolution.diff_report import as_github, as_json, as_markdown, as_text

    match output_format:
        case "json":
            click.echo(as_json(comparison, policy))
        case "markdown":
            click.echo("\n".join(as_markdown(comparison, policy)))
        case "github":
            echo_lines(as_github(comparison, policy))
        case _:
            click.echo("\n".join(as_text(comparison, policy)))
