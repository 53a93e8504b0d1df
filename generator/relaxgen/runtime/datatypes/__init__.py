"""Datatypes at run time: `create` makes them, `conversion` maps texts to values of Python and back.

Names are loaded when they are first used: a generated package that only parses needs the converters, and the types
themselves when the first text turns up that has to be judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .datatype import Datatype, Namespaces, Parameters
    from .facet import WrongDatatype, WrongParameter
    from .library import create, facets_of
    from .library_names import BUILT_IN, DTD_COMPATIBILITY, XML_SCHEMA

__all__ = [
    "BUILT_IN",
    "DTD_COMPATIBILITY",
    "XML_SCHEMA",
    "Datatype",
    "Namespaces",
    "Parameters",
    "WrongDatatype",
    "WrongParameter",
    "create",
    "facets_of",
]

_MODULES = {
    "BUILT_IN": "library_names",
    "DTD_COMPATIBILITY": "library_names",
    "XML_SCHEMA": "library_names",
    "Datatype": "datatype",
    "Namespaces": "datatype",
    "Parameters": "datatype",
    "WrongDatatype": "facet",
    "WrongParameter": "facet",
    "create": "library",
    "facets_of": "library",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f".{_MODULES[name]}", __name__), name)
    globals()[name] = value
    return value
