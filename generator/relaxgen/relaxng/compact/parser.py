"""RELAX NG's compact syntax → the tree that the same schema has in XML syntax.

Each construct becomes the element that represents it in XML (specification section 4 and annex A), with the place of
what was written. What XML inherits from the root is put there: the default namespace as ``ns``, the library of most
datatypes as ``datatypeLibrary``. So one reader makes grammars of both syntaxes, files in either can name files in the
other, and `writer` and ``xml_writer`` convert between them. `parts` reads names and annotations.

A mistake is reported, and reading goes on with the next definition. The parser is written by hand: the grammar is
small, it needs no look-ahead but for how a file begins, and only a hand-written parser knows which brace was left open
or which keyword was meant. A page of real schemas takes 2 ms.

The grammar (`annotations` can be before each pattern, name class, param and component):

    schema      ::= declaration* (pattern | component*)
    declaration ::= "namespace" prefix "=" uri | "default" "namespace" [prefix] "=" uri
                  | "datatypes" prefix "=" literal
    uri         ::= literal | "inherit"
    component   ::= ("start" | name) ("=" | "|=" | "&=") pattern | "div" "{" component* "}"
                  | "include" literal ["inherit" "=" prefix] ["{" component* "}"] | annotation
    pattern     ::= particle ("," particle)* | particle ("|" particle)* | particle ("&" particle)*
    particle    ::= primary follow* [("?" | "*" | "+") follow*]
    primary     ::= ("element" | "attribute") nameClass "{" pattern "}" | ("list" | "mixed") "{" pattern "}"
                  | name | "parent" name | "empty" | "text" | "notAllowed" | "grammar" "{" component* "}"
                  | "external" literal ["inherit" "=" prefix] | "(" pattern ")"
                  | [datatype] literal | datatype ["{" param* "}"] ["-" primary]
    datatype    ::= "string" | "token" | prefix ":" name
    param       ::= name "=" literal
    nameClass   ::= basic ("|" basic)* | (prefix ":*" | "*") "-" basic
    basic       ::= name | prefix ":" name | prefix ":*" | "*" | "(" nameClass ")"
    literal     ::= quoted ("~" quoted)*
    annotations ::= documentation* ["[" attribute* annotation* "]"]
    annotation  ::= [prefix ":"] name "[" attribute* (literal | annotation)* "]"
    follow      ::= ">>" annotation
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NoReturn

from ...diagnostics.errors import did_you_mean
from ...runtime.faults import Place
from ...runtime.markup import XML_NAMESPACE, XML_SCHEMA
from ..name_class import QName
from ..pattern import Combine
from ..schema_document import Declaration, XmlDocument, XmlElement
from ..syntax import ANNOTATIONS, RELAX_NG, fault_of_datatype_library
from .comments import attach_comments
from .cursor import MAXIMUM_DEPTH, CompactSyntaxError, TooDeep, described, unescaped
from .parts import InitialAnnotations, PartsReader, members
from .tokens import KEYWORDS, Kind, Source, Token

_LEVELS_OF_GRAMMAR = 3
"""The braces of a grammar count so many times, since so many more functions read components."""

_ASSIGNMENTS = {"=": "", **{one.operator: one.value for one in Combine}}
_CONNECTORS = {",": "group", "|": "choice", "&": "interleave"}
_REPETITIONS = {"?": "optional", "*": "zeroOrMore", "+": "oneOrMore"}
_MANY_PATTERNS = frozenset(["element", "define", "optional", "zeroOrMore", "oneOrMore", "list", "mixed", "group"])
"""Elements in which several patterns are a group without being written as one."""


class CompactDocument(XmlDocument):
    """If there are ``errors``, the tree has only what could be read."""

    is_compact = True

    def __init__(self, root: XmlElement, count: int, prefixes: Mapping[str, str]) -> None:
        super().__init__(b"", root, count, prefixes)
        self.places: dict[tuple[int, str | QName], Place] = {}

    def attribute_place(self, element: XmlElement, name: str | QName) -> Place:
        return self.places.get((element.ordinal, name), Place(element.line, element.column))

    def text_place(self, element: XmlElement) -> Place:
        return Place(element.line, element.column)

    def annotation_places(self, element: XmlElement) -> Mapping[QName, Place]:
        return {name: self.attribute_place(element, name) for name in element.foreign}


def parse_compact(data: bytes, *, keep_layout: bool = False) -> CompactDocument:
    """Raises:
    UnreadableDocument: the bytes are no text.
    """
    return _Parser(Source(data), keep_layout).parse()


class _Parser(PartsReader):
    def __init__(self, source: Source, keep_layout: bool) -> None:
        super().__init__(source, keep_layout)
        self._datatypes: dict[str, str] = {}
        self._declarations: list[Declaration] = []
        self._declarations_end = 0
        self._typed: list[tuple[XmlElement, str]] = []
        self._braces = 0
        self._open_except: int | None = None

    # Schema

    def parse(self) -> CompactDocument:
        try:
            root = self._schema()
        except TooDeep:
            message = f"brackets nest deeper than {MAXIMUM_DEPTH} levels"
            self._report(self._token.start, message)
            root = self._make("grammar", 0)
        self._finish_root(root)
        prefixes = {uri: prefix for prefix, uri in reversed(self._prefixes.items()) if prefix and prefix != "xml"}
        document = CompactDocument(root, self._count, dict(reversed(prefixes.items())))
        document.errors = sorted(self._errors, key=lambda one: (one[0].line, one[0].column))
        document.places = self._places
        if self._keep_layout:
            declarations = [*self._declarations]
            attach_comments(document, self._source, self._spans, declarations, self._declarations_end)
        return document

    def _schema(self) -> XmlElement:
        self._preamble()
        if self._is_grammar():
            root = self._make("grammar", 0, self._token.start)
            self._braces += 1
            self._components(root, closing=None)
            return self._close(root)
        children: list[XmlElement] = []
        try:
            self._pattern(children)
            if self._token.kind is not Kind.END:
                self._report_after_pattern()
        except CompactSyntaxError as error:
            self._report(error.start, error.message)
        return next((child for child in children if child.namespace == RELAX_NG), self._make("notAllowed", 0))

    def _report_after_pattern(self) -> None:
        if self._at("}"):
            raise CompactSyntaxError(self._token.start, "'}' closes nothing: no brace is open")
        if self._token.kind is Kind.NAME and self._token.text in ("namespace", "default", "datatypes"):
            raise CompactSyntaxError(self._token.start, "declarations come first: move this one before the pattern")
        self._unexpected("the end of the file, or ',', '|' or '&' and another pattern")

    def _finish_root(self, root: XmlElement) -> None:
        if self._default is not None and not self._is_explicit:
            if root.local == "attribute" and ":" not in root.attributes.get("name", ":"):
                # ``ns`` at the root would be that of the attribute's name.
                name = self._make("name", self._token.start)
                name.text, name.attributes["ns"] = root.attributes.pop("name"), ""
                root.children.insert(0, name)
            root.attributes["ns"] = self._default
        library = next((library for _, library in self._typed if library), "")
        for element, one in self._typed:
            if one != library:
                element.attributes["datatypeLibrary"] = one
        if library:
            root.attributes["datatypeLibrary"] = library
        if root.layout is not None:
            declared = {prefix: uri for prefix, uri in self._prefixes.items() if prefix and prefix != "xml"}
            if self._has_documentation:
                declared.setdefault(self._documentation_prefix(), ANNOTATIONS)
            root.layout.declared = declared

    # Declarations (section 4)

    def _preamble(self) -> None:
        while self._is_declaration():
            try:
                self._declaration()
            except CompactSyntaxError as error:
                self._report(error.start, error.message)
                self._skip(lambda: self._is_declaration() or self._is_component(self._index), self._tokens[0].start)
        self._declarations_end = self._end()
        self._datatypes.setdefault("xsd", XML_SCHEMA)
        self._is_explicit = self._default is not None and None in self._namespaces.values()
        self._prefixes.update((prefix, uri) for prefix, uri in self._namespaces.items() if uri)

    def _is_declaration(self) -> bool:
        if self._token.kind is not Kind.NAME or self._token.text not in ("namespace", "default", "datatypes"):
            return False
        return self._next().kind in (Kind.NAME, Kind.ESCAPED, Kind.PREFIXED) or self._next().text == "="

    def _declaration(self) -> None:
        first = self._advance()
        keyword, prefix, prefix_start = first.text, "", first.start
        if keyword == "default":
            if not self._at_keyword("namespace"):
                self._unexpected("'namespace'")
            self._advance()
            keyword = "default namespace"
        if keyword != "default namespace" or not self._at("="):
            prefix_start = self._token.start
            prefix = self._plain_name(f"a prefix after '{keyword}'")
        self._expect("=", "'='")
        uri: str | None
        if self._at_keyword("inherit") and keyword != "datatypes":
            self._advance()
            uri = None
        else:
            uri = self._literal("a URI in quotes" + ("" if keyword == "datatypes" else ", or 'inherit'")).text
        self._declare(keyword, prefix, uri, prefix_start)
        line, end_line = self._source.line(first.start), self._source.line(self._end())
        self._declarations.append(Declaration(keyword, prefix, uri, line, end_line))

    def _declare(self, keyword: str, prefix: str, uri: str | None, start: int) -> None:
        known: Mapping[str, str | None] = self._datatypes if keyword == "datatypes" else self._namespaces
        if prefix and prefix in known:
            self._report(start, f"prefix '{prefix}' is declared twice")
        if keyword == "datatypes":
            assert uri is not None  # only namespaces can be inherited
            fault = fault_of_datatype_library(uri)
            if fault is not None:
                self._report(start, fault)
            self._datatypes[prefix] = uri
            return
        if keyword == "default namespace":
            if any(declaration.keyword == keyword for declaration in self._declarations):
                self._report(start, "the default namespace is declared twice")
            self._default = uri
        if prefix == "xmlns":
            self._report(start, "'xmlns' cannot be a prefix")
        elif prefix == "xml" and uri != XML_NAMESPACE:
            self._report(start, f"prefix 'xml' is for the namespace {XML_NAMESPACE!r} only")
        elif prefix and prefix != "xml" and uri == XML_NAMESPACE:
            self._report(start, f"the namespace {XML_NAMESPACE!r} has the prefix 'xml' only")
        elif prefix:
            self._namespaces[prefix] = uri

    def _library(self, prefix: str, start: int) -> str:
        if prefix not in self._datatypes:
            hint = did_you_mean(prefix, self._datatypes)
            known = XML_SCHEMA if prefix in ("xs", "xsd", "xsi") else "…"
            message = f"prefix '{prefix}' of a datatype is not declared{hint}"
            self._report(start, f'{message}; declare it at the top: datatypes {prefix} = "{known}"')
            self._datatypes[prefix] = XML_SCHEMA
        return self._datatypes[prefix]

    # Grammars

    def _is_grammar(self) -> bool:
        """Whether components follow, and no pattern; annotations before both look alike."""
        index = self._index
        while self._tokens[index].kind is Kind.DOCUMENTATION:
            index += 1
        token = self._tokens[index]
        if token.text == "[" and token.kind is Kind.SYMBOL:
            index = self._after_brackets(index)
            token = self._tokens[index]
        elif self._is_annotation(index):
            return True
        return token.kind is Kind.END or self._is_component(index)

    def _after_brackets(self, index: int) -> int:
        depth = 0
        while self._tokens[index].kind is not Kind.END:
            if self._tokens[index].kind is Kind.SYMBOL:
                depth += {"[": 1, "]": -1}.get(self._tokens[index].text, 0)
            index += 1
            if depth == 0:
                break
        return index

    def _is_component(self, index: int) -> bool:
        token = self._tokens[index]
        if token.kind is Kind.NAME and token.text in ("start", "div", "include"):
            return True
        return token.kind in (Kind.NAME, Kind.ESCAPED) and self._is_symbol(index + 1, *_ASSIGNMENTS)

    def _skip(self, found: Callable[[], bool], margin: int) -> None:
        """Skips to the first token of a line that `found` accepts, or to a closing brace, not deeper than `margin` is:
        what is written there belongs to what is around."""
        column = self._source.place(margin).column
        if self._token.start == margin:
            self._advance()
        while self._token.kind is not Kind.END:
            if self._source.line(self._end()) < self._source.line(self._token.start):
                here = self._source.place(self._token.start).column
                if (here <= column and found()) or (here < column and self._at("}")):
                    return
            self._advance()

    def _components(self, parent: XmlElement, closing: str | None, *, within_include: bool = False) -> None:
        """Up to the closing brace, or to the end of the file."""
        while True:
            start = self._token.start
            try:
                if self._token.kind is Kind.END or (self._at("}") and closing is not None):
                    return
                self._component(parent, within_include)
            except CompactSyntaxError as error:
                self._report(error.start, error.message)
                if self._token.start == start and self._at("}"):
                    self._advance()
                    continue
                self._skip(self._may_be_component, start)

    def _may_be_component(self) -> bool:
        """Also where its keyword is misspelt."""
        is_word = self._token.kind is Kind.NAME and self._next().kind is Kind.LITERAL
        return is_word or self._is_component(self._index)

    def _component(self, parent: XmlElement, within_include: bool) -> None:
        token = self._token
        if self._is_annotation(self._index):
            if token.is_keyword:
                message = f"'{token.text}' is a keyword: an annotation of that name is written '\\{token.text} [ … ]'"
                self._report(token.start, message)
            parent.children.append(self._annotation_element())
            return
        annotations = self._annotations()
        token = self._token
        if token.kind is Kind.NAME and token.text in ("div", "include") and not self._is_assigned():
            local = token.text
            if local == "include" and within_include:
                self._report(token.start, "'include' is not allowed in the braces of another include")
            element = self._make(local, token.start)
            self._advance()
            if local == "div":
                self._components_in_braces(element, self._expect("{", "'{'"), "div", within_include)
            else:
                self._include(element)
        elif token.kind in (Kind.NAME, Kind.ESCAPED) and self._is_assigned():
            element = self._definition()
        else:
            self._no_component(annotations)
        self._annotate(element, annotations, parent.children)
        self._close(element)
        if element.local != "include" or not within_include:
            parent.children.append(element)

    def _is_assigned(self) -> bool:
        return self._is_symbol(self._index + 1, *_ASSIGNMENTS)

    def _no_component(self, annotations: InitialAnnotations | None) -> NoReturn:
        token = self._token
        if self._is_declaration():
            self._advance()
            raise CompactSyntaxError(token.start, "declarations come first: move this one before all definitions")
        if self._at("}"):
            if annotations is not None:
                raise CompactSyntaxError(annotations.start, _NOTHING_ANNOTATED)
            raise CompactSyntaxError(token.start, "'}' closes nothing: no brace is open")
        if annotations is not None and token.kind is Kind.END:
            raise CompactSyntaxError(annotations.start, _NOTHING_ANNOTATED)
        if token.kind is Kind.NAME and token.text not in KEYWORDS:
            if self._index:
                self._check_misspelt(self._tokens[self._index - 1], token)
            self._advance()
            self._unexpected("'=', '|=' or '&='")
        if token.text == "start" and token.kind is Kind.NAME:
            self._advance()
            self._unexpected("'='")
        if self._index and token.kind is Kind.SYMBOL and token.text in ("(", "{"):
            self._unexpected("',', '|' or '&' and another pattern, or the next definition")
        self._unexpected("a definition, 'start', 'div' or 'include'")

    def _definition(self) -> XmlElement:
        name = self._advance()
        is_start = name.kind is Kind.NAME and name.text == "start"
        element = self._make("start" if is_start else "define", name.start)
        if not is_start:
            if name.is_keyword:
                message = f"'{name.text}' is a keyword: a definition of that name is written '\\{name.text} = …'"
                self._report(name.start, message)
            element.attributes["name"] = unescaped(name)
        combine = _ASSIGNMENTS[self._advance().text]
        if combine:
            element.attributes["combine"] = combine
        parts: list[XmlElement] = []
        self._pattern(parts)
        element.children.extend(_content_of(element, parts))
        return element

    def _components_in_braces(self, element: XmlElement, opening: Token, what: str, within_include: bool) -> None:
        self._enter(_LEVELS_OF_GRAMMAR)
        self._components(element, "}", within_include=within_include)
        self._leave(_LEVELS_OF_GRAMMAR)
        if not self._at("}"):
            line = self._source.line(opening.start)
            raise CompactSyntaxError(opening.start, f"the brace of '{what}' in line {line} is not closed")
        self._advance()

    def _include(self, element: XmlElement) -> None:
        self._href(element, "include")
        if self._at("{"):
            self._components_in_braces(element, self._advance(), "include", within_include=True)
        if "ns" in element.attributes:
            for child in element.children:
                if child.namespace == RELAX_NG:  # what is written here does not inherit what the file does
                    child.attributes["ns"] = self._own_namespace()

    def _href(self, element: XmlElement, keyword: str) -> None:
        name = self._token.text if self._token.kind is Kind.NAME else "file"
        href = self._literal(f'the name of a file in quotes, as in {keyword} "{name}.rnc"')
        element.attributes["href"] = href.text
        self._places[element.ordinal, "href"] = self._source.place(href.start)
        namespace = self._default
        is_inherited = self._at_keyword("inherit") and self._next().text == "="
        if is_inherited:
            self._advance()
            self._advance()
            start = self._token.start
            namespace = self._namespace(self._plain_name("a prefix after 'inherit ='"), start)
        if namespace is not None and (self._is_explicit or namespace != self._default):
            element.attributes["ns"] = namespace

    # Patterns

    def _enter(self, levels: int = 1) -> None:
        self._braces += 1
        self._nest(levels)

    def _leave(self, levels: int = 1) -> None:
        self._braces -= 1
        self._depth -= levels

    def _pattern(self, siblings: list[XmlElement]) -> str:
        """Returns the connector, if there is one."""
        start = self._token.start
        parts: list[XmlElement] = []
        self._particle(parts)
        connector = self._connector()
        if not connector:
            siblings.extend(parts)
            return ""
        self._check_except()
        is_mixed = False
        while symbol := self._connector():
            if symbol != connector and not is_mixed:
                is_mixed = True
                message = f"'{connector}' and '{symbol}' are mixed: parentheses must say which binds its operands first"
                self._report(self._token.start, message)
            sign, index = self._advance(), len(parts)
            self._particle(parts)
            self._check_except()
            self._begin_at(parts[index], self._source.line(sign.start), parts[index - 1])
        element = self._make(_CONNECTORS[connector], start)
        element.children.extend(parts)
        siblings.append(self._close(element))
        return connector

    def _begin_at(self, part: XmlElement, line: int, before: XmlElement) -> None:
        """A connector that begins a line begins what follows it."""
        if part.layout is not None and before.layout is not None and line > before.layout.end_line:
            part.layout.line = min(part.layout.line, line)

    def _connector(self) -> str:
        is_one = self._token.kind is Kind.SYMBOL and self._token.text in _CONNECTORS
        return self._token.text if is_one else ""

    def _check_except(self) -> None:
        if self._open_except is not None:
            message = (
                "a pattern with '-' needs parentheses around it before ',', '|', '&', '?', '*', '+' or '-' follows"
            )
            self._report(self._open_except, message)
            self._open_except = None

    def _particle(self, siblings: list[XmlElement]) -> None:
        self._open_except = None
        start = self._token.start
        parts: list[XmlElement] = []
        self._primary(parts, self._annotations())
        self._follow(parts)
        if self._token.kind is Kind.SYMBOL and self._token.text in _REPETITIONS:
            self._check_except()
            symbol = self._advance()
            element = self._make(_REPETITIONS[symbol.text], symbol.start, start)
            element.children.extend(members(parts[0], "group") if len(parts) == 1 else parts)
            parts = [self._close(element)]
            self._follow(parts)
            if self._token.kind is Kind.SYMBOL and self._token.text in _REPETITIONS:
                message = f"'{self._token.text}' after '{symbol.text}' needs parentheses around what it repeats"
                raise CompactSyntaxError(self._token.start, message)
        siblings.extend(parts)

    def _follow(self, siblings: list[XmlElement]) -> None:
        while self._at(">>"):
            token = self._advance()
            element = self._annotation_element()
            if self._braces:
                siblings.append(element)
            else:
                self._report(token.start, "no annotation can follow the pattern that is the whole schema")

    def _primary(self, siblings: list[XmlElement], annotations: InitialAnnotations | None) -> None:
        token = self._token
        if token.kind in (Kind.NAME, Kind.ESCAPED):
            self._check_reference(token)
        match token.kind:
            case Kind.NAME if token.text in _KEYWORD_PATTERNS:
                element = _KEYWORD_PATTERNS[token.text](self)
            case Kind.NAME if token.text not in KEYWORDS:
                element = self._reference("ref")
            case Kind.ESCAPED:
                element = self._reference("ref")
            case Kind.LITERAL:
                element = self._value(self._make("value", token.start), None)
            case Kind.PREFIXED:
                element = self._data()
            case Kind.SYMBOL if token.text == "(":
                self._parenthesised(siblings, annotations)
                return
            case _:
                self._no_pattern()
        self._close(element)
        siblings.append(element)
        if annotations is not None and annotations.elements and element.local == "value" and not self._braces:
            self._report(annotations.start, "no annotation can follow the pattern that is the whole schema")
        self._annotate(element, annotations, siblings)

    def _check_reference(self, token: Token) -> None:
        if self._is_assigned():
            raise CompactSyntaxError(token.start, f"expected a pattern, found the definition of '{token.text}'")
        if token.text in _KEYWORDS_WITH_MORE and token.kind is Kind.NAME:
            following = self._tokens[self._index + 1]
            is_alone = following.kind is Kind.SYMBOL and following.text in (",", "|", "&", "?", "*", "+", ")", "}")
            if is_alone and not (following.text == "*" and token.text in ("element", "attribute")):
                message = "a reference to a definition of that name is written"
                raise CompactSyntaxError(token.start, f"'{token.text}' is a keyword: {message} '\\{token.text}'")

    def _no_pattern(self) -> NoReturn:
        token = self._token
        if token.kind is Kind.PREFIX_STAR or token.text == "*":
            raise CompactSyntaxError(token.start, f"'{token.text}' is a class of names, and a pattern is expected here")
        if token.kind is Kind.SYMBOL and token.text in ("}", ")") and self._index:
            before = self._tokens[self._index - 1]
            if before.kind is Kind.SYMBOL and before.text in ("{", "("):
                raise CompactSyntaxError(
                    before.start, f"nothing is between '{before.text}' and '{token.text}'; write 'empty' for no content"
                )
        self._unexpected("a pattern")

    def _reference(self, local: str) -> XmlElement:
        name = self._advance()
        element = self._make(local, name.start)
        element.attributes["name"] = unescaped(name)
        return element

    def _parent(self) -> XmlElement:
        first = self._advance()
        if self._token.kind not in (Kind.NAME, Kind.ESCAPED) or self._token.is_keyword:
            self._unexpected("the name of a definition after 'parent'")
        element = self._reference("parentRef")
        if self._keep_layout:
            self._spans[element.ordinal] = (first.start, first.start)
        return element

    def _childless(self) -> XmlElement:
        token = self._advance()
        return self._make(token.text, token.start)

    def _container(self) -> XmlElement:
        """An element, attribute, list or mixed pattern."""
        token = self._advance()
        element, what = self._make(token.text, token.start), token.text
        if token.text in ("element", "attribute"):
            self._name(element)
            what = f"{token.text} {element.attributes.get('name', '')}".rstrip()
        opening = self._expect("{", f"'{{' after '{what}'")
        self._enter()
        parts: list[XmlElement] = []
        self._pattern(parts)
        element.children.extend(_content_of(element, parts))
        self._leave()
        if not self._at("}"):
            self._unclosed(what, token, opening)
        self._advance()
        self._open_except = None
        return element

    def _unclosed(self, what: str, token: Token, opening: Token) -> NoReturn:
        if self._token.kind is Kind.END or self._is_component(self._index):
            message = f"the brace of '{what}' is not closed: expected '}}' before {described(self._token)}"
            if self._token.kind is not Kind.END:
                message += f" in line {self._source.line(self._token.start)}"
            raise CompactSyntaxError(opening.start, message)
        self._unexpected(
            f"'}}' of '{what}' in line {self._source.line(token.start)}, or ',', '|' or '&' and another pattern"
        )

    def _grammar(self) -> XmlElement:
        token = self._advance()
        element = self._make("grammar", token.start)
        opening = self._expect("{", "'{' after 'grammar'")
        self._components_in_braces(element, opening, "grammar", within_include=False)
        return element

    def _external(self) -> XmlElement:
        token = self._advance()
        element = self._make("externalRef", token.start)
        self._href(element, "external")
        return element

    def _parenthesised(self, siblings: list[XmlElement], annotations: InitialAnnotations | None) -> None:
        opening = self._advance()
        self._nest()
        parts: list[XmlElement] = []
        connector = self._pattern(parts)
        self._depth -= 1
        if not self._at(")"):
            line = self._source.line(opening.start)
            if self._token.kind is Kind.END or self._at("}") or self._is_component(self._index):
                raise CompactSyntaxError(
                    opening.start, f"this parenthesis is not closed: expected ')' before {described(self._token)}"
                )
            self._unexpected(f"')' for the parenthesis in line {line}, or ',', '|' or '&' and another pattern")
        self._advance()
        self._open_except = None
        if connector:
            place = self._source.place(opening.start)
            parts[0].line, parts[0].column = place.line, place.column
        if annotations is not None and not (connector or (len(parts) == 1 and parts[0].local in _REPETITIONS.values())):
            group = self._make("group", opening.start)
            group.children.extend(parts)
            parts = [group]
        if connector or annotations is not None:
            if parts[0].layout is not None:
                self._spans[parts[0].ordinal] = (opening.start, self._end())
                parts[0].layout.line = self._source.line(opening.start)
            self._close(parts[0])
        first, last = parts[0].layout, parts[-1].layout
        if first is not None and last is not None:
            first.line = min(first.line, self._source.line(opening.start))
            last.end_line = max(last.end_line, self._source.line(self._end()))
        siblings.extend(parts)
        if annotations is not None:
            self._annotate(parts[0], annotations, siblings)

    # Data and values

    def _data(self) -> XmlElement:
        token = self._advance()
        prefix, colon, local = token.text.rpartition(":")
        library = self._library(prefix, token.start) if colon else ""
        if self._token.kind is Kind.LITERAL:
            element = self._make("value", token.start)
            return self._value(element, None if token.text == "token" else (library, local))
        element = self._make("data", token.start)
        element.attributes["type"] = local
        self._typed.append((element, library))
        if self._at("{"):
            self._params(element, token)
        if self._at("-"):
            self._except(element)
        return element

    def _value(self, element: XmlElement, datatype: tuple[str, str] | None) -> XmlElement:
        self._set_text(element, self._literal())
        if datatype is not None:
            element.attributes["type"] = datatype[1]
            self._typed.append((element, datatype[0]))
        if self._is_explicit and self._default is not None:
            element.attributes["ns"] = self._default
        return element

    def _params(self, element: XmlElement, datatype: Token) -> None:
        opening = self._advance()
        while not self._at("}"):
            annotations = self._annotations()
            token = self._token
            if token.kind is Kind.END:
                raise CompactSyntaxError(opening.start, f"the brace of '{datatype.text}' is not closed")
            if token.kind not in (Kind.NAME, Kind.ESCAPED):
                hint = "; parameters are separated by white space alone" if self._connector() else ""
                raise CompactSyntaxError(token.start, f"expected a parameter or '}}', found {described(token)}{hint}")
            param = self._make("param", token.start)
            param.attributes["name"] = self._plain_name("a parameter")
            self._expect("=", f"'=' after parameter '{param.attributes['name']}'")
            self._set_text(param, self._literal(f"the value of parameter '{param.attributes['name']}' in quotes"))
            element.children.append(self._close(param))
            self._annotate(param, annotations, element.children)
        self._advance()

    def _except(self, element: XmlElement) -> None:
        token = self._advance()
        except_ = self._make("except", token.start)
        parts: list[XmlElement] = []
        annotations = self._annotations()
        self._open_except = None
        self._braces += 1
        self._primary(parts, annotations)
        self._braces -= 1
        self._check_except()
        except_.children.extend(members(parts[0], "choice") if len(parts) == 1 else parts)
        element.children.append(self._close(except_))
        self._open_except = token.start


_KEYWORD_PATTERNS: dict[str, Callable[[_Parser], XmlElement]] = {
    "element": _Parser._container,
    "attribute": _Parser._container,
    "list": _Parser._container,
    "mixed": _Parser._container,
    "empty": _Parser._childless,
    "text": _Parser._childless,
    "notAllowed": _Parser._childless,
    "grammar": _Parser._grammar,
    "external": _Parser._external,
    "parent": _Parser._parent,
    "string": _Parser._data,
    "token": _Parser._data,
}

_KEYWORDS_WITH_MORE = KEYWORDS - {"empty", "text", "notAllowed", "string", "token"}
"""Keywords that are no pattern by themselves."""

_NOTHING_ANNOTATED = (
    "nothing follows that this could annotate; a comment begins with a single '#', "
    "and an annotation of the grammar is written without brackets around it: name [ … ]"
)


def _content_of(element: XmlElement, patterns: list[XmlElement]) -> list[XmlElement]:
    """A group becomes the children of an element that means one without saying so."""
    is_one = len(patterns) == 1 and element.local in _MANY_PATTERNS
    return members(patterns[0], "group") if is_one else patterns
