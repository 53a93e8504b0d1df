"""Classes with a base class are what they would be without it: in Python, in XML, and in errors."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.conftest import GenerateAndImport

SCHEMA = Path(__file__).parents[1] / "render" / "cases" / "bases" / "schema.rng"

DOCUMENT = """<text xml:id='t'>
  <bold level='2' class='x'>b</bold>
  <code language='c' xml:lang='en'>c</code>
  <link href='there' new='yes' status='draft'>l</link>
  <term inherited='i' relation='r' xml:id='u'/>
</text>
"""


@pytest.fixture(scope="module")
def package(generate_and_import: GenerateAndImport) -> ModuleType:
    return generate_and_import("package_with_bases", SCHEMA)


@pytest.fixture
def link(package: ModuleType) -> Any:
    return package.TextLink(value="l", href="there", new=True, status=package.CommonStatus.DRAFT)


def test_a_document_comes_back(package: ModuleType) -> None:
    text = package.parse_text(DOCUMENT)
    assert text.content[2].status is package.CommonStatus.DRAFT
    assert text.content[0].level == 2
    assert text.content[3].inherited == "i"
    assert package.format_text(text) == DOCUMENT
    assert package.parse_text(package.format_text(text)) == text


def test_what_is_read_equals_what_is_made(package: ModuleType, link: Any) -> None:
    assert package.parse_text_link("<link href='there' new='yes' status='draft'>l</link>") == link
    for changed in ({"value": "m"}, {"href": "here"}, {"status": None}):
        assert dataclasses.replace(link, **changed) != link


def test_a_class_is_of_its_bases(package: ModuleType, link: Any) -> None:
    assert isinstance(link, package.LinkAttributes)
    assert isinstance(link, package.CommonAttributes)
    assert isinstance(package.TextBold(value="b"), package.CommonAttributes)
    assert not isinstance(package.TextBold(value="b"), package.LinkAttributes)
    match link:
        case package.CommonAttributes(status=status, xml_id=None):
            assert status is package.CommonStatus.DRAFT
        case _:
            pytest.fail("a base class matches objects of the classes that are derived from it")


def test_fields_stand_in_one_order_own_attributes_inherited_ones_and_all_others(package: ModuleType, link: Any) -> None:
    common = ["xml_id", "xml_lang", "status", "level", "class_"]
    linking = ["href", "title", "new", "target", "relation"]
    assert [field.name for field in dataclasses.fields(package.TextCode)] == ["language", *common, "value"]
    assert list(inspect.signature(package.TextTerm).parameters) == ["inherited", *linking, *common]
    assert list(dataclasses.asdict(link)) == [*linking, *common, "value"]
    assert repr(link) == "TextLink(href='there', new=True, status=CommonStatus.DRAFT, value='l')"


def test_a_signature_tells_all_keywords_with_their_types(package: ModuleType) -> None:
    parameters = inspect.signature(package.TextCode).parameters
    assert parameters["status"].annotation == "CommonStatus | None"
    assert parameters["status"].default is None
    assert parameters["language"].default is inspect.Parameter.empty
    assert {one.kind for one in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}


def test_misspelt_attributes_are_errors(package: ModuleType, link: Any) -> None:
    with pytest.raises(AttributeError, match="statuss"):
        link.statuss = None
    with pytest.raises(TypeError, match=r"^TextLink\(\) got an unexpected .* 'statuss' \(did you mean 'status'\?\)$"):
        package.TextLink(value="l", statuss=None)
    with pytest.raises(TypeError, match=r"^TextLink\(\) got an unexpected .* 'statuss' \(did you mean 'status'\?\)$"):
        dataclasses.replace(link, statuss=None)
    with pytest.raises(TypeError, match="'language'"):
        package.TextCode(value="c", status=None)
    assert not hasattr(link, "__dict__")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_copies_have_everything(link: Any, protocol: int) -> None:
    assert pickle.loads(pickle.dumps(link, protocol)) == link
    assert copy.copy(link) == copy.deepcopy(link) == link
    assert link.__replace__(status=None, href="here").href == "here"


def test_a_class_of_the_user_inherits_fields_too(package: ModuleType) -> None:
    class Emphasis(package.TextBold):  # type: ignore[name-defined,misc]
        def shout(self) -> str:
            return f"{self.value}!"

    made = Emphasis(value="b", level=1)
    assert made.shout() == "b!"
    assert made == Emphasis(value="b", level=1) != Emphasis(value="b", level=2)
    assert repr(made).endswith("Emphasis(level=1, value='b')")


def test_a_fault_in_an_inherited_attribute_names_its_place(package: ModuleType) -> None:
    with pytest.raises(package.ParseError) as caught:
        package.parse_text("<text>\n  <link level='high' statuss='draft'>l</link>\n</text>")
    found = {(fault.line, fault.column, fault.path) for fault in caught.value.faults}
    assert found == {(2, 9, "/text/link/@level"), (2, 22, "/text/link/@statuss")}


def test_unknown_attributes_are_kept_behind_inherited_ones(package: ModuleType) -> None:
    document = "<link href='there' level='1' novel='n'>l</link>\n"
    kept = package.parse_text_link(document, unknown="keep")
    assert [one.name for one in kept.unknown] == ["novel"]
    assert package.format_text_link(kept) == document


def test_an_unusual_spelling_of_an_inherited_attribute_stays(package: ModuleType) -> None:
    document = "<link href='there' level='007'>l</link>\n"
    link = package.parse_text_link(document)
    assert link.level == 7
    assert package.format_text_link(link) == document


def test_an_object_that_cannot_be_written_is_told_by_the_inherited_field(package: ModuleType) -> None:
    with pytest.raises(package.FormatError, match=r"TextLink\.level = 'high'"):
        package.format_text_link(package.TextLink(value="l", level="high"))


def test_an_edit_of_an_inherited_attribute_changes_nothing_else(package: ModuleType) -> None:
    before = DOCUMENT.replace("status='draft'", 'status = "draft"').replace("  <term", "<!-- a term -->  <term")
    text = package.parse_text(before)
    text.content[2].status = package.CommonStatus.FINAL
    assert package.format_text(text, like=before) == before.replace("draft", "final")


def test_classes_with_bases_are_found_in_a_stream(package: ModuleType) -> None:
    assert [one.relation for one in package.iter_parse(DOCUMENT, package.TextTerm)] == ["r"]


USER = """
from typing import assert_type

