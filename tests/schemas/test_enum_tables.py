"""The enum tables in ``schemas/enums`` against the choices of the schema that name them.

A token that only the table has is its sentinel, which stands first and in no document. The tables of attributes that
decide between contents (``type`` of an address) are named by no choice, since each content has its own literal; they
are listed here with the define, the element in it and the attribute that they describe.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from relaxgen.enums.reader import read_tables
from relaxgen.enums.table import EnumTable

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
RELAX_NG = "{http://relaxng.org/ns/structure/1.0}"
ENUM = "{urn:relaxgen:binding:1}enum"

DESCRIBED = {
    "virDomainAudioType": [("audio", "audio", "type")],
    "virDomainChr": [("characterSource", "", "type")],
    "virDomainChrChannelTarget": [("channelTarget", "target", "type")],
    "virDomainClockOffset": [("clock", "clock", "offset")],
    "virDomainController": [("controller", "controller", "type")],
    "virDomainDeviceAddress": [("address", "address", "type")],
    "virDomainFS": [("filesystem", "filesystem", "type")],
    "virDomainGraphics": [("graphics", "graphics", "type")],
    "virDomainGraphicsListen": [("graphicsListen", "listen", "type")],
    "virDomainHostdevCaps": [("hostdevCapabilities", "", "type")],
    "virDomainHostdevMode": [("hostdevSubsystem", "", "mode"), ("hostdevCapabilities", "", "mode")],
    "virDomainHostdevSubsys": [("hostdevSubsystem", "", "type")],
    "virDomainInput": [("input", "input", "type")],
    "virDomainLaunchSecurity": [("launchSecurity", "launchSecurity", "type")],
    "virDomainMemoryModel": [("deviceMemory", "memory", "model")],
    "virDomainNet": [("interfaceSource", "", "type")],
    "virDomainNetTeaming": [("interfaceTeaming", "teaming", "type")],
    "virDomainNetVhostuserMode": [("interfaceSource", "source", "mode")],
    "virDomainRNGBackend": [("rngBackend", "backend", "model")],
    "virDomainSmartcard": [("smartcard", "smartcard", "mode")],
    "virDomainTPMBackend": [("tpmBackend", "backend", "type")],
    "virDomainTimerName": [("clockTimer", "timer", "name")],
    "virNetDevMacVLanMode": [("interfaceSource", "source", "mode")],
    "virStorage": [("diskSource", "", "type")],
    "virStorageNetHostTransport": [("diskSourceHost", "host", "transport")],
}
"""Tables of attributes whose values are spread over several places."""

PARTLY_USED = {
    "virDomainNetVhostuserMode": "the attribute has the modes of other types too",
    "virNetDevMacVLanMode": "the attribute has the modes of other types too",
    "virStorageNetHostTransport": "the last one, fd, never stands in a document",
}


@cache
def _tables() -> dict[str, EnumTable]:
    return {table.name: table for table in read_tables(sorted((SCHEMAS / "enums").glob("*.enums")))}


def _nodes(*names: str) -> Iterator[Any]:
    for path in sorted(SCHEMAS.glob("*.rng")):
        yield from etree.parse(path).iter(*(RELAX_NG + name for name in names))


@cache
def _choices() -> dict[str, frozenset[str]]:
    """The values of all choices that name a table."""
    found: dict[str, frozenset[str]] = {}
    for choice in _nodes("choice"):
        name = choice.get(ENUM)
        if name is not None:
            values = frozenset(value.text or "" for value in choice.iterfind(RELAX_NG + "value"))
            assert len(values) == len([child for child in choice if child.tag == RELAX_NG + "value"])
            found[name] = found.get(name, frozenset()) | values
    return found


def _values_of(define: str, element: str, attribute: str) -> frozenset[str]:
    """The literal values of the attribute that `element` has in `define`, or the define itself where that is empty."""
    (node,) = [one for one in _nodes("define") if one.attrib["name"] == define]
    found = frozenset(
        value.text or ""
        for one in node.iter(RELAX_NG + "attribute")
        if one.attrib["name"] == attribute and _parent_element(one) == element
        for value in one.iter(RELAX_NG + "value")
    )
    assert found, f"{define} has no values for {attribute}"
    return found


def _parent_element(node: Any) -> str:
    for ancestor in node.iterancestors(RELAX_NG + "element"):
        return str(ancestor.attrib["name"])
    return ""


def test_enums_are_only_named_on_choices() -> None:
    for node in _nodes("define", "attribute", "element", "ref", "value", "data"):
        assert node.get(ENUM) is None


@pytest.mark.parametrize("name", sorted(_choices()))
def test_a_named_table_has_the_tokens_of_its_choices(name: str) -> None:
    table = _tables()[name]
    values = _choices()[name]
    assert values <= set(table.tokens)
    sentinels = [token for token in table.tokens if token and token not in values]
    assert sentinels in ([], [table.tokens[0]])


@pytest.mark.parametrize("name", sorted(DESCRIBED))
def test_a_table_of_a_deciding_attribute_has_its_values(name: str) -> None:
    table = _tables()[name]
    values = frozenset().union(*(_values_of(*place) for place in DESCRIBED[name]))
    if name in PARTLY_USED:
        assert values & set(table.tokens)
        return
    assert values <= set(table.tokens)
    sentinels = [token for token in table.tokens if token and token not in values]
    assert sentinels in ([], [table.tokens[0]])


def test_every_table_is_used() -> None:
    unused = set(_tables()) - set(_choices()) - set(DESCRIBED)
    assert sorted(unused) == ["virDomainNetDriver"], "where drivers of host devices stand beside those of the table"


def test_disk_snapshot_has_its_sentinel_first() -> None:
    assert _tables()["virDomainDiskSnapshot"].tokens == ("default", "no", "internal", "external")


def test_tables_agree_with_those_of_libvirt(corpus: Path) -> None:
    """Where both have a table of one name, the tokens and their order are the same."""
    text = (corpus / "enums" / "libvirt-11.3.0-src-conf.json").read_text(encoding="utf-8")
    theirs = {table["name"]: tuple(table["strings"]) for table in json.loads(text)}
    shared = set(theirs) & set(_tables())
    assert len(shared) > 120
    differing = {name for name in shared if theirs[name] != _tables()[name].tokens}
    assert sorted(differing) == []
