"""``relaxgen lint``: advice on schemas, and fixes that are proven to change nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..diagnostics.errors import ConfigurationError, Diagnostic, Diagnostics
from ..diagnostics.file_replacement import replace_file
from ..diagnostics.locations import SourceLocation
from ..diagnostics.phrases import counted
from ..report.formats import Format
from ..report.results import Level, Result, RuleText, place_values, results_as_github, results_as_sarif
from .package_options import CATALOG_OPTION, EXISTING_FILE, FORMAT_OPTION, SCHEMA_PATH, STANDARD_INPUT
from .showing import FINDINGS, FINE, echo_lines, say, show_diagnostics, shown_progress

if TYPE_CHECKING:
    from ..lint.advice import Advice, DifferingList


@click.command()
@click.argument("schemas", metavar="SCHEMA...", nargs=-1, type=SCHEMA_PATH)
@CATALOG_OPTION
@click.option(
    "--enums",
    metavar="FILE",
    type=EXISTING_FILE,
    multiple=True,
    help="A file with enum tables, or a C source, to compare lists of values with.",
)
@click.option("--wider", is_flag=True, help="With --fix: also turn a group inside an interleave into an interleave.")
@click.option("--fix", is_flag=True, help="Correct the files if it is proven that the same documents stay valid.")
@click.option("--ignore", "ignored", metavar="RULE", multiple=True, help="Leave a rule out; repeatable.")
@FORMAT_OPTION
@click.option("--rules", "list_rules", is_flag=True, help="List the rules, and do nothing else.")
@click.option("--explain", metavar="RULE", help="Explain a rule, and do nothing else.")
def lint(
    schemas: tuple[Path, ...],
    enums: tuple[Path, ...],
    fix: bool,
    wider: bool,
    ignored: tuple[str, ...],
    output_format: Format,
    list_rules: bool,
    explain: str | None,
) -> int:
    """Report probable mistakes in schemas.

    These are patterns that are correct RELAX NG but probably not intended. SCHEMA is a file or a directory. All root
    schemas of a directory are checked together, so definitions in shared files that no schema uses are found, too. The
    exit status is 1 if there is a warning; notes do not count.
    """
    if list_rules or explain is not None:
        return _show_rules(explain)
    if not schemas:
        raise click.UsageError("give a SCHEMA, or a directory of schemas")
    if fix and STANDARD_INPUT in schemas:
        raise click.UsageError("--fix changes files, and standard input is none")
    if wider and not fix:
        raise click.UsageError("--wider needs --fix")
    return _lint(schemas, enums, ignored, output_format, fix=fix, wider=wider)


def _show_rules(name: str | None) -> int:
    from ..lint.lint_rules import LINT_RULES, find_lint_rule

    if name is None:
        width = max(len(rule.name) for rule in LINT_RULES.values())
        for rule in LINT_RULES.values():
            fixable = "--fix" if rule.fixable else "     "
            click.echo(f"{rule.id}  {rule.severity:<7}  {fixable}  {rule.name:<{width}}  {rule.meaning}")
        return FINE
    rule = find_lint_rule(name, SourceLocation("--explain"))
    click.echo(f"{rule.id} {rule.name} ({rule.severity})\n  {rule.meaning}")
    click.echo(f"  instead of  {rule.before}\n  write       {rule.after}")
    click.echo("  --fix does it where the result is proven" if rule.fixable else "  there is no automatic fix")
    return FINE


def _lint(
    arguments: tuple[Path, ...],
    tables: tuple[Path, ...],
    ignored: tuple[str, ...],
    format_: Format,
    *,
    fix: bool,
    wider: bool,
) -> int:
    from ..lint.lint_rules import LINT_RULES, find_lint_rule
    from ..lint.linting import find_schemas, lint_schemas

    rules = {find_lint_rule(name, SourceLocation("--ignore")).id for name in ignored}
    schemas, complete = find_schemas(arguments)
    differing = _differing(schemas, tables) if tables else ()
    with shown_progress("lint") as progress:
        advice = lint_schemas(schemas, complete=complete, ignored=rules, differing=differing, progress=progress)
    if fix:
        return _fix(schemas, advice, wider=wider)
    match format_:
        case Format.JSON:
            click.echo(json.dumps([_values(one) for one in advice], ensure_ascii=False, indent=2))
        case Format.GITHUB:
            echo_lines(results_as_github(replace(_result(one), related=()) for one in advice))
        case Format.SARIF:
            texts = {rule.id: RuleText(rule.name, rule.meaning) for rule in LINT_RULES.values()}
            click.echo(results_as_sarif(map(_result, advice), texts))
        case Format.TEXT:
            echo_lines(map(str, advice))
            say(_summary(advice, len(schemas)))
    return FINDINGS if any(one.rule.severity == "warning" for one in advice) else FINE


def _differing(schemas: tuple[Path, ...], tables: tuple[Path, ...]) -> list[DifferingList]:
    from ..inspection.table_comparison import compare_files, drifted
    from ..lint.advice import DifferingList

    diagnostics = Diagnostics()
    comparison = compare_files(schemas, tables, diagnostics)
    show_diagnostics(diagnostics.warnings, Format.TEXT)
    return [
        DifferingList(
            choice.path,
            choice.location,
            match.table.name,
            match.table.location,
            match.only_in_schema,
            match.only_in_table,
        )
        for match, choice in drifted(comparison)
    ]


def _fix(schemas: tuple[Path, ...], advice: tuple[Advice, ...], *, wider: bool) -> int:
    from ..lint.fixing import fix_schemas

    fixed = fix_schemas(schemas, advice, wider=wider)
    for file, data in fixed.files.items():
        try:
            replace_file(file, data)
        except OSError as error:
            message = f"cannot be written: {error.strerror}"
            raise ConfigurationError(Diagnostic(SourceLocation(str(file)), message)) from None
    left = [one for one in advice if one not in fixed.fixed]
    echo_lines(map(str, left))
    files = counted(len(fixed.files), "file")
    more = sum(one.fix is not None and one.fix.is_wider for one in fixed.fixed)
    proven = "the same documents stay valid" + (f", and in {counted(more, 'place')} any order is" if more else "")
    say(f"{len(fixed.fixed)} fixed in {files} ({proven}: proven), {len(left)} left")
    return FINDINGS if any(one.rule.severity == "warning" for one in left) else FINE


def _summary(advice: tuple[Advice, ...], schemas: int) -> str:
    fixable = sum(one.fix is not None for one in advice)
    tail = f", {fixable} of them with a fix (--fix)" if fixable else ""
    return f"{counted(schemas, 'schema')}: {counted(len(advice), 'finding')}{tail}"


def _result(advice: Advice) -> Result:
    rule, related = advice.rule, (advice.related,) if advice.related is not None else ()
    return Result(rule.id, f"{rule.id} {advice.message}", advice.location, Level(rule.severity), related=related)


def _values(advice: Advice) -> dict[str, object]:
    related = None
    if advice.related is not None:
        related = {**place_values(advice.related[0]), "message": advice.related[1]}
    return {
        "rule": advice.rule.id,
        "name": advice.rule.name,
        "severity": advice.rule.severity,
        **place_values(advice.location),
        "message": advice.message,
        "related": related,
        "fixable": advice.fix is not None,
    }