from {package} import CommonAttributes, TextCode, TextLink, CommonStatus

link = TextLink(value="l", href="there", status=CommonStatus.DRAFT, xml_id="x")
assert_type(link.status, CommonStatus | None)
assert_type(link.href, str | None)
TextCode(language="c", value="", level=1, xml_lang="en")


def level(one: CommonAttributes) -> int | None:
    return one.level


level(link)
TextLink(value="l", status="draft")  # wrong
TextLink(value="l", statuss=None)  # wrong
TextCode(value="", level=1)  # wrong
TextCode(language="c", value="").href  # wrong
link.level = "high"  # wrong
"""


@pytest.mark.slow
@pytest.mark.parametrize("checker", ["mypy --strict --no-error-summary", "pyright --pythonpath " + sys.executable])
def test_types_say_of_inherited_attributes_what_is_right_and_wrong(
    package: ModuleType, tmp_path: Path, checker: str
) -> None:
    program = USER.replace("{package}", package.__name__)
    wrong = [number for number, line in enumerate(program.splitlines(), start=1) if line.endswith("# wrong")]
    folder = Path(str(package.__file__)).parents[1]
    file = folder / "program_with_bases.py"
    file.write_text(program)
    command = [sys.executable, "-m", *checker.split(), file.name, package.__name__]
    checked = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = [line for line in checked.stdout.splitlines() if " error:" in line]
    assert sorted({int(line.partition(".py:")[2].split(":")[0]) for line in found}) == wrong, checked.stdout
