"""From classes to the functions that read and write their elements, which are loaded when they are first needed.

The classes of ``package.disk`` have their functions in ``package._disk``: a read function returns objects of its class
or union, and the write function has the same name behind the verb. What the whole package has in common is in
``package._schema``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from .contents import Contents
from .element import Binding

_loaded: dict[str, Mapping[str, Binding]] = {}
"""By the names of modules with classes."""


def binding_of(kind: type[Any]) -> Binding:
    """Raises:
    TypeError: `kind` is no class of an element.
    """
    found: Binding | None = getattr(kind, "_binding", None)
    if found is not None:
        return found
    owner = next((one for one in kind.__mro__ if one.__dict__.get("_tag")), None)
    if owner is None:
        raise TypeError(f"{kind.__qualname__} is no class of an element")
    return bindings_in(owner.__module__)[owner.__name__]


def bindings_in(module: str) -> Mapping[str, Binding]:
    """For the names of the classes and unions of a module."""
    if module not in _loaded:
        package, _, name = module.rpartition(".")
        vocabulary = import_module(f"{package}._schema")
        classes = import_module(module)
        found: dict[str, Binding] = {}
        for owner, read, write in _functions_in(import_module(f"{package}._{name}")):
            found[owner] = Binding(read, write, package, vocabulary.PREFIXES, vocabulary.MIXED)
            kind: Any = getattr(classes, owner)
            is_union = not isinstance(kind, type)
            if not is_union:
                kind._binding = found[owner]
        _loaded[module] = found
    return _loaded[module]


def _functions_in(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any], Callable[..., str]]]:
    """The name of each class or union, and its two functions; those of a base treat attributes only."""
    functions = vars(module)
    for name, read in functions.items():
        if name.startswith("read_") and read.__module__ == module.__name__:
            owner: str = read.__annotations__["return"]
            if owner != "bool":
                yield owner, read, functions[f"write_{name.removeprefix('read_')}"]


def content_reader(contents: Contents, tag: object) -> Callable[..., Any] | None:
    """What reads an element in a list of content; None where the list holds no such element."""
    home = contents.home_of(tag)
    if home is None:
        return None
    found = contents.readers[str(tag)] = bindings_in(home[0])[home[1]].read
    return found


def content_writer(contents: Contents, item: Any) -> Callable[..., str]:
    """Raises:
    ValueError: `item` is not allowed in the list.
    """
    refusal = contents.refusal(item)
    if refusal:
        raise ValueError(refusal)
    found = contents.writers[type(item)] = binding_of(type(item)).write
    return found
