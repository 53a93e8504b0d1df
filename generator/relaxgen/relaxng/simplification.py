"""`Grammar` → `Schema`: specification sections 4.7 to 4.19, as far as binding needs them.

Inclusions and divs are dissolved, definitions combined, references resolved through nested grammars, and recursion
that passes through no element is refused. What the reader resolved already (4.1 to 4.6, 4.8 to 4.10) is taken as it
is. Full simplification would go on to one define an element, binary groups, no ``optional``: right for validation,
fatal for naming classes, and so left to the validator, which starts from the result of this.

Every definition is checked, and the result has those that the start reaches, in the author's order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count

from ..diagnostics.errors import Diagnostics, did_you_mean
from ..diagnostics.locations import SourceLocation
from ..diagnostics.phrases import counted
from .pattern import (
    NO_ANNOTATIONS,
    Annotations,
    Choice,
    Combine,
    Component,
    Define,
    Div,
    Element,
    ExternalRef,
    Grammar,
    Group,
    Include,
    Interleave,
    NestedGrammar,
    NotAllowed,
    ParentRef,
    Pattern,
    Ref,
    Start,
    bare_refs,
    children,
    with_children,
)
from .schema import Schema, SchemaDefine

_START = "<start>"
"""The name under which starts are collected; no define can have it."""


def simplify(grammar: Grammar, diagnostics: Diagnostics | None = None, *, needs_start: bool = True) -> Schema:
    """The schema that a grammar means. If it needs no start and has none, it starts with every definition of elements.

    Raises:
    SchemaError: with everything that is wrong with the definitions and references of the grammar.
    """
    simplifier = _Simplifier(Diagnostics() if diagnostics is None else diagnostics, needs_start)
    return simplifier.simplify(grammar)


@dataclass(slots=True)
class _Scope:
    """One grammar: the keys that its definitions have in the schema, by the author's names. ``owner`` is the key of
    the definition that contains a nested grammar."""

    parent: _Scope | None
    owner: str
    keys: dict[str, str] = field(default_factory=dict)


class _Simplifier:
    def __init__(self, diagnostics: Diagnostics, needs_start: bool) -> None:
        self._diagnostics = diagnostics
        self._needs_start = needs_start
        self._errors_before = len(diagnostics.errors)
        self._files: dict[str, None] = {}
        self._compact_files: frozenset[str] = frozenset()
        self._defines: dict[str, SchemaDefine] = {}
        self._keys: set[str] = set()

    def simplify(self, grammar: Grammar) -> Schema:
        self._compact_files = grammar.compact_files
        start = self._resolve_grammar(grammar, None, "start")
        self._check_recursion(start)
        self._diagnostics.raise_errors(after=self._errors_before)
        return Schema(
            grammar.location,
            start,
            self._reachable(start),
            tuple(self._files),
            grammar.prefixes,
            grammar.catalogs,
            grammar.rules,
            grammar.compact_files,
        )

    # Sections 4.7 and 4.11: include and div

    def _components(self, grammar: Grammar) -> list[Start | Define]:
        self._files[grammar.location.path] = None
        return self._flattened(grammar.components)

    def _flattened(self, components: Iterable[Component]) -> list[Start | Define]:
        flat: list[Start | Define] = []
        for component in components:
            match component:
                case Start() | Define():
                    flat.append(component)
                case Div():
                    flat.extend(self._flattened(component.components))
                case Include():
                    flat.extend(self._included(component))
        return flat

    def _included(self, include: Include) -> list[Start | Define]:
        """The definitions of the file that are not overridden, then the overrides."""
        included = self._components(include.grammar)
        overrides = self._flattened(include.overrides)
        names = {_name_of(component) for component in included}
        for override in overrides:
            if _name_of(override) not in names:
                self._report_useless_override(override, include, names)
        overridden = {_name_of(override) for override in overrides}
        return [component for component in included if _name_of(component) not in overridden] + overrides

    def _report_useless_override(self, override: Start | Define, include: Include, names: Iterable[str]) -> None:
        if isinstance(override, Start):
            message = f"this start overrides nothing: '{include.href}' has no start"
        else:
            hint = did_you_mean(override.name, [name for name in names if name != _START])
            message = f"'{override.name}' overrides nothing: '{include.href}' does not define it{hint}"
        related = [(include.location, "included here")]
        self._diagnostics.error(override.location, message, section="4.7", related=related)

    # Section 4.17: combine

    def _combined(self, components: Iterable[Start | Define]) -> dict[str, SchemaDefine]:
        by_name: dict[str, list[Start | Define]] = {}
        for component in components:
            by_name.setdefault(_name_of(component), []).append(component)
        return {name: self._combine(name, same) for name, same in by_name.items()}

    def _combine(self, name: str, components: Sequence[Start | Define]) -> SchemaDefine:
        locations = tuple(component.location for component in components)
        annotations = _merged(component.annotations for component in components)
        if len(components) == 1:
            return SchemaDefine(name, components[0].pattern, locations, annotations)
        method = self._combining_method(name, components)
        patterns = tuple(component.pattern for component in components)
        kind = Interleave if method is Combine.INTERLEAVE else Choice
        return SchemaDefine(name, kind(patterns, location=locations[0]), locations, annotations)

    def _combining_method(self, name: str, components: Sequence[Start | Define]) -> Combine | None:
        what = "start" if name == _START else f"'{name}'"
        plain = [component for component in components if component.combine is None]
        for component in plain[1:]:
            if self._is_compact(component.location):
                message = f"{what} is defined twice; to combine the two, write |= or &= in one of them"
                first = "the other one is here"
            else:
                message = f"{what} occurs twice without combine: only one can be without it"
                first = "the other without combine is here"
            self._diagnostics.error(component.location, message, section="4.17", related=[(plain[0].location, first)])
        combining = [(one.combine, one.location) for one in components if one.combine is not None]
        if not combining:
            return None
        (method, first_place), *others = combining
        for other, place in others:
            if other is not method:
                message = f"{what} combines {self._by(method, place)} and {self._by(other, place)}"
                related = [(first_place, f"first combined here, {self._by(method, first_place)}")]
                self._diagnostics.error(place, message, section="4.17", related=related)
        return method

    def _by(self, method: Combine, place: SourceLocation) -> str:
        return f"with {method.operator}" if self._is_compact(place) else f"by '{method.value}'"

    def _is_compact(self, place: SourceLocation) -> bool:
        return place.path in self._compact_files

    # Section 4.18: grammars and references

    def _resolve_grammar(self, grammar: Grammar, parent: _Scope | None, owner: str) -> Pattern:
        """Puts the grammar's definitions among the schema's and gives its start."""
        combined = self._combined(self._components(grammar))
        start = combined.pop(_START, None)
        if start is None and parent is None and not self._needs_start:
            return self._start_anywhere(grammar, combined)
        if start is None:
            self._report_no_start(grammar, is_included=parent is None and bool(combined))
            # What is there to be included may well refer to what it does not define.
            return NotAllowed(location=grammar.location)
        scope = self._scope(combined, parent, owner)
        resolved_start = self._resolve(start.pattern, scope, owner)
        self._resolve_definitions(combined, scope)
        return resolved_start

    def _scope(self, combined: Mapping[str, SchemaDefine], parent: _Scope | None, owner: str) -> _Scope:
        scope = _Scope(parent, owner)
        scope.keys.update((name, self._key(name, scope)) for name in combined)
        # Reserved here, so that nested grammars come after the definitions that contain them.
        self._defines.update((scope.keys[name], definition) for name, definition in combined.items())
        return scope

    def _resolve_definitions(self, combined: Mapping[str, SchemaDefine], scope: _Scope) -> None:
        for name, definition in combined.items():
            key = scope.keys[name]
            self._defines[key] = replace(definition, pattern=self._resolve(definition.pattern, scope, key))

    def _start_anywhere(self, grammar: Grammar, combined: Mapping[str, SchemaDefine]) -> Pattern:
        """The start of a grammar that has none: every definition that documents can start with."""
        if missing := _missing_names(combined):
            shown = ", ".join(map(repr, missing[:3])) + (", …" if missing[3:] else "")
            lacking = f"lacks {counted(len(missing), 'definition')} that it refers to ({shown})"
            message = f"the grammar has no start, and {lacking}; give the schema that includes it"
            self._diagnostics.error(grammar.location, message, section="4.18")
            return NotAllowed(location=grammar.location)
        scope = self._scope(combined, None, "start")
        self._resolve_definitions(combined, scope)
        keys = [key for key in scope.keys.values() if is_of_elements(Ref(key), self._defines)]
        if not keys:
            self._report_no_start(grammar, is_included=bool(combined))
            return NotAllowed(location=grammar.location)
        starts = tuple(Ref(key, location=self._defines[key].location) for key in keys)
        return starts[0] if len(starts) == 1 else Choice(starts, location=grammar.location)

    def _report_no_start(self, grammar: Grammar, is_included: bool) -> None:
        what = "; it has only definitions for other grammars to include; --root NAME starts from one"
        hint = what if is_included else ""
        self._diagnostics.error(grammar.location, f"the grammar has no start{hint}", section="4.18")

    def _key(self, name: str, scope: _Scope) -> str:
        """Returns the author's name; if another grammar already has it, after the name of the surrounding
        definition."""
        nested = f"{scope.owner}/{name}"
        candidates = chain((name, nested), (f"{nested}/{number}" for number in count(2)))
        key = next(candidate for candidate in candidates if candidate not in self._keys)
        self._keys.add(key)
        return key

    def _resolve(self, pattern: Pattern, scope: _Scope, owner: str) -> Pattern:
        match pattern:
            case Ref():
                return self._resolve_ref(pattern, scope)
            case ParentRef():
                return self._resolve_parent_ref(pattern, scope)
            case NestedGrammar():
                return self._resolve_grammar(pattern.grammar, scope, owner)
            case ExternalRef():
                self._files[pattern.target.location.path] = None
                return self._resolve(pattern.target, scope, owner)
            case Group() | Interleave() | Choice() if len(pattern.patterns) == 1 and not pattern.annotations:
                # A group of one is what it holds (section 4.12), unless the author wrote something on it.
                return self._resolve(pattern.patterns[0], scope, owner)
            case _:
                return with_children(pattern, lambda child: self._resolve(child, scope, owner))

    def _resolve_ref(self, ref: Ref, scope: _Scope) -> Pattern:
        key = scope.keys.get(ref.name)
        if key is None:
            self._diagnostics.error(ref.location, self._undefined(ref, scope), section="4.18")
            return NotAllowed(location=ref.location)
        return ref if key == ref.name else replace(ref, name=key)

    def _undefined(self, ref: Ref, scope: _Scope) -> str:
        if scope.parent is not None and ref.name in scope.parent.keys:
            use = f"parent {ref.name}" if self._is_compact(ref.location) else "parentRef"
            return f"'{ref.name}' is not defined in this grammar, but in the one around it: write '{use}'"
        return f"'{ref.name}' is not defined{did_you_mean(ref.name, scope.keys)}"

    def _resolve_parent_ref(self, ref: ParentRef, scope: _Scope) -> Pattern:
        if scope.parent is None:
            message = f"the parent of a grammar has no '{ref.name}' here: no grammar is around this one"
            self._diagnostics.error(ref.location, message, section="4.18")
            return NotAllowed(location=ref.location)
        plain = Ref(ref.name, location=ref.location, annotations=ref.annotations)
        return self._resolve_ref(plain, scope.parent)

    # Section 4.19: recursion and reachability

    def _check_recursion(self, start: Pattern) -> None:
        """Reports each definition that contains itself without an element between."""
        finished: set[str] = set()
        for root in self._reachable(start):
            if root not in finished:
                self._search_cycles(root, finished)

    def _search_cycles(self, root: str, finished: set[str]) -> None:
        path: dict[str, Ref | None] = {root: None}  # the way here, with the reference that led to each
        pending: list[Iterator[Ref]] = [iter(bare_refs(self._defines[root].pattern))]
        while pending:
            ref = next(pending[-1], None)
            if ref is None:
                pending.pop()
                finished.add(path.popitem()[0])
            elif ref.name in path:
                self._report_cycle(ref, _way(path, ref.name))
            elif ref.name not in finished:
                path[ref.name] = ref
                pending.append(iter(bare_refs(self._defines[ref.name].pattern)))

    def _report_cycle(self, closing: Ref, way: Sequence[Ref]) -> None:
        definition = self._defines[closing.name]
        message = f"'{definition.name}' contains itself without an element between"
        steps = [(ref.location, f"leads to '{self._defines[ref.name].name}'") for ref in way]
        related = [(definition.location, f"'{definition.name}' is defined here"), *steps]
        self._diagnostics.error(closing.location, message, section="4.19", related=related)

    def _reachable(self, start: Pattern) -> dict[str, SchemaDefine]:
        reached: set[str] = set()
        remaining = [start]
        while remaining:
            pattern = remaining.pop()
            if isinstance(pattern, Ref):
                if pattern.name not in reached:
                    reached.add(pattern.name)
                    remaining.append(self._defines[pattern.name].pattern)
            else:
                remaining.extend(children(pattern))
        return {key: definition for key, definition in self._defines.items() if key in reached}


def _name_of(component: Start | Define) -> str:
    return component.name if isinstance(component, Define) else _START


def _merged(several: Iterable[Annotations]) -> Annotations:
    """All documentation; of attributes with the same name the first."""
    present = [annotations for annotations in several if annotations]
    if len(present) < 2:
        return present[0] if present else NO_ANNOTATIONS
    attributes = {name: value for annotations in reversed(present) for name, value in annotations.attributes.items()}
    documentation = "\n\n".join(annotations.documentation for annotations in present if annotations.documentation)
    return Annotations(attributes, documentation)


def _way(path: Mapping[str, Ref | None], name: str) -> list[Ref]:
    """The references on the way behind `name`."""
    after = list(path).index(name) + 1
    return [ref for ref in list(path.values())[after:] if ref is not None]


def _missing_names(combined: Mapping[str, SchemaDefine]) -> list[str]:
    """The names that definitions refer to and that none of them has; grammars inside of them are not looked into."""
    missing: dict[str, None] = {}
    waiting = [definition.pattern for definition in reversed(list(combined.values()))]
    while waiting:
        pattern = waiting.pop()
        if isinstance(pattern, Ref) and pattern.name not in combined:
            missing[pattern.name] = None
        elif not isinstance(pattern, NestedGrammar):
            waiting.extend(reversed(list(children(pattern))))
    return list(missing)


def is_of_elements(pattern: Pattern, defines: Mapping[str, SchemaDefine]) -> bool:
    """Whether a document can be one of the pattern's elements (section 7.1.5). References to nothing are not."""
    waiting, seen = [pattern], set[str]()
    while waiting:
        pattern = waiting.pop()
        if isinstance(pattern, Ref):
            if pattern.name not in defines:
                return False
            if pattern.name not in seen:
                seen.add(pattern.name)
                waiting.append(defines[pattern.name].pattern)
        elif isinstance(pattern, Choice):
            waiting.extend(pattern.patterns)
        elif not isinstance(pattern, Element):
            return False
    return True
