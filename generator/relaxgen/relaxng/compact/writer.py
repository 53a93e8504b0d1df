"""The tree of a schema → text in the compact syntax.

What fits into a line is one; else braces, connectors and assignments break it, and what is inside is indented by two
columns. Comments, documentation and annotations keep their places, and one blank line stays where there were some.
`names` settles which prefixes the schema declares.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ..name_class import QName
from ..pattern import Combine
from ..schema_document import (
    Comment,
    Declaration,
    XmlDocument,
    XmlElement,
    documentation_text,
    elements_from,
    layout_of,
)
from ..syntax import ANNOTATIONS, NAME_CLASSES, RELAX_NG, TEXT_ELEMENTS
from .comments import SECTIONS, is_name_class, settle_comments
from .names import Names
from .tokens import KEYWORDS

WIDTH = 80

_CONNECTORS = {"group": ",", "choice": "|", "interleave": "&"}
_REPETITIONS = {"optional": "?", "zeroOrMore": "*", "oneOrMore": "+"}
_BRACED = frozenset(["element", "attribute", "list", "mixed", "grammar"])

_ASSIGNMENTS = {"": "=", **{one.value: one.operator for one in Combine}}
_ESCAPE = re.compile(r"\\(?=x+\{)")


def write_compact(document: XmlDocument) -> str:
    """The whole file. The document must have been read with its layout, and be a schema without mistakes."""
    return _Writer(document).text()


@dataclass(slots=True)
class _Item:
    """A pattern with what is written around it. ``initial`` are annotations that belong to it though they come after
    it in XML; comments are before it. ``line`` and ``end_line`` are those of everything but the comments."""

    element: XmlElement
    line: int
    end_line: int = 0
    initial: list[XmlElement] = field(default_factory=list)
    follow: list[XmlElement] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)

    @property
    def annotations(self) -> list[XmlElement]:
        return [*_initial(self.element), *self.initial]

    @property
    def is_annotated(self) -> bool:
        return bool(self.element.foreign or self.initial or _initial(self.element))


@dataclass(slots=True)
class _Stack:
    """Lines below each other, with comments and blank lines where the source has some. ``last`` is the line of the
    source that the last of them ends on."""

    lines: list[str] = field(default_factory=list)
    last: int = 0

    def add(self, line: int, end_line: int, lines: Iterable[str]) -> None:
        self.blank(line)
        self.lines += lines
        self.last = end_line

    def blank(self, line: int) -> None:
        if self.lines and self.last and line - self.last > 1 and self.lines[-1]:
            self.lines.append("")

    def comments(self, comments: Iterable[Comment]) -> None:
        """On the line of what is before, where they were written so."""
        for comment in comments:
            text = _comment_lines([comment])
            is_behind = self.lines and self.last and comment.line == self.last and len(text) == 1
            if is_behind and not _is_in_comment(self.lines[-1]):
                self.lines[-1] += f" {text[0]}"
                self.last = comment.end_line
            else:
                self.add(comment.line, comment.end_line, text)


class _Writer:
    def __init__(self, document: XmlDocument) -> None:
        self._document = document
        self._names = Names(document)
        settle_comments(document)
        self._flat: dict[int, str | None] = {}
        for element in _inside_out(document.root):
            self._flat[element.ordinal] = self._make_flat(element)

    def text(self) -> str:
        root, before, after = self._document.root, self._document.before, self._document.after
        if root.local == "grammar" and not root.foreign:
            body = self._components(root)
        else:
            body = self._body([_Item(root, layout_of(root).line)], [], ",", WIDTH)
        self._names.settle()
        stack = _Stack()
        lines = stack.lines
        for one in before:
            if isinstance(one, Comment):
                stack.comments([one])
            else:
                stack.add(one.line, one.end_line, [_declaration(one)])
        has_declarations = self._document.has_declarations
        if self._names.added and lines and not has_declarations:
            lines.append("")
        lines += map(_declaration, self._names.added)
        if body:
            if lines and (has_declarations or self._names.added):
                lines.append("")
            else:
                stack.blank(layout_of(root).line)
            lines += body
        stack.last = layout_of(root).end_line
        stack.comments(after)
        return "".join(f"{line}\n" for line in lines)

    # Components

    def _components(self, parent: XmlElement) -> list[str]:
        stack = _Stack()
        for index, child in enumerate(parent.children):
            stack.comments(layout_of(parent).comments_at(index))
            layout = layout_of(child)
            stack.add(layout.line, layout.end_line, self._component(child))
        stack.comments(layout_of(parent).comments_at(len(parent.children)))
        return stack.lines

    def _component(self, element: XmlElement) -> list[str]:
        if element.namespace != RELAX_NG:
            return self._annotation(element, WIDTH)
        annotations = self._annotations(element, _initial(element), WIDTH)
        if element.local == "div":
            return [*annotations, "div {", *_indented(self._components(element)), "}"]
        if element.local == "include":
            return [*annotations, *self._include(element)]
        return [*annotations, *self._definition(element)]

    def _include(self, element: XmlElement) -> list[str]:
        head = f"include {_literal(element.attributes.get('href', ''))}{self._inherit(element)}"
        body = self._components(element)
        return [f"{head} {{", *_indented(body), "}"] if body else [head]

    def _inherit(self, element: XmlElement) -> str:
        prefix = self._names.inherited(element)
        return f" inherit = {prefix}" if prefix else ""

    def _definition(self, element: XmlElement) -> list[str]:
        name = "start" if element.local == "start" else _identifier(element.attributes.get("name", ""))
        head = f"{name} {_ASSIGNMENTS[element.attributes.get('combine', '').strip()]}"
        items, end = self._items(element)
        flat = self._flat_body(items, end, ",")
        if flat is not None and len(head) + 1 + len(flat) <= WIDTH:
            return [f"{head} {flat}"]
        only = items[0]
        if len(items) == 1 and not (end or only.comments or only.is_annotated) and only.element.local in _BRACED:
            lines = self._followed(self._broken(only.element, WIDTH), only, WIDTH)
            return [f"{head} {lines[0]}", *lines[1:]]
        return [head, *_indented(self._body(items, end, ",", WIDTH - 2))]

    # Patterns beside each other

    def _items(self, parent: XmlElement) -> tuple[list[_Item], list[Comment]]:
        """The patterns inside, and the comments behind the last."""
        items: list[_Item] = []
        comments: list[Comment] = []
        for index, child in enumerate(parent.children):
            comments += layout_of(parent).comments_at(index)
            if child.namespace == RELAX_NG:
                layout = layout_of(child)
                items.append(_Item(_unwrapped(child), layout.line, layout.end_line, comments=comments))
                comments = []
            elif items:
                item = items[-1]
                item.end_line = max(item.end_line, layout_of(child).end_line)
                is_initial = item.element.local in TEXT_ELEMENTS and not item.follow
                (item.initial if is_initial else item.follow).append(child)
        return items, [*comments, *layout_of(parent).comments_at(len(parent.children))]

    def _content(self, element: XmlElement) -> tuple[list[_Item], list[Comment]]:
        """The content of what has braces, without the name class that is a child in XML."""
        items, end = self._items(element)
        if items and element.local in ("element", "attribute") and "name" not in element.attributes:
            name = items.pop(0)
            if items:
                items[0].comments[:0] = name.comments
            else:
                end = [*name.comments, *end]
        return items, end

    def _flat_body(self, items: Sequence[_Item], end: Sequence[Comment], connector: str) -> str | None:
        if end or any(item.comments for item in items) or _has_blank_line(items):
            return None
        parts: list[str] = []
        length = 0
        for item in items:
            flat = self._flat_item(item, is_operand=len(items) > 1)
            length += WIDTH + 1 if flat is None else len(flat)
            if flat is None or length > WIDTH:
                return None
            parts.append(flat)
        return (", " if connector == "," else f" {connector} ").join(parts)

    def _flat_item(self, item: _Item, *, is_operand: bool) -> str | None:
        if item.is_annotated or item.follow:
            return None
        flat = self._flat[item.element.ordinal]
        return f"({flat})" if flat is not None and is_operand and _needs_parentheses(item.element) else flat

    def _body(self, items: Sequence[_Item], end: Sequence[Comment], connector: str, width: int) -> list[str]:
        flat = self._flat_body(items, end, connector)
        if flat is not None and len(flat) <= width:
            return [flat]
        if connector == "|" and not end and (filled := self._filled(items, width)) is not None:
            return filled
        stack = _Stack()
        for number, item in enumerate(items):
            stack.comments(item.comments)
            prefix = f"{connector} " if number and connector != "," else ""
            own = self._lines(item, width - len(prefix), is_operand=len(items) > 1)
            if connector == "," and number < len(items) - 1:
                own[-1] += ","
            if prefix and own[0].startswith(("#", "[")):
                own = [connector, *_indented(own)]
            else:
                own = [prefix + own[0], *_indented(own[1:], len(prefix))]
            stack.add(item.line, item.end_line, own)
        stack.comments(end)
        return stack.lines

    def _filled(self, items: Sequence[_Item], width: int) -> list[str] | None:
        """Values, as many as fit into a line."""
        if _has_blank_line(items):
            return None
        lines: list[str] = []
        for item in items:
            flat = self._flat_item(item, is_operand=True) if item.element.local == "value" else None
            if item.comments or flat is None or len(flat) > width - 2 or "\n" in flat:
                return None
            if not lines:
                lines.append(flat)
            elif len(lines[-1]) + 3 + len(flat) <= width:
                lines[-1] += f" | {flat}"
            else:
                lines.append(f"| {flat}")
        return lines

    # A pattern in one line

    def _make_flat(self, element: XmlElement) -> str | None:
        """Without its annotations; None where it has several lines."""
        local = element.local
        if element.namespace != RELAX_NG or local in SECTIONS or local in ("start", "define", "param", "except"):
            return None
        if local in _CONNECTORS and not is_name_class(element):
            flat = self._flat_body(*self._items(element), _CONNECTORS[local])
        elif local in _REPETITIONS:
            flat = self._flat_repetition(element)
        elif local in _BRACED:
            flat = self._flat_braced(element)
        elif local == "data":
            flat = self._flat_data(element)
        elif local in NAME_CLASSES:
            return None
        else:
            flat = self._leaf(element)
        return flat if flat is None or (len(flat) <= WIDTH and "\n" not in flat) else None

    def _flat_repetition(self, element: XmlElement) -> str | None:
        items, end = self._items(element)
        flat = self._flat_body(items, end, ",")
        if flat is None:
            return None
        sign = _REPETITIONS[element.local]
        return f"{flat}{sign}" if len(items) == 1 and _is_primary(items[0].element) else f"({flat}){sign}"

    def _flat_braced(self, element: XmlElement) -> str | None:
        items, end = self._content(element)
        flat = self._flat_body(items, end, ",") if items else "text"
        return None if flat is None or end else f"{self._head(element)} {{ {flat} }}"

    def _flat_data(self, element: XmlElement) -> str | None:
        items, end = self._items(element)
        params, except_ = _parts_of_data(items)
        if end or any(item.comments or item.is_annotated for item in params) or _has_blank_line(params):
            return None
        text = self._names.datatype(element)
        if params:
            text = f"{text} {{ {' '.join(self._param(item.element) for item in params)} }}"
        if except_ is None:
            return text
        inner, inner_end = self._items(except_.element)
        flat = self._flat_body(inner, inner_end, "|")
        if flat is None or except_.comments or except_.is_annotated:
            return None
        return f"{text} - {flat}" if len(inner) == 1 and _is_primary(inner[0].element) else f"{text} - ({flat})"

    def _leaf(self, element: XmlElement) -> str:
        match element.local:
            case "ref":
                return _identifier(element.attributes.get("name", ""))
            case "parentRef":
                return f"parent {_identifier(element.attributes.get('name', ''))}"
            case "externalRef":
                return f"external {_literal(element.attributes.get('href', ''))}{self._inherit(element)}"
            case "value":
                return f"{self._names.value_datatype(element)} {' ~ '.join(_pieces(element))}".lstrip()
            case _:
                return element.local

    def _param(self, element: XmlElement) -> str:
        return f"{element.attributes.get('name', '').strip()} = {' ~ '.join(_pieces(element))}"

    # Names

    def _head(self, element: XmlElement) -> str:
        """The keyword with the name class."""
        if element.local not in ("element", "attribute"):
            return element.local
        if "name" in element.attributes:
            return f"{element.local} {self._names.name(element)}"
        items, _ = self._items(element)
        return f"{element.local} {self._name_class(items[0], is_operand=False)}"

    def _name_class(self, item: _Item, *, is_operand: bool) -> str:
        element = item.element
        text = self._bare_name_class(element)
        is_open = element.local == "choice" or (element.local != "name" and _exception(element) is not None)
        if is_open and (is_operand or (element.local == "choice" and item.is_annotated)):
            text = f"({text})"
        if item.is_annotated:
            text = f"{self._brackets(element, item.annotations)} {text}"
        return text + "".join(f" >> {self._flat_annotation(one)}" for one in item.follow)

    def _bare_name_class(self, element: XmlElement) -> str:
        if element.local == "choice":
            items, _ = self._items(element)
            return " | ".join(self._name_class(item, is_operand=len(items) > 1) for item in items)
        if element.local == "name":
            return self._names.name(element)
        text = "*" if element.local == "anyName" else f"{self._names.prefix_of(element)}:*"
        except_ = _exception(element)
        if except_ is None:
            return text
        items, _ = self._items(except_)
        names = " | ".join(self._name_class(item, is_operand=True) for item in items)
        return f"{text} - {names}" if len(items) == 1 and not items[0].follow else f"{text} - ({names})"

    # A pattern in several lines

    def _lines(self, item: _Item, width: int, *, is_operand: bool = False) -> list[str]:
        """With its annotations before and after. Connected patterns, and repeated ones, are annotated in parentheses;
        of a datatype with an exception the parentheses are around the annotations, too."""
        element = item.element
        has_more = item.is_annotated or bool(item.follow)
        has_parentheses = element.local in _CONNECTORS and (is_operand or has_more)
        has_parentheses = has_parentheses or (item.is_annotated and element.local in _REPETITIONS)
        flat = self._flat[element.ordinal]
        if flat is not None and len(flat) + 2 * has_parentheses <= width:
            lines = [f"({flat})" if has_parentheses else flat]
        elif has_parentheses:
            lines = _in_parentheses(self._broken(element, width - 2))
        else:
            lines = self._broken(element, width)
        lines = [*self._annotations(element, item.annotations, width), *self._followed(lines, item, width)]
        is_excepting = element.local == "data" and _needs_parentheses(element)
        return _in_parentheses(lines) if is_operand and is_excepting else lines

    def _followed(self, lines: list[str], item: _Item, width: int) -> list[str]:
        for one in item.follow:
            more = self._annotation(one, width - 4)
            lines = [*lines[:-1], f"{lines[-1]} >> {more[0]}", *more[1:]]
        return lines

    def _broken(self, element: XmlElement, width: int) -> list[str]:
        local = element.local
        if local in _CONNECTORS:
            return self._body(*self._items(element), _CONNECTORS[local], width)
        if local in _REPETITIONS:
            return self._broken_repetition(element, width)
        if local == "grammar":
            return ["grammar {", *_indented(self._components(element)), "}"]
        if local in _BRACED:
            items, end = self._content(element)
            body = self._body(items, end, ",", width - 2) if items else [*_comment_lines(end), "text"]
            return [f"{self._head(element)} {{", *_indented(body), "}"]
        if local == "data":
            return self._broken_data(element, width)
        if local == "value" and len(_pieces(element)) > 1:
            first, *others = _pieces(element)
            head = f"{self._names.value_datatype(element)} {first}".lstrip()
            return [head, *(f"  ~ {piece}" for piece in others)]
        return [self._leaf(element)]

    def _broken_repetition(self, element: XmlElement, width: int) -> list[str]:
        items, end = self._items(element)
        if len(items) == 1 and not end and not items[0].comments and _is_primary(items[0].element):
            lines = self._lines(items[0], width - 1)
        else:
            lines = _in_parentheses(self._body(items, end, ",", width - 3))
        return [*lines[:-1], f"{lines[-1]}{_REPETITIONS[element.local]}"]

    def _broken_data(self, element: XmlElement, width: int) -> list[str]:
        items, end = self._items(element)
        params, except_ = _parts_of_data(items)
        lines = [self._names.datatype(element)]
        if params or end:
            stack = _Stack()
            for item in params:
                stack.comments(item.comments)
                body = self._annotations(item.element, item.annotations, width - 2)
                name = item.element.attributes.get("name", "").strip()
                body += _broken_text(f"{name} =", _pieces(item.element), width - 2)
                stack.add(item.line, item.end_line, body)
            stack.comments(end)
            lines = [f"{lines[0]} {{", *_indented(stack.lines), "}"]
        if except_ is not None:
            inner, inner_end = self._items(except_.element)
            body = self._annotations(except_.element, _initial(except_.element), width - 2)
            stack = _Stack()
            stack.comments(except_.comments)
            body += [*stack.lines, *self._body(inner, inner_end, "|", width - 2)]
            lines = [*lines[:-1], f"{lines[-1]} - (", *_indented(body), ")"]
        return lines

    # Annotations

    def _annotations(self, element: XmlElement, initial: Sequence[XmlElement], width: int) -> list[str]:
        """Documentation that comes first has two signs before each line; the rest is in brackets."""
        lines: list[str] = []
        rest = list(initial)
        while rest and _is_documentation(rest[0]):
            if lines:
                lines.append("")  # else both were one
            lines += _documentation(rest.pop(0))
        if not (rest or element.foreign):
            return lines
        bracket = self._brackets(element, rest)
        if len(bracket) <= width and "\n" not in bracket and not any(map(_has_comments, rest)):
            return [*lines, bracket]
        body = [self._attribute(element, name) for name in element.foreign]
        body += [line for one in rest for line in self._annotation(one, width - 2)]
        return [*lines, "[", *_indented(body), "]"]

    def _brackets(self, element: XmlElement, elements: Iterable[XmlElement]) -> str:
        attributes = [self._attribute(element, name) for name in element.foreign]
        return f"[ {' '.join([*attributes, *map(self._flat_annotation, elements)])} ]"

    def _attribute(self, element: XmlElement, name: QName) -> str:
        return f"{self._names.annotation(element, name)} = {_literal(element.foreign[name])}"

    def _attributes(self, element: XmlElement) -> list[str]:
        own = [f"{_identifier(key)} = {_literal(value)}" for key, value in element.attributes.items()]
        return [*own, *(self._attribute(element, name) for name in element.foreign)]

    def _flat_annotation(self, element: XmlElement) -> str:
        parts = self._attributes(element)
        parts += [
            _literal(part) if isinstance(part, str) else self._flat_annotation(part)
            for part in _annotation_content(element)
            if not isinstance(part, Comment)
        ]
        return " ".join([f"{self._names.annotation_element(element)} [", *parts, "]"])

    def _annotation(self, element: XmlElement, width: int) -> list[str]:
        flat = self._flat_annotation(element)
        if len(flat) <= width and "\n" not in flat and not _has_comments(element):
            return [flat]
        stack = _Stack(self._attributes(element))
        for part in _annotation_content(element):
            if isinstance(part, Comment):
                stack.comments([part])
            else:
                stack.lines += [_literal(part)] if isinstance(part, str) else self._annotation(part, width - 2)
                stack.last = 0
        return [f"{self._names.annotation_element(element)} [", *_indented(stack.lines), "]"]


def _inside_out(root: XmlElement) -> Iterator[XmlElement]:
    """Every element after those inside it."""
    order: list[XmlElement] = []
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.namespace == RELAX_NG:  # else it is an annotation, whatever it contains
            order.append(element)
            waiting.extend(element.children)
    return reversed(order)


def _initial(element: XmlElement) -> list[XmlElement]:
    """The annotations that come first in an element and so are written before it."""
    if element.local in SECTIONS:
        return []
    found: list[XmlElement] = []
    for child in element.children:
        if child.namespace == RELAX_NG:
            break
        found.append(child)
    return found


def _annotation_content(element: XmlElement) -> Iterator[str | XmlElement | Comment]:
    """Texts, elements and comments in order; white space between elements counts only beside text."""
    chunks = layout_of(element).chunks or [element.text]
    has_text = any(chunk.strip() for chunk in chunks) or not element.children
    if element.namespace == ANNOTATIONS and not element.children:
        chunks = [documentation_text(chunk) for chunk in chunks]
    for index, chunk in enumerate(chunks):
        yield from layout_of(element).comments_at(index)
        if chunk and has_text:
            yield chunk
        if index < len(element.children):
            yield element.children[index]


def _has_comments(element: XmlElement) -> bool:
    return any(layout_of(one).comments for one in elements_from(element))


def _is_documentation(element: XmlElement) -> bool:
    is_one = element.namespace == ANNOTATIONS and element.local == "documentation"
    return is_one and not (element.attributes or element.foreign or element.children)


def _documentation(element: XmlElement) -> list[str]:
    pieces = layout_of(element).pieces or [f" {line}" for line in documentation_text(element.text).split("\n")]
    return [_escaped(f"##{piece}".rstrip().replace("\r", " ")) for piece in pieces]


def _unwrapped(element: XmlElement) -> XmlElement:
    """A connector of one operand is that operand, unless something is written on it."""
    while element.local in _CONNECTORS and len(element.children) == 1 and not element.foreign:
        if element.children[0].namespace != RELAX_NG or is_name_class(element):
            break
        element = element.children[0]
    return element


def _parts_of_data(items: Sequence[_Item]) -> tuple[list[_Item], _Item | None]:
    params = [item for item in items if item.element.local == "param"]
    return params, next((item for item in items if item.element.local == "except"), None)


def _exception(element: XmlElement) -> XmlElement | None:
    return next((child for child in element.children if child.local == "except" and child.namespace == RELAX_NG), None)


def _needs_parentheses(element: XmlElement) -> bool:
    """As one of several operands."""
    return element.local in _CONNECTORS or (element.local == "data" and _exception(element) is not None)


def _is_primary(element: XmlElement) -> bool:
    """Whether a sign of repetition, or an exception, takes it without parentheses."""
    return not (_needs_parentheses(element) or element.local in _REPETITIONS)


def _has_blank_line(items: Sequence[_Item]) -> bool:
    """Whether one is between two of the items."""
    return any(item.line - before.end_line > 1 for before, item in itertools.pairwise(items))


def _comment_lines(comments: Iterable[Comment]) -> list[str]:
    lines = (line for comment in comments for part in comment.lines for line in part.split("\n"))
    return [_escaped(f"# {line}".rstrip().replace("\r", " ")) for line in lines]


def _indented(lines: Iterable[str], columns: int = 2) -> list[str]:
    return [f"{' ' * columns}{line}" if line else "" for line in lines]


def _in_parentheses(lines: Sequence[str]) -> list[str]:
    """The first line behind the opening one, the others below it; apart, where a comment is first or last."""
    if lines[0].startswith(("#", "[")) or _is_in_comment(lines[-1]):
        return ["(", *_indented(lines), ")"]
    hung = [f"({lines[0]}", *_indented(lines[1:], 1)]
    return [*hung[:-1], f"{hung[-1]})"]


def _is_in_comment(line: str) -> bool:
    """Whether the line ends with a comment: a ``#`` that is not in quotes."""
    return "#" in line and "#" in re.sub(r"\"\"\".*?\"\"\"|'''.*?'''|\"[^\"]*\"|'[^']*'", "", line, flags=re.DOTALL)


