"""Documents judged line by line: the same verdict as by expat, or none."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from relaxgen.relaxng import compile_schema
from relaxgen.runtime.events import Unreadable, source_of
from relaxgen.runtime.validator import LineJudge

from tests.engine.mutants import mutant

GRAMMAR = """\
<grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"
    ns="urn:a">
  <start>
    <element name="a">
      <optional><attribute name="id" ns=""><data type="int"/></attribute></optional>
      <optional><attribute name="p" ns="urn:b"/></optional>
      <zeroOrMore><attribute><nsName ns="urn:c"/></attribute></zeroOrMore>
      <interleave>
        <zeroOrMore>
          <choice>
            <element name="b"><text/></element>
            <element name="b" ns="urn:b"><attribute name="x" ns=""/><empty/></element>
          </choice>
        </zeroOrMore>
        <optional><element name="n"><data type="integer"/></element></optional>
        <optional><element name="e"><empty/></element></optional>
        <optional><element name="s"><data type="string"><param name="pattern">\\s*</param></data></element></optional>
        <optional><ref name="mixed"/></optional>
      </interleave>
    </element>
  </start>
  <define name="mixed"><element name="m"><mixed><zeroOrMore><choice>
    <ref name="mixed"/><element name="i"><text/></element>
  </choice></zeroOrMore></mixed></element></define>
