"""Entities of trusted documents, expanded before parsing."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from relaxgen.runtime.faults import ParseError
from relaxgen.runtime.streaming import expand_entities

DOCUMENT = """<?xml version="1.0"?>
<!DOCTYPE a [
  <!ENTITY who "<b>World</b>">
  <!ENTITY greeting "Hello &who;">
  <!ENTITY dash "&#x2014;">
  <!ENTITY quoted "it's &#34;so&#34;">
  <!ELEMENT a ANY>
]>
<a title="&quoted; &dash;">&greeting;&amp;&dash;<!-- &who; --><![CDATA[&who;]]></a>
"""
EXPANDED = (
    '<?xml version="1.0"?>\n\n\n\n\n\n\n\n<a title="it&apos;s &quot;so&quot; —">'
    "Hello <b>World</b>&amp;—<!-- &who; --><![CDATA[&who;]]></a>\n"
)


def test_entities_are_replaced_where_they_are_references() -> None:
    assert expand_entities(DOCUMENT) == EXPANDED


@pytest.mark.parametrize("before", ["", "\ufeff", "<?p <!DOCTYPE?>\n<!-- <!DOCTYPE a> --> "])
@pytest.mark.parametrize("identifier", ["", " SYSTEM '<!DOCTYPE'", " PUBLIC '-' '--><!DOCTYPE a>'"])
def test_a_doctype_is_removed_wherever_its_name_is_written(before: str, identifier: str) -> None:
    doctype = f"<!DOCTYPE a{identifier} [<!ENTITY x '<!--<!DOCTYPE>-->'><!-- <!DOCTYPE a> ]> --><?p ]>?> ] >"
    assert expand_entities(f"{before}{doctype}<a>&x;</a>") == f"{before}<a><!--<!DOCTYPE>--></a>"


def test_an_xml_parser_sees_the_same() -> None:
    """Ours, where entities may be expanded, is libxml2."""
    parser = etree.XMLParser(resolve_entities=True)
    theirs = etree.fromstring(DOCUMENT.encode(), parser)
    ours = etree.fromstring(expand_entities(DOCUMENT).encode())
    assert etree.tostring(ours, method="c14n") == etree.tostring(theirs, method="c14n")


def test_lines_keep_their_numbers() -> None:
    assert expand_entities(DOCUMENT).splitlines().index(EXPANDED.splitlines()[-1]) == 8


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_every_source_is_read(tmp_path: Path, encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{encoding}'?><!DOCTYPE a [<!ENTITY u 'ü'>]><a>&u;ß</a>"
    path = tmp_path / "a.xml"
    path.write_bytes(text.encode(encoding))
    for source in (text, text.encode(encoding), path, BytesIO(text.encode(encoding))):
        assert expand_entities(source).endswith("<a>üß</a>")


def test_what_declares_nothing_stays_as_it_is() -> None:
    assert expand_entities("<a>&lt;&#10;</a>\n") == "<a>&lt;&#10;</a>\n"


def laughs(depth: int) -> str:
    entities = "".join(f"<!ENTITY e{number + 1} '{f'&e{number};' * 10}'>" for number in range(depth))
    return f"<!DOCTYPE a [<!ENTITY e0 'ha'>{entities}]><a>&e{depth};</a>"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "1:58: the entity 'x' is external"),
        ("<!DOCTYPE a [<!ENTITY % p '<!ENTITY x \"y\">'> %p;]><a>&x;</a>", "a parameter entity is refused"),
        ("<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>", "a default value of an attribute is refused"),
        ("<!DOCTYPE a [<!ENTITY x '&y;'><!ENTITY y '&x;'>]><a>&x;</a>", "the entity 'x' contains itself"),
        ("<!DOCTYPE a [<!ENTITY blah 'x'>]>\n<a>\n&blahh;</a>", "3:1: the entity 'blahh' is not declared"),
        ("<!DOCTYPE a [<!ENTITY x '<b>'>]><a>&x;</b></a>", "the entity 'x' is not well-formed by itself"),
        ("<!DOCTYPE a [<!ENTITY x '<b/>'>]><a b='&x;'/>", "which no attribute may have"),
        (laughs(9), "many times the size"),
        ("<a>&x;</a>", "the entity 'x' is not declared"),
        ("<!DOCTYPE a [<!ENTITY x", "not well-formed XML"),
    ],
)
def test_what_is_not_harmless_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        expand_entities(text)
    assert message in str(caught.value)
    assert caught.value.faults[0].line


def test_a_word_that_is_nearly_right_is_told() -> None:
    with pytest.raises(ParseError, match="did you mean 'blah'"):
        expand_entities("<!DOCTYPE a [<!ENTITY blah 'x'>]><a>&blahh;</a>")


def test_a_tree_has_no_entities_to_expand() -> None:
    with pytest.raises(TypeError, match="cannot be expanded"):
        expand_entities(etree.fromstring("<a/>"))