def _broken_text(head: str, pieces: Sequence[str], width: int) -> list[str]:
    flat = f"{head} {' ~ '.join(pieces)}"
    if len(flat) <= width:
        return [flat]
    return [f"{head} {pieces[0]}", *(f"  ~ {piece}" for piece in pieces[1:])]


def _declaration(declaration: Declaration) -> str:
    prefix = f" {_identifier(declaration.prefix)}" if declaration.prefix else ""
    uri = "inherit" if declaration.uri is None else _literal(declaration.uri)
    return f"{declaration.keyword}{prefix} = {uri}"


def _identifier(name: str) -> str:
    name = name.strip()
    return f"\\{name}" if name in KEYWORDS else name


def _pieces(element: XmlElement) -> list[str]:
    """The text as the literals that it was joined from."""
    pieces = layout_of(element).pieces
    if "".join(pieces) != element.text or not pieces:
        pieces = (element.text,)
    return [_literal(piece) for piece in pieces]


def _literal(text: str) -> str:
    """The text in quotes that it does not contain.

    >>> print(_literal("a 'b' c"), _literal('a "b" c'))
    "a 'b' c" 'a "b" c'
    """
    text = _escaped(text).replace("\r", "\\x{D}")
    for quote in ('"', "'", '"' * 3, "'" * 3):
        is_possible = len(quote) == 3 or "\n" not in text
        if is_possible and quote not in text and not text.endswith(quote[0]):
            return f"{quote}{text}{quote}"
    runs = re.findall(r'"+|[^"]+', text.replace("\n", "\\x{A}"))
    return " ~ ".join(f"'{run}'" if run[0] == '"' else f'"{run}"' for run in runs)


def _escaped(text: str) -> str:
    """Escapes the backslash of texts that look like an escape."""
    return _ESCAPE.sub(r"\\x{5C}", text) if "\\x" in text else text
