"""Value types as converters of the run time: the constants that generated code reads and writes texts by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ..binding.conversion import Kind
from ..binding.model import ClassReference, EnumModel
from ..binding.values import (
    ChoiceType,
    ConvertedType,
    DatatypeType,
    EnumType,
    ExcludedValue,
    ListType,
    LiteralType,
    StringType,
    TokensType,
    ValueType,
    WordsType,
)
from ..relaxng.regular_expression import translate
from ..runtime.markup import XML_SCHEMA
from .identifiers import class_identifier

LONGEST_PATTERN = 300
"""A pattern longer than this in Python's `re` is written once in a package. Unicode's categories are that long."""

PLAIN_KINDS = frozenset(Kind) - {Kind.STRING}
"""What these write never needs escaping."""

_CONVERTERS = {
    Kind.STRING: "TextConverter",
    Kind.INTEGER: "IntegerConverter",
    Kind.DECIMAL: "DecimalConverter",
    Kind.FLOAT: "FloatConverter",
    Kind.BOOLEAN: "BooleanConverter",
    Kind.DATE: "DateConverter",
    Kind.DATETIME: "DateTimeConverter",
}


def needs_converter(value: ValueType) -> bool:
    match value:
        case StringType():
            return False
        case DatatypeType():
            return value.kind is not Kind.STRING or value.checked
        case ConvertedType():
            return value.kind is not Kind.STRING or any(check.checked for check in value.checks)
        case _:
            return True


def needs_escape(value: ValueType) -> bool:
    """Whether a written value may hold characters that XML has a meaning for."""
    match value:
        case DatatypeType() | ConvertedType():
            return value.kind not in PLAIN_KINDS
        case ListType():
            return needs_escape(value.item)
        case ChoiceType():
            return any(needs_escape(part) for part in value.types)
        case WordsType():
            return False
        case _:
            return True


def is_hashable(value: ValueType) -> bool:
    match value:
        case ListType():
            return False
        case ChoiceType():
            return all(is_hashable(part) for part in value.types)
        case _:
            return True


def needs_annotation(value: ValueType) -> bool:
    """Whether a type checker cannot see the type of the values in the expression."""
    match value:
        case ChoiceType() | LiteralType():
            return True
        case ListType():
            return needs_annotation(value.item)
        case _:
            return False


def holds_qnames(value: ValueType | ClassReference | None) -> bool:
    """Whether values can have a prefix that must be declared in the document."""
    match value:
        case DatatypeType():
            return (value.datatype.library, value.datatype.type) == (XML_SCHEMA, "QName")
        case ListType():
            return holds_qnames(value.item)
        case ChoiceType():
            return any(map(holds_qnames, value.types))
        case _:
            return False


def has_long_pattern(value: ValueType) -> bool:
    """Whether the expression refers to the package's patterns."""
    match value:
        case DatatypeType():
            own = any(
                param.name == "pattern" and len(translate(param.value)) > LONGEST_PATTERN for param in value.params
            )
            return own or any(isinstance(one, DatatypeType) and has_long_pattern(one) for one in value.excluding)
        case ConvertedType():
            return any(map(has_long_pattern, value.checks))
        case ListType():
            return has_long_pattern(value.item)
        case ChoiceType():
            return any(map(has_long_pattern, value.types))
        case _:
            return False


