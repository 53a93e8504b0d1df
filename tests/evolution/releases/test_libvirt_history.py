"""What our schema and our bindings say about libvirt's releases, compared with the schemas of 119 of them."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from relaxgen.evolution.releases import ReleaseArguments, SinceTable, open_releases, since_table
from relaxgen.evolution.releases.since_facts import Answer, check_facts

REPOSITORY = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def table(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> SinceTable:
    directory = tmp_path_factory.mktemp("history")
    with tarfile.open(corpus / "libvirt-history.tar.xz") as archive:
        archive.extractall(directory, filter="data")
    with open_releases(ReleaseArguments("domain.rng", str(directory / "rel"))) as releases:
        return since_table(releases)


def test_every_fact_agrees_with_the_releases(table: SinceTable) -> None:
    report = check_facts(table, [REPOSITORY / "schemas/domain.rng"], [REPOSITORY / "schemas/libvirt.bindings.toml"])
    assert not [one.message for one in report.wrong]
    assert report.count(Answer.EXACT) > 300


def test_all_releases_are_read_and_few_paths_are_gone(table: SinceTable) -> None:
    assert len(table.releases) == 119
    assert len(table.accepting) > 5000
    assert sum(table.until(path) is not None for path in table.accepting) < 60
