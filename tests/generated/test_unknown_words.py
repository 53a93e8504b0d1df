"""Words of a table that the schema does not allow: the sentinel is left out, others are refused, read ones are kept."""

from __future__ import annotations

from types import ModuleType

import pytest

from tests.conftest import GenerateAndImport

SCHEMA = """\
<element name="disk" xmlns="http://relaxng.org/ns/structure/1.0" xmlns:b="urn:relaxgen:binding:1">
  <optional>
    <attribute name="snapshot">
      <choice b:enum="virSnapshot"><value>no</value><value>internal</value></choice>
    </attribute>
  </optional>
  <zeroOrMore>
    <element name="copy"><choice b:enum="virCopy"><value>slow</value><value>late</value></choice></element>
  </zeroOrMore>
</element>
"""

TABLES = """\
VIR_ENUM_IMPL(virSnapshot, VIR_SNAPSHOT_LAST, "default", "no", "internal", "external")
VIR_ENUM_IMPL(virCopy, VIR_COPY_LAST, "fast", "slow", "late")
"""


@pytest.fixture(scope="module")
def package(generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    directory = tmp_path_factory.mktemp("words")
    (directory / "disk.rng").write_text(SCHEMA, encoding="utf-8")
    (directory / "words.enums").write_text(TABLES, encoding="utf-8")
    return generate_and_import("unknown_words", directory / "disk.rng", enums=(directory / "words.enums",))


@pytest.mark.parametrize(
    "text",
    [
        "<disk snapshot='external'/>",
        "<disk snapshot='default'/>",
        "<disk snapshot='manual'/>",
        "<disk><copy>slow</copy><copy>fast</copy></disk>",
    ],
)
def test_words_that_were_read_as_unknown_are_written_back(package: ModuleType, text: str) -> None:
    disk = package.parse_disk(text, unknown="keep")
    assert [one.kind for one in disk.unknown] == ["token"]
    assert package.format_disk(disk, indent=None) == text
    assert package.format_disk(disk, like=text) == text


def test_only_the_sentinel_is_left_out(package: ModuleType) -> None:
    assert package.format_disk(package.Disk(snapshot=package.Snapshot.DEFAULT), indent=None) == "<disk/>"


def test_a_word_of_another_release_is_refused_when_it_is_set(package: ModuleType) -> None:
    with pytest.raises(package.FormatError, match=r"EXTERNAL is not one of no, internal"):
        package.format_disk(package.Disk(snapshot=package.Snapshot.EXTERNAL))


def test_a_first_word_that_means_something_is_no_sentinel(package: ModuleType) -> None:
    with pytest.raises(package.FormatError, match="FAST is not one of slow, late"):
        package.format_disk(package.Disk(copies=[package.Copy.FAST]))


def test_the_plain_text_of_a_sentinel_is_not_taken_for_it(package: ModuleType) -> None:
    with pytest.raises(package.FormatError, match="'default' is not one of no, internal"):
        package.format_disk(package.Disk(snapshot="default"))
