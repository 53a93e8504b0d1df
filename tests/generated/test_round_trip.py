"""Documents come back from the generated package as they were."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks.round_trip import canonical, difference, failures, generated, releases, round_trip, vocabularies

DOCUMENTS = Path(__file__).resolve().parents[1] / "documents" / "domain"
QUICK = ["interface", "network", "networkport", "nwfilter", "secret", "storagepool", "storagevol"]
SAMPLE = 7
"""Of libvirt's domains, each so-manieth."""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.xml"))


@pytest.mark.parametrize("name", names(DOCUMENTS))
def test_our_documents_come_back_canonically_equal_and_stable(domain: ModuleType, name: str) -> None:
    assert round_trip(domain.parse_domain, domain.format_domain, (DOCUMENTS / name).read_bytes()) == ""


@pytest.mark.parametrize("name", names(DOCUMENTS))
def test_our_documents_are_exactly_valid(domain: ModuleType, name: str) -> None:
    domain.parse_domain(DOCUMENTS / name, validate=True)


@pytest.mark.parametrize("name", names(DOCUMENTS))
def test_unindented_text_is_the_same_document(domain: ModuleType, name: str) -> None:
    guest = domain.parse_domain(DOCUMENTS / name)
    text = domain.format_domain(guest, indent=None)
    assert difference((DOCUMENTS / name).read_bytes(), text.encode()) == ""
    assert domain.parse_domain(text) == guest


@pytest.mark.parametrize("name", names(DOCUMENTS))
def test_an_object_made_by_its_constructor_is_written_and_read_as_itself(domain: ModuleType, name: str) -> None:
    """What a document had beyond its fields is not needed to write them."""
    guest = domain.parse_domain(DOCUMENTS / name)
    rebuilt = eval(repr(guest), {name: getattr(domain, name) for name in domain.__all__})
    assert rebuilt == guest
    assert domain.parse_domain(domain.format_domain(rebuilt)) == guest


@pytest.mark.parametrize("schema", QUICK)
@pytest.mark.parametrize("release", ["libvirt-9.0.0", "libvirt-11.3.0"])
def test_documents_of_libvirt_come_back(corpus: Path, import_path: Path, release: str, schema: str) -> None:
    vocabulary = next(each for each in vocabularies(corpus, release) if each.schema.stem == schema)
    assert len(vocabulary.documents) >= 4
    assert failures(generated(vocabulary, import_path), vocabulary.documents) == {}


def test_a_sample_of_the_domains_of_libvirt_comes_back(corpus: Path, import_path: Path) -> None:
    vocabulary = next(each for each in vocabularies(corpus, "libvirt-11.3.0") if each.schema.stem == "domain")
    sample = vocabulary.documents[::SAMPLE]
    assert len(sample) > 100
    assert failures(generated(vocabulary, import_path), sample) == {}


@pytest.mark.slow
@pytest.mark.parametrize("start", range(4))
def test_documents_of_the_whole_corpus_come_back(corpus: Path, import_path: Path, start: int) -> None:
    """Every third document of the vocabularies that have many. ``benchmarks/round_trip.py`` takes them all."""
    failed = {
        (vocabulary.name, path.name): reason
        for release in releases(corpus)[start::4]
        for vocabulary in vocabularies(corpus, release)
        for path, reason in failures(generated(vocabulary, import_path), some_of(vocabulary.documents)).items()
    }
    assert failed == {}


def some_of(documents: Sequence[Path]) -> Sequence[Path]:
    return documents[::3] if len(documents) > 60 else documents


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<a> <b/>\n </a>", "<a><b/></a>"),
        ("<a y='1' x='2'/>", '<a x="2" y="1"></a>'),
        ("<!DOCTYPE a><!-- c --><a><?p?><b/><!-- c --></a>", "<a><b/></a>"),
        ("<p xmlns:q='urn:u'><q:a/></p>", "<p xmlns:q='urn:u'><q:a/></p>"),
    ],
)
def test_canonical_form_forgets_what_does_not_count(before: str, after: str) -> None:
    assert canonical(before.encode()) == canonical(after.encode())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<a> </a>", "<a/>"),
        ("<a>t <b/> </a>", "<a>t<b/></a>"),
        ("<a><b/><c/></a>", "<a><c/><b/></a>"),
        ("<a x='01'/>", "<a x='1'/>"),
        ("<p xmlns='urn:u'/>", "<p/>"),
    ],
)
def test_canonical_form_shows_what_counts(before: str, after: str) -> None:
    assert difference(before.encode(), after.encode())
