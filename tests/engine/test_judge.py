"""What the engine remembers of the automaton's steps, and when it does not judge."""

from __future__ import annotations

import gc
import importlib
import sys
import threading
import weakref
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from relaxgen.relaxng import compile_schema

from tests.engine.differences import expat_verdict, verdict_problem, verdicts

DOCUMENTS = sorted((Path(__file__).parents[1] / "documents" / "domain").glob("*.xml"))
GRAMMAR = """\
<grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"
    ns="urn:a">
  <start>
    <element name="a">
      <optional><attribute name="id" ns=""><data type="int"/></attribute></optional>
      <interleave>
        <zeroOrMore>
          <choice>
            <element name="b"><text/></element>
            <element name="b" ns="urn:b"><attribute name="x" ns=""/><empty/></element>
          </choice>
        </zeroOrMore>
        <optional><element name="n"><data type="integer"/></element></optional>
        <optional><element name="m"><mixed><zeroOrMore><ref name="a"/></zeroOrMore></mixed></element></optional>
      </interleave>
    </element>
  </start>
  <define name="a"><element name="i"><text/></element></define>
</grammar>
"""


@pytest.fixture
def validator(tmp_path: Path, domain: ModuleType) -> Any:
    """``domain`` is here for its check that there is an engine."""
    path = tmp_path / "a.rng"
    path.write_text(GRAMMAR, encoding="utf-8")
    return compile_schema(path)._validator


def steps(validator: Any) -> int:
    return len(validator._judge)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_our_own_documents_are_judged(domain: ModuleType, path: Path) -> None:
    data = path.read_bytes()
    assert verdict_problem(domain, data) == verdict_problem(domain, data.decode()) == ""
    assert any(all(found) for found in verdicts(domain, data).values())


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("<a xmlns='urn:a'/>", True),
        ("<a/>", False),
        ("<a xmlns='urn:a' id='7'><b>t</b><n>7</n></a>", True),
        ("<a xmlns='urn:a' id='x'/>", False),
        ("<a xmlns='urn:a' x='7'/>", False),
        ("<a xmlns='urn:a'><n> 7 </n></a>", True),
        ("<a xmlns='urn:a'><n><!-- c -->7<?p?></n></a>", True),
        ("<a xmlns='urn:a'><n/></a>", False),
        ("<a xmlns='urn:a'><n></n></a>", False),
        ("<a xmlns='urn:a'><n>7</n><n>7</n></a>", False),
        ("<a xmlns='urn:a'>text</a>", False),
        ("<a xmlns='urn:a'> \n <b/> \n </a>", True),
        ("<a xmlns='urn:a'><b/>text</a>", False),
        ("<a xmlns='urn:a'><m>text<i/>text</m></a>", True),
        ("<a xmlns='urn:a'><m>text<b/>text</m></a>", False),
        ("<a xmlns='urn:a' xmlns:b='urn:b'><b:b x='&gt;'/><b>></b></a>", True),
        ("<a xmlns='urn:a'><b xmlns='urn:b' x='>'/><b>x</b><b xmlns='urn:b' x='>'/></a>", True),
        ("<a xmlns='urn:a'><b xmlns='urn:b'/></a>", False),
        ("<a xmlns='urn:a'><b x=''/></a>", False),
        ("<a xmlns='urn:a'><b xmlns='urn:b' x=''></b><b x=''/></a>", False),
    ],
)
def test_documents_in_namespaces(validator: Any, document: str, expected: bool) -> None:
    for _ in range(2):  # the second time from memory
        assert validator.judged(document, "") is expected
        assert validator.judged(document.encode(), "") is expected


@pytest.mark.parametrize(
    "document",
    ["<!DOCTYPE a><a xmlns='urn:a'/>", "<a xmlns='urn:a'>&e;</a>", "<a xmlns='urn:a'", "", "<\xe9/>", b"\xff", 7, None],
)
def test_what_is_not_judged(validator: Any, document: Any) -> None:
    assert validator.judged(document, "") is None


