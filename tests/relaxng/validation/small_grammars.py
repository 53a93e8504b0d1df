"""Small grammars and documents at random, for comparing verdicts: plain tuples, written as XML when they are needed.

A pattern is a tuple of its element's name in the XML syntax and what belongs to it: ``("group", (p, q))``,
``("element", name_class, p)``, ``("value", type, text)``, ``("ref", name)``. A grammar is a dict of such patterns, with
its start under ``"start"``. A document is ``(name, attributes, children)``; names are pairs of namespace and local
name, children are documents and strings.
"""

from __future__ import annotations

from random import Random
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

Pattern = tuple[Any, ...]
Grammar = dict[str, Pattern]
Tree = tuple[tuple[str, str], dict[tuple[str, str], str], list[Any]]

RELAXNG = "http://relaxng.org/ns/structure/1.0"
DATATYPES = "http://www.w3.org/2001/XMLSchema-datatypes"
NAMESPACES = ("", "urn:one", "urn:two")
ELEMENTS = ("a", "b", "c", "d", "e", "f")
ATTRIBUTES = ("x", "y", "z")
TOKENS = ("one", "two", "three")
TEXTS = (
    "",
    " ",
    "one",
    "two",
    " one ",
    "one two",
    "two  one",
    "three",
    "0",
    "07",
    "-1",
    "12",
    "true",
    "words & <marks>",
)
TYPES = ("string", "token", "integer", "boolean", "NMTOKEN", "nonNegativeInteger")


# Strategies


@st.composite
def grammars(draw: st.DrawFn) -> Grammar:
    """Mostly correct ones: members of interleaves have names of their own, attributes stand where they may."""
    defines = draw(st.integers(0, 3))
    random = draw(st.randoms(use_true_random=False))
    is_wild = draw(st.integers(0, 9)) == 0
    return grammar_of(random, defines, has_two_roots=draw(st.booleans()), is_wild=is_wild)


def random_grammar(random: Random) -> Grammar:
    """The same without Hypothesis: for many that have little to do with each other."""
    return grammar_of(random, random.randint(0, 3), has_two_roots=random.random() < 0.3, is_wild=False)


def grammar_of(random: Random, number: int, *, has_two_roots: bool, is_wild: bool) -> Grammar:
    """With so many defines."""
    defines = [f"d{index}" for index in range(number)]
    maker = _Maker(random, defines, is_wild=is_wild)
    grammar = {"start": maker.element(list(ELEMENTS), 3)}
    if has_two_roots:
        grammar["start"] = ("choice", (grammar["start"], maker.element(list(ELEMENTS), 2)))
    for name in defines:
        grammar[name] = maker.element(list(ELEMENTS), 2)
    return grammar


