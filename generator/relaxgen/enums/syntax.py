"""The parser: from tokens to what the author wrote, before names and numbers are resolved.

    file        = { table | declaration | enumeration }
    table       = "VIR_ENUM_IMPL" "(" NAME "," count "," [ entry { "," entry } [ "," ] ] ")" [ ";" ]
    declaration = "VIR_ENUM_DECL" "(" NAME ")" [ ";" ]
    count       = expression
    entry       = part { part }
    part        = STRING | NAME | gettext "(" STRING { STRING } ")"
    gettext     = "N_" | "_" | "gettext_noop"
    enumeration = [ "typedef" ] "enum" [ NAME ] [ ":" NAME { NAME } ] "{" [ constant { "," constant } [ "," ] ] "}"
                  [ NAME ] [ ";" ]
    constant    = NAME { attribute } [ "=" expression ]
    attribute   = NAME [ "(" … ")" ]                        in C source only

In a table file (``.enums``) anything else is an error. In C source everything else is skipped, and so is an ``enum``
that does not follow the grammar (its constants can come from a macro): its constants stay unknown.

A comma may be missing where a branch of a conditional ends: ``#if X "a" #else "b" #endif`` are two entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .branches import exclude_each_other
from .file_diagnostics import FileDiagnostics, Related
from .tokens import DIRECTIVES, Branch, Kind, Lexed, Macro, Token, tokenize

Expression = tuple[Token, ...]

TABLE, DECLARATION = "VIR_ENUM_IMPL", "VIR_ENUM_DECL"
_STARTS = (TABLE, DECLARATION, "typedef", "enum")
_GETTEXT = ("N_", "_", "gettext_noop")
_OTHER_DIRECTIVES = ("include", "pragma", "undef", "error", "warning", "line")
_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")


@dataclass(frozen=True, slots=True)
class EntrySyntax:
    """``parts`` are string literals and names of macros, to be joined."""

    parts: tuple[Token, ...]

    @property
    def offset(self) -> int:
        return self.parts[0].offset

    @property
    def branch(self) -> Branch:
        return self.parts[0].branch


@dataclass(frozen=True, slots=True)
class TableSyntax:
    name: Token
    count: Expression
    entries: tuple[EntrySyntax, ...]


@dataclass(frozen=True, slots=True)
class ConstantSyntax:
    name: Token
    value: Expression | None


@dataclass(frozen=True, slots=True)
class EnumerationSyntax:
    """``name`` is the typedef's, else the tag, else empty."""

    name: str
    constants: tuple[ConstantSyntax, ...]
    start: Token


@dataclass(slots=True)
class FileSyntax:
    diagnostics: FileDiagnostics
    tables: list[TableSyntax] = field(default_factory=list)
    enumerations: list[EnumerationSyntax] = field(default_factory=list)
    macros: dict[str, Macro] = field(default_factory=dict)


def parse(text: str, diagnostics: FileDiagnostics) -> FileSyntax:
    lexed = tokenize(text, diagnostics)
    if not diagnostics.is_c:
        _refuse_directives(lexed, diagnostics)
    parser = _Parser(lexed.tokens, diagnostics)
    parser.file()
    parser.result.macros = lexed.macros
    return parser.result


def _refuse_directives(lexed: Lexed, diagnostics: FileDiagnostics) -> None:
    for word, offset in lexed.other_directives:
        hint = "" if word in _OTHER_DIRECTIVES else diagnostics.suggestion(word, DIRECTIVES)
        diagnostics.error(offset, f'"#{word}" has no meaning in a table file{hint}')


class _WrongSyntax(Exception):
    """What is wrong at a token; the construct around it cannot be taken."""

    def __init__(self, token: Token, message: str, *, valid_in_c: bool = False) -> None:
        super().__init__(message)
        self.token = token
        self.valid_in_c = valid_in_c


