"""Patterns and grammars, named as in the specification's full syntax (section 3).

The reader makes them from XML syntax with everything resolved that context alone decides: namespaces and datatype
libraries are inherited (sections 4.3, 4.4, 4.8, 4.10), the ``name`` attribute has become a name class. What needs
other definitions (`Ref`, `ParentRef`, `ExternalRef`, `NestedGrammar`) is still there, and so are the n-ary groups
and the author's ``optional``, ``zeroOrMore`` and ``mixed``. An element of the syntax with several children where the
specification wants one pattern (section 4.12) holds them in a `Group`.

Equality compares structure only; places and annotations do not count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from ..diagnostics.locations import UNKNOWN_LOCATION, SourceLocation
from ..runtime.markup import QUALIFIED_NAMES, XML_SCHEMA
from .name_class import NameClass, QName
from .schematron import EmbeddedRules


@dataclass(frozen=True, slots=True)
class Annotations:
    """An author's annotations on a pattern, in other namespaces.

    ``attributes`` maps the names of foreign attributes to their values; ``documentation`` is the text of the
    ``a:documentation`` children (DTD compatibility specification, section 2), dedented, blank line between two.
    ``places`` are those of annotations that are not on the pattern itself.
    """

    attributes: Mapping[QName, str] = field(default_factory=dict)
    documentation: str = ""
    places: Mapping[QName, SourceLocation] = field(default_factory=dict, compare=False, repr=False)

    def __bool__(self) -> bool:
        return bool(self.attributes or self.documentation)


NO_ANNOTATIONS = Annotations()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    location: SourceLocation = field(default=UNKNOWN_LOCATION, compare=False, repr=False)
    annotations: Annotations = field(default=NO_ANNOTATIONS, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Empty(_Node):
    pass


@dataclass(frozen=True, slots=True)
class Text(_Node):
    pass


@dataclass(frozen=True, slots=True)
class NotAllowed(_Node):
    pass


@dataclass(frozen=True, slots=True)
class DatatypeName:
    """A datatype library's URI (empty for the built-in one) and the type's name."""

    library: str
    type: str

    def __str__(self) -> str:
        return f"{self.library}#{self.type}" if self.library else self.type

    @property
    def short(self) -> str:
        """``xsd:int``: the address of XML Schema's library would hide the rest."""
        return f"xsd:{self.type}" if self.library == XML_SCHEMA else str(self)

    @property
    def is_of_qualified_names(self) -> bool:
        """Whether the meaning of a text depends on the prefixes that are declared around it."""
        return self.library == XML_SCHEMA and self.type in QUALIFIED_NAMES


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    value: str
    location: SourceLocation = field(default=UNKNOWN_LOCATION, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Data(_Node):
    datatype: DatatypeName
    params: tuple[Param, ...] = ()
    except_: Pattern | None = None


@dataclass(frozen=True, slots=True)
class Value(_Node):
    """``namespaces`` are the prefixes in scope (None for the default) and ``ns`` the inherited ``ns`` attribute:
    together the context of the datatype (section 4.3 and QName values)."""

    datatype: DatatypeName
    text: str
    ns: str = ""
    namespaces: Mapping[str | None, str] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class List(_Node):
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Group(_Node):
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Interleave(_Node):
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Choice(_Node):
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Optional(_Node):
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class ZeroOrMore(_Node):
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class OneOrMore(_Node):
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Mixed(_Node):
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Element(_Node):
    name: NameClass
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Attribute(_Node):
    name: NameClass
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Ref(_Node):
    """In a `Grammar` ``name`` is the define's name in the grammar around; in a `Schema` it is a key of
    `Schema.defines`."""

    name: str


@dataclass(frozen=True, slots=True)
class ParentRef(_Node):
    name: str


@dataclass(frozen=True, slots=True)
class ExternalRef(_Node):
    """``target`` is the pattern that the file at ``href`` holds, read with the inherited ``ns`` (section 4.6)."""

    href: str
    target: Pattern


@dataclass(frozen=True, slots=True)
class NestedGrammar(_Node):
    """A ``grammar`` in the place of a pattern."""

    grammar: Grammar


Pattern = (
    Empty
    | Text
    | NotAllowed
    | Data
    | Value
    | List
    | Group
    | Interleave
    | Choice
    | Optional
    | ZeroOrMore
    | OneOrMore
    | Mixed
    | Element
    | Attribute
    | Ref
    | ParentRef
    | ExternalRef
    | NestedGrammar
)


class Combine(Enum):
    """Section 4.17."""

    CHOICE = "choice"
    INTERLEAVE = "interleave"

    @property
    def operator(self) -> str:
        """What the compact syntax writes for it."""
        return "|=" if self is Combine.CHOICE else "&="


@dataclass(frozen=True, slots=True)
class Start(_Node):
    pattern: Pattern
    combine: Combine | None = None


@dataclass(frozen=True, slots=True)
class Define(_Node):
    name: str
    pattern: Pattern
    combine: Combine | None = None


@dataclass(frozen=True, slots=True)
class Div(_Node):
    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True)
