"""Correct schemas: files are read and simplified, then datatypes (specification section 4.16) and restrictions
(section 7) are checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..diagnostics.errors import Diagnostics
from ..memory import without_garbage_collection
from .datatype import check_datatype
from .grammar_reader import read_grammar
from .pattern import Component, Data, Define, Div, Grammar, Include, NestedGrammar, Pattern, Start, Value, children
from .restrictions import check_restrictions
from .schema import Schema
from .simplification import simplify
from .simplified_form import SimplifiedForm


@dataclass(frozen=True, slots=True)
class CheckedSchema:
    """A correct schema: as its author wrote it, as binding uses it, and simplified to the end as validation does."""

    grammar: Grammar
    schema: Schema
    form: SimplifiedForm


@without_garbage_collection()
def read_schema(path: Path | str, diagnostics: Diagnostics | None = None, *, needs_start: bool = True) -> CheckedSchema:
    """The schema of a file and all that it includes. Warnings stay in `diagnostics`.

    Raises:
        SchemaError: with everything that is wrong with the schema.
    """
    grammar = read_grammar(path, diagnostics)
    schema = simplify(grammar, diagnostics, needs_start=needs_start)
    return CheckedSchema(grammar, schema, check_schema(grammar, schema, diagnostics))


def check_schema(grammar: Grammar, schema: Schema, diagnostics: Diagnostics | None = None) -> SimplifiedForm:
    """The simplified form of `schema`, which `simplify` made from `grammar`. Warnings stay in `diagnostics`.

    Raises:
        SchemaError: with everything that is wrong with it.
    """
    diagnostics = Diagnostics() if diagnostics is None else diagnostics
    errors_before = len(diagnostics.errors)
    check_datatypes(grammar, diagnostics)
    form = SimplifiedForm(schema)
    check_restrictions(form, diagnostics)
    diagnostics.raise_errors(after=errors_before)
    return form


def check_datatypes(grammar: Grammar, diagnostics: Diagnostics) -> None:
    """Reports each ``data`` and ``value`` that uses its datatype wrongly, in unused definitions, too."""
    for pattern in _all_patterns(grammar.components):
        match pattern:
            case Data():
                check_datatype(pattern.datatype, pattern.params, pattern.location, diagnostics)
            case Value():
                _check_value(pattern, diagnostics)


def _check_value(value: Value, diagnostics: Diagnostics) -> None:
    datatype = check_datatype(value.datatype, (), value.location, diagnostics)
    if datatype is not None:
        reason = datatype.why_not(value.text, {**value.namespaces, None: value.ns})
        if reason:
            message = f"{value.text!r} {reason}, so this value can never match"
            diagnostics.error(value.location, message, section="4.16")


def _all_patterns(components: Iterable[Component]) -> Iterator[Pattern]:
    waiting: list[Component | Pattern] = [*reversed(tuple(components))]
    seen: set[int] = set()
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, (Start, Define)):
            waiting.append(item.pattern)
        elif isinstance(item, Div):
            waiting.extend(reversed(item.components))
        elif isinstance(item, Include):
            waiting.extend(reversed((*item.grammar.components, *item.overrides)))
        elif isinstance(item, NestedGrammar):
            waiting.extend(reversed(item.grammar.components))
        else:
            yield item
            waiting.extend(reversed(children(item)))
