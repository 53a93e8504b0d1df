"""What templates may see: Python modules with everything decided. Strings that end up as literals are already quoted
by `repr`; names are identifiers; annotations and calls are finished expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from ..binding.naming import field_name
from .identifiers import FUNCTION_SUPPORT, SUPPORT_NAMES, module_identifier
from .type_annotations import union_of

WIDEST_LINE = 120
"""Of statements that come in as many lines as they need."""

MOST_ELEMENTS = 2
"""So many elements are named in what is said of a class, beside the first."""

WIDEST_ASSIGNMENT = WIDEST_LINE - 4
"""One assignment has several targets if it fits on a line."""

WIDEST_ATTRIBUTES = WIDEST_LINE - len("    attributes += f''")

MOST_ATTRIBUTES, MOST_CHILDREN = 128, 64
"""Of one ``if``: each ``elif`` is one level deeper for Python's compiler and for type checkers. pyright analyzes no
function that reads some 110 children, or 128 attributes and 96 children."""


@dataclass(frozen=True, slots=True)
class PythonMember:
    name: str
    value: str
    comment: str = ""
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class PythonEnum:
    """``converter`` is the constant that parse and format use, ``expression`` what it is. ``constants`` is what the C
    constants of members begin with, quoted; empty where they have nothing in common."""

    name: str
    function: str
    documentation: str
    members: tuple[PythonMember, ...]
    converter: str
    expression: str
    constants: str = ""


@dataclass(frozen=True, slots=True)
class PythonConverter:
    name: str
    annotation: str
    expression: str


@dataclass(frozen=True, slots=True)
class PythonField:
    """``kind`` is the name of a `FieldKind`. ``specifier`` declares the field in the class body; ``default`` is empty
    where a constructor needs the keyword. ``initial`` is what parsing stores before it has looked, ``unset`` the test
    that nothing was found yet, ``written`` the condition to write the field (empty for always), ``absent`` the test
    that a required one is missing.

    ``read`` turns ``text`` or ``child`` into the value, ``is_converted`` tells that it may find no value; ``write``
    gives the escaped text, or the element, of the field (of ``item`` for a list). ``xml`` is the quoted name,
    ``namespace`` and ``local`` its quoted parts, ``tag`` the local name as XML has it.
    """

    name: str
    kind: str
    annotation: str
    default: str
    initial: str
    specifier: str
    documentation: str = ""
    unset: str = ""
    absent: str = ""
    written: str = ""
    xml: str = ""
    namespace: str = ""
    local: str = ""
    tag: str = ""
    read: str = ""
    write: str = ""
    many: bool = False
    contents: str = ""
    is_converted: bool = False

    @property
    def is_always_written(self) -> bool:
        """Whether an attribute is written without a condition, and without a prefix."""
        return not self.written and not self.namespace


@dataclass(frozen=True, slots=True)
class PythonImplied:
    """The implied value of the field ``name``: under ``condition`` (always if that is empty), ``value`` replaces
    ``absent`` after parsing."""

    name: str
    condition: str
    absent: str
    value: str


@dataclass(frozen=True, slots=True)
class PythonBase:
    """Attributes that classes inherit. ``fields`` are all, ``own_fields`` those that ``base`` has not. The functions
    that read and write them treat all, since one call for each of several bases would show in the time that parsing
    takes."""

    name: str
    function: str
    documentation: str
    fields: tuple[PythonField, ...]
    base: PythonBase | None = None

    @property
    def own_fields(self) -> tuple[PythonField, ...]:
        return _own_fields(self.fields, self.base)

    @property
    def attribute_groups(self) -> tuple[tuple[PythonField, ...], ...]:
        return _in_groups(self.fields, MOST_ATTRIBUTES)

    @property
    def converts_attributes(self) -> bool:
        return any(one.is_converted for one in self.fields)

    @property
    def attribute_runs(self) -> tuple[tuple[PythonField, ...], ...]:
        return attribute_runs(self.fields)


def attribute_runs(fields: Sequence[PythonField]) -> tuple[tuple[PythonField, ...], ...]:
    """Attributes in the statements that write them: one for those in a row that are always written, if a line holds
    them."""
    runs: list[tuple[PythonField, ...]] = []
    for one in fields:
        longer = (*runs[-1], one) if runs else (one,)
        width = sum(len(f" {field.tag}='{{{field.write}}}'") for field in longer)
        if len(longer) > 1 and width <= WIDEST_ATTRIBUTES and all(field.is_always_written for field in longer):
            runs[-1] = longer
        else:
            runs.append((one,))
    return tuple(runs)


def _in_groups(fields: tuple[PythonField, ...], most: int) -> tuple[tuple[PythonField, ...], ...]:
    """Fields that are too many for the branches of one ``if``; none where they are not."""
    if len(fields) <= most:
        return ()
    return tuple(fields[start : start + most] for start in range(0, len(fields), most))


_CHILD_KINDS = ("CHILD", "VALUE", "FLAG")
_PLACED_KINDS = (*_CHILD_KINDS, "CHOICE")
"""Those that have a place among the elements inside."""


@dataclass(frozen=True, slots=True)
class PythonClass:
    """``fields`` are all, ``own_fields`` those that ``base`` has not. ``tag`` is the local name in XML, ``xml`` the
    quoted expanded name. ``order`` says how much the order of the children is worth. ``scoped`` tells that something
    inside is in a namespace, so that prefixes must be known. ``entry`` is the quoted name in the grammar, ``parameter``
    the name of an object of the class, ``implied`` the values of absent fields, in the order of filling them in.
    ``others`` are the quoted names of other elements of the class: writing gets the name. ``named`` are the
    fields whose values have prefixes."""

    name: str
    function: str
    parameter: str
    documentation: str
    fields: tuple[PythonField, ...]
    xml: str
    tag: str
    namespace: str
    local: str
    entry: str
    scoped: bool
    mixed: bool
    public: bool
    kinds: tuple[str, ...] = ()
    order: str = "ONE"
    implied: tuple[PythonImplied, ...] = ()
    base: PythonBase | None = None
    others: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    @property
    def own_fields(self) -> tuple[PythonField, ...]:
        return _own_fields(self.fields, self.base)

    @property
    def elements(self) -> str:
        """The elements of the class in words."""
        locals_ = [name.strip("'\"").rpartition("}")[2] for name in self.others]
        first, *more = (f"``<{name}>``" for name in (self.tag, *locals_[:MOST_ELEMENTS]))
        rest = len(self.others) - MOST_ELEMENTS
        if rest > 0:
            more.append(f"{rest} other{'s' if rest > 1 else ''}")
        return " or ".join([", ".join([first, *more[:-1]]), more[-1]] if more else [first])

    @property
    def attributes(self) -> tuple[PythonField, ...]:
        """Those that the base has not."""
        return tuple(one for one in self.own_fields if one.kind == "ATTRIBUTE")

    @property
    def text(self) -> PythonField | None:
        return next((one for one in self.fields if one.kind == "TEXT"), None)

    @property
    def children(self) -> tuple[PythonField, ...]:
        return tuple(one for one in self.fields if one.kind in _CHILD_KINDS)

    @property
    def choices(self) -> tuple[PythonField, ...]:
        return tuple(one for one in self.fields if one.kind == "CHOICE")

    @property
    def attribute_groups(self) -> tuple[tuple[PythonField, ...], ...]:
        return _in_groups(self.attributes, MOST_ATTRIBUTES)

    @property
    def child_groups(self) -> tuple[tuple[PythonField, ...], ...]:
        """Children with names of their own."""
        return _in_groups(self.children, MOST_CHILDREN)

    @property
    def choice_groups(self) -> tuple[tuple[PythonField, ...], ...]:
        return _in_groups(self.choices, MOST_CHILDREN)

    @property
    def open_attributes(self) -> PythonField | None:
        return next((one for one in self.fields if one.kind == "OPEN_ATTRIBUTES"), None)

    @property
    def open_elements(self) -> PythonField | None:
        return next((one for one in self.fields if one.kind == "OPEN_ELEMENTS"), None)

    @property
    def content(self) -> PythonField | None:
        return next((one for one in self.fields if one.kind == "CONTENT"), None)

    @property
    def rest(self) -> PythonField | None:
        """The list of all elements inside that have no field of their own."""
        return self.content or self.open_elements

    @property
    def inside(self) -> tuple[PythonField, ...]:
        """Everything between the tags but the text, in the schema's order."""
        rest = self.rest
        return tuple(one for one in self.fields if one.kind in _PLACED_KINDS or one is rest)

    @property
    def has_content_only(self) -> bool:
        return self.content is not None and len(self.inside) == 1 and self.text is None

    @property
    def keeps_order(self) -> bool:
        return len(self.inside) > 1

    @property
    def keywords(self) -> tuple[str, ...]:
        """Of the class statement."""
        order = self.order_attribute.lower()
        return (
            f"tag={self.xml}",
            *([f"also=({', '.join(self.others)},)"] if self.others else []),
            *([f"entry={self.entry}"] if self.entry != repr(self.name) else []),
            *([f"children={order!r}"] if order else []),
            *([f"kind=({', '.join(self.kinds)})"] if self.kinds else []),
        )

    @property
    def order_attribute(self) -> str:
        """The argument for the run time about the order of the children, if that is unusual."""
        return self.order if self.keeps_order and self.order != "ONE" else ""

    @property
    def converts_attributes(self) -> bool:
        inherited = self.base is not None and self.base.converts_attributes
        return inherited or any(one.is_converted for one in self.attributes)

    @property
    def meets_irregular_texts(self) -> bool:
        """Whether something is read that may raise the run time's ``Irregular``."""
        is_converted = self.text is not None and self.text.is_converted
        return self.converts_attributes or is_converted or bool(self.children or self.choices)

    @property
    def attribute_runs(self) -> tuple[tuple[PythonField, ...], ...]:
        return attribute_runs(self.attributes)

    @property
    def initial_assignments(self) -> tuple[str, ...]:
        """The values that parsing stores first. Immutable values share one assignment.

        Inherited fields are included. A function of the base for all classes would be slower, because Python's
        specialised instructions work best on objects of one class.
        """
        lines: list[str] = []
        shared: dict[str, list[str]] = {"None": ["_preserved"]}
        for one in self.fields:
            if one.initial in ("[]", "{}"):
                lines.append(f"this.{one.name} = {one.initial}")
            else:
                shared.setdefault(one.initial, []).append(one.name)
        for value, names in shared.items():
            line = ""
            for name in names:
                if line and len(line) + len(name) + len(value) + 8 > WIDEST_ASSIGNMENT:
                    lines.append(line + value)
                    line = ""
                line += f"this.{name} = "
            lines.append(line + value)
        return tuple(lines)

    @property
    def required(self) -> tuple[PythonField, ...]:
        return tuple(one for one in self.fields if one.absent)


