"""Stable, line-oriented text of a `Grammar` or a `Schema`: for golden files.

One line a node, two spaces a level: the name of the pattern, what it says, the place. Within one file a place is
``@line:column``; where the file changes, it is named in full.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from relaxgen.diagnostics.locations import SourceLocation
from relaxgen.relaxng.name_class import describe
from relaxgen.relaxng.pattern import (
    Annotations,
    Attribute,
    Choice,
    Combine,
    Component,
    Data,
    Define,
    Div,
    Element,
    Empty,
    ExternalRef,
    Grammar,
    Group,
    Include,
    Interleave,
    List,
    Mixed,
    NestedGrammar,
    NotAllowed,
    OneOrMore,
    Optional,
    Param,
    ParentRef,
    Pattern,
    Ref,
    Start,
    Text,
    Value,
    ZeroOrMore,
    children,
)
from relaxgen.relaxng.schema import Schema

_WORDS: dict[type[object], str] = {
    Empty: "empty",
    Text: "text",
    NotAllowed: "notAllowed",
    List: "list",
    Group: "group",
    Interleave: "interleave",
    Choice: "choice",
    Optional: "optional",
    ZeroOrMore: "zeroOrMore",
    OneOrMore: "oneOrMore",
    Mixed: "mixed",
}


def dump_grammar(grammar: Grammar) -> str:
    """The grammar as the author wrote it, included files in their places."""
    return _text(_grammar_lines("grammar", grammar, 0, ""))


def dump_schema(schema: Schema) -> str:
    """The start and every definition that it reaches, in order."""
    return _text(_schema_lines(schema))


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _line(level: int, words: str, location: SourceLocation, file: str) -> str:
    place = f"@{location.line}:{location.column}" if location.path == file else f"@{location}"
    return f"{'  ' * level}{words} {place}"


def _annotation_lines(annotations: Annotations, level: int) -> Iterator[str]:
    for name, value in sorted(annotations.attributes.items()):
        yield f"{'  ' * level}# {name} = {_quoted(value)}"
    for line in annotations.documentation.splitlines():
        yield f"{'  ' * level}## {line}".rstrip()


def _grammar_lines(word: str, grammar: Grammar, level: int, file: str) -> Iterator[str]:
    yield _line(level, word, grammar.location, file)
    yield from _annotation_lines(grammar.annotations, level + 1)
    for component in grammar.components:
        yield from _component_lines(component, level + 1, grammar.location.path)


def _component_lines(component: Component, level: int, file: str) -> Iterator[str]:
    yield _line(level, _component_words(component), component.location, file)
    yield from _annotation_lines(component.annotations, level + 1)
    match component:
        case Start() | Define():
            yield from _pattern_lines(component.pattern, level + 1, file)
        case Div():
            for inner in component.components:
                yield from _component_lines(inner, level + 1, file)
        case Include():
            yield from _grammar_lines("grammar", component.grammar, level + 1, file)
            for inner in component.overrides:
                yield from _component_lines(inner, level + 1, file)


def _component_words(component: Component) -> str:
    match component:
        case Start():
            return "start" + _combining(component.combine)
        case Define():
            return f"define {component.name}" + _combining(component.combine)
        case Div():
            return "div"
        case Include():
            return f"include {_quoted(component.href)}"


def _combining(combine: Combine | None) -> str:
    return f" by {combine.value}" if combine else ""


def _schema_lines(schema: Schema) -> Iterator[str]:
    file = schema.location.path
    yield _line(0, "schema", schema.location, "")
    yield from (f"  file {path}" for path in schema.files)
    yield "  start"
    yield from _pattern_lines(schema.start, 2, file)
    for key, definition in schema.defines.items():
        name = "" if key == definition.name else f" called {definition.name}"
        places = "".join(_line(0, "", location, file) for location in definition.locations)
        yield f"  define {key}{name}{places}"
        yield from _annotation_lines(definition.annotations, 2)
        yield from _pattern_lines(definition.pattern, 2, definition.location.path)


def _pattern_lines(pattern: Pattern, level: int, file: str) -> Iterator[str]:
    """Walks with a stack of its own, so that long chains of generators do not slow it down."""
    remaining: list[tuple[Pattern, int, str]] = [(pattern, level, file)]
    while remaining:
        node, depth, around = remaining.pop()
        yield _line(depth, _pattern_words(node), node.location, around)
        yield from _annotation_lines(node.annotations, depth + 1)
        if isinstance(node, NestedGrammar):
            yield from _grammar_lines("grammar", node.grammar, depth + 1, node.location.path)
        if isinstance(node, Data):
            yield from (_line(depth + 1, _param_words(param), param.location, around) for param in node.params)
        remaining.extend((child, depth + 1, node.location.path) for child in reversed(children(node)))


def _pattern_words(pattern: Pattern) -> str:
    match pattern:
        case Element():
            return f"element {describe(pattern.name)}"
        case Attribute():
            return f"attribute {describe(pattern.name)}"
        case Ref():
            return f"ref {pattern.name}"
        case ParentRef():
            return f"parentRef {pattern.name}"
        case Value():
            return f"value {pattern.datatype.short} {_quoted(pattern.text)}{_value_ns(pattern)}"
        case Data():
            return f"data {pattern.datatype.short}" + (" except" if pattern.except_ is not None else "")
        case ExternalRef():
            return f"externalRef {_quoted(pattern.href)}"
        case NestedGrammar():
            return "nested"
        case _:
            return _WORDS[type(pattern)]


def _value_ns(value: Value) -> str:
    return f" ns {_quoted(value.ns)}" if value.ns else ""


def _param_words(param: Param) -> str:
    return f"param {param.name} {_quoted(param.value)}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
