"""All checks over several schemas, each finding once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

from ..diagnostics.errors import ConfigurationError, Diagnostic
from ..diagnostics.input_files import STANDARD_INPUT_NAME, files_below
from ..diagnostics.locations import SourceLocation
from ..diagnostics.phrases import quoted
from ..relaxng.correctness import read_schema
from ..relaxng.grammar_reader import read_grammar
from ..relaxng.loading import NO_ROOT_SCHEMA, SCHEMA_SUFFIXES
from ..relaxng.pattern import Grammar
from .advice import Advice, DifferingList, advise
from .checks import SchemaChecks
from .reachability import check_reachability

Progress = Callable[[str, int, int], None]


def find_schemas(arguments: Sequence[Path]) -> tuple[tuple[Path, ...], bool]:
    """The root schemas that the arguments mean, and whether they are all there are: those of directories are.

    Raises:
        ConfigurationError: a path does not exist, or a directory has no schema with a start.
    """
    found: dict[Path, None] = {}
    for path in arguments:
        if str(path) == STANDARD_INPUT_NAME:
            found[path] = None
            continue
        if not path.exists():
            raise ConfigurationError(Diagnostic(SourceLocation(str(path)), "no such file or directory"))
        if not path.is_dir():
            found[path] = None
            continue
        roots = [file for file in files_below(path, *SCHEMA_SUFFIXES) if read_grammar(file).has_start]
        if not roots:
            raise ConfigurationError(Diagnostic(SourceLocation(str(path)), NO_ROOT_SCHEMA))
        found.update(dict.fromkeys(roots))
    return tuple(found), any(path.is_dir() for path in arguments)


def lint_schemas(
    schemas: Sequence[Path],
    *,
    complete: bool = False,
    ignored: Collection[str] = (),
    differing: Iterable[DifferingList] = (),
    progress: Progress | None = None,
) -> tuple[Advice, ...]:
    """What the rules find, by file and line. With `complete` the schemas are all that there are, so that definitions
    in shared files which none of them reaches are found, too; `ignored` are rules to leave out, `differing` lists that
    differ from enum tables.

    Raises:
        SchemaError: a schema is not correct.
    """
    grammars: list[Grammar] = []
    found: list[Advice] = []
    for done, path in enumerate(schemas):
        if progress is not None:
            progress("lint", done, len(schemas))
        checked = read_schema(path)
        grammars.append(checked.grammar)
        found += SchemaChecks(checked.schema, checked.form).advice()
    if progress is not None:
        progress("lint", len(schemas), len(schemas))
    own = None if complete else [str(path) for path in schemas]
    found += check_reachability(grammars, own)
    found += map(_differs, differing)
    return _each_once(one for one in found if one.rule.id not in ignored)


def _differs(one: DifferingList) -> Advice:
    only = ((one.only_in_schema, "only here"), (one.only_in_table, "only in the table"))
    words = " and ".join(f"{quoted(tokens)} ({where})" for tokens, where in only if tokens)
    message = f"the values of {one.path} are those of {one.table} but for {words}"
    return advise("LNT111", one.location, message, (one.table_location, "the table"))


def _each_once(advice: Iterable[Advice]) -> tuple[Advice, ...]:
    """By place and rule: what several schemas include is read for each of them."""
    found: dict[tuple[object, ...], Advice] = {}
    for one in advice:
        place = one.location
        found.setdefault((*place.position, one.rule.id), one)
    return tuple(found[key] for key in sorted(found, key=str_key))


def str_key(key: tuple[object, ...]) -> tuple[str, int, int, str]:
    path, line, column, rule = key
    return str(path), int(str(line)), int(str(column)), str(rule)
