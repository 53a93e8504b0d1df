"""Reads and writes whole documents. The ``parse_*`` and ``format_*`` functions of a package call this module."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, get_args

from .converters import hint_at
from .element import Binding, Element, binding_of, bindings_in, generated_class, members_of, package_of
from .markup import engine, local_name, with_room
from .reader import (
    Document,
    Reader,
    Source,
    UnknownContent,
    UnknownVariant,
    loaded,
    preserved_of,
    read_document,
    text_of,
)
from .writer import DOUBTFUL, NO_DOUBT, Writer, called, write_text

if TYPE_CHECKING:
    from .faults import ParseError
    from .native import Native


@cache
def native_of(package: str) -> Native | None:
    """Returns the native engine of a package; None if it is not installed, or turned off."""
    if engine() is None:
        return None
    from .native import Native

    return Native(engine().Engine, package)


# The keywords of the functions that parse and format.


class ParseOptions(TypedDict, total=False):
    """The options of `parse` and ``parse_*``.

    ``unknown`` decides about elements, attributes and words that the schema does not know: they are faults
    (``"error"``, the default), they are kept and written back (``"keep"``), or they are dropped (``"ignore"``).
    ``validate=True`` also checks the document as a whole against the exact grammar of the schema, for example the
    order of elements."""

    unknown: UnknownContent
    validate: bool


class FormatOptions(TypedDict, total=False):
    """The options of `format` and ``format_*``.

    ``indent`` is the number of spaces for each level, 2 by default; None writes one line.

    ``like`` is the document that the object was parsed from. Everything that did not change keeps its characters:
    comments, layout, quotes, line ends, the XML declaration, a byte order mark. If you encode the result like that
    document, unchanged parts have the same bytes. ``indent`` then applies only to new elements that have no similar
    element in the document.

    ``validate`` says whether the result is checked against the exact grammar of the schema: True means always, False
    means never. By default it is checked, unless the object contains something that the schema does not know
    (``unknown="keep"``).

    ``tag`` is the name of the element, for a class that several elements share. The default is the name of the element
    that was parsed, or else the first name of the class."""

    indent: int | None
    like: Source | None
    validate: bool | None
    tag: str


_WAYS = get_args(UnknownContent)
_PARSE = frozenset(ParseOptions.__annotations__)
_FORMAT = frozenset(FormatOptions.__annotations__)


def parse_options(options: ParseOptions) -> tuple[UnknownContent, bool]:
    """Raises:
    TypeError: there is another keyword.
    ValueError: ``unknown`` has another value.
    """
    if not options:
        return "error", False
    if not _PARSE.issuperset(options):
        raise _unexpected(options, _PARSE)
    unknown = options.get("unknown", "error")
    if unknown not in _WAYS:
        raise ValueError(f"unknown={unknown!r} is not one of {', '.join(map(repr, _WAYS))}")
    return unknown, options.get("validate", False)


def format_options(options: FormatOptions) -> tuple[int | None, Any, bool | None]:
    """Raises:
    TypeError: there is another keyword.
    """
    if not options:
        return 2, None, None
    if not _FORMAT.issuperset(options):
        raise _unexpected(options, _FORMAT)
    return options.get("indent", 2), options.get("like"), options.get("validate")


def homes_of(modules: Mapping[str, str]) -> dict[str, str]:
    """The module of each public name of a package. ``*_x`` stands for ``parse_x`` and ``format_x``."""
    homes = {}
    for module, names in modules.items():
        for name in names.split():
            for start in ("parse", "format") if name[0] == "*" else ("",):
                homes[start + name.removeprefix("*")] = module
    return homes


def no_such_name(module: str, name: str, names: Iterable[str]) -> AttributeError:
    """Returns the error for a name that a package does not have, with a similar name: Python itself does not look for
    one among more than a few hundred names."""
    hint = "" if name.startswith("_") else hint_at(name, names)
    return AttributeError(f"module {module!r} has no attribute {name!r}{hint}", name=name)


def _unexpected(options: Collection[str], known: frozenset[str]) -> TypeError:
    word = next(one for one in options if one not in known)
    return TypeError(f"unexpected keyword argument {word!r}{hint_at(word, sorted(known))}")


# Reading a document whose root has one class, or one of several.

E = TypeVar("E", bound=Element)


def parse(kind: type[E], source: Source, options: ParseOptions) -> E:
    """Reads one element as an object of `kind`.

    Raises:
        ParseError: the document has faults; the error has all of them.
        OSError: a path or file cannot be read.
        TypeError: `source` is not a text, bytes, a path, a file or an lxml element.
    """
    read: E = read_source(package_of(kind), kind, source, *parse_options(options))
    return read


def parse_union(module: str, name: str, source: Source, options: ParseOptions) -> Any:
    """Reads one element of a union; an attribute decides which class of the union the object has. Raises as `parse`."""
    return read_source(module.rpartition(".")[0], (module, name), source, *parse_options(options))


def parse_root(package: str, source: Source, options: ParseOptions) -> Any:
    """Reads a document whose root is any root of the package. Raises as `parse`."""
    return read_source(package, None, source, *parse_options(options))


def read_source(
    package: str, root: type[Element] | tuple[str, str] | None, source: Source, unknown: UnknownContent, validate: bool
) -> Any:
    """``root`` is a class, or the module and name of a union, or None for any root. If the native engine reads the
    document, the read functions of the package are not loaded."""
    source, found, is_whole = _read_natively(package, root, source, unknown, validate)
    if is_whole:
        return found
    document = read_document(source, blanks=_vocabulary(package).MIXED)
    ways = _ways_of(package, root)
    way = ways.get(document.root.tag)
    if way is None:
        from .explanation import wrong_root

        entry = members_of(*next(iter(ways.values())))[0]._entry if root is not None else ""
        raise wrong_root(document, package, entry, ways, is_lenient=unknown != "error")
    return read_root(document, bindings_in(way[0])[way[1]], unknown, validate, found)


@cache
def _vocabulary(package: str) -> Any:
    return import_module(f"{package}._schema")


@cache
def _ways_of(package: str, root: type[Element] | tuple[str, str] | None) -> Mapping[str, tuple[str, str]]:
    """For the names of the elements that `root` allows: the module and name of their class or union."""
    if root is None:
        return {tag: (f"{package}.{module}", name) for tag, (module, name) in _vocabulary(package).ROOTS.items()}
    home = root if isinstance(root, tuple) else (generated_class(root).__module__, generated_class(root).__name__)
    return dict.fromkeys(members_of(*home)[0]._tags, home)


def _read_natively(
    package: str, root: Any, source: Source, unknown: UnknownContent, validate: bool
) -> tuple[Source, Any, bool]:
    """Returns the loaded source, its object if the native engine can read it, and whether the object is the final
    result. ``root`` is None for any root."""
    native = native_of(package)
    if native is None:
        return source, None, False
    text = source
    if type(source) is not bytes and type(source) is not str:
        source = loaded(source)
        text = text_of(source)
    found = native.engine.parse(text, native.roots if root is None else native.roots_of[root])
    return source, found, found is not None and _is_enough(found, text, package, unknown, validate)


def _is_enough(found: Element, text: object, package: str, unknown: UnknownContent, validate: bool) -> bool:
    """Whether the object from the native engine is the final result. It is if the whole document is valid, because such
    a document has no faults to explain and no unknown content to keep."""
    return (not validate and unknown != "keep") or _judge(package, found._entry)(text) is True


@cache
def _judge(package: str, entry: str) -> Callable[[Any], bool | None]:
    """Returns a function that says whether a text is valid, or None if it cannot decide that quickly."""
    judge: Callable[[Any], bool | None] = _validation().judge_of(package, entry)
    return judge


@cache
def _validation() -> Any:
    """Returns the module ``validator``, loaded when it is first needed. An import statement in a function would cost as
    much as ten lines of a short document."""
    return import_module(".validator", __package__)


def read_root(document: Document, binding: Binding, unknown: UnknownContent, validate: bool, found: Any = None) -> Any:
    """Reads the root, whose name has been checked. ``found`` is the object if the native engine has read it.

    Raises:
        ParseError: with every fault of the document.
    """
    try:
        return with_room(_read_root, document, binding, unknown, validate, found)
    except RecursionError:
        from .explanation import too_deep

        raise too_deep(document) from None


def _read_root(document: Document, binding: Binding, unknown: UnknownContent, validate: bool, found: Any) -> Any:
    result = _read_object(document, binding, unknown) if found is None else found
    if document.root.tag != type(result)._tag:
        preserved_of(result).tag = local_name(document.root.tag)
    if validate:
        faults = _validation().faults_of(document, binding.package, binding.entry)
        if faults:
            from .faults import ParseError

            raise ParseError(faults)
    elif unknown == "keep":
        _keep_whole(result, document, binding)
    return result


def _read_object(document: Document, binding: Binding, unknown: UnknownContent) -> Any:
    reader = Reader(document, unknown)
    try:
        result = binding.read(document.root, reader)
    except UnknownVariant as irregular:
        reader.unknown_kind(document.root, irregular)
        raise _explained(document, binding, reader) from None
    if reader.faults:
        result = _reread_with_wildcards(document, binding, reader)
        if result is None:
            raise _explained(document, binding, reader)
    return result


def _reread_with_wildcards(document: Document, binding: Binding, reader: Reader) -> Any:
    """Returns the object of a document that is valid although reading it found faults; None if it is not valid.

    This happens if a class has a field for an element, and also open content that can have the same name, and the
    element fits only the open content. So the elements with faults are read again as open content; if that does not
    help, the elements around them."""
    if reader.unknown != "error" or not _validation().allows(document, binding.package, binding.entry):
        return None
    hidden: set[Any] = set()
    while True:
        found = {_not_hidden(fault.node, hidden) for fault in reader.faults} - {None, document.root}
        if not found:
            return None
        hidden |= found
        reader = Reader(document, "error")
        for node in hidden:
            reader.hide(node)
        try:
            result = binding.read(document.root, reader)
        finally:
            reader.unhide()
        if not reader.faults:
            return result


def _not_hidden(node: Any, hidden: set[Any]) -> Any:
    """Returns the element, or the nearest element around it that was not read as open content yet."""
    while node is not None and node in hidden:
        node = node.getparent()
    return node


def _keep_whole(result: Any, document: Document, binding: Binding) -> None:
    """Records that a newer schema may allow a combination of known parts that this schema refuses."""
    validation = _validation()
    if not validation.allows(document, binding.package, binding.entry) and not validation.carries_unknown(result):
        preserved_of(result).unknown_whole = True


def _explained(document: Document, binding: Binding, reader: Reader) -> ParseError:
    from .explanation import explained

    return explained(document, binding.package, binding.entry, reader.faults, is_lenient=reader.unknown != "error")


# Writing an object as a new document, or into the text that it was parsed from.


def format(kind: Any, target: Any, options: FormatOptions) -> str:
    """Returns the document for `target`, an object of `kind`, which is a class or a union.

    Raises:
        FormatError: a value cannot be written, or the schema does not allow the document.
        ParseError: ``like`` cannot be read.
    """
    if not isinstance(target, kind):
        from .explanation import not_of_kind

        raise not_of_kind(target, kind)
    return _format(target, options)


def format_root(package: str, document: Any, options: FormatOptions) -> str:
    """Returns the document for an object whose class is that of a root. Raises as `format`."""
    kind: Any = type(document)
    if not _is_root(package, kind):
        raise TypeError(f"{kind.__name__} is not a root of a document")
    return _format(document, options)


@cache
def _is_root(package: str, kind: Any) -> bool:
    if not issubclass(kind, Element):
        return False
    roots = _vocabulary(package).ROOTS.values()
    homes = {one.__module__ for one in kind.__mro__}
    own = [(f"{package}.{module}", name) for module, name in roots if f"{package}.{module}" in homes]
    return any(issubclass(kind, members_of(module, name)) for module, name in own)


def _format(target: Element, options: FormatOptions) -> str:
    indent, like, validate = format_options(options)
    if "tag" in options:
        target = called(target, options["tag"])
    found = None
    if like is not None:
        like = loaded(like)  # before what may be done twice
    else:
        package = package_of(type(target))
        native = native_of(package)
        if native is not None and native.writes:
            found = native.engine.format(target, indent)
        if found is not None:
            text: str = found[0]
            is_unchecked = validate is False and found[1] < DOUBTFUL
            if is_unchecked or _judge(package, target._entry)(text) is True:
                return text
    try:
        return with_room(_formatted, target, indent, like, validate, found)
    except RecursionError as error:
        from .explanation import unwritable

        raise unwritable(target, error, Writer("", {})) from error


def _formatted(target: Element, indent: int | None, like: Any, validate: Any, found: tuple[str, int] | None) -> str:
    binding = binding_of(type(target))
    doubt = NO_DOUBT
    if like is not None:
        from .faithful import format_like

        text = format_like(target, binding.write, indent, binding.prefixes, like)
    else:
        text, doubt = found or _written(target, binding, indent)
    if doubt == DOUBTFUL or validate is not False:
        text = _validation().settled(text, target, validate, has_doubts=doubt > NO_DOUBT)
    return text


def _written(target: Element, binding: Binding, indent: int | None) -> tuple[str, int]:
    """The text, and how doubtful the order of children is."""
    writer = Writer(" " * (indent or 0), binding.prefixes)
    text = write_text(target, binding.write, writer, "" if indent is None else "\n")
    return text if indent is None else f"{text[1:]}\n", writer.doubt
