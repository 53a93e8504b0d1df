"""What generated write functions call: names with prefixes, and putting back what a document had.

An element is written as text at once, which is several times faster than building a tree. Its children arrive as
pairs of their position in the schema's order and their text, so that a remembered order can be put back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from operator import itemgetter
from typing import Any, TypeVar

from .converters import hint_at
from .element import (
    ChildOrder,
    Contents,
    Element,
    Extended,
    Parts,
    Preserved,
    Spelling,
    content_writer,
    rearranged,
    restored,
)
from .markup import (
    BLANKS,
    DECLARATIONS_NAMESPACE,
    XML_NAMESPACE,
    AnyElement,
    attribute_text,
    checked_name,
    declaration_name,
    escape_text,
    split_name,
)

_body_of: Callable[[tuple[str, str]], str] = itemgetter(1)
_DECLARATION = re.compile(r" xmlns(?::[^=]*)?='[^']*'")
_TAG_NAME = re.compile(r"\s*<[^ /]*")

_SHORTEST_WORD = 2
"""Words of a namespace that are no longer than this make no prefix."""


def simple(tag: str, margin: str, text: str) -> str:
    """A whole element that has nothing but text."""
    # Not `if text`: None is no text, and `escape_text` refuses it.
    return f"{margin}<{tag}/>" if text == "" else f"{margin}<{tag}>{escape_text(text)}</{tag}>"


PRESENT = {True: ""}
"""The text of an element that is only there or not, by the value of its field: nothing else than True is written."""


NO_DOUBT, DOUBTFUL_AS_READ, DOUBTFUL = range(3)
"""Whether children may be in an order that the schema does not allow, though it allows another. As they were read, they
are written without a check where the caller wants none. The native engine has the same numbers."""


class Writer:
    """Goes through the write functions of one document.

    ``step`` is the indentation of one level. ``prefixes`` are the vocabulary's usual prefixes for namespaces; a
    document's own declarations come before them. ``doubt`` is the greatest about the order of any element's children.
    """

    __slots__ = ("_around", "_late", "_preferred", "_scopes", "doubt", "prefixes", "step")

    def __init__(self, step: str, prefixes: Mapping[str, str | None]) -> None:
        self.step = step
        self.prefixes = prefixes
        self.doubt = NO_DOUBT
        self._scopes: list[dict[str | None, str]] = [{"xml": XML_NAMESPACE}]
        self._preferred: dict[str, str | None] = {}
        """Prefixes of elements by namespaces for which a document declares several."""
        self._late: set[int] = set()
        """How many scopes there are in elements of which an attribute has needed a declaration."""
        self._around: tuple[Any, str, str] = None, "", ""
        """A scope, a namespace, and what names of its elements begin with there."""

    def enter(self, declarations: Mapping[str | None, str]) -> None:
        """Namespace declarations from here to the matching `leave`."""
        self._scopes.append({**self._scopes[-1], **declarations})

    def leave(self) -> None:
        self._scopes.pop()

    def element(self, tag: str, target: Element, margin: str, attributes: str, parts: Parts, text: str = "") -> str:
        """The finished element. ``margin`` is the line break and indentation before it, empty inside mixed content."""
        preserved = target._preserved
        if preserved is not None:
            attributes, parts, text = self._restored(target, preserved, margin, attributes, parts, text)
        if parts:
            body = "".join(map(_body_of, parts))
            if text and not text.strip(BLANKS):
                # Beside elements it is layout.
                text = ""
            end = "" if text else margin
            return f"{margin}<{tag}{attributes}>{text}{body}{end}</{tag}>"
        if text:
            return f"{margin}<{tag}{attributes}>{text}</{tag}>"
        return f"{margin}<{tag}{attributes}/>"

    def mixed(self, tag: str, target: Element, margin: str, attributes: str, parts: Parts) -> str:
        """The finished element, with nothing added between its children."""
        preserved = target._preserved
        if preserved is not None:
            attributes, parts, _ = self._restored(target, preserved, "", attributes, parts, "")
        if parts:
            return f"{margin}<{tag}{attributes}>{''.join(map(_body_of, parts))}</{tag}>"
        return f"{margin}<{tag}{attributes}/>"

    def doubt_order(self, target: Element) -> None:
        """Says that the schema has several orders for the children of `target`."""
        preserved = target._preserved
        is_as_read = preserved is not None and preserved.order is not None
        self.doubt = max(self.doubt, DOUBTFUL_AS_READ if is_as_read else DOUBTFUL)

    def content(self, item: Any, contents: Contents, margin: str) -> str:
        """One item of a list of content.

        Raises:
            ValueError: `item` is not allowed there.
        """
        if isinstance(item, str) and contents.text:
            return escape_text(item)
        if isinstance(item, AnyElement):
            return self.any_element(item, margin)
        write = contents.writers.get(type(item)) or content_writer(contents, item)
        return write(item, self, margin)

    def start(self, target: Element, namespace: str, local: str) -> tuple[str, str]:
        """The tag of an element in a namespace, and the declarations that it needs; ends with `finish`."""
        preserved = target._preserved
        if preserved is not None and preserved.namespaces:
            self.enter(preserved.namespaces)
            self._preferred.update(preserved.prefixes)
        else:
            scope, known, prefix = self._around
            self._scopes.append(self._scopes[-1])
            if scope is self._scopes[-1] and known == namespace:
                return prefix + local, ""
        tag, added = self._qualified(namespace, local, attribute=False)
        self._around = self._scopes[-1], namespace, tag.removesuffix(local)
        return tag, _declared(added) if added else ""

    def declared_for(self, known: Mapping[str, str], *values: Any) -> str:
        """Declarations for the prefixes of values, names or lists of them, that the schema knows and nothing around
        declares."""
        declared = ""
        for name in texts_of(values):
            prefix = name.partition(":")[0] if ":" in name else ""
            if prefix in known and prefix not in self._scopes[-1]:
                declared += _declared(self._declare(prefix, known[prefix]))
        return declared

    def finish(self, text: str) -> str:
        if self._late:
            text = self._declarations_first(text)
        self._scopes.pop()
        return text

    def name(self, namespace: str, local: str) -> tuple[str, str]:
        """The prefixed name of an attribute, and the declaration that it needs in front of it, if any."""
        name, added = self._qualified(namespace, local, attribute=True)
        if added:
            self._late.add(len(self._scopes))
        return name, _declared(added)

    def leaves_out(self, target: Element, field: str) -> bool:
        """Whether a value that is implied is not written: unless the document gave it."""
        return target._preserved is None or field not in target._preserved.spelled_out

    def attribute(self, namespace: str, local: str, text: str) -> str:
        """A whole attribute in a namespace; ``text`` is escaped."""
        name, declared = self.name(namespace, local)
        return f"{declared} {name}='{text}'"

    def simple(self, namespace: str, local: str, margin: str, text: str) -> str:
        """A whole element in a namespace that has nothing but text."""
        self._scopes.append(self._scopes[-1])
        tag, added = self._qualified(namespace, local, attribute=False)
        self._scopes.pop()
        declared = _declared(added)
        return f"{margin}<{tag}{declared}/>" if text == "" else f"{margin}<{tag}{declared}>{escape_text(text)}</{tag}>"

    def open_attributes(
        self,
        attributes: Mapping[str, str],
        usual: Mapping[str, str] | None = None,
        written: Mapping[str, str | None] = {},
    ) -> str:
        """``usual`` are prefixes to declare where the document has none for a namespace yet. ``written`` are those that
        the document gave attributes, by their names."""
        parts = []
        for name, text in attributes.items():
            namespace, local = split_name(name)
            if namespace == DECLARATIONS_NAMESPACE or name == "xmlns":
                raise ValueError(f"{name!r} declares a namespace; that is what prefixes are for")
            declared = self._prefer(namespace, usual) if usual else ""
            local, text = checked_name(local), attribute_text(text)
            kept = self._as_written(namespace, local, written[name]) if name in written else ""
            parts.append(f" {kept}='{text}'" if kept else declared + self.attribute(namespace, local, text))
        return "".join(parts)

    def _as_written(self, namespace: str, local: str, prefix: str | None) -> str:
        """The name with the prefix that the document gives it; empty where that has another meaning by now."""
        if not namespace or self._scopes[-1].get(prefix) != namespace:
            return ""
        return local if prefix is None else f"{prefix}:{local}"

    def _prefer(self, namespace: str, usual: Mapping[str, str]) -> str:
        prefix, scope = usual.get(namespace), self._scopes[-1]
        if prefix is None or prefix in scope or any(key and uri == namespace for key, uri in scope.items()):
            return ""
        self._late.add(len(self._scopes))
        return _declared(self._declare(prefix, namespace))

    def any_element(self, element: AnyElement, margin: str) -> str:
        check_prefixes(element.prefixes)
        around = self._scopes[-1]
        prefixes = {prefix: uri for prefix, uri in element.prefixes.items() if around.get(prefix) != uri}
        self.enter(prefixes)
        namespace, local = split_name(element.name)
        local, written = checked_name(local), getattr(element, "_written", {})
        tag = self._as_written(namespace, local, written[""]) if "" in written else ""
        if not tag:
            tag, added = self._qualified(namespace, local, attribute=False)
            prefixes.update(added)
        attributes = _declared(prefixes) + self.open_attributes(element.attributes, written=written)
        # Open content is not indented: any text may count in it, also white space.
        text = "".join(
            [escape_text(part) if isinstance(part, str) else self.any_element(part, "") for part in element.content]
        )
        return self.finish(f"{margin}<{tag}{attributes}>{text}</{tag}>" if text else f"{margin}<{tag}{attributes}/>")

    def _declarations_first(self, text: str) -> str:
        """An element with the declarations in front of the attributes, where a second formatting has them."""
        if len(self._scopes) not in self._late:
            return text
        self._late.remove(len(self._scopes))
        tag, end, rest = text.partition(">")
        name = _TAG_NAME.match(tag)
        assert name is not None  # the text of an element begins with its tag
        others = _DECLARATION.sub("", tag[name.end() :])
        return "".join([name[0], *_DECLARATION.findall(tag), others, end, rest])

    def _qualified(self, namespace: str, local: str, *, attribute: bool) -> tuple[str, Mapping[str | None, str]]:
        """The prefixed name, and the declaration that it needs, if any."""
        scope = self._scopes[-1]
        if not namespace:
            return local, self._declare(None, "") if not attribute and scope.get(None) else {}
        usual = self.prefixes.get(namespace)
        candidates = [prefix for prefix, uri in scope.items() if uri == namespace]
        if attribute:
            candidates = [prefix for prefix in candidates if prefix is not None]
        elif namespace in self._preferred:
            usual = self._preferred[namespace]
        added: Mapping[str | None, str] = {}
        if candidates:
            prefix = usual if usual in candidates else candidates[-1]
        else:
            prefix = self._new_prefix(namespace, attribute=attribute)
            added = self._declare(prefix, namespace)
        return local if prefix is None else f"{prefix}:{local}", added

    def _declare(self, prefix: str | None, namespace: str) -> Mapping[str | None, str]:
        """For the element at hand only: around it the scope may be the same object."""
        self._scopes[-1] = {**self._scopes[-1], prefix: namespace}
        return {prefix: namespace}

    def _new_prefix(self, namespace: str, *, attribute: bool) -> str | None:
        scope = self._scopes[-1]
        if namespace in self.prefixes:
            usual = self.prefixes[namespace]
            if (usual is not None or not attribute) and usual not in scope and usual != "xmlns":
                return usual
        words: list[str] = [word for word in re.split(r"[^A-Za-z]+", namespace) if len(word) > _SHORTEST_WORD]
        word = words[-1].lower() if words else "ns"
        if word.startswith("xml"):
            # These are for the specifications of XML.
            word = "ns"
        while word in scope:
            word += "x"
        return word

    def _restored(
        self, target: Element, preserved: Preserved, margin: str, attributes: str, parts: Parts, text: str
    ) -> tuple[str, Parts, str]:
        if preserved.order is not None and len(preserved.__dict__) == 1:
            return attributes, self._in_order(parts, preserved.order, type(target)), text
        if preserved.namespaces:
            self.enter(preserved.namespaces)
        for spelling in preserved.spellings:
            if spelling.kind == "attribute":
                name = self.name(*split_name(spelling.name))[0]
                usual, written = f" {name}='{spelling.usual}'", f" {name}='{spelling.written}'"
                attributes = attributes.replace(usual, written, 1)
            elif spelling.kind == "text":
                text = spelling.written if text == spelling.usual else text
            else:
                _respell(parts, spelling)
        for kind, name, _ in preserved.unknown_texts:
            if kind == "missing":
                attributes = attributes.replace(f" {self.name(*split_name(name))[0]}=''", "", 1)
        if preserved.blank and not parts and not text:
            text = preserved.blank
        inner = margin and margin + self.step
        if preserved.extended:
            self._extend(parts, preserved.extended, inner)
        if preserved.order is not None:
            parts = self._in_order(parts, preserved.order, type(target))
        for index, element in preserved.unknown_elements:
            parts.insert(index, ("", self.any_element(element, "" if text else inner)))
        if preserved.unknown_attributes:
            attributes += self.open_attributes(preserved.unknown_attributes, preserved.unknown_prefixes)
        for name, prefix in preserved.attribute_prefixes.items():
            attributes = self._with_prefix(attributes, *split_name(name), prefix)
        if preserved.namespaces:
            attributes = _declared(preserved.namespaces) + attributes
            self._scopes.pop()
        return attributes, parts, text

    def _with_prefix(self, attributes: str, namespace: str, local: str, prefix: str) -> str:
        """The attributes, one of them with the prefix that the document gives it, if that still has its meaning."""
        if self._scopes[-1].get(prefix) != namespace:
            return attributes
        usual = self.name(namespace, local)[0]
        return attributes.replace(f" {usual}='", f" {prefix}:{local}='", 1)

    def _in_order(self, parts: Parts, order: tuple[str, ...], owner: type[Element]) -> Parts:
        as_before = restored(parts, order, owner)
        if as_before is not None:
            return as_before
        if owner._order is not ChildOrder.ANY:
            self.doubt = DOUBTFUL
        return rearranged(parts, order, owner)

    def _extend(self, parts: Parts, extended: Sequence[Extended], margin: str) -> None:
        """Puts back what children of text had beyond it: into the child that has the text still, or the only one."""
        done: set[int] = set()
        for name, usual, element in extended:
            places = [place for place, part in enumerate(parts) if part[0] == name and place not in done]
            same = [place for place in places if _text_of(parts[place][1]) == usual]
            if same:
                parts[same[0]] = (name, self.any_element(element, margin))
                done.add(same[0])
            elif len(places) == 1:
                content: list[AnyElement | str] = [_unescaped(_text_of(parts[places[0]][1])), *element.elements()]
                edited = AnyElement(element.name, element.attributes, content, element.prefixes)
                parts[places[0]] = (name, self.any_element(edited, margin))
                done.add(places[0])


def texts_of(value: Any) -> Iterator[str]:
    """The texts in a value, in lists and tuples of values, or the text that it is."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from texts_of(one)


