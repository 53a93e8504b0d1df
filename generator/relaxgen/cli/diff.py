"""``relaxgen diff``: what a change of schemas breaks, for documents and for Python code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..diagnostics.errors import ConfigurationError, Diagnostic, GeneratorError
from ..diagnostics.file_replacement import replace_file
from ..diagnostics.locations import SourceLocation
from ..report.formats import Format
from .package_options import BINDINGS_OPTION, CATALOGS_OPTION, CONFIG_OPTION, ENUMS_OPTION, EXISTING_FILE
from .showing import FINDINGS, FINE, MISTAKE, echo_lines, say, show_errors, shown_progress

if TYPE_CHECKING:
    from ..evolution.compared_packages import Arguments
    from ..evolution.diff_formats import JudgedStep
    from ..evolution.diff_settings import DiffSettings
    from ..evolution.policy import Ignored, Policy
    from ..evolution.rules import Category
    from ..evolution.version_step import VersionStep

NOTHING = "none"
FORMATS = ("text", "json", "markdown", "github", "sarif", "junit", "gitlab")


@click.command()
@click.argument("paths", metavar="[OLD... NEW | SCHEMA...]", nargs=-1)
@click.option("--against", metavar="REV", help="Compare SCHEMAs, or [tool.relaxgen], with this revision of git.")
@click.option("--transitive", is_flag=True, help="Compare NEW with every OLD, not each with the next.")
@click.option(
    "--fail-on",
    "fail_on",
    type=click.Choice(["backward", "forward", "source", NOTHING]),
    multiple=True,
    help="Categories whose breaks give exit status 1; repeatable.  [default: backward, source]",
)
@click.option("--strict", is_flag=True, help="Also fail if it is not proven that no document breaks.")
@click.option(
    "--ignore",
    "ignored",
    metavar="RULE[:PATH]",
    multiple=True,
    help="Accept the findings of a rule, everywhere or at a path such as /domain/devices/*; repeatable.",
)
@click.option("--baseline", metavar="FILE", type=click.Path(path_type=Path), help="Accept the findings in this file.")
@click.option("--write-baseline", is_flag=True, help="Write all findings that fail into the --baseline file.")
@click.option("--last-version", metavar="VERSION", help="Print the version that the change needs after this one.")
@click.option(
    "--next-version", metavar="VERSION", help="Fail if this version is too low.  [default: the project's version]"
)
@click.option(
    "--documents",
    metavar="PATH",
    multiple=True,
    help="A document, or a directory of documents, to validate with both sides; repeatable.",
)
@ENUMS_OPTION
@click.option(
    "--old-enums",
    metavar="FILE",
    type=EXISTING_FILE,
    multiple=True,
    help="Enum tables of OLD, if they differ; repeatable.",
)
@BINDINGS_OPTION
@click.option(
    "--old-bindings",
    metavar="FILE",
    type=EXISTING_FILE,
    multiple=True,
    help="Bindings files of OLD, if they differ; repeatable.",
)
@CATALOGS_OPTION
@click.option(
    "--root", "roots", metavar="NAME", multiple=True, help="An element or define that packages start from; repeatable."
)
@CONFIG_OPTION
@click.option(
    "--output-format",
    "output_format",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to report.",
)
@click.option("--witnesses", is_flag=True, help="Show example documents for all breaks, not only for errors.")
@click.option("--rules", "list_rules", is_flag=True, help="List the rules, and do nothing else.")
@click.option("--explain", metavar="RULE", help="Explain a rule, and do nothing else.")
def diff(**options: Any) -> int:
    """Report what a change of a schema breaks.

    A change can break stored documents, older programs that receive new documents, and Python code.

    OLD and NEW are schemas, directories whose schemas are paired by name, or REVISION:PATH of a git repository. Each
    break of documents comes with an example document. «Nothing breaks» is printed only if it is proven.
    [tool.relaxgen.diff] in pyproject.toml has settings for CI.
    """
    arguments = _Options(**options)
    try:
        if arguments.list_rules or arguments.explain is not None:
            return _show_rules(arguments.explain)
        return _diff(arguments)
    except GeneratorError as error:
        if arguments.output_format == Format.JSON:
            from ..evolution.diff_formats import as_json

            click.echo(as_json((), error.diagnostics))
            return MISTAKE
        own = arguments.output_format in (*Format,)
        return show_errors(error.diagnostics, Format(arguments.output_format) if own else Format.TEXT)


@dataclass(frozen=True, slots=True)
class _Options:
    paths: tuple[str, ...]
    against: str | None
    transitive: bool
    fail_on: tuple[str, ...]
    strict: bool
    ignored: tuple[str, ...]
    baseline: Path | None
    write_baseline: bool
    last_version: str | None
    next_version: str | None
    documents: tuple[str, ...]
    enums: tuple[Path, ...]
    old_enums: tuple[Path, ...]
    bindings: tuple[Path, ...]
    old_bindings: tuple[Path, ...]
    catalogs: tuple[Path, ...]
    roots: tuple[str, ...]
    config: Path | None
    output_format: str
    witnesses: bool
    list_rules: bool
    explain: str | None

    def project_file(self) -> Path | None:
        from ..project.configuration import find_configuration

        return self.config or find_configuration(Path.cwd())

    def baseline_file(self, settings: DiffSettings) -> Path | None:
        file = self.baseline or settings.baseline
        if self.write_baseline and file is None:
            raise click.UsageError("--write-baseline needs --baseline FILE, or baseline in [tool.relaxgen.diff]")
        return file

    def policy(self, settings: DiffSettings) -> Policy:
        """The command line decides over [tool.relaxgen.diff]; what is ignored adds up."""
        from ..evolution.baseline import read_baseline
        from ..evolution.policy import Policy

        file = self.baseline_file(settings)
        if file is not None and self.baseline is not None and not (self.write_baseline or file.exists()):
            message = "no such file; --write-baseline writes it"
            raise ConfigurationError(Diagnostic(SourceLocation(str(file)), message))
        return Policy(
            self._fail_on(settings),
            self.strict or settings.strict,
            self.witnesses,
            settings.severities,
            (*(_ignored(text) for text in self.ignored), *settings.ignored),
            read_baseline(file) if file is not None else {},
            self._version(settings),
        )

    def _fail_on(self, settings: DiffSettings) -> frozenset[Category]:
        from ..evolution.policy import FAIL_BY_DEFAULT
        from ..evolution.rules import Category

        if NOTHING in self.fail_on and len(set(self.fail_on)) > 1:
            raise click.UsageError("--fail-on none excludes any other --fail-on")
        if not self.fail_on:
            return FAIL_BY_DEFAULT if settings.fail_on is None else settings.fail_on
        return frozenset(Category(name) for name in self.fail_on if name != NOTHING)

    def _version(self, settings: DiffSettings) -> VersionStep | None:
        from ..evolution.diff_settings import read_project_version
        from ..evolution.version_step import VersionStep, read_version

        if self.last_version is None:
            if self.next_version is not None:
                raise click.UsageError("--next-version needs --last-version")
            return None
        step = VersionStep(read_version(self.last_version, SourceLocation("--last-version")))
        following = self.next_version or read_project_version(self.project_file())
        next_ = read_version(following, SourceLocation("--next-version")) if following else None
        major = step.major if settings.major is None else settings.major
        return VersionStep(step.last, next_, major, step.minor if settings.minor is None else settings.minor)

    def steps(self) -> Iterator[tuple[str, Arguments]]:
        """Yields the comparisons, each with a title if there are several."""
        from ..evolution.compared_packages import Arguments

        if self.against is None and len(self.paths) < 2:
            raise click.UsageError("give OLD and NEW, or --against REV for schemas of the working tree")
        if self.against is not None and self.transitive:
            raise click.UsageError("--transitive is for OLD... NEW, not for --against")
        if self.config is not None and self.paths and self.against is not None:
            raise click.UsageError("--config is for --against without schemas")
        packages = {name: getattr(self, name) for name in PACKAGE_OPTIONS}
        if self.against is not None and not self.paths and any(packages.values()):
            name = next(name for name, values in packages.items() if values)
            raise click.UsageError(f"{PACKAGE_OPTIONS[name]} needs schemas; without, [tool.relaxgen] says it")
        if self.against is not None:
            yield "", Arguments(self.paths, self.against, **packages, config=self.config)
            return
        *old, new = self.paths
        for index, path in enumerate(old):
            other = new if self.transitive else self.paths[index + 1]
            yield f"{path} to {other}" if len(old) > 1 else "", Arguments((path, other), **packages)


PACKAGE_OPTIONS = {
    "enums": "--enums",
    "old_enums": "--old-enums",
    "bindings": "--bindings",
    "old_bindings": "--old-bindings",
    "catalogs": "--catalog",
    "roots": "--root",
}
"""Options that the configuration of a package contains."""


def _ignored(text: str) -> Ignored:
    from ..evolution.policy import Ignored
    from ..evolution.rules import find_rule

    rule, _, path = text.partition(":")
    return Ignored(find_rule(rule, SourceLocation("--ignore")).id, path)


def _show_rules(name: str | None) -> int:
    from ..evolution.diff_report import explained, rules_as_text
    from ..evolution.rules import find_rule

    echo_lines(rules_as_text() if name is None else explained(find_rule(name, SourceLocation("--explain"))))
    return FINE


def _diff(options: _Options) -> int:
    from ..evolution.compared_packages import open_pairs
    from ..evolution.diff_formats import JudgedStep
    from ..evolution.diff_settings import read_diff_settings
    from ..evolution.package_comparison import compare
    from ..evolution.policy import judge

    settings = read_diff_settings(options.project_file())
    policy, arguments = options.policy(settings), list(options.steps())
    steps: list[JudgedStep] = []
    for title, one in arguments:
        with open_pairs(one) as pairs, shown_progress("diff") as progress:
            steps.append(JudgedStep(judge(compare(pairs, options.documents, progress), policy), title))
    for warning in dict.fromkeys(one for step in steps for one in step.judgement.comparison.warnings):
        click.echo(str(warning), err=True)
    if options.write_baseline:
        return _write_baseline(options.baseline_file(settings), steps, policy)
    _show(steps, options.output_format)
    return FINDINGS if any(step.judgement.failed for step in steps) else FINE


def _write_baseline(file: Path | None, steps: list[JudgedStep], policy: Policy) -> int:
    from ..evolution.baseline import baseline_text

    assert file is not None, "checked with the options"
    judged = [one for step in steps for one in step.judgement.findings]
    findings = {
        one.finding.fingerprint: one.finding
        for one in judged
        if one.fails or one.finding.fingerprint in policy.baseline
    }
    try:
        replace_file(file, baseline_text(findings.values(), policy.baseline).encode())
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise ConfigurationError(Diagnostic(SourceLocation(str(file)), message)) from None
    say(f"{file}: {len(findings)} accepted findings")
    return FINE


def _show(steps: list[JudgedStep], output_format: str) -> None:
    from ..evolution import diff_formats, diff_report

    match output_format:
        case "json":
            click.echo(diff_formats.as_json(steps))
        case "sarif":
            click.echo(diff_formats.as_sarif(steps))
        case "junit":
            click.echo(diff_formats.as_junit(steps))
        case "gitlab":
            click.echo(diff_formats.as_gitlab(steps))
        case "github":
            echo_lines(diff_formats.as_github(steps))
        case "markdown":
            for step in steps:
                if step.title:
                    click.echo(f"# {step.title}\n")
                click.echo("\n".join(diff_report.as_markdown(step.judgement)))
        case _:
            for index, step in enumerate(steps):
                if step.title:
                    click.echo(f"{'' if not index else chr(10)}== {step.title}")
                click.echo("\n".join(diff_report.as_text(step.judgement)))