def _own_fields(fields: tuple[PythonField, ...], base: PythonBase | None) -> tuple[PythonField, ...]:
    inherited = {one.name for one in base.fields} if base is not None else set()
    return tuple(one for one in fields if one.name not in inherited)


@dataclass(frozen=True, slots=True)
class PythonVariant:
    """``tokens`` are quoted."""

    name: str
    function: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PythonUnion:
    name: str
    function: str
    parameter: str
    documentation: str
    discriminator: str
    variants: tuple[PythonVariant, ...]
    tag: str

    @property
    def alternatives(self) -> str:
        return union_of([variant.name for variant in self.variants])


NAMES_BETWEEN_BREAKS = 8
"""On average."""


def steady_rows(names: Sequence[str], width: int, gap: int) -> list[list[str]]:
    """The names in rows of at most `width`, `gap` characters apart, so that one name more or less changes few rows.

    A row is full, or ends with a name that always ends one; which do follows from the name alone.
    """
    rows: list[list[str]] = []
    used = width
    for name in names:
        if used + gap + len(name) > width:
            rows.append([])
            used = -gap
        rows[-1].append(name)
        used = width if crc32(name.encode()) % NAMES_BETWEEN_BREAKS == 0 else used + gap + len(name)
    return rows


@dataclass(frozen=True, slots=True)
class PythonImport:
    """``names`` come from the module ``module``. With ``late``, the module is part of a circle: its names are imported
    behind the classes, a module of functions as a whole."""

    module: str
    names: tuple[str, ...]
    late: bool = False

    @property
    def lines(self) -> tuple[str, ...]:
        """As many statements as it takes: a module of functions may need a hundred names."""
        start = f"from .{self.module} import "
        rows = steady_rows(self.names, WIDEST_LINE - len(start), len(", "))
        return tuple(start + ", ".join(row) for row in rows)


