"""lxml, and the one way in which its parsers are set up: nothing outside of a document is loaded.

lxml ships no annotations. Stubs exist as a separate distribution, which a user of a generated package may have
installed or not; imported by name, the same line is an error for a type checker in one of the two cases. Imported
this way it is `Any` in both.
"""

from __future__ import annotations

import importlib
from typing import Any

etree: Any = importlib.import_module("lxml.etree")

OPTIONS = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    # libxml2 would call a document malformed that has an xml:id twice; that is for the schema to judge.
    "collect_ids": False,
}


def make_parser(**options: Any) -> Any:
    """A parser for a whole document."""
    return bounded(etree.XMLParser(**{**OPTIONS, **options}))


def bounded(parser: Any) -> Any:
    """The parser, for which everything outside of the document is empty: libxml2 reads the external subset of a parser
    that collects no IDs, whatever `load_dtd` says."""
    parser.resolvers.add(_Nothing())
    return parser


def _resolve_to_nothing(resolver: Any, _url: str | None, _public_id: str | None, context: Any) -> Any:
    return resolver.resolve_string("", context)


# Made by a call, since a class statement cannot have a base that type checkers know nothing of.
_Nothing: Any = type("_Nothing", (etree.Resolver,), {"resolve": _resolve_to_nothing})