class _Maker:
    """``is_wild``: says what section 7 forbids, too."""

    def __init__(self, random: Random, defines: list[str], *, is_wild: bool) -> None:
        self._random = random
        self._defines = defines
        self._is_wild = is_wild

    def element(self, names: list[str], depth: int) -> Pattern:
        return ("element", self._element_name(names), self._content(depth))

    def _element_name(self, names: list[str]) -> Pattern:
        if self._random.random() < 0.15:
            return self._open_name(names)
        return ("name", self._random.choice(("", "", "urn:one")), self._random.choice(names))

    def _open_name(self, names: list[str]) -> Pattern:
        name = ("name", "", self._random.choice(names))
        return self._random.choice(
            [
                ("choice", (name, ("name", "urn:one", self._random.choice(names)))),
                ("anyName", name),
                ("anyName", None),
                ("nsName", "urn:two", None),
                ("nsName", "", name),
                ("anyName", ("nsName", "urn:one", None)),
            ]
        )

    def _content(self, depth: int) -> Pattern:
        attributes = self._attributes()
        roll = self._random.random()
        content = self._string() if roll < 0.25 else ("text",) if roll < 0.35 else self._children(list(ELEMENTS), depth)
        kind = "interleave" if self._random.random() < 0.2 else "group"
        whole = (kind, (*attributes, content)) if attributes else content
        if self._random.random() < 0.15:
            return ("choice", (whole, self._with_attributes(depth - 1)))
        return whole

    def _with_attributes(self, depth: int) -> Pattern:
        return ("group", (*self._attributes(), self._children(list(ELEMENTS), max(0, depth))))

    def _attributes(self) -> list[Pattern]:
        names = [name for name in ATTRIBUTES if self._random.random() < 0.35]
        made = [self._attribute(("name", "", name)) for name in names]
        if self._random.random() < 0.1:
            made.append(("zeroOrMore", ("attribute", ("nsName", "urn:one", None), ("text",))))
        if self._is_wild and self._random.random() < 0.3:
            made.append(("oneOrMore", ("attribute", ("anyName", None), ("text",))))
        return made

    def _attribute(self, name: Pattern) -> Pattern:
        roll = self._random.random()
        attribute = ("attribute", name, self._string() if roll < 0.6 else ("text",))
        if roll < 0.4:
            return ("optional", attribute)
        if roll < 0.5:
            return ("choice", (attribute, ("element", ("name", "", "f"), ("empty",))))
        return attribute

    def _string(self) -> Pattern:
        roll = self._random.random()
        if roll < 0.3:
            return ("choice", tuple(self._value() for _ in range(self._random.randint(1, 3))))
        if roll < 0.5:
            return ("list", self._tokens(2))
        return self._data()

    def _value(self) -> Pattern:
        kind = self._random.choice(("string", "token", "token"))
        return ("value", kind, self._random.choice(TOKENS if kind == "token" else (*TOKENS, " one ", "one two")))

    def _data(self) -> Pattern:
        kind = self._random.choice(TYPES)
        except_ = self._value() if self._random.random() < 0.3 else None
        return ("data", kind, except_)

    def _tokens(self, depth: int) -> Pattern:
        if depth == 0 or self._random.random() < 0.3:
            return self._value() if self._random.random() < 0.5 else self._data()
        kind = self._random.choice(("group", "choice", "oneOrMore", "zeroOrMore", "optional"))
        if kind in ("group", "choice"):
            return (kind, (self._tokens(depth - 1), self._tokens(depth - 1)))
        return (kind, self._tokens(depth - 1))

    def _children(self, names: list[str], depth: int) -> Pattern:
        if depth <= 0 or len(names) < 2:
            return self._leaf(names)
        kind = self._random.choice(
            ("group", "group", "choice", "choice", "interleave", "optional", "zeroOrMore", "oneOrMore", "mixed", "leaf")
        )
        match kind:
            case "group" | "choice":
                return (kind, tuple(self._children(names, depth - 1) for _ in range(self._random.randint(1, 3))))
            case "interleave":
                return self._interleave(names, depth)
            case "leaf":
                return self.element(names, depth - 1)
            case "mixed" if not self._is_wild:
                return (kind, self._without_text(self._children(names, depth - 1)))
            case _:
                return (kind, self._children(names, depth - 1))

    def _interleave(self, names: list[str], depth: int) -> Pattern:
        if self._is_wild:
            return ("interleave", (self._children(names, depth - 1), self._children(names, depth - 1)))
        shuffled = list(names)
        self._random.shuffle(shuffled)
        cut = self._random.randint(1, len(names) - 1)
        parts = (self._children(shuffled[:cut], depth - 1), self._children(shuffled[cut:], depth - 1))
        return ("interleave", (parts[0], self._without_text(parts[1])))

    def _without_text(self, pattern: Pattern) -> Pattern:
        """The same without ``text`` beside other content, and without other names than those it has literally."""
        match pattern:
            case ("text",):
                return ("empty",)
            case ("mixed", inner):
                return ("group", (self._without_text(inner),))
            case ("group" | "choice" | "interleave" as kind, members):
                return (kind, tuple(self._without_text(member) for member in members))
            case ("optional" | "zeroOrMore" | "oneOrMore" as kind, inner):
                return (kind, self._without_text(inner))
            case _:
                return pattern

    def _leaf(self, names: list[str]) -> Pattern:
        roll = self._random.random()
        if self._defines and roll < 0.3:
            return ("ref", self._random.choice(self._defines))
        if roll < 0.35:
            return ("empty",)
        if roll < 0.4:
            return ("text",)
        if roll < 0.43:
            return ("notAllowed",)
        content = self._random.choice((("empty",), ("text",), self._string()))
        return ("element", ("name", "", self._random.choice(names)), content)


# Writing


def schema_text(grammar: Grammar) -> str:
    """The grammar in RELAX NG's XML syntax."""
    parts = [f'<grammar xmlns="{RELAXNG}" datatypeLibrary="{DATATYPES}">']
    for name, pattern in grammar.items():
        opening = "<start>" if name == "start" else f'<define name="{name}">'
        parts.append(f"{opening}{_pattern_text(pattern)}{'</start>' if name == 'start' else '</define>'}")
    return "\n".join([*parts, "</grammar>\n"])


def _pattern_text(pattern: Pattern) -> str:
    match pattern:
        case ("element" | "attribute" as kind, name, inner):
            return f"<{kind}>{_name_text(name)}{_pattern_text(inner)}</{kind}>"
        case ("value", kind, text):
            return f'<value type="{kind}">{escape(text)}</value>'
        case ("data", kind, except_):
            inner = "" if except_ is None else f"<except>{_pattern_text(except_)}</except>"
            return f'<data type="{kind}">{inner}</data>'
        case ("ref", name):
            return f'<ref name="{name}"/>'
        case ("group" | "choice" | "interleave" as kind, members):
            return f"<{kind}>{''.join(map(_pattern_text, members))}</{kind}>"
        case (kind, inner):
            return f"<{kind}>{_pattern_text(inner)}</{kind}>"
        case (kind,):
            return f"<{kind}/>"
        case _:
            raise AssertionError(pattern)


def _name_text(name: Pattern) -> str:
    match name:
        case ("name", namespace, local):
            return f'<name ns="{namespace}">{local}</name>'
        case ("choice", members):
            return f"<choice>{''.join(map(_name_text, members))}</choice>"
        case ("nsName", namespace, except_):
            return f'<nsName ns="{namespace}">{_except_text(except_)}</nsName>'
        case (_, except_):
            return f"<anyName>{_except_text(except_)}</anyName>"
        case _:
            raise AssertionError(name)