@dataclass(frozen=True, slots=True)
class PythonModule:
    """A file with classes, and one with the functions that read and write them. Converters and bases come before the
    classes that use them. ``standard`` and ``function_standard`` are imports from the standard library."""

    name: str
    documentation: str
    imports: tuple[PythonImport, ...] = ()
    enums: tuple[PythonEnum, ...] = ()
    converters: tuple[PythonConverter, ...] = ()
    bases: tuple[PythonBase, ...] = ()
    classes: tuple[PythonClass, ...] = ()
    unions: tuple[PythonUnion, ...] = ()
    standard: tuple[str, ...] = ()
    exports: tuple[str, ...] = ()
    function_imports: tuple[PythonImport, ...] = ()
    function_standard: tuple[str, ...] = ()

    @property
    def has_functions(self) -> bool:
        return bool(self.bases or self.classes)

    @property
    def function_support(self) -> tuple[str, ...]:
        """What the functions import from the run time by name. What each element needs is found faster so than as an
        attribute of the module."""
        needs = {
            "MISSING": any(field.initial == "MISSING" for one in self.classes for field in one.fields),
            "Irregular": any(one.meets_irregular_texts for one in self.classes),
            "new": bool(self.classes),
        }
        return tuple(name for name in FUNCTION_SUPPORT if needs[name])