def _text_of(part: str) -> str:
    """The escaped text of an element that has nothing but text."""
    return "" if part.endswith("/>") else part[part.index(">") + 1 : part.rindex("</")]


def _unescaped(text: str) -> str:
    for escaped, character in (("&lt;", "<"), ("&gt;", ">"), ("&#13;", "\r"), ("&amp;", "&")):
        text = text.replace(escaped, character)
    return text


def _respell(parts: Parts, spelling: Spelling) -> None:
    """Puts the document's spelling into the child that had it, or, where that is another one by now, into the first of
    its kind that still has our usual one."""
    places = [place for place, (name, _) in enumerate(parts) if name == spelling.name]
    for place in [*places[spelling.place : spelling.place + 1], *places]:
        name, part = parts[place]
        if _text_of(part) == spelling.usual:
            parts[place] = (name, _with_text(part, spelling.written))
            return


def _with_text(part: str, text: str) -> str:
    """An element that has nothing but text, with another text."""
    if not part.endswith("/>"):
        return part[: part.index(">") + 1] + text + part[part.rindex("</") :]
    tag = _TAG_NAME.match(part)
    assert tag is not None  # the text of an element begins with its tag
    return f"{part[:-2]}>{text}</{tag[0].lstrip()[1:]}>"


def check_prefixes(prefixes: Mapping[str | None, str]) -> None:
    for prefix, uri in prefixes.items():
        if prefix is not None:
            checked_name(prefix)
            if not uri or prefix == "xmlns" or (prefix == "xml") != (uri == XML_NAMESPACE):
                raise ValueError(f"the prefix {prefix!r} cannot be used for the namespace {uri!r}")


