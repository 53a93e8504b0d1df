"""Fragments as text: escaping, namespaces, order."""

from __future__ import annotations

import pytest
from lxml import etree
from relaxgen.documentation.fragment import Fragment, text_of
from relaxgen.relaxng.name_class import QName

PREFIXES = {"urn:default": "", "urn:a": "a", "urn:other": ""}


def element(name: str, *children: Fragment, namespace: str = "", text: str = "", **attributes: str) -> Fragment:
    made = Fragment(QName(namespace, name), attributes={QName("", key): value for key, value in attributes.items()})
    made.text = text
    made.children = list(enumerate(children))
    return made


def names(fragment: Fragment) -> list[str]:
    return [str(node.tag) for node in etree.fromstring(text_of(fragment, PREFIXES)).iter()]


def test_children_stand_in_the_order_of_the_schema() -> None:
    parent = element("disk")
    for position, name in ((3, "c"), (1, "a"), (3, "d"), (2, "b")):
        parent.add(position, element(name))
    assert names(parent) == ["disk", "a", "b", "c", "d"]


@pytest.mark.parametrize("text", ["<b> & ]]>", 'it\'s "both"', "line\nbreak\ttab", "{{ x }}"])
def test_values_come_back_as_they_were(text: str) -> None:
    read = etree.fromstring(text_of(element("disk", text=text, title=text), PREFIXES))
    assert (read.text, read.get("title")) == (text, text)


@pytest.mark.parametrize(
    "fragment",
    [
        element("root", namespace="urn:default"),
        element("root", element("x", namespace="urn:a"), namespace="urn:default"),
        element("root", element("x"), namespace="urn:default"),
        element("root", element("x", element("y"), namespace="urn:default")),
        element("root", element("x", namespace="urn:other"), namespace="urn:default"),
        element("root", element("x", namespace="urn:unknown"), namespace="urn:unknown"),
    ],
)
def test_names_keep_their_namespaces(fragment: Fragment) -> None:
    def expected(one: Fragment) -> list[str]:
        own = f"{{{one.name.namespace}}}{one.name.local}" if one.name.namespace else one.name.local
        return [own, *(name for _, child in one.children for name in expected(child))]

    assert names(fragment) == expected(fragment)


def test_an_attribute_in_the_namespace_of_the_element_has_a_prefix() -> None:
    fragment = Fragment(QName("urn:default", "root"), attributes={QName("urn:default", "id"): "1"})
    assert etree.fromstring(text_of(fragment, PREFIXES)).attrib == {"{urn:default}id": "1"}


def test_a_long_start_tag_continues_below_its_first_attribute() -> None:
    lines = text_of(element("disk", **{f"attribute{number}": "value" for number in range(9)}), {}).splitlines()
    assert len(lines) > 1
    assert all(line.startswith("      attribute") for line in lines[1:])
    assert max(map(len, lines)) < 90
