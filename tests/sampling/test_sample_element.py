"""Sample elements as text: escaping, namespaces, segments."""

from __future__ import annotations

import pytest
from lxml import etree
from relaxgen.relaxng.name_class import QName
from relaxgen.sampling.sample_element import SampleElement

PREFIXES = {"urn:default": "", "urn:a": "a", "urn:other": ""}


def element(name: str, *children: SampleElement | str, namespace: str = "", **attributes: str) -> SampleElement:
    return SampleElement(
        QName(namespace, name), tuple((QName("", key), value) for key, value in attributes.items()), children
    )


@pytest.mark.parametrize("text", ["<b> & ]]>", 'it\'s "both"', "line\nbreak\ttab", "{{ x }}"])
def test_values_come_back_as_they_were(text: str) -> None:
    read = etree.fromstring(element("disk", text, title=text).to_xml())
    assert (read.text, read.get("title")) == (text, text)


@pytest.mark.parametrize("prefix_root", [False, True])
@pytest.mark.parametrize(
    "sample",
    [
        element("root", namespace="urn:default"),
        element("root", element("x", namespace="urn:a"), namespace="urn:default"),
        element("root", element("x"), namespace="urn:default"),
        element("root", element("x", element("y"), namespace="urn:default")),
        element("root", element("x", namespace="urn:other"), namespace="urn:default"),
        element("root", element("x", namespace="urn:unknown"), namespace="urn:unknown"),
        SampleElement(QName("urn:default", "root"), ((QName("urn:default", "id"), "1"),)),
        SampleElement(QName("urn:a", "root"), children=("q:name",), declarations=(("a", "urn:other"),)),
    ],
)
def test_names_keep_their_namespaces(sample: SampleElement, prefix_root: bool) -> None:
    text = "".join(segment.text for segment in sample.segments(PREFIXES, prefix_root=prefix_root))
    read = list(etree.fromstring(text).iter())
    assert [node.tag for node in read] == [str(one.name) for one in sample.elements()]
    assert [dict(node.attrib) for node in read] == [
        {str(name): value for name, value in one.attributes} for one in sample.elements()
    ]


def test_the_namespace_of_the_root_is_the_default_unless_a_prefix_is_wanted() -> None:
    sample = element("root", namespace="urn:a")
    assert sample.to_xml(PREFIXES) == "<root xmlns='urn:a'/>\n"
    assert "".join(one.text for one in sample.segments(PREFIXES, prefix_root=True)) == "<a:root xmlns:a='urn:a'/>\n"


def test_segments_say_what_they_are() -> None:
    segments = element("disk", element("alias", id="x"), type="file").segments()
    assert [tuple(segment) for segment in segments] == [
        ("tag", "<disk"), ("", " "), ("name", "type"), ("", "="), ("value", "'file'"), ("tag", ">"),
        ("", "\n  "), ("tag", "<alias"), ("", " "), ("name", "id"), ("", "="), ("value", "'x'"), ("tag", "/>"),
        ("", "\n"), ("tag", "</disk>"), ("", "\n"),
    ]  # fmt: skip


def test_a_start_tag_that_is_too_wide_continues_below_its_first_attribute() -> None:
    sample = element("disk", **{f"attribute{number}": "value" for number in range(9)})
    assert len(sample.to_xml().splitlines()) == 1
    lines = "".join(segment.text for segment in sample.segments(widest_tag=72)).splitlines()
    assert len(lines) > 1
    assert all(line.startswith("      attribute") for line in lines[1:])
    assert max(map(len, lines)) <= 73