</grammar>
"""


@pytest.fixture(scope="module")
def automaton(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("lines") / "a.rng"
    path.write_text(GRAMMAR, encoding="utf-8")
    return compile_schema(path)._validator._automaton


@pytest.fixture(scope="module")
def judge(automaton: Any) -> LineJudge:
    return LineJudge(automaton)


def usual(automaton: Any, document: str | bytes) -> bool:
    from relaxgen.runtime.grammar import is_accepted

    try:
        return is_accepted(automaton, source_of(document))
    except Unreadable:
        return False


def lines(*inside: str, root: str = "a xmlns='urn:a'") -> str:
    return "\n".join([f"<{root}>", *(f"  {line}" for line in inside), f"</{root.split(maxsplit=1)[0]}>", ""])


REGULAR = [
    ("<a xmlns='urn:a'/>", True),
    ('<?xml version="1.0"?>\n<a xmlns="urn:a"/>\n', True),
    ("<?xml version='1.0' encoding='UTF-8'?>\n\n<a xmlns='urn:a'/>\n", True),
    ("<!-- c -->\n<a xmlns='urn:a'/>\n<!-- - -->", True),
    ("<a/>", False),
    ("<a xmlns='urn:a' id='7' ></a >", True),
    ("<a xmlns='urn:a' id='x'/>", False),
    ("<a xmlns='urn:a' y='7'/>", False),
    (lines("<b>t</b>", "<n> 7 </n>", "<!-- c -->", "", "<b>&lt;&#13;</b>"), True),
    (lines("<n></n>"), False),
    (lines("<n/>"), False),
    (lines("<n>7</n>", "<n>7</n>"), False),
    (lines("<e/>", "<e></e>"), False),
    (lines("<s>  </s>"), True),
    (lines("<m>text <i>t</i> text<m/></m> <b/>"), True),
    (lines("<m>text <b>t</b> text</m>"), False),
    (lines("<m>", "<m>", "<i/>", "</m>", "</m>"), True),
    (lines("<b>]]&gt;</b>", root="a xmlns='urn:a' id=\"1\""), True),
    (lines("<q:b x='&quot;>'/>", "<b/>", root="a xmlns='urn:a' xmlns:q='urn:b' q:p='1'"), True),
    (lines("<b xmlns='urn:b' x=''/>", "<b>x</b>", "<b xmlns='urn:b' x=''></b>"), True),
    (lines("<b xmlns='urn:b' x=''></b>", "<b x=''/>"), False),
    (lines("<q:b>x</q:b>", root="q:a xmlns:q='urn:a' xml:lang='en'"), False),
    (lines("<q:b>x</q:b>", root="q:a xmlns:q='urn:a' xmlns:c='urn:c' c:x='' c:y=''"), True),
    ("<a xmlns='urn:a'/>\n<a xmlns='urn:a'/>", False),
    ("<a xmlns='urn:a'\u00e9='1'/>", None),
    (lines("<b>\u00e9\U0001f600</b>"), True),
    (lines("<b>t"), None),
    (lines("text"), None),
    (lines("<e>", "</e>"), None),
    (lines("<!--", "<b/>", "-->"), None),
    (lines("<b><![CDATA[x]]></b>"), None),
    (lines("<b>]]></b>"), None),
    (lines("<b>&e;</b>"), None),
    (lines("<b>&amp</b>"), None),
    (lines("<b>\t</b>"), None),
    (lines("<b>\ufffe</b>"), None),
    (lines("<b>\ud800</b>"), None),
    (lines("<b x='1' x='1'/>"), None),
    (lines("<q:b/>"), None),
    (lines("<b></b>", "</b>"), None),
    (lines("<m>", "<m>", "<i/>", "</m>"), None),
    (lines("<b xmlns:xmlx='urn:x'/>"), None),
    (lines("<b xmlns:q=''/>"), None),
    (lines("<b xmlns:q='http://www.w3.org/XML/1998/namespace'/>"), None),
    ("\ufeff<a xmlns='urn:a'/>", None),
    ("<!DOCTYPE a>\n<a xmlns='urn:a'/>", None),
    ("\n<?xml version='1.0'?>\n<a xmlns='urn:a'/>", None),
    ("<?xml version='1.0' standalone='yes'?>\n<a xmlns='urn:a'/>", None),
    ("<a xmlns='urn:a'>\r\n</a>", None),
    ("", False),
]


@pytest.mark.parametrize(("document", "expected"), REGULAR)
def test_documents(automaton: Any, judge: LineJudge, document: str, expected: bool | None) -> None:
    for _ in range(2):  # the second time from memory
        assert judge.accepts(document, "") is expected
    if expected is not None:
        assert usual(automaton, document) is expected
        assert judge.accepts(document.encode(), "") is expected


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_other_encodings_are_irregular(judge: LineJudge, encoding: str) -> None:
    document = f"<?xml version='1.0' encoding='{encoding}'?>\n<a xmlns='urn:a'><b>\u00e9</b></a>"
    assert judge.accepts(document.encode(encoding), "") is None
    assert judge.accepts(document, "") is True  # a text has no encoding any more


@pytest.mark.parametrize("document", [None, 7, b"\xff", "<a xmlns='urn:a'>" + "<b/>" * 5000 + "</a>"])
def test_what_is_not_judged(judge: LineJudge, document: Any) -> None:
    assert judge.accepts(document, "") is None


@settings(max_examples=300)
@given(
    st.sampled_from([document for document, expected in REGULAR if expected is not None]),
    st.randoms(use_true_random=False),
)
def test_mutants(automaton: Any, judge: LineJudge, document: str, chance: Random) -> None:
    data = mutant(document.encode(), chance)
    assert judge.accepts(data, "") in (None, usual(automaton, data))


def test_many_attributes_in_any_order(automaton: Any, judge: LineJudge) -> None:
    names = [f"c:x{number}='{number}'" for number in range(20)]
    for seed in range(20):
        Random(seed).shuffle(names)
        assert judge.accepts(f"<a xmlns='urn:a' xmlns:c='urn:c' {' '.join(names)}/>", "") is True
        assert judge.accepts(f"<a xmlns='urn:a' xmlns:c='urn:c' {' '.join(names)} z=''/>", "") is False


def test_deep_documents_are_irregular(automaton: Any) -> None:
    judge = LineJudge(automaton)
    for depth, expected in ((9_000, True), (11_000, None)):
        inside = ["<m>"] * depth + ["<i/>"] + ["</m>"] * depth
        assert judge.accepts(lines(*inside), "") is expected


def test_what_is_remembered_is_bounded(automaton: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relaxgen.runtime.validator.MOST_LINES", 100)
    judge = LineJudge(automaton)
    for number in range(500):
        assert judge.accepts(lines(f"<n>{number}</n>"), "") is True
        assert len(judge) < 120
    assert judge.accepts(lines(*(f"<b>{number}</b>" for number in range(500))), "") is True
    assert len(judge) < 120


def test_documents_of_new_lines_are_left_to_expat_for_a_while(automaton: Any) -> None:
    judge = LineJudge(automaton)
    new = [lines(*(f"<b>{number} {place}</b>" for place in range(20))) for number in range(200)]
    known = lines(*["<b>known</b>"] * 20)
    assert [judge.accepts(document, "") for document in new[:8]] == [True] * 8
    assert [judge.accepts(known, "") for _ in range(64)] == [None] * 64
    assert judge.accepts(known, "") is True
    assert [judge.accepts(document, "") for document in new[8:16]] == [True] * 8
    assert judge.accepts(known, "") is None


def test_many_declarations_are_irregular(automaton: Any) -> None:
    judge = LineJudge(automaton)
    for number in range(3000):
        assert judge.accepts(f"<a xmlns='urn:a' xmlns:c='urn:c{number}'/>", "") is True
    assert judge.accepts(lines(*(f"<b xmlns:c='urn:c{number}'/>" for number in range(3000))), "") is None
    assert judge.accepts(lines("<b xmlns:c='urn:c'/>"), "") is True


@pytest.mark.parametrize("chunk", [1, 7, 20, 1000])
def test_documents_are_taken_in_pieces(automaton: Any, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relaxgen.runtime.validator.CHUNK", chunk)
    judge = LineJudge(automaton)
    for document, expected in REGULAR:
        assert judge.accepts(document, "") is expected
        if expected is not None:
            assert judge.accepts(document.encode(), "") is expected


def test_an_automaton_that_forgets_takes_its_judge_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relaxgen.runtime.validator.engine", lambda: None)
    path = tmp_path / "a.rng"
    path.write_text(GRAMMAR, encoding="utf-8")
    validator = compile_schema(path)._validator
    validator._automaton._limit = 50
    for number in range(100):
        assert validator.judged(lines(f"<n>{number}</n>"), "") is True
        assert validator.judged(lines(f"<n>{number}x</n>"), "") is False
    assert isinstance(validator._judge, LineJudge)
    assert len(validator._judge) < 100


def test_what_matters_by_its_namespaces_is_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "q.rng"
    path.write_text(
        "<element name='q' xmlns='http://relaxng.org/ns/structure/1.0'"
        " datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'><data type='QName'/></element>",
        encoding="utf-8",
    )
    validator = compile_schema(path)
    assert validator._validator.judged("<q>q:x</q>", "") is None
    assert validator.is_valid("<q xmlns:q='urn:q'>q:x</q>")
    assert not validator.is_valid("<q>q:x</q>")