@dataclass(frozen=True, slots=True)
class PythonContents:
    """What content lists and choices may hold: a type for annotations, and for reading and writing names of classes and
    unions. ``open`` says which elements without a class are allowed; empty for none."""

    name: str
    annotation: str
    items: tuple[str, ...]
    text: bool
    open: str
    constant: str


@dataclass(frozen=True, slots=True)
class PythonRoot:
    xml: str
    name: str
    module: str


@dataclass(frozen=True, slots=True)
class CompiledGrammar:
    """The exact grammar of one schema in lines of JSON, and the classes that have an entry in it. ``datatypes`` are the
    names and parameters of those in it."""

    name: str
    entries: tuple[str, ...]
    lines: tuple[str, ...]
    datatypes: Sequence[tuple[str, Sequence[Sequence[str]]]] = ()

    @property
    def module(self) -> str:
        return module_identifier(field_name(self.name))


@dataclass(frozen=True, slots=True)
class PythonPackage:
    """``sources`` are the names of the schema files, for headers. ``items`` has, for each class and union in a
    content list, its name in XML and the functions that read and write it. ``prefixes``, ``qnames``,
    prefixes with namespaces for values, and ``patterns`` are quoted pairs; patterns are the long ones, as the schema
    has them and as Python's `re` does. ``aliases`` are deprecated names with the present ones. ``release_tables``
    are the lines of the tables of releases. ``runtime`` says where modules import the run time from, and its name
    there: the package's own or one that it shares. ``left_out`` are modules of its own that the package does not
    carry."""

    name: str
    sources: str
    documentation: str
    modules: tuple[PythonModule, ...]
    roots: tuple[PythonRoot, ...]
    contents: tuple[PythonContents, ...] = ()
    items: Mapping[str, str] = field(default_factory=dict)
    prefixes: tuple[tuple[str, str], ...] = ()
    qnames: tuple[tuple[str, str], ...] = ()
    patterns: tuple[tuple[str, str], ...] = ()
    mixed: bool = False
    imports: tuple[PythonImport, ...] = ()
    grammars: tuple[CompiledGrammar, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    release_tables: tuple[tuple[str, ...], ...] = ()
    runtime: tuple[str, str] = (".", "_runtime")
    left_out: frozenset[str] = frozenset()

    @property
    def has_own_runtime(self) -> bool:
        return self.runtime[0] == "."

    @property
    def support_names(self) -> tuple[str, ...]:
        """The public names of the run time."""
        return SUPPORT_NAMES

    @property
    def homes(self) -> tuple[tuple[str, str], ...]:
        """The modules of public names, each with a string of names: a line for a class and its functions."""
        parent, name = self.runtime
        found = [(f"{parent[1:]}{name}", self.support_names)]
        found += [(one.name, _with_pairs(one.exports)) for one in self.modules]
        found += [("contents", tuple(one.name for one in self.contents))] if self.contents else []
        found += [("_schema._releases", ("RELEASES",))] if self.release_tables else []
        return tuple((module, _words(module, names)) for module, names in found)

    @property
    def names(self) -> tuple[str, ...]:
        """Every public name that is the vocabulary's."""
        found = [name for module in self.modules for name in module.exports]
        return tuple(sorted([*found, *(contents.name for contents in self.contents)]))


def _with_pairs(names: Sequence[str]) -> tuple[str, ...]:
    """The names, those with a pair of functions together with it: `*_disk` are `parse_disk` and `format_disk`."""
    pairs = {name.removeprefix("parse_") for name in names if name.startswith("parse_")}
    found = []
    for name in names:
        if name.startswith(("parse_", "format_")):
            continue
        function = field_name(name)
        found.append(f"{name} *_{function}" if function in pairs else name)
        pairs.discard(function)
    assert not pairs, "functions are named after classes"
    return tuple(found)


def _words(module: str, names: Sequence[str]) -> str:
    words, indentation = " ".join(names), 12
    if len(f"{module!r}: {words!r},") + 8 <= WIDEST_LINE:
        return repr(words)
    margin = " " * indentation
    rows = "\n".join(margin + name for name in names)
    return f'"""\n{rows}\n{margin[4:]}"""'