def _declared(declarations: Mapping[str | None, str]) -> str:
    return "".join([f" {declaration_name(prefix)}='{attribute_text(uri)}'" for prefix, uri in declarations.items()])


# The text of an object, before anything checks it.


E = TypeVar("E", bound=Element)


def _tag_of(root: Element) -> tuple[str, ...]:
    """Which of the names of its class the element has, where it is not the first."""
    return (root._preserved.tag,) if root._preserved is not None and root._preserved.tag else ()


def called(root: E, tag: str) -> E:
    """The root as an element of one of the names that its class has, given with or without its namespace.

    Raises:
        ValueError: elements of the class have other names.
    """
    names = {split_name(name)[1] for name in type(root)._tags if tag in (name, split_name(name)[1])}
    if not names:
        known = [split_name(name)[1] for name in type(root)._tags]
        hint = hint_at(tag, known) or f"; it is {' or '.join(map(repr, known))}"
        raise ValueError(f"no {type(root).__name__} is called {tag!r}{hint}")
    found = copy(root)
    found._preserved = Preserved()
    found._preserved.__dict__.update(root._preserved.__dict__ if root._preserved is not None else {}, tag=names.pop())
    return found


def write_text(target: Element, write: Callable[..., str], writer: Writer, margin: str) -> str:
    """The text of `target`; about the order of children `writer` may have doubts, see `validator`.

    Raises:
        FormatError: a field has a value that cannot be written.
        RecursionError: objects are nested too deep.
    """
    try:
        return write(target, writer, margin, *_tag_of(target))
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        from .explanation import unwritable

        raise unwritable(target, error, Writer("", {})) from error