def test_small_files_are_judged(validator: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events = importlib.import_module(f"{type(validator).__module__.rpartition('.')[0]}.events")
    path = tmp_path / "a.xml"
    path.write_text("<a xmlns='urn:a'/>", encoding="utf-8")
    assert validator.judged(events.source_of(path), "") is True
    assert validator.judged(events.source_of(path.read_bytes()), "") is True
    monkeypatch.setattr(events, "SMALL_FILE", 5)
    for large in (path, tmp_path, tmp_path / "nope"):
        assert validator.judged(events.source_of(large), "") is None


def test_a_tag_means_what_it_means_where_it_is(validator: Any) -> None:
    """The same bytes in another namespace, or behind another declaration, are another tag."""
    inside = "<b x='1'/>"
    assert validator.judged(f"<a xmlns='urn:a' id='1'><b xmlns='urn:b' x='1'/>{inside}</a>", "") is False
    plain = "<grammar xmlns='urn:x'><a/></grammar>"
    assert validator.judged(plain, "") is False
    for prefix in "pq":
        text = f"<{prefix}:a xmlns:{prefix}='urn:a'><{prefix}:b>1</{prefix}:b></{prefix}:a>"
        assert validator.judged(text, "") is True
        assert validator.judged(text.replace("urn:a", "urn:c"), "") is False
    assert validator.judged("<p:a xmlns:p='urn:a' xmlns:q='urn:b'><q:b x='1'/></p:a>", "") is True
    assert validator.judged("<p:a xmlns:p='urn:a' xmlns:q='urn:a'><q:b x='1'/></p:a>", "") in (None, False)
    assert validator.judged("<p:a xmlns:q='urn:a' xmlns:p='urn:b'><q:b x='1'/></p:a>", "") is False


def test_steps_are_remembered_and_forgotten(validator: Any) -> None:
    document = "<a xmlns='urn:a' id='1'><b>t</b></a>"
    assert validator.judged(document, "")
    known = steps(validator)
    assert known > 0
    assert validator.judged(document, "")
    assert steps(validator) == known
    validator._automaton.forget()
    assert steps(validator) == 0
    assert validator.judged(document, "")


def test_an_automaton_that_forgets_in_time_takes_its_judge_along(validator: Any) -> None:
    validator._automaton._limit = 50
    for number in range(200):
        assert validator.judged(f"<a xmlns='urn:a' id='{number}'/>", "") is True
        assert validator.judged(f"<a xmlns='urn:a' id='{number}x'/>", "") is False
    assert steps(validator) < 100


def test_values_that_are_all_different_do_not_make_it_grow(validator: Any) -> None:
    for number in range(5000):
        assert validator.judged(f"<a xmlns='urn:a'><n>{number}</n></a>", "") is True
    assert steps(validator) < 50


def test_texts_that_are_all_alike_are_not_remembered(validator: Any) -> None:
    assert validator.judged("<a xmlns='urn:a'><b>text</b><b/><b> </b><m>t<i>i</i></m></a>", "") is True
    known = steps(validator)
    for number in range(100):
        assert validator.judged(f"<a xmlns='urn:a'><b>{number}</b><b/><b> </b><m>{number}<i>{number}</i></m></a>", "")
    assert steps(validator) == known


AMBIGUOUS = """\
start = element a { (kind { xsd:int }, element int { empty }) | (kind { xsd:NMTOKEN - "x" }, element token { empty })
  | (kind { "auto" | empty }, element word { empty }) | (kind { list { xsd:int+ } }, element list { empty }) }
"""
TOKENS = (
    "{}",
    "-{}",
    "x{}",
    "x",
    "auto",
    " auto ",
    " {} ",
    "{} {}",
    "{}.5",
    "é{}",
    "",
    "+{}",
    "\t{}",
    "{}:a",
    "12345678{:05}",
)


@pytest.mark.parametrize("kind", ["element value", "attribute value"])
def test_texts_tell_alternatives_apart(tmp_path: Path, domain: ModuleType, kind: str) -> None:
    """What may follow depends on which datatypes allow a text, for texts that were not met before, too."""
    path = tmp_path / "a.rnc"
    path.write_text(AMBIGUOUS.replace("kind", kind), encoding="utf-8")
    validator = compile_schema(path)._validator
    module = importlib.import_module(type(validator).__module__)
    valid = 0
    for number in range(40):
        for token in TOKENS:
            text = token.format(number, number + 1).replace("\t", "&#9;")
            for then in ("int", "token", "word", "list"):
                is_child = kind.startswith("element")
                source = f"<a><value>{text}</value><{then}/></a>" if is_child else f"<a value='{text}'><{then}/></a>"
                expected = expat_verdict(module, validator, source, "")
                assert validator.judged(source, "") is expected, source
                valid += expected
    assert 500 < valid < 2000


def test_a_full_judge_begins_anew(tmp_path: Path, domain: ModuleType) -> None:
    """Lists of several types are judged by their texts, not by forms."""
    names = [f"e{number}" for number in range(210)]
    kinds = "".join(
        f"<element name='{name}'><list><choice><data type='int'/><data type='NCName'/></choice></list></element>"
        for name in names
    )
    path = tmp_path / "wide.rng"
    path.write_text(
        "<element name='a' xmlns='http://relaxng.org/ns/structure/1.0'"
        " datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'>"
        f"<zeroOrMore><choice>{kinds}</choice></zeroOrMore></element>",
        encoding="utf-8",
    )
    validator = compile_schema(path)._validator
    validator._automaton._limit = 10**9
    sizes = []
    for start in range(0, 1000, 50):
        numbers = range(start, start + 50)
        inside = "".join(f"<{name}>{number}</{name}>" for name in names for number in numbers)
        assert validator.judged(f"<a>{inside}</a>", "") in (True, None)
        sizes.append(steps(validator))
    assert max(sizes) == 200_000
    assert sizes[-1] < 200_000


def test_it_does_not_forget_while_it_judges(validator: Any) -> None:
    automaton = validator._automaton
    assert validator.judged("<a xmlns='urn:a'/>", "")
    said: list[object] = []

    def forgetful(state: object) -> object:
        for ask in (judge.forget, lambda: judge.accepts("<a/>", "")):
            try:
                said.append(ask())
            except RuntimeError as error:
                said.append(str(error))
        return automaton.close(state)

    judge = importlib.import_module("relaxgen_engine").Judge(Steps(automaton, close=forgetful))
    assert judge.accepts("<a xmlns='urn:a'/>", "") is True
    assert said == ["a judge cannot forget while it judges", None]


STEPS = ("start", "open", "attribute", "close", "after", "text", "mix")


class Steps:
    """The steps of an automaton, some of them replaced."""

    def __init__(self, automaton: Any, **replaced: Any) -> None:
        steps = importlib.import_module(f"{type(automaton).__module__.rpartition('.')[0]}.validator").Steps(automaton)
        for name in (*STEPS, "attribute_of_any_value", "any_text"):
            setattr(self, name, replaced.get(name) or getattr(steps, name))


@pytest.mark.parametrize("step", [*STEPS, "attribute_of_any_value", "any_text"])
@pytest.mark.parametrize("wrong", [None, "x", 7, object(), ZeroDivisionError()])
def test_a_wrong_automaton(validator: Any, step: str, wrong: object) -> None:
    def answer(*_arguments: object) -> object:
        if isinstance(wrong, Exception):
            raise wrong
        return wrong

    judge = importlib.import_module("relaxgen_engine").Judge(Steps(validator._automaton, **{step: answer}))
    document = "<a xmlns='urn:a' id='1'><n>7</n><m>x<i>t</i></m></a>"
    has_all_bits = step in ("text", "any_text") and wrong == 7
    matters = step in ("attribute_of_any_value", "any_text") and wrong is None
    if has_all_bits or matters:
        assert judge.accepts(document, "") is True
        return
    with pytest.raises((AttributeError, TypeError, ZeroDivisionError)):
        judge.accepts(document, "")


def test_more_alternatives_than_it_has_bits(validator: Any) -> None:
    judge = importlib.import_module("relaxgen_engine").Judge(Steps(validator._automaton, text=lambda *_: 1 << 64))
    assert judge.accepts("<a xmlns='urn:a'><n>7</n></a>", "") is None


def test_wrong_arguments(domain: ModuleType) -> None:
    make = importlib.import_module("relaxgen_engine").Judge
    with pytest.raises(TypeError):
        make()
    with pytest.raises(TypeError, match="takes a document"):
        make(None).accepts("<a/>")
    with pytest.raises(TypeError, match="takes a document"):
        make(None).accepts("<a/>", 7)


def test_a_judge_is_freed_with_all_that_it_holds(validator: Any) -> None:
    def used() -> Any:
        class Canary(Steps):
            pass

        canary = Canary(validator._automaton)
        judge = importlib.import_module("relaxgen_engine").Judge(canary)
        canary.judge = judge  # type: ignore[attr-defined]
        assert judge.accepts("<a xmlns='urn:a' id='1'><b>t</b></a>", "")
        return weakref.ref(canary)

    canary = used()
    gc.collect()
    assert canary() is None


def test_documents_do_not_make_it_leak(validator: Any) -> None:
    documents = ["<a xmlns='urn:a' id='1'><b>\xe9</b></a>", "<a xmlns='urn:a'><x/></a>", "<a", "<a xmlns='urn:a'>x</a>"]

    def judge_all() -> None:
        for document in documents:
            validator.judged(document, "")

    judge_all()
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(200):
        judge_all()
    gc.collect()
    assert sys.getallocatedblocks() - before < 50


def test_threads_take_turns(validator: Any) -> None:
    documents = [f"<a xmlns='urn:a' id='{number}'><b>{number}</b></a>" for number in range(500)]
    wrong: list[str] = []

    def work() -> None:
        wrong.extend(document for document in documents if validator.judged(document, "") is not True)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
