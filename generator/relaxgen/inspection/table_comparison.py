"""Compares enum tables with the lists of values in a schema, as text for people and as values for JSON.

exact     virDomainDiskBus = disk/target/@bus
sentinel  virDomainDiskIo = disk/driver/@io, without 'default'
near      virDomainFS = devices/filesystem/@type
            only in the table (domain_conf.c:10:15): 'volume'
none      virDomainTaint
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..diagnostics.errors import Diagnostics, TableError
from ..diagnostics.locations import SourceLocation
from ..diagnostics.phrases import counted, listed, quoted
from ..enums.matching import Comparison, Fit, NamedChoice, TableMatch, compare
from ..enums.reader import read_tables
from ..relaxng.correctness import read_schema
from .value_choices import choices_of

SHOWN_TOKENS = 8
"""The number of tokens of a list that a text shows; the others are counted."""

_WIDTH = max(len(fit.value) for fit in Fit) + 2


def compare_files(schemas: Iterable[Path], tables: Iterable[Path], diagnostics: Diagnostics) -> Comparison:
    """Each table with its partner in any of the schemas. Warnings come in `diagnostics`.

    Raises:
        SchemaError, TableError: with everything that is wrong with a schema, or with the tables.
    """
    found = read_tables(tables, diagnostics)
    diagnostics.raise_errors(TableError)
    choices: dict[tuple[str, frozenset[str]], NamedChoice] = {}
    for schema in schemas:
        for choice in choices_of(read_schema(schema).schema):
            choices.setdefault((choice.path, frozenset(choice.tokens)), choice)
    return compare(found, tuple(choices.values()))


def comparison_as_text(comparison: Comparison) -> Iterator[str]:
    for fit in Fit:
        for match in comparison.matches:
            if match.fit is fit:
                yield from _match_lines(match)
    if comparison.choices_without_table:
        yield "choices without a table:"
        yield from map(_choices_line, _alike(comparison.choices_without_table))
    yield _summary(comparison)


def comparison_values(comparison: Comparison) -> dict[str, object]:
    """The comparison as plain values."""
    return {
        "tables": [_match_data(match) for match in comparison.matches],
        "choices_without_table": [_choice_data(choice) for choice in comparison.choices_without_table],
    }


def drifts(comparison: Comparison) -> Iterator[tuple[SourceLocation, str, tuple[SourceLocation, str]]]:
    """For each table that differs from its choice in more than the sentinel: its place, how, and the second place."""
    for match in comparison.matches:
        if match.fit is Fit.NEAR and match.choice is not None:
            parts = (("table", match.only_in_table), ("schema", match.only_in_schema))
            words = "; ".join(f"only in the {side}: {quoted(tokens)}" for side, tokens in parts if tokens)
            related = (match.choice.location, f"the values of {match.choice.path}")
            yield match.table.location, f"{match.table.name} and {match.choice.path} differ: {words}", related


def has_drifted(comparison: Comparison) -> bool:
    """Whether any table differs from its choice in more than the sentinel."""
    return any(drifted(comparison))


def drifted(comparison: Comparison) -> Iterator[tuple[TableMatch, NamedChoice]]:
    """The tables that differ from their choice in more than the sentinel, with the choice."""
    for match in comparison.matches:
        if match.fit is Fit.NEAR and match.choice is not None:
            yield match, match.choice


def _match_lines(match: TableMatch) -> Iterator[str]:
    name = f"{match.fit.value:<{_WIDTH}}{match.table.name}"
    if match.choice is None:
        alike = f": {counted(len(match.others), 'choice has', 'choices have')} its tokens, none its name"
        yield f"{name}{alike if match.others else ''}"
        return
    without = f", without {match.sentinel!r}" if match.sentinel is not None else ""
    more = f" and {len(match.others)} more" if match.others else ""
    yield f"{name} = {match.choice.path}{more}{without}"
    indent = " " * (_WIDTH + 2)
    if match.rivals:
        yield f"{indent}as well as {', '.join(rival.name for rival in match.rivals)}"
    if match.fit is Fit.NEAR:
        if match.only_in_table:
            yield f"{indent}only in the table ({match.table.location}): {quoted(match.only_in_table)}"
        if match.only_in_schema:
            yield f"{indent}only in the schema ({match.choice.location}): {quoted(match.only_in_schema)}"


def _alike(choices: Iterable[NamedChoice]) -> list[list[NamedChoice]]:
    """The choices in groups with the same tokens."""
    groups: dict[frozenset[str], list[NamedChoice]] = {}
    for choice in choices:
        groups.setdefault(frozenset(choice.tokens), []).append(choice)
    return list(groups.values())


def _choices_line(choices: Sequence[NamedChoice]) -> str:
    first = choices[0]
    also = f" and {len(choices) - 1} more" if len(choices) > 1 else ""
    return f"  {first.path}{also} ({first.location}): {listed(first.tokens, SHOWN_TOKENS)}"


def _summary(comparison: Comparison) -> str:
    counts = Counter(match.fit for match in comparison.matches)
    choices = len(comparison.choices_without_table)
    return (
        f"{counted(len(comparison.matches), 'table')}: {counts[Fit.EXACT]} exact, "
        f"{counts[Fit.SENTINEL]} equal but for the first entry, {counts[Fit.NEAR]} near, "
        f"{counts[Fit.NONE]} without a choice; {counted(choices, 'choice')} without a table"
    )


def _match_data(match: TableMatch) -> dict[str, object]:
    return {
        "table": match.table.name,
        "location": str(match.table.location),
        "fit": match.fit.value,
        "choice": _choice_data(match.choice) if match.choice else None,
        "other_choices": _paths(match.others),
        "other_tables": [rival.name for rival in match.rivals],
        "sentinel": match.sentinel,
        "only_in_table": list(match.only_in_table),
        "only_in_schema": list(match.only_in_schema),
    }


def _choice_data(choice: NamedChoice) -> dict[str, object]:
    return {
        "path": choice.path,
        "location": str(choice.location),
        "tokens": list(choice.tokens),
        "open": choice.is_open,
    }


def _paths(choices: Sequence[NamedChoice]) -> list[str]:
    return list(dict.fromkeys(choice.path for choice in choices))
