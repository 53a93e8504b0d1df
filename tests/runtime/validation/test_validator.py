"""What a validator promises beside its verdict: threads, other releases, entries that there are not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from relaxgen.runtime.validator import Validator

from tests.runtime.validation.schemas import compiled, validator

SCHEMA = """<element name="r"><zeroOrMore><choice>
  <element name="a"><attribute name="n"><data type="int"/></attribute></element>
  <element name="b"><text/></element></choice></zeroOrMore></element>"""


def test_threads_take_turns() -> None:
    shared = validator(SCHEMA)
    known, unknown = "<a n='1'/>", "<c/>"
    documents = [f"<r>{known * number}{unknown * (number % 2)}</r>" for number in range(60)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda document: len(shared.validate(document)), documents * 5))
    assert found == [number % 2 for number in range(60)] * 5


def test_the_grammar_of_another_release_is_refused() -> None:
    with pytest.raises(ValueError, match="another release"):
        Validator((0, *compiled(SCHEMA)[1:]))


def test_an_entry_that_there_is_not_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        validator(SCHEMA).validate("<r/>", entry="nothing")


def test_faults_are_plain_and_equal_each_time() -> None:
    shared = validator(SCHEMA)
    document = "<r><a n='x' m=''/><d/>text</r>"
    assert shared.validate(document) == shared.validate(document) == validator(SCHEMA).validate(document)
    assert [fault.code for fault in shared.validate(document)] == [
        "bad-value",
        "unknown-attribute",
        "unknown-element",
        "unexpected-text",
    ]