class Include(_Node):
    """``grammar`` is what the file at ``href`` holds; ``overrides`` replace its components (section 4.7)."""

    href: str
    grammar: Grammar
    overrides: tuple[Component, ...] = ()


Component = Start | Define | Div | Include


@dataclass(frozen=True, slots=True)
class Grammar(_Node):
    """The content of one file, or of one nested ``grammar`` element. A file with another root than ``grammar`` becomes
    a grammar with that pattern as its start (section 4.18).

    ``prefixes`` maps namespaces to their first declared prefixes, in this file and in the files that it names; only the
    grammar of the main file has it. ``catalogs`` are the XML catalogs that were looked for. ``rules`` are the
    Schematron rules of all files. ``compact_files`` are those in the compact syntax, so that messages use its words.
    """

    components: tuple[Component, ...]
    prefixes: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    catalogs: tuple[str, ...] = field(default=(), compare=False, repr=False)
    rules: tuple[EmbeddedRules, ...] = field(default=(), compare=False, repr=False)
    compact_files: frozenset[str] = field(default=frozenset(), compare=False, repr=False)

    @property
    def has_start(self) -> bool:
        """False for what can only be included."""
        waiting = [*self.components]
        while waiting:
            match waiting.pop():
                case Start():
                    return True
                case Div(components=components):
                    waiting.extend(components)
                case Include(grammar=included, overrides=overrides):
                    waiting.extend((*included.components, *overrides))
        return False


def children(pattern: Pattern) -> tuple[Pattern, ...]:
    """Returns the patterns directly inside, in order; none for a reference, because its definition is elsewhere."""
    match pattern:
        case Group() | Interleave() | Choice():
            return pattern.patterns
        case Optional() | ZeroOrMore() | OneOrMore() | Mixed() | Element() | Attribute() | List():
            return (pattern.pattern,)
        case Data():
            return () if pattern.except_ is None else (pattern.except_,)
        case ExternalRef():
            return (pattern.target,)
        case Empty() | Text() | NotAllowed() | Value() | Ref() | ParentRef() | NestedGrammar():
            return ()


def with_children(pattern: Pattern, change: Callable[[Pattern], Pattern]) -> Pattern:
    """Returns the pattern with what `change` makes of each of its `children`."""
    match pattern:
        case Group() | Interleave() | Choice():
            return replace(pattern, patterns=tuple([change(child) for child in pattern.patterns]))
        case Optional() | ZeroOrMore() | OneOrMore() | Mixed() | Element() | Attribute() | List():
            return replace(pattern, pattern=change(pattern.pattern))
        case Data():
            return pattern if pattern.except_ is None else replace(pattern, except_=change(pattern.except_))
        case ExternalRef():
            return replace(pattern, target=change(pattern.target))
        case Empty() | Text() | NotAllowed() | Value() | Ref() | ParentRef() | NestedGrammar():
            return pattern


def bare_refs(pattern: Pattern) -> list[Ref]:
    """The references that are reached without entering an element, in order."""
    if isinstance(pattern, Ref):
        return [pattern]
    if isinstance(pattern, Element):
        return []
    return [ref for child in children(pattern) for ref in bare_refs(child)]
