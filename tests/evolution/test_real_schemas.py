"""libvirt 9.0 against 11.3, all root schemas: what is known to have broken is found, and whatever is told is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from relaxgen.evolution.compared_packages import Arguments, open_pairs
from relaxgen.evolution.inclusion import Verdict
from relaxgen.evolution.package_comparison import Comparison, compare
from relaxgen.evolution.policy import Answer, verdict_of
from relaxgen.evolution.rules import Category
from relaxgen.relaxng import CompiledSchema, compile_schema

pytestmark = pytest.mark.slow

ROOTS = 18
REGRESSIONS = {
    "in <launchSecurity> <cbitpos> must come before <reducedPhysBits>": "<reducedPhysBits>",
    "attributes iommu, ats, packed, page_per_vq, rss, rss_hash_report and <host>, <guest> are not allowed in <driver> "
    "with name='kvm' any more": "iommu=",
}
"""Accidents of refactorings: findings, and what their witnesses hold."""


@pytest.fixture(scope="module")
def releases(corpus: Path) -> tuple[Path, Path]:
    return corpus / "libvirt-9.0.0" / "schemas", corpus / "libvirt-11.3.0" / "schemas"


@pytest.fixture(scope="module")
def comparison(releases: tuple[Path, Path]) -> Comparison:
    with open_pairs(Arguments(tuple(map(str, releases)))) as pairs:
        return compare(pairs)


def test_every_root_schema_has_its_verdict(comparison: Comparison) -> None:
    names = [schema.name for schema in comparison.schemas if "/" not in schema.name]
    assert len(names) == ROOTS
    assert all(schema.backward is not Verdict.UNDECIDED for schema in comparison.schemas)


@pytest.mark.parametrize("message", REGRESSIONS)
def test_the_regressions_that_nobody_meant_are_found(comparison: Comparison, message: str) -> None:
    (finding,) = (one for one in comparison.findings if one.message == message)
    broken = finding.impact_on(Category.BACKWARD)
    assert broken is not None
    assert REGRESSIONS[message] in broken.witness
    assert len(finding.schemas) > 3, "told once, for all the schemas that include the define"


def test_a_cluster_is_required_where_a_socket_is_given(comparison: Comparison) -> None:
    (finding,) = (one for one in comparison.broken(Category.BACKWARD) if one.schemas == ("capability.rng",))
    assert finding.paths == ("/capabilities/host/topology/cells/cell/cpus/cpu/@cluster_id",)
    assert "is required now" in finding.message


def test_whatever_breaks_old_documents_is_shown(comparison: Comparison, releases: tuple[Path, Path]) -> None:
    assert verdict_of(comparison, Category.BACKWARD).answer is Answer.BROKEN
    compiled: dict[Path, CompiledSchema] = {}
    for finding in comparison.broken(Category.BACKWARD, possibly=True):
        broken = finding.impact_on(Category.BACKWARD)
        assert broken is not None
        assert broken.certain, finding.message
        old, new = (directory / finding.schemas[0] for directory in releases)
        for path in (old, new):
            if path not in compiled:
                compiled[path] = compile_schema(path)
        assert compiled[old].is_valid(broken.witness), finding.message
        assert not compiled[new].is_valid(broken.witness), finding.message


def test_a_datatype_that_allows_more_breaks_no_old_document(comparison: Comparison) -> None:
    wider = [one for one in comparison.findings if one.rule.id in ("RNG051", "RNG055")]
    assert any("the text of <product>" in one.message for one in wider)
    assert any("attribute average of" in one.message for one in wider)
    assert not any(one.impact_on(Category.BACKWARD) for one in wider)