def _except_text(name: Pattern | None) -> str:
    return "" if name is None else f"<except>{_name_text(name)}</except>"


def document_text(tree: Tree) -> str:
    (namespace, local), attributes, children = tree
    declared = [f' xmlns="{namespace}"', f' xmlns:one="{NAMESPACES[1]}"', f' xmlns:two="{NAMESPACES[2]}"']
    prefixes = dict(zip(NAMESPACES, ("", "one:", "two:"), strict=True))
    written = [f" {prefixes[uri]}{name}={quoteattr(value)}" for (uri, name), value in attributes.items()]
    inner = "".join(escape(child) if isinstance(child, str) else document_text(child) for child in children)
    return f"<{local}{''.join([*declared, *written])}>{inner}</{local}>"


# Documents


class Sampler:
    """Documents that a grammar allows, as far as a random walk finds them, and documents that are nearly so."""

    def __init__(self, grammar: Grammar, random: Random) -> None:
        self._grammar = grammar
        self._random = random
        self._budget = 0

    def document(self) -> Tree:
        self._budget = 25
        attributes: dict[tuple[str, str], str] = {}
        content = self._sample(self._grammar["start"], attributes)
        trees = [item for item in content if not isinstance(item, str)]
        tree = trees[0] if trees else (("", "a"), attributes, [])
        for _ in range(self._random.choice((0, 0, 1, 1, 2))):
            self._mutate(tree)
        return tree

    def _sample(self, pattern: Pattern, attributes: dict[tuple[str, str], str]) -> list[Any]:
        self._budget -= 1
        match pattern:
            case ("group", members):
                return [item for member in members for item in self._sample(member, attributes)]
            case ("interleave", members):
                return self._shuffled([self._sample(member, attributes) for member in members])
            case ("mixed", inner):
                return self._shuffled([self._sample(inner, attributes), [self._random.choice(TEXTS)]])
            case ("choice", members):
                return self._sample(self._random.choice(members), attributes)
            case ("optional", inner):
                return self._repeated(inner, self._random.randint(0, 1), attributes)
            case ("zeroOrMore", inner):
                return self._repeated(inner, self._random.randint(0, 3), attributes)
            case ("oneOrMore", inner):
                return self._repeated(inner, self._random.randint(1, 3), attributes)
            case ("ref", name):
                return self._sample(self._grammar[name], attributes) if self._budget > 0 else []
            case ("element", name, inner):
                own: dict[tuple[str, str], str] = {}
                children = self._sample(inner, own) if self._budget > -25 else []
                return [(self._name(name), own, children)]
            case ("attribute", name, inner):
                attributes[self._name(name)] = "".join(self._sample(inner, {}))
                return []
            case ("list", inner):
                return [" ".join(self._sample(inner, attributes))]
            case ("value", _, text):
                return [text]
            case ("data", _, _) | ("text",):
                return [self._random.choice(TEXTS)]
            case _:
                return []

    def _repeated(self, pattern: Pattern, times: int, attributes: dict[tuple[str, str], str]) -> list[Any]:
        return [item for _ in range(times) for item in self._sample(pattern, attributes)]

    def _shuffled(self, lists: list[list[Any]]) -> list[Any]:
        """One list in which the items of each keep their order."""
        waiting = [list(reversed(items)) for items in lists if items]
        mixed = []
        while waiting:
            items = self._random.choice(waiting)
            mixed.append(items.pop())
            waiting = [items for items in waiting if items]
        return mixed

    def _name(self, name: Pattern) -> tuple[str, str]:
        match name:
            case ("name", namespace, local):
                return (namespace, local)
            case ("choice", members):
                return self._name(self._random.choice(members))
            case ("nsName", namespace, _):
                return (namespace, self._random.choice(ELEMENTS))
            case _:
                return (self._random.choice(NAMESPACES), self._random.choice(ELEMENTS))

    def _mutate(self, tree: Tree) -> None:
        nodes = [tree]
        for node in nodes:
            nodes.extend(child for child in node[2] if not isinstance(child, str))
        _, attributes, children = self._random.choice(nodes)
        match self._random.randint(0, 6):
            case 0 if children:
                children.pop(self._random.randrange(len(children)))
            case 1 if children:
                children.insert(self._random.randint(0, len(children)), self._random.choice(children))
            case 2:
                children.insert(self._random.randint(0, len(children)), self._random.choice(TEXTS))
            case 3:
                stranger = (("", self._random.choice(ELEMENTS)), {}, [])
                children.insert(self._random.randint(0, len(children)), stranger)
            case 4:
                name = (self._random.choice(("", "", "urn:one")), self._random.choice(ATTRIBUTES))
                attributes[name] = self._random.choice(TEXTS)
            case 5 if attributes:
                del attributes[self._random.choice(list(attributes))]
            case _:
                self._random.shuffle(children)