class ConverterExpressions:
    """``enums`` are the enumerations of the model by name. ``patterns`` are the long ones of all expressions so far: as
    the schema has them, and as Python's `re` does."""

    def __init__(self, enums: Mapping[str, EnumModel]) -> None:
        self._enums = enums
        self.patterns: dict[str, str] = {}

    def of(self, value: ValueType) -> str:
        match value:
            case StringType():
                return 'rt.TextConverter(rt.Data("string"))'
            case DatatypeType():
                return self._datatype(value)
            case ConvertedType():
                return self._converted(value)
            case WordsType():
                return f"rt.WordPairConverter({value.true!r}, {value.false!r}{_blanks(value.tokens, value)})"
            case LiteralType():
                words = ", ".join(map(repr, value.tokens))
                return f"rt.LiteralConverter({words}{_blanks(value.tokens, value)})"
            case EnumType():
                return self.of_enum(self._enums[value.name], value.tokens, value)
            case ListType():
                bounds = ""
                if value.minimum or value.maximum is not None:
                    bounds = f", {value.minimum}, {value.maximum}"
                return f"rt.ListConverter({self.of(value.item)}{bounds})"
            case ChoiceType():
                if all(isinstance(part, DatatypeType) for part in value.types):
                    joined = self._same_kind([part for part in value.types if isinstance(part, DatatypeType)])
                    if joined:
                        return joined
                return f"rt.ChoiceConverter({', '.join(self.of(part) for part in value.types)})"
            case TokensType():
                raise AssertionError("binding has made an enumeration of every choice of tokens")

    def of_enum(self, model: EnumModel, tokens: tuple[str, ...], blanks: EnumModel | EnumType) -> str:
        """``tokens`` are those that the place allows; ``blanks`` says in which of them white space is significant."""
        name = class_identifier(model.name)
        exact = _blanks(tokens, blanks)
        here = frozenset(tokens)
        allowed = tuple([member.token for member in model.members if member.token in here])
        others = tuple([member.token for member in model.members if member.token not in here])
        if not others:
            return f"rt.tokens({name}{exact})"
        words = f"but={others!r}" if len(others) < len(allowed) else f"only={allowed!r}"
        return f"rt.tokens({name}, {words}{exact})"

    def _datatype(self, value: DatatypeType) -> str:
        if value.kind is Kind.BYTES:
            name = "HexBinaryConverter" if value.datatype.type == "hexBinary" else "Base64Converter"
        else:
            name = _CONVERTERS[value.kind]
        return f"rt.{name}({self._data(value)})"

    def _converted(self, value: ConvertedType) -> str:
        checks = [self._data(check) for check in value.checks] or ['rt.Data("string")']
        conversion = value.conversion
        match conversion.name:
            case "hexadecimal" | "c-hexadecimal":
                digits = [f"digits={conversion.digits}"] if conversion.digits > 1 else []
                name = "HexadecimalConverter" if conversion.name == "hexadecimal" else "CIntegerConverter"
                base = ["base=16"] if conversion.name == "c-hexadecimal" else []
                return f"rt.{name}({', '.join([*checks, *base, *digits])})"
            case "c-integer":
                return f"rt.CIntegerConverter({', '.join(checks)})"
            case _:
                return f"rt.{_CONVERTERS[value.kind]}({', '.join(checks)})"

    def _same_kind(self, types: list[DatatypeType]) -> str:
        """One converter with several checks, where all are of one kind that has a single form."""
        kinds = {one.kind for one in types}
        if len(kinds) > 1 or Kind.BYTES in kinds:
            return ""
        return f"rt.{_CONVERTERS[types[0].kind]}({', '.join(self._data(one) for one in types)})"

    def _data(self, value: DatatypeType) -> str:
        parts = [repr(value.datatype.type)]
        for param, (name, *words) in zip(value.params, value.worded, strict=True):
            text = self._pattern(param.value) if name == "pattern" else repr(param.value)
            parts.append(f"({', '.join([repr(name), text, *map(repr, words[1:])])})")
        if value.datatype.library != XML_SCHEMA:
            parts.append(f"library={value.datatype.library!r}")
        excluding = [one for one in value.excluding if not _depends_on_prefixes(one)]
        if excluding:
            parts.append(f"excluding={_tuple(map(self._excluded, excluding))}")
        return f"rt.Data({', '.join(parts)})"

    def _excluded(self, value: ExcludedValue | DatatypeType) -> str:
        if isinstance(value, DatatypeType):
            return self._data(value)
        library = "" if value.datatype.library == XML_SCHEMA else f", library={value.datatype.library!r}"
        return f"rt.Meaning({value.datatype.type!r}, {value.text!r}{library})"

    def _pattern(self, pattern: str) -> str:
        translated = translate(pattern)
        if len(translated) <= LONGEST_PATTERN:
            return repr(translated)
        self.patterns[pattern] = translated
        return f"PATTERNS[{pattern!r}]"


def _depends_on_prefixes(value: ExcludedValue | DatatypeType) -> bool:
    """Whether only the exact check, which knows the declared prefixes, can tell which texts are excluded."""
    if value.datatype.is_of_qualified_names:
        return True
    return isinstance(value, DatatypeType) and any(map(_depends_on_prefixes, value.excluding))


def _blanks(tokens: Collection[str], value: EnumModel | EnumType | LiteralType | WordsType) -> str:
    """The arguments of a converter that say in which words white space is significant."""
    exact = ""
    if value.exact:
        exact = ", exact=True" if set(tokens) <= set(value.exact) else f", exact={value.exact!r}"
    return f"{exact}, spaced={value.spaced!r}" if value.spaced else exact


def _tuple(items: Iterable[str]) -> str:
    found = list(items)
    return f"({', '.join(found)}{',' if len(found) == 1 else ''})"
