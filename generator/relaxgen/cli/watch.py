"""``relaxgen watch``: generates packages again while a user edits their schemas."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..diagnostics.errors import GeneratorError
from ..diagnostics.phrases import counted, listed
from ..project.packages import BuiltPackage, UnchangedPackage, build_changed_packages
from ..project.request import PackageRequest
from ..report.formats import Format, GeneratedReport, generated_as_text
from .package_options import STANDARD_INPUT, PackageOptions, package_options
from .showing import FINE, echo_lines, say, show_diagnostics, shown_progress

if TYPE_CHECKING:
    from ..evolution.earlier_sources import EarlierSources
    from ..evolution.policy import Judgement, Policy
    from ..output import WriteSummary
    from ..project.watched_files import State, WatchedFiles

SHOWN_FILES = 10
POLLING_INTERVAL = 1_000
"""Milliseconds after which files are looked at without an event: it may have come before anyone listened."""

Wakeups = Callable[[frozenset[Path]], Iterator[None]]
"""From directories to one item for each moment at which something in them may have changed; the end ends watching."""


@click.command()
@package_options
@click.option("--diff/--no-diff", "compares", default=True, help="After each change, report what it breaks.")
def watch(compares: bool, **arguments: Any) -> int:
    """Generate packages again whenever an input changes.

    Inputs are schemas, included files, enum tables, bindings files, templates and the configuration. After each change,
    the command lists the changed files, and reports what the change breaks, like `relaxgen diff`. After an error, the
    packages stay unchanged until it is corrected. Ctrl-C ends the command.
    """
    if STANDARD_INPUT in arguments["schemas"]:
        raise click.UsageError("a schema on standard input does not change, so there is nothing to watch")
    if find_spec("watchfiles") is None:
        raise click.ClickException("watching needs the package watchfiles: pip install watchfiles")
    try:
        return watch_packages(PackageOptions(**arguments), _file_system_events, compares=compares)
    except KeyboardInterrupt:
        return FINE


def watch_packages(options: PackageOptions, wakeups: Wakeups, *, compares: bool = True) -> int:
    """Generates until `wakeups` ends.

    Raises:
        click.UsageError: the arguments do not fit each other.
    """
    from ..evolution.earlier_sources import EarlierSources

    with tempfile.TemporaryDirectory(prefix="relaxgen-") as directory:
        earlier = EarlierSources(Path(directory, "earlier")) if compares else None
        return _Watch(options, earlier).run(wakeups)


def _file_system_events(directories: frozenset[Path]) -> Iterator[None]:
    from watchfiles import watch as events

    for _ in events(*directories, recursive=False, yield_on_timeout=True, rust_timeout=POLLING_INTERVAL):
        yield


@dataclass(slots=True)
class _Watch:
    """``requests``, ``sources`` and ``configuration`` are those of the latest run that got so far."""

    options: PackageOptions
    earlier: EarlierSources | None
    requests: tuple[PackageRequest, ...] = ()
    sources: dict[Path, tuple[Path, ...]] = field(default_factory=dict)
    configuration: Path | None = None

    def run(self, wakeups: Wakeups) -> int:
        with suppress(GeneratorError):  # the first run reports it
            self.requests = self.options.packages()
        while True:
            before, started = self._watched().state(), time.time()
            self._try_to_generate()
            changed = self._wait(before, started, wakeups)
            if not changed:
                return FINE
            click.echo("")
            echo_lines(changed)

    def _watched(self) -> WatchedFiles:
        from ..project.watched_files import WatchedFiles

        sources = [file for files in self.sources.values() for file in files]
        self.configuration = self.options.configuration_file() or self.configuration
        return WatchedFiles.of(self.requests, sources, self.configuration)

    def _wait(self, before: State, started: float, wakeups: Wakeups) -> tuple[str, ...]:
        """The changes since the latest run began; empty if `wakeups` has ended."""
        from ..project.watched_files import changed_files, state_after_run

        watched = self._watched()
        state = state_after_run(before, watched.state(), watched, started)
        say(f"watching {counted(len(watched.files), 'file')}; Ctrl-C ends")
        for _ in chain([None], wakeups(watched.directories)):
            if changed := changed_files(state, watched.state()):
                return changed
        return ()

    def _try_to_generate(self) -> None:
        try:
            self._generate()
        except GeneratorError as error:
            show_diagnostics(error.diagnostics, Format.TEXT)
            click.echo("nothing was written")
        except click.UsageError as error:  # the configuration is gone, or lists nothing
            click.echo(f"{error.format_message()}; nothing was written", err=True)
        except OSError as error:
            click.echo(f"{error}; not everything was written", err=True)

    def _generate(self) -> None:
        self.requests = self.options.packages()
        packages = build_changed_packages(self.requests, shown_progress)
        self.sources = {one.request.output: (*one.facts.sources, *one.facts.absent) for one in packages}
        for package in packages:
            show_diagnostics(package.facts.diagnostics, Format.TEXT)
            echo_lines(_report(package, package.write()))
        if self.earlier is not None:
            own = [one for one in packages if not one.request.is_runtime]
            self._compare(self.earlier, own)
            self.earlier.keep({one.request.output: (one.request, one.facts.sources) for one in own})

    def _compare(self, earlier: EarlierSources, packages: Sequence[BuiltPackage | UnchangedPackage]) -> None:
        from ..evolution.package_comparison import compare
        from ..evolution.policy import judge

        built = [one.request for one in packages if isinstance(one, BuiltPackage)]
        pairs = [pair for request in built if (pair := earlier.pair(request)) is not None]
        if pairs:
            with shown_progress("diff") as progress:
                comparison = compare(pairs, progress=progress)
            echo_lines(_verdict(judge(comparison, self._policy())))

    def _policy(self) -> Policy:
        from ..evolution.diff_settings import read_diff_settings
        from ..evolution.policy import FAIL_BY_DEFAULT, Policy

        settings = read_diff_settings(self.options.configuration_file())
        fail_on = FAIL_BY_DEFAULT if settings.fail_on is None else settings.fail_on
        return Policy(fail_on, settings.strict, False, settings.severities, settings.ignored)


def _report(package: BuiltPackage | UnchangedPackage, summary: WriteSummary) -> Iterator[str]:
    """How many files changed in a package, and which."""
    facts = package.facts
    yield generated_as_text(GeneratedReport(package.request.output, facts.classes, facts.enums, summary))
    for verb, files in (("written", summary.written), ("removed", summary.removed)):
        if files and len(files) < len(facts.files):
            yield f"  {verb}: {listed(files, SHOWN_FILES)}"


def _verdict(judgement: Judgement) -> Iterator[str]:
    """The findings of `relaxgen diff` for the change, without example documents."""
    from ..evolution.diff_report import summary

    yield f"diff: {summary(judgement)}"
    for one in judgement.findings:
        if one.accepted is None:
            yield f"  {one.severity.value}: {one.finding.place or ''}: {one.finding.rule.id} {one.finding.message}"
