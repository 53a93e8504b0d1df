"""C ``enum`` declarations with their values, and the names of a table's constants.

All files are read before anything is resolved, so a table may come before the header that declares its constants.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..diagnostics.locations import UNKNOWN_LOCATION, SourceLocation
from .branches import exclude_each_other, predecessors
from .expression import ExpressionError, evaluate
from .file_diagnostics import FileDiagnostics
from .syntax import ConstantSyntax, EnumerationSyntax, Expression, FileSyntax
from .tokens import Kind, Macro, Token

DEEPEST_MACRO = 16
"""At most this many macros can name each other before one has a value."""
MOST_MACRO_TOKENS = 1_000_000
"""So many tokens of macros are evaluated; beyond that their values stay unknown. Sixteen macros that each name the one
before ten times would otherwise take a lifetime."""


@dataclass(frozen=True, slots=True)
class Constant:
    """``value`` is None where it depends on something that is not in the files read."""

    name: str
    value: int | None
    location: SourceLocation = field(default=UNKNOWN_LOCATION, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A C ``enum``. ``name`` is that of its typedef, else its tag, else empty."""

    name: str
    constants: tuple[Constant, ...]
    location: SourceLocation = field(default=UNKNOWN_LOCATION, compare=False, repr=False)


@dataclass
class _Declared:
    """A declaration on its way to its values."""

    syntax: EnumerationSyntax
    diagnostics: FileDiagnostics
    predecessors: list[int | None]
    values: list[int | None]

    @cached_property
    def names_by_value(self) -> dict[int, str]:
        """Call it only when all values are known."""
        names: dict[int, str] = {}
        for constant, value in zip(self.syntax.constants, self.values, strict=True):
            if value is not None:
                names.setdefault(value, constant.name.text)
        return names


class Constants:
    """All constants that some files declare. Where two declare a name, the first counts."""

    def __init__(self, files: Sequence[FileSyntax]) -> None:
        self._macros: dict[str, Macro] = {}
        self._macro_values: dict[str, int] = {}
        self._macro_tokens = 0
        for file in files:
            for name, macro in file.macros.items():
                self._macros.setdefault(name, macro)
        self._declared = list(_declarations(files))
        self._places: dict[str, tuple[_Declared, int]] = {}
        self._refuse_repetitions()
        self._resolve(len(files))
        self._refuse_unknown_names()

    @property
    def enumerations(self) -> tuple[Enumeration, ...]:
        return tuple(_enumeration(declared) for declared in self._declared)

    def macro(self, name: str) -> Macro | None:
        return self._macros.get(name)

    @property
    def macro_names(self) -> Collection[str]:
        return self._macros.keys()

    def value(self, expression: Expression) -> int | None:
        """Raises:
        ExpressionError: as `expression.evaluate`.
        """
        return self._value(expression, DEEPEST_MACRO)

    def names_by_value(self, count: Expression) -> Mapping[int, str]:
        """The constants of the declaration that `count` belongs to: the one that declares the first name in it. Of
        two for one value the first is given, since the other is an alias."""
        declared = self._declaration_of(count, DEEPEST_MACRO)
        return {} if declared is None else declared.names_by_value

    def _declaration_of(self, expression: Sequence[Token], depth: int) -> _Declared | None:
        for token in expression:
            if token.kind is not Kind.NAME:
                continue
            if token.text in self._places:
                return self._places[token.text][0]
            macro = self._macros.get(token.text)
            if macro is not None and depth:
                return self._declaration_of(macro.body, depth - 1)
        return None

    def _value(self, expression: Sequence[Token], depth: int) -> int | None:
        return evaluate(expression, lambda token: self._value_of_name(token, depth))

    def _value_of_name(self, token: Token, depth: int) -> int | None:
        place = self._places.get(token.text)
        if place is not None:
            declared, position = place
            return declared.values[position]
        if token.text in self._macro_values:
            return self._macro_values[token.text]
        macro = self._macros.get(token.text)
        return None if macro is None or not depth else self._value_of_macro(macro, depth)

    def _value_of_macro(self, macro: Macro, depth: int) -> int | None:
        self._macro_tokens += len(macro.body)
        if self._macro_tokens > MOST_MACRO_TOKENS:
            return None
        try:
            value = self._value(macro.body, depth - 1)
        except ExpressionError:
            return None
        if value is not None:
            self._macro_values[macro.name] = value
        return value

    def _resolve(self, files: int) -> None:
        """In C a constant can only use earlier ones, so files in the right order need one pass; any other order of
        files needs at most one more for each."""
        pending = self._declared
        for _ in range(files):
            for declared in pending:
                self._resolve_declaration(declared)
            left = [declared for declared in pending if None in declared.values]
            if not left:
                return
            pending = left

    def _resolve_declaration(self, declared: _Declared) -> None:
        for position, constant in enumerate(declared.syntax.constants):
            if declared.values[position] is None:
                declared.values[position] = self._value_of_constant(declared, position, constant)

    def _value_of_constant(self, declared: _Declared, position: int, constant: ConstantSyntax) -> int | None:
        if constant.value is not None:
            try:
                return self.value(constant.value)
            except ExpressionError as error:
                _report(error, constant, declared.diagnostics)
                return None
        predecessor = declared.predecessors[position]
        if predecessor is None:
            return 0
        before = declared.values[predecessor]
        return None if before is None else before + 1

    def _refuse_repetitions(self) -> None:
        for declared in self._declared:
            for position, constant in enumerate(declared.syntax.constants):
                name = constant.name.text
                first = self._places.setdefault(name, (declared, position))
                if first != (declared, position) and not declared.diagnostics.is_c:
                    self._refuse_repetition(declared, constant, first)

    def _refuse_repetition(self, declared: _Declared, constant: ConstantSyntax, first: tuple[_Declared, int]) -> None:
        other = first[0].syntax.constants[first[1]]
        if first[0] is declared and exclude_each_other(other.name.branch, constant.name.branch):
            return
        place = first[0].diagnostics.location(other.name.offset)
        message = f"constant {constant.name} is declared twice"
        declared.diagnostics.error(constant.name.offset, message, related=[(place, "first declared here")])

    def _refuse_unknown_names(self) -> None:
        for declared in self._declared:
            for constant in declared.syntax.constants if not declared.diagnostics.is_c else ():
                for token in constant.value or ():
                    if token.kind is Kind.NAME and token.text not in self._places and token.text not in self._macros:
                        hint = declared.diagnostics.suggestion(token.text, self._places)
                        declared.diagnostics.error(token.offset, f"no constant {token} is declared{hint}")