class _Parser:
    """One method for each production, in the grammar's order, over a row of tokens."""

    def __init__(self, tokens: list[Token], diagnostics: FileDiagnostics) -> None:
        self.result = FileSyntax(diagnostics)
        self._tokens = tokens
        self._diagnostics = diagnostics
        self._position = 0

    def file(self) -> None:
        while self._token.kind is not Kind.END:
            if self._is_start():
                self._construct()
            elif self._diagnostics.is_c or self._token.text == ";":
                self._position += 1
            else:
                self._refuse()

    def _construct(self) -> None:
        try:
            match self._token.text:
                case "VIR_ENUM_IMPL":
                    self._table()
                case "VIR_ENUM_DECL":
                    self._declaration()
                case _:
                    self._enumeration()
        except _WrongSyntax as wrong:
            self._report(wrong)
            self._skip_construct()

    def _refuse(self) -> None:
        hint = self._diagnostics.suggestion(self._token.text, _STARTS)
        self._diagnostics.error(self._token.offset, f"expected {TABLE} or enum, found {self._token}{hint}")
        self._position += 1
        self._skip_construct()

    def _table(self) -> None:
        self._next()
        opening = self._expect("(", f"after {TABLE}")
        name = self._name("the table's name")
        self._expect(",", f"after the table's name {name}")
        count = self._expression("the constant that counts the entries")
        self._expect(",", f"before the entries of {name}")
        entries = self._entries(opening)
        self._accept(";")
        if entries is not None:
            self.result.tables.append(TableSyntax(name, count, entries))

    def _declaration(self) -> None:
        self._next()
        self._expect("(", f"after {DECLARATION}")
        name = self._name("the table's name")
        self._expect(")", f"after the table's name {name}")
        self._accept(";")

    def _entries(self, opening: Token) -> tuple[EntrySyntax, ...] | None:
        """To the closing parenthesis; None where an entry is wrong, after a report of each that is."""
        entries: list[EntrySyntax] = []
        sound = True
        while not self._accept(")"):
            try:
                entries.append(self._entry())
                self._expect_end_of_entry()
            except _WrongSyntax as wrong:
                place = (self._diagnostics.location(opening.offset), "the parenthesis that is open was opened here")
                self._report(wrong, [place] if self._at_end() else [])
                sound = False
                if not self._skip_entry():
                    return None
        return tuple(entries) if sound else None

    def _entry(self) -> EntrySyntax:
        parts: list[Token] = []
        while self._token.kind in (Kind.STRING, Kind.NAME) and not self._is_start() and not self._in_other_build(parts):
            parts.extend(self._part())
        if self._token.kind is Kind.UNCLOSED:
            raise _WrongSyntax(self._token, _unclosed(self._token))
        if not parts:
            raise _WrongSyntax(self._token, f"expected a string, found {self._token}")
        if any(part.branch != parts[0].branch for part in parts):
            raise _WrongSyntax(parts[0], f"string {parts[0]} continues after a conditional", valid_in_c=True)
        return EntrySyntax(tuple(parts))

    def _in_other_build(self, parts: Sequence[Token]) -> bool:
        """Whether the next token is never compiled together with the last part: it cannot continue the string."""
        return bool(parts) and exclude_each_other(parts[-1].branch, self._token.branch)

    def _part(self) -> list[Token]:
        token = self._next()
        if token.kind is Kind.STRING or self._token.text != "(":
            return [token]
        if token.text not in _GETTEXT:
            raise _WrongSyntax(token, f"{token} is a macro with arguments; expected a string", valid_in_c=True)
        try:
            return self._marked_strings(token)
        except _WrongSyntax:
            self._skip_balanced(depth=1)
            raise

    def _marked_strings(self, macro: Token) -> list[Token]:
        self._expect("(", f"after {macro.text}")
        parts: list[Token] = []
        while self._token.kind is Kind.STRING:
            parts.append(self._next())
        if self._token.kind is Kind.UNCLOSED:
            raise _WrongSyntax(self._token, _unclosed(self._token))
        if not parts:
            raise _WrongSyntax(self._token, f"expected a string in {macro.text}(), found {self._token}")
        self._expect(")", f"after {parts[-1]}")
        return parts

    def _expect_end_of_entry(self) -> None:
        before = self._tokens[self._position - 1]
        if self._token.text != ")" and not self._accept(",") and not self._in_other_build([before]):
            raise _WrongSyntax(self._token, f'expected "," or ")" after {before}, found {self._token}')

    def _enumeration(self) -> None:
        start = self._position
        try:
            self.result.enumerations.append(self._enumeration_syntax())
        except _WrongSyntax:
            if not self._diagnostics.is_c:
                raise
            self._position = start + 1

    def _enumeration_syntax(self) -> EnumerationSyntax:
        start = self._token
        is_typedef = self._accept("typedef")
        self._expect("enum", "after typedef")
        name = self._next().text if self._token.kind is Kind.NAME else ""
        self._underlying_type()
        self._expect("{", f"after enum {name}".rstrip())
        constants = self._constants()
        declared = self._declarators()
        return EnumerationSyntax(declared if is_typedef and declared else name, constants, start)

    def _underlying_type(self) -> None:
        if self._accept(":"):
            while self._token.kind is Kind.NAME:
                self._position += 1

    def _constants(self) -> tuple[ConstantSyntax, ...]:
        constants = []
        while not self._accept("}"):
            constants.append(self._constant())
            if self._token.text != "}" and not self._accept(","):
                raise _WrongSyntax(self._token, f'expected "," or "}}", found {self._token}')
        return tuple(constants)

    def _constant(self) -> ConstantSyntax:
        name = self._name("a constant's name")
        if self._token.text == "(":
            raise _WrongSyntax(name, f"{name} is a macro with arguments; expected a constant's name")
        while self._diagnostics.is_c and self._token.kind is Kind.NAME:
            self._position += 1
            self._skip_attribute_arguments()
        value = self._expression(f"the value of {name}") if self._accept("=") else None
        return ConstantSyntax(name, value)

    def _declarators(self) -> str:
        """The part between the closing brace and the semicolon: a name, perhaps attributes."""
        name = ""
        while self._token.kind is Kind.NAME and not self._is_start():
            word = self._next().text
            name = name if self._token.text == "(" else word
            self._skip_attribute_arguments()
        self._accept(";")
        return name

    def _expression(self, what: str) -> Expression:
        """All to the comma or the closing bracket that ends it; `expression.evaluate` reads it."""
        start = self._position
        depth = 0
        while not self._at_end():
            text = self._token.text
            if text == "}" or self._token.kind is Kind.STRING or (depth == 0 and (text == "," or text in _CLOSING)):
                break
            depth += (text in _OPENING) - (text in _CLOSING)
            self._position += 1
        if start == self._position:
            raise _WrongSyntax(self._token, f"expected {what}, found {self._token}")
        return tuple(self._tokens[start : self._position])

    # The row of tokens.

    @property
    def _token(self) -> Token:
        return self._tokens[self._position]

    def _next(self) -> Token:
        token = self._token
        self._position += token.kind is not Kind.END
        return token

    def _accept(self, text: str) -> bool:
        accepted = self._token.text == text and self._token.kind is not Kind.END
        self._position += accepted
        return accepted

    def _expect(self, text: str, where: str) -> Token:
        if self._token.text != text:
            raise _WrongSyntax(self._token, f'expected "{text}" {where}, found {self._token}')
        return self._next()

    def _name(self, what: str) -> Token:
        if self._token.kind is not Kind.NAME:
            raise _WrongSyntax(self._token, f"expected {what}, found {self._token}")
        if not self._token.text.isascii():
            raise _WrongSyntax(self._token, f"expected {what}, a C identifier of ASCII letters, found {self._token}")
        return self._next()

    def _is_start(self) -> bool:
        """Whether one of the grammar's constructs begins here. C source names the macros and types elsewhere too."""
        text = self._token.text
        if text not in _STARTS or not self._diagnostics.is_c:
            return text in _STARTS
        if text in (TABLE, DECLARATION):
            return self._tokens[self._position + 1].text == "("
        place = self._position + (text == "typedef")
        following = [token.text for token in self._tokens[place : place + 3]]
        return following[:1] == ["enum"] and ("{" in following[1:] or following[2:] == [":"])

    def _at_end(self) -> bool:
        return self._token.kind is Kind.END or self._token.text == ";" or self._is_start()

    def _skip_construct(self) -> None:
        while not self._at_end():
            self._position += 1
        self._accept(";")

    def _skip_entry(self) -> bool:
        """To behind the comma or before the parenthesis that ends it; False where the table ends without."""
        depth = 0
        while not self._at_end():
            text = self._token.text
            if depth == 0 and text == ")":
                return True
            self._position += 1
            if depth == 0 and text == ",":
                return True
            depth += (text in _OPENING) - (text in _CLOSING)
        return False

    def _skip_attribute_arguments(self) -> None:
        if self._accept("("):
            self._skip_balanced(depth=1)

    def _skip_balanced(self, depth: int) -> None:
        """To behind the bracket that closes the outermost of `depth` open ones."""
        while depth and not self._at_end():
            text = self._next().text
            depth += (text in _OPENING) - (text in _CLOSING)

    def _report(self, wrong: _WrongSyntax, related: Related = ()) -> None:
        report = self._diagnostics.unusable if wrong.valid_in_c else self._diagnostics.error
        report(wrong.token.offset, str(wrong), related=related)


def _unclosed(token: Token) -> str:
    return f"string {token} has no end; expected a closing quote on its line"
