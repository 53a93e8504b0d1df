"""Documents that want to do harm are refused with one clean fault, and large ones that mean well are not."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from lxml import etree
from relaxgen.runtime import diagnosis, events
from relaxgen.runtime.faults import Fault
from relaxgen.runtime.validator import Validator

from tests.runtime.validation.schemas import validator

ANYTHING = """<start><ref name="any"/></start><define name="any"><element><anyName/><zeroOrMore><choice>
  <attribute><anyName/></attribute><text/><ref name="any"/></choice></zeroOrMore></element></define>"""


@pytest.fixture(scope="module")
def anything() -> Validator:
    return validator(ANYTHING)


def the_fault(faults: list[Fault]) -> Fault:
    (fault,) = faults
    return fault


def entity(number: int) -> str:
    content = f"&e{number - 1};" * 10 if number else "ha"
    return f'<!ENTITY e{number} "{content}">'


LAUGHS = "".join(map(entity, range(12)))


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (f"<!DOCTYPE a [{LAUGHS}]><a>&e11;</a>", "doctype"),
        (f'<!DOCTYPE a [<!ENTITY e "{"x" * 50_000}">]><a>{"&e;" * 50_000}</a>', "doctype"),
        ('<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', "doctype"),
        ('<!DOCTYPE a [<!ENTITY % e SYSTEM "http://127.0.0.1:1/"> %e;]><a/>', "doctype"),
        ("<a>" * 100_000 + "</a>" * 100_000, "limit"),
        ("<a>" * 100_000, "limit"),
        (f'<a b="{"x" * 10_000_001}"/>', "limit"),
        (f"<a>{'x' * 10_100_000}</a>", "limit"),
        ("<a>", "malformed"),
        ("<a>\0</a>", "malformed"),
        ("<a>\ud800</a>", "malformed"),
        ("", "malformed"),
        ("no markup", "malformed"),
        (b"\xff\xfe\xff", "malformed"),
        (b'<?xml version="1.0" encoding="utf-8"?><a>\xe4</a>', "malformed"),
        (b'<?xml version="1.0" encoding="shift_jis"?><a>\x81</a>', "malformed"),
        (b'<?xml version="1.0" encoding="unicode_escape"?><a/>', "malformed"),
        (b'<?xml version="1.0" encoding="rot13"?><a/>', "malformed"),
    ],
)  # fmt: skip
def test_a_hostile_document_is_one_fault(anything: Validator, document: str | bytes, code: str) -> None:
    (fault,) = anything.validate(document)
    assert fault.code == code
    assert fault.message
    assert not anything.is_valid(document)


def test_laughs_are_not_expanded_where_entities_are_allowed(anything: Validator) -> None:
    (fault,) = anything.validate(f"<!DOCTYPE a [{LAUGHS}]><a>&e11;</a>", allow_entities=True)
    assert fault.code == "malformed"


def test_entities_are_expanded_where_that_is_allowed() -> None:
    data = validator('<element name="a"><value>one</value></element>')
    document = '<!DOCTYPE a [<!ENTITY e "one">]><a>&e;</a>'
    assert data.validate(document, allow_entities=True) == []
    assert data.validate(document)[0].code == "doctype"
    external = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'
    assert data.validate(external, allow_entities=True)[0].code == "entity"


def test_deep_documents_within_the_bound_are_judged_and_explained(anything: Validator) -> None:
    depth = events.MAXIMUM_DEPTH
    assert anything.is_valid("<a>" * depth + "</a>" * depth)
    strict = validator(
        '<start><ref name="a"/></start><define name="a"><element name="a"><optional><ref name="a"/></optional>'
        "</element></define>"
    )
    (fault,) = strict.validate("<a>" * 3000 + "<b/>" + "</a>" * 3000)
    assert fault.code == "unknown-element"
    assert fault.column == 9001


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "iso-8859-1", "shift_jis", "koi8-r", "utf-8-sig"])
def test_faults_have_their_place_in_every_encoding(encoding: str) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f'<?xml version="1.0" encoding="{declared}"?>\n<!-- и -->\n<a><b/></a>'
    if encoding in ("iso-8859-1",):
        text = text.replace("и", "é")
    (fault,) = validator('<element name="a"><empty/></element>').validate(text.encode(encoding))
    assert (fault.line, fault.column, fault.path) == (3, 4, "/a/b")
    assert fault.source_line == "<a><b/></a>"


def test_a_text_is_what_it_is_whatever_encoding_it_claims() -> None:
    text = '<?xml version="1.0" encoding="iso-8859-1"?>\n<a>é<b/></a>'
    (fault,) = validator('<element name="a"><text/></element>').validate(text)
    assert (fault.line, fault.column) == (2, 5)


def test_every_kind_of_source_gives_the_same_fault(tmp_path: Path) -> None:
    data = b'<a>\n  <b c="1"/>\n</a>'
    path = tmp_path / "doc.xml"
    path.write_bytes(data)
    strict = validator('<element name="a"><element name="b"><empty/></element></element>')
    sources = [
        data,
        data.decode(),
        bytearray(data),
        memoryview(data),
        path,
        io.BytesIO(data),
        io.StringIO(data.decode()),
    ]
    faults = [the_fault(strict.validate(source, name="doc.xml")) for source in sources]
    with path.open("rb") as file:
        faults.append(the_fault(strict.validate(file, name="doc.xml")))
    assert len(set(faults)) == 1
    assert str(faults[0]).startswith("doc.xml:2:6: /a/b/@c: unknown attribute 'c' in <b>")


def test_of_a_tree_the_line_is_known() -> None:
    strict = validator('<element name="a"><element name="b"><empty/></element></element>')
    tree = etree.ElementTree(etree.fromstring('<a>\n  <b c="1"/>\n</a>'))
    for source in (tree, tree.getroot()):
        (fault,) = strict.validate(source)
        assert (fault.line, fault.path) == (2, "/a/b/@c")
    (fault,) = strict.validate(etree.Element("a"))
    assert (fault.line, fault.code) == (0, "missing-element")


def test_a_part_of_a_tree_keeps_the_namespaces_around_it() -> None:
    strict = validator('<element name="a"><value type="QName" ns="urn:s" xmlns:s="urn:s">s:x</value></element>')
    root = etree.fromstring('<r xmlns:p="urn:s"><a>p:x</a> tail</r>')
    assert strict.validate(root[0]) == []


@pytest.mark.parametrize("source", [None, 7, object(), ["<a/>"]])
def test_what_cannot_hold_xml_is_a_type_error(anything: Validator, source: object) -> None:
    with pytest.raises(TypeError, match="cannot read XML from"):
        anything.validate(source)


def test_a_file_that_cannot_be_read_is_a_fault(anything: Validator, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.xml", tmp_path):
        (fault,) = anything.validate(path)
        assert (fault.code, fault.file) == ("unreadable", str(path))


def test_faults_can_be_bounded() -> None:
    strict = validator('<element name="a"><empty/></element>')
    assert len(strict.validate(f"<a>{'<b/>' * 50}</a>")) == 50
    assert len(strict.validate(f"<a>{'<b/>' * 50}</a>", max_faults=7)) == 7


def test_of_a_large_document_only_the_wrong_parts_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "KEPT_NODES", 50)
    strict = validator(
        '<element name="a"><oneOrMore><element name="b"><attribute name="number"/><element name="c"><data type="int"/>'
        "</element></element></oneOrMore></element>"
    )
    rows = [f'<b number="{number}"><c>{number}</c></b>' for number in range(500)]
    rows[400] = '<b number="400"><c>many</c></b>'
    rows[450] = '<b nunber="450"><c>1</c></b>'
    faults = strict.validate("<a>\n" + "\n".join(rows) + "\n</a>")
    assert [(fault.line, fault.code) for fault in faults] == [(402, "bad-text"), (452, "unknown-attribute")]
    assert faults[0].path == "/a/b[401]/c"
