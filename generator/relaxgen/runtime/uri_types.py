"""What ``anyURI`` refuses.

Nearly every text is allowed, since characters that a URI must escape are allowed unescaped (XML Schema Datatypes
3.2.17, XLink 5.4); what is left is the structure of RFC 2396, as Jing takes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .datatypes import LENGTHS, PATTERN, Datatype, Namespaces

_escape = re.compile("%(?![0-9a-fA-F]{2})").search
_before_colon = re.compile("([^:/?#]*):").match
_scheme = re.compile("[a-zA-Z][a-zA-Z0-9+.-]*").fullmatch
_authority = re.compile("//([^/?#]*)([^?#]*)").match
_address = re.compile(r"(?:[^@\[\]]*@)?\[([^\[\]]*)\](?::[0-9]*)?").fullmatch


class AnyURI(Datatype):
    noun = "a URI"
    facets = LENGTHS | PATTERN

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        fault = _fault(text)
        if fault:
            raise ValueError(f"is not {self.noun}: {fault}")
        return text


def _fault(text: str) -> str:
    """Why `text` is not a URI reference; empty where it is one."""
    if "%" in text and _escape(text):
        return "'%' must be followed by two hexadecimal digits"
    if text.count("#") > 1:
        return "it has more than one '#'"
    scheme = _before_colon(text) if ":" in text else None
    if scheme is None:
        return _hierarchy_fault(text)
    if not _scheme(scheme[1]):
        return f"{scheme[1]!r} is not a scheme"
    rest = text[scheme.end() :]
    if not rest or rest[0] == "#":
        return f"nothing follows {scheme[0]!r}"
    return _hierarchy_fault(rest) if rest[0] == "/" else ""


def _hierarchy_fault(text: str) -> str:
    """What is wrong with authority or path; only brackets can be, which belong around an IPv6 address alone."""
    if text == "//":
        return "nothing follows '//'"
    if "[" not in text and "]" not in text:
        return ""
    match = _authority(text)
    authority, path = match.groups() if match else ("", re.split("[?#]", text, maxsplit=1)[0])
    if "[" in path or "]" in path:
        return "brackets are only allowed around an address"
    if "[" not in authority and "]" not in authority:
        return ""
    address = _address(authority)
    return "" if address and _is_address(address[1]) else f"{authority!r} has no address between brackets"


def _is_address(text: str) -> bool:
    from ipaddress import AddressValueError, IPv6Address  # hardly ever needed

    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


TYPES: Mapping[str, type[Datatype]] = {"anyURI": AnyURI}
