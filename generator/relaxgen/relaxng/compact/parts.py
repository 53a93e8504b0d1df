"""The common parts of patterns and definitions: namespaces, names, classes of names, annotations.

The grammar is at the top of `parser`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ...diagnostics.errors import did_you_mean
from ...runtime.faults import Place
from ...runtime.markup import XML_NAMESPACE
from ..name_class import QName
from ..schema_document import XmlElement, documentation_text
from ..syntax import ANNOTATIONS, INHERITED, RELAX_NG, TEXT_ELEMENTS, XMLNS
from .cursor import CompactSyntaxError, Cursor, described
from .tokens import Kind, Source, Token


@dataclass(slots=True)
class InitialAnnotations:
    """``start`` is the offset of the first of them."""

    start: int
    attributes: dict[QName, tuple[str, str, int]] = field(default_factory=dict)
    elements: list[XmlElement] = field(default_factory=list)


class PartsReader(Cursor):
    def __init__(self, source: Source, keep_layout: bool) -> None:
        super().__init__(source, keep_layout)
        self._namespaces: dict[str, str | None] = {}
        self._default: str | None = None
        self._is_explicit = False
        """Whether elements have the default namespace themselves, since the root cannot hand it on."""
        self._has_documentation = False

    # Namespaces (section 4)

    def _namespace(self, prefix: str, start: int) -> str | None:
        """The namespace of a prefix; None where it is inherited."""
        if prefix == "xml":
            return XML_NAMESPACE
        if prefix not in self._namespaces:
            hint = did_you_mean(prefix, [*self._namespaces, "xml"])
            message = f"prefix '{prefix}' is not declared{hint}; declare it at the top: namespace {prefix} = \"…\""
            self._report(start, message)
            self._namespaces[prefix] = f"urn:undeclared:{prefix}"
            self._prefixes[prefix] = f"urn:undeclared:{prefix}"
        return self._namespaces[prefix]

    def _own_namespace(self) -> str:
        """The namespace that elements without ``ns`` inherit from outside of an element that has its own."""
        return INHERITED if self._default is None or self._is_explicit else self._default

    # Names

    def _name(self, element: XmlElement) -> None:
        """The name of an element or attribute: in XML an attribute where it is a single name, else a child."""
        token = self._token
        is_attribute = element.local == "attribute"
        is_single = token.kind in (Kind.NAME, Kind.ESCAPED, Kind.PREFIXED) and not self._is_symbol(
            self._index + 1, "|", ">>"
        )
        if not is_single:
            self._name_class(element.children, is_attribute, ())
            self._take_single_name(element, is_attribute)
            return
        self._advance()
        text, _, fits_attribute = self._name_in_xml(token, is_attribute)
        if fits_attribute:
            element.attributes["name"] = text
            self._places[element.ordinal, "name"] = self._source.place(token.start)
        else:
            element.children.append(self._name_element(token, is_attribute))

    def _take_single_name(self, element: XmlElement, is_attribute: bool) -> None:
        """A name in parentheses is the same as without them."""
        name, *others = element.children
        namespace = "" if is_attribute and ":" not in name.text else None
        is_plain = name.local == "name" and name.namespace == RELAX_NG and not name.foreign
        if is_plain and not others and name.attributes.get("ns") == namespace:
            element.children.clear()
            element.attributes["name"] = name.text
            self._places[element.ordinal, "name"] = Place(name.line, name.column)

    def _name_in_xml(self, token: Token, is_attribute: bool) -> tuple[str, str | None, bool]:
        """The text of the name, the ``ns`` that it needs, and whether an attribute ``name`` can hold it."""
        prefix, colon, local = token.text.rpartition(":")
        local = local.removeprefix("\\")
        if not colon:
            if is_attribute:
                return local, "", True
            needs_ns = self._is_explicit and self._default is not None
            return local, self._default if needs_ns else None, not needs_ns
        namespace = self._namespace(prefix, token.start)
        if namespace:
            return token.text, None, True
        return local, namespace, is_attribute == (namespace is not None)

    def _name_element(self, token: Token, is_attribute: bool) -> XmlElement:
        element = self._make("name", token.start)
        element.text, namespace, _ = self._name_in_xml(token, is_attribute)
        if namespace is not None:
            element.attributes["ns"] = namespace
        return self._close(element)

    def _name_class(self, siblings: list[XmlElement], is_attribute: bool, outer: tuple[str, ...]) -> None:
        """``outer`` are the symbols of the classes that this one is an exception from."""
        start = self._token.start
        parts: list[XmlElement] = []
        is_excepting = self._basic_name_class(parts, is_attribute, outer, may_except=True)
        if not self._at("|"):
            siblings.extend(parts)
            return
        if is_excepting:
            self._report(self._token.start, "a class of names with '-' needs parentheses around it before '|'")
        while self._at("|"):
            self._advance()
            if self._basic_name_class(parts, is_attribute, outer, may_except=True):
                self._report(self._end(), "a class of names with '-' needs parentheses around it after '|'")
        element = self._make("choice", start)
        element.children.extend(parts)
        siblings.append(self._close(element))

    def _basic_name_class(
        self, siblings: list[XmlElement], is_attribute: bool, outer: tuple[str, ...], *, may_except: bool
    ) -> bool:
        """Whether it ends with an exception that no parentheses enclose."""
        annotations = self._annotations()
        token = self._token
        is_excepting = False
        element: XmlElement | None = None
        if token.kind in (Kind.NAME, Kind.ESCAPED, Kind.PREFIXED):
            self._advance()
            element = self._name_element(token, is_attribute)
            siblings.append(element)
        elif token.kind is Kind.PREFIX_STAR or self._at("*"):
            element = self._open_name_class(outer)
            siblings.append(element)
            if self._at("-"):
                if not may_except:
                    message = "a class of names with '-' needs parentheses around it after '-'"
                    raise CompactSyntaxError(self._token.start, message)
                self._except_names(element, token, is_attribute, outer)
                is_excepting = True
        elif self._at("("):
            element = self._names_in_parentheses(siblings, is_attribute, outer, annotations)
        else:
            self._unexpected("a name, a prefix with ':*', or '*'")
        if annotations is not None:
            self._annotate(element, annotations, siblings)
        while self._at(">>"):
            self._advance()
            siblings.append(self._annotation_element())
        return is_excepting

    def _open_name_class(self, outer: tuple[str, ...]) -> XmlElement:
        token = self._advance()
        if token.kind is Kind.PREFIX_STAR:
            element = self._make("nsName", token.start)
            namespace = self._namespace(token.text[:-2], token.start)
            if namespace is not None:
                element.attributes["ns"] = namespace
            is_forbidden = ":*" in outer
        else:
            element = self._make("anyName", token.start)
            is_forbidden = bool(outer)
        if is_forbidden:
            around = "'*'" if outer[-1] == "*" else "a prefix with ':*'"
            self._report(token.start, f"'{token.text}' is not allowed in what is excepted from {around}")
            element.local, element.text = "name", "_"
            element.attributes = {"ns": ""}
        return self._close(element)

    def _except_names(self, element: XmlElement, token: Token, is_attribute: bool, outer: tuple[str, ...]) -> None:
        minus = self._advance()
        except_ = self._make("except", minus.start)
        symbol = ":*" if token.kind is Kind.PREFIX_STAR else "*"
        parts: list[XmlElement] = []
        self._basic_name_class(parts, is_attribute, (*outer, symbol), may_except=False)
        except_.children.extend(members(parts[0], "choice") if len(parts) == 1 else parts)
        if "ns" in element.attributes:
            for name in _names_in(except_):  # they do not inherit that of the nsName
                if ":" not in name.text:
                    name.attributes.setdefault("ns", self._own_namespace())
        if element.local != "name":
            element.children.append(self._close(except_))
        self._close(element)
        if self._at("-"):
            raise CompactSyntaxError(
                self._token.start, "a class of names has one '-' only; several names are excepted as '- (a | b)'"
            )

    def _names_in_parentheses(
        self,
        siblings: list[XmlElement],
        is_attribute: bool,
        outer: tuple[str, ...],
        annotations: InitialAnnotations | None,
    ) -> XmlElement:
        opening = self._advance()
        self._nest()
        parts: list[XmlElement] = []
        self._name_class(parts, is_attribute, outer)
        self._depth -= 1
        if not self._at(")"):
            self._unexpected(
                f"')' for the parenthesis in line {self._source.line(opening.start)}, or '|' and another name"
            )
        self._advance()
        if annotations is not None and parts[0].local != "choice":
            choice = self._make("choice", opening.start)
            choice.children.extend(parts)
            parts = [self._close(choice)]
        siblings.extend(parts)
        return parts[0]

    # Annotations (section 5)

    def _annotations(self) -> InitialAnnotations | None:
        token = self._token
        is_documentation = token.kind is Kind.DOCUMENTATION
        if not is_documentation and not (token.kind is Kind.SYMBOL and token.text == "["):
            return None
        annotations = InitialAnnotations(token.start)
        while self._token.kind is Kind.DOCUMENTATION:
            annotations.elements.append(self._documentation())
        if self._at("["):
            self._bracketed_annotations(annotations)
        return annotations

    def _documentation(self) -> XmlElement:
        """Lines that follow each other are one (section 5.2)."""
        first = last = self._advance()
        lines = [first.text]
        text = self._source.text
        while self._token.kind is Kind.DOCUMENTATION:
            between = text[last.end : self._token.start]
            if between.strip(" \t") not in ("\n", "\x01"):
                break
            last = self._advance()
            lines.append(last.text)
        element = self._make("documentation", first.start, namespace=ANNOTATIONS)
        text = "\n".join(line.lstrip("#").removeprefix(" ").rstrip() for line in lines).rstrip()
        element.text = _documentation_in_xml(text)
        self._has_documentation = True
        if element.layout is not None:
            element.layout.pieces = tuple(lines)
            element.layout.chunks = [element.text]
            element.layout.prefix = self._documentation_prefix()
        return self._close(element)

    def _documentation_prefix(self) -> str:
        prefix = "a"
        while self._prefixes.get(prefix, ANNOTATIONS) != ANNOTATIONS:
            prefix += prefix[0]
        return next((known for known, uri in self._prefixes.items() if known and uri == ANNOTATIONS), prefix)

    def _bracketed_annotations(self, annotations: InitialAnnotations) -> None:
        opening = self._advance()
        self._attributes(annotations.attributes, nested=False)
        while not self._at("]"):
            self._check_annotation(opening)
            annotations.elements.append(self._annotation_element())
        self._advance()

    def _check_annotation(self, opening: Token) -> None:
        token = self._token
        if self._is_annotation(self._index):
            return
        if token.kind is Kind.END:
            raise CompactSyntaxError(opening.start, "this bracket is not closed: expected ']'")
        if token.kind in (Kind.NAME, Kind.ESCAPED) and self._is_symbol(self._index + 1, "="):
            message = f"attribute '{token.text}' of an annotation needs a prefix, as in [ b:{token.text} = \"…\" ]"
            raise CompactSyntaxError(token.start, message)
        if token.kind is Kind.PREFIXED and self._is_symbol(self._index + 1, "="):
            raise CompactSyntaxError(
                token.start, f"attribute '{token.text}' must be before the elements of an annotation"
            )
        raise CompactSyntaxError(
            token.start, f"expected an annotation (name = \"…\" or name [ … ]) or ']', found {described(token)}"
        )

    def _attributes(self, found: dict[QName, tuple[str, str, int]], *, nested: bool) -> None:
        kinds = (Kind.PREFIXED, Kind.NAME, Kind.ESCAPED) if nested else (Kind.PREFIXED,)
        while self._token.kind in kinds and self._is_symbol(self._index + 1, "="):
            token = self._advance()
            self._advance()
            value = self._literal(f"the value of '{token.text}' in quotes").text
            prefix, colon, local = token.text.rpartition(":")
            local = local.removeprefix("\\")
            namespace = self._annotation_namespace(prefix, token) if colon else ""
            if namespace is None:
                continue
            fault = _fault_of_attribute(token, namespace, local, nested)
            if not fault and QName(namespace, local) in found:
                fault = f"attribute '{token.text}' is given twice"
            if fault:
                self._report(token.start, fault)
            else:
                found[QName(namespace, local)] = (value, prefix if namespace else "", token.start)

    def _annotation_namespace(self, prefix: str, token: Token) -> str | None:
        namespace = self._namespace(prefix, token.start)
        if namespace is None:
            self._report(
                token.start, f"prefix '{prefix}' is inherited, and an annotation needs a namespace that is known"
            )
        return namespace

    def _annotation_element(self, *, nested: bool = False) -> XmlElement:
        token = self._token
        if token.kind not in (Kind.NAME, Kind.ESCAPED, Kind.PREFIXED):
            self._unexpected("the name of an annotation, as in name [ … ]")
        self._advance()
        prefix, colon, local = token.text.rpartition(":")
        namespace = (self._annotation_namespace(prefix, token) or "") if colon else ""
        if namespace == RELAX_NG and not nested:
            self._report(token.start, "an annotation cannot be in RELAX NG's own namespace")
            namespace = ""
        element = self._make(local.removeprefix("\\"), token.start, namespace=namespace)
        if element.layout is not None and namespace:
            element.layout.prefix = prefix
        opening = self._expect("[", f"'[' after '{token.text}'")
        self._nest()
        self._annotation_content(element, opening)
        self._depth -= 1
        return self._close(element)

    def _annotation_content(self, element: XmlElement, opening: Token) -> None:
        attributes: dict[QName, tuple[str, str, int]] = {}
        self._attributes(attributes, nested=True)
        for name, (value, prefix, start) in attributes.items():
            if name.namespace:
                self._set_foreign(element, name, value, prefix, start)
            else:
                element.attributes[name.local] = value
        chunks = [""]
        while not self._at("]"):
            if self._token.kind is Kind.LITERAL:
                chunks[-1] += self._literal().text
            else:
                self._check_annotation(opening)
                element.children.append(self._annotation_element(nested=True))
                chunks.append("")
        self._advance()
        if element.namespace == ANNOTATIONS and not element.children:
            chunks = [_documentation_in_xml(chunks[0])]
        element.text = "".join(chunks)
        if element.layout is not None:
            element.layout.chunks = chunks

    def _annotate(
        self, element: XmlElement, annotations: InitialAnnotations | None, siblings: list[XmlElement]
    ) -> None:
        """Initial annotations are in the element, but behind those that cannot contain elements (section 5.2)."""
        if annotations is None:
            return
        for name, (value, prefix, start) in annotations.attributes.items():
            self._set_foreign(element, name, value, prefix, start)
        if element.local in TEXT_ELEMENTS:
            siblings.extend(annotations.elements)
        else:
            element.children[:0] = annotations.elements
        if element.layout is not None:
            element.layout.line = min(element.layout.line, self._source.line(annotations.start))
            first, end = self._spans[element.ordinal]
            self._spans[element.ordinal] = (min(first, annotations.start), end)


def _names_in(name_class: XmlElement) -> Iterator[XmlElement]:
    for child in name_class.children:
        if child.namespace == RELAX_NG:
            yield from [child] if child.local == "name" else _names_in(child)


def _documentation_in_xml(text: str) -> str:
    """Removes the indentation that all lines after the first share; more indentation belongs to its line."""
    if documentation_text(text) == text:
        return text
    text = documentation_text(f"\n{text}")
    return text if documentation_text(text) == text else f"\n{text}"


def members(element: XmlElement, local: str) -> list[XmlElement]:
    """The children of a group or choice that nothing is written on, else the element itself."""
    if element.local != local or element.namespace != RELAX_NG or element.foreign:
        return [element]
    if element.children and element.children[0].namespace != RELAX_NG:
        return [element]  # it has initial annotations
    return element.children


def _fault_of_attribute(token: Token, namespace: str, local: str, nested: bool) -> str:
    if namespace == XMLNS or (not namespace and local == "xmlns"):
        return "'xmlns' is not an attribute; declare namespaces at the top of the schema"
    if nested:
        return ""
    if namespace == RELAX_NG:
        return "an annotation cannot be in RELAX NG's own namespace"
    return "" if namespace else f"attribute '{token.text}' of an annotation must be in a namespace"
