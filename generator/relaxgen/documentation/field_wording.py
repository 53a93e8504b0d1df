"""Types and names of fields in words with links, and authors' documentation as paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..binding.cardinality import Cardinality
from ..binding.model import ClassReference, FieldKind, FieldModel
from ..binding.values import (
    ChoiceType,
    ConvertedType,
    DatatypeType,
    EnumType,
    ListType,
    LiteralType,
    StringType,
    TokensType,
    ValueType,
    WordsType,
)
from ..relaxng.name_class import prefixed
from ..runtime.markup import XML_SCHEMA
from .page_links import PageLinks
from .view import Block, Link

_LONGEST_SUMMARY = 140

_WITHOUT_TYPE = {
    FieldKind.FLAG: "empty",
    FieldKind.CONTENT: "elements and text",
    FieldKind.OPEN_ATTRIBUTES: "any attributes",
    FieldKind.OPEN_ELEMENTS: "any elements",
}

_WITHOUT_NAME = {
    FieldKind.TEXT: "text",
    FieldKind.CONTENT: "content",
    FieldKind.CHOICE: "one of",
    FieldKind.OPEN_ATTRIBUTES: "other attributes",
    FieldKind.OPEN_ELEMENTS: "other elements",
}

_FACETS = {
    "minInclusive": "at least",
    "maxInclusive": "at most",
    "minExclusive": "more than",
    "maxExclusive": "less than",
    "length": "length",
    "minLength": "length at least",
    "maxLength": "length at most",
    "totalDigits": "digits:",
    "fractionDigits": "digits behind the point:",
    "pattern": "matching",
}


def type_links(field: FieldModel, pages: PageLinks, module: str) -> tuple[Link, ...]:
    """The type of a field in words, in pieces; some are links."""
    if field.items:
        links: list[Link] = []
        for name in dict.fromkeys(item.type.name for item in field.items):
            links += [Link(", "), pages.link(name, module)] if links else [pages.link(name, module)]
        return (*links, Link(", text")) if field.text else tuple(links)
    if field.type is None:
        return (Link(_WITHOUT_TYPE[field.kind]),)
    if isinstance(field.type, ClassReference):
        return (pages.link(field.type.name, module),)
    return tuple(_links(field.type, pages, module))


def _links(value: ValueType, pages: PageLinks, module: str) -> Iterator[Link]:
    match value:
        case StringType():
            yield Link("string")
        case DatatypeType():
            yield from _datatype(value)
        case ConvertedType():
            yield Link(_CONVERSIONS[value.conversion.name])
        case WordsType():
            yield Link("boolean")
        case LiteralType():
            yield Link("fixed text" if len(value.tokens) == 1 else "one of a few texts")
        case EnumType():
            yield pages.link(value.name, module)
        case ListType():
            yield Link("list of ")
            yield from _links(value.item, pages, module)
        case ChoiceType():
            for index, part in enumerate(value.types):
                if index:
                    yield Link(" or ")
                yield from _links(part, pages, module)
        case TokensType():
            raise AssertionError("binding has made an enumeration of every choice of tokens")


_CONVERSIONS = {
    "integer": "integer",
    "hexadecimal": "hexadecimal integer",
    "c-integer": "integer, decimal or hexadecimal",
    "c-hexadecimal": "integer, hexadecimal or decimal",
    "decimal": "decimal number",
    "float": "number",
    "date": "date",
    "datetime": "date and time",
    "string": "string",
}


def _datatype(value: DatatypeType) -> Iterator[Link]:
    yield Link(value.datatype.type if value.datatype.library in (XML_SCHEMA, "") else str(value.datatype))
    facets = [(_FACETS.get(param.name, param.name), param.value) for param in value.params]
    facets += [("not", text) for text in value.excluded]
    for index, (words, text) in enumerate(facets):
        yield Link(f"{', ' if index else ' ('}{words} ")
        yield Link(text, code=True)
    if facets:
        yield Link(")")


def tokens_in(value: ValueType | ClassReference | None) -> tuple[str, ...]:
    """The texts that a type names."""
    match value:
        case WordsType():
            return (value.true, value.false)
        case LiteralType() | EnumType():
            return value.tokens
        case ListType():
            return tokens_in(value.item)
        case ChoiceType():
            return tuple(dict.fromkeys(token for part in value.types for token in tokens_in(part)))
        case _:
            return ()


def use(cardinality: Cardinality) -> str:
    if cardinality.many:
        return "one or more" if cardinality.required else "any number"
    return "required" if cardinality.required else "optional"


def default(field: FieldModel) -> tuple[str, str]:
    """The value of the field if it is left out, and the condition: the implied value, else the documented default."""
    if field.implied is None:
        return field.default, ""
    return "present" if field.kind is FieldKind.FLAG else field.implied.text, field.implied.when


def label(field: FieldModel, prefixes: Mapping[str, str]) -> str:
    """``@type``, ``<driver>``, or a description of a field without a name."""
    if field.xml_name is None:
        return _WITHOUT_NAME[field.kind]
    name = prefixed(field.xml_name, prefixes)
    return f"@{name}" if field.kind is FieldKind.ATTRIBUTE else f"<{name}>"


def blocks(text: str) -> tuple[Block, ...]:
    """Documentation as paragraphs and lists. An empty line separates paragraphs; a paragraph in which every line begins
    with a hyphen is a list. Other line breaks are ignored."""
    found: list[Block] = []
    for part in text.replace("\r", "").split("\n\n"):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        if lines and all(line.startswith("- ") for line in lines):
            found.append(Block(items=tuple(" ".join(line[2:].split()) for line in lines)))
        elif lines:
            found.append(Block(" ".join(" ".join(lines).split())))
    return tuple(found)


def in_line(text: str) -> str:
    """Documentation on one line, for the cell of a table."""
    return " ".join(
        "; ".join(item.rstrip(".") for item in block.items) + "." if block.items else block.text
        for block in blocks(text)
    )


def summary(text: str) -> str:
    """The first sentence, shortened if it is long."""
    line = in_line(text)
    end = line.find(". ")
    first = line[: end + 1] if end >= 0 else line
    if len(first) <= _LONGEST_SUMMARY:
        return first
    return first[:_LONGEST_SUMMARY].rsplit(" ", 1)[0].rstrip(",;:") + " …"