def _declarations(files: Sequence[FileSyntax]) -> Iterator[_Declared]:
    for file in files:
        for syntax in file.enumerations:
            before = predecessors(constant.name.branch for constant in syntax.constants)
            yield _Declared(syntax, file.diagnostics, before, [None] * len(syntax.constants))


def _enumeration(declared: _Declared) -> Enumeration:
    location = declared.diagnostics.location
    pairs = zip(declared.syntax.constants, declared.values, strict=True)
    constants = tuple(Constant(syntax.name.text, value, location(syntax.name.offset)) for syntax, value in pairs)
    return Enumeration(declared.syntax.name, constants, location(declared.syntax.start.offset))


def _report(error: ExpressionError, constant: ConstantSyntax, diagnostics: FileDiagnostics) -> None:
    """In C source a value may have casts, ``sizeof`` and macros with arguments; it stays unknown."""
    if not diagnostics.is_c:
        place = constant.name if error.token is None else error.token
        diagnostics.error(place.offset, f"value of {constant.name}: {error}")


def derived_names(count: Expression, tokens: Sequence[str]) -> list[str | None]:
    """The names that the constants have by libvirt's habit, where the count is a name that ends so:

    VIR_DOMAIN_DISK_SNAPSHOT_LAST, internal     VIR_DOMAIN_DISK_SNAPSHOT_INTERNAL
    VIR_DOMAIN_DISK_BUS_LAST, virtio-scsi       VIR_DOMAIN_DISK_BUS_VIRTIO_SCSI

    In libvirt 11.3 the habit holds for 1,127 of 1,239 constants. None for a token that is empty or not ASCII, and
    where two tokens of the table would give one name.
    """
    if len(count) != 1 or not count[0].text.endswith("_LAST"):
        return [None] * len(tokens)
    prefix = count[0].text.removesuffix("LAST")
    names = [prefix + re.sub(r"[^A-Za-z0-9]", "_", token).upper() if token.isascii() else "" for token in tokens]
    times = Counter(names)
    return [name if token and name and times[name] == 1 else None for name, token in zip(names, tokens, strict=True)]
