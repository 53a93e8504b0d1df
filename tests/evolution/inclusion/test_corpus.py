"""Releases of real schemas against each other: what is known to have been broken is found, what was kept is proven."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from relaxgen.evolution.inclusion import Inclusion, Verdict, compare_documents
from relaxgen.relaxng.validator import compile_schema

from tests.evolution.inclusion.test_cases import form_of


def compare(old: Path, new: Path) -> Inclusion:
    return compare_documents(form_of(old), form_of(new))


def breaks(inclusion: Inclusion) -> list[tuple[str, str]]:
    return [(found.kind.value, found.xpath) for found in inclusion.counterexamples]


def libvirt(corpus: Path, root: str) -> tuple[Path, Path]:
    return corpus / f"libvirt-9.0.0/schemas/{root}.rng", corpus / f"libvirt-11.3.0/schemas/{root}.rng"


def test_the_breaks_of_libvirts_domain_are_found(corpus: Path) -> None:
    old, new = libvirt(corpus, "domain")
    inclusion = compare(old, new)
    assert not inclusion.undecided
    assert breaks(inclusion) == [
        ("order", "/domain/launchSecurity"),
        ("attribute not allowed", "/domain/devices/interface/driver/@iommu"),
        ("attribute not allowed", "/domain/devices/interface/driver/@ats"),
        ("attribute not allowed", "/domain/devices/interface/driver/@packed"),
        ("attribute not allowed", "/domain/devices/interface/driver/@page_per_vq"),
        ("combination", "/domain/devices/interface/driver"),
        ("combination", "/domain/devices/interface/driver"),
        ("attribute not allowed", "/domain/devices/interface/driver/@rss"),
        ("attribute not allowed", "/domain/devices/interface/driver/@rss_hash_report"),
    ]
    given = {name.local: value for name, value in inclusion.counterexamples[1].given}
    assert given["name"] in ("kvm", "vfio"), "<driver name='qemu' iommu='on'/> is allowed as before"
    judges = compile_schema(old), compile_schema(new)
    for found in inclusion.counterexamples:
        assert judges[0].is_valid(found.witness)
        assert not judges[1].is_valid(found.witness)


def test_a_required_attribute_of_libvirts_capabilities_is_found(corpus: Path) -> None:
    inclusion = compare(*libvirt(corpus, "capability"))
    assert breaks(inclusion) == [("attribute missing", "/capabilities/host/topology/cells/cell/cpus/cpu/@cluster_id")]


@pytest.mark.parametrize("root", ["network", "networkport", "nodedev", "nwfilter", "storagepool"])
def test_what_libvirt_kept_is_proven(corpus: Path, root: str) -> None:
    """Among it wider integers, longer patterns, and groups that became interleaves."""
    assert compare(*libvirt(corpus, root)) == Inclusion()


@pytest.mark.slow
def test_minor_releases_of_pacemaker_keep_documents_and_major_ones_do_not(corpus: Path) -> None:
    schemas = list((corpus / "vocabularies/pacemaker/schema").glob("pacemaker-[0-9]*.rng"))
    schemas.sort(key=lambda path: [int(part) for part in path.stem.rpartition("-")[2].split(".")])
    for old, new in pairwise(schemas):
        inclusion = compare(old, new)
        is_major = new.stem.endswith(".0")
        assert inclusion.verdict is (Verdict.NOT_INCLUDED if is_major else Verdict.INCLUDED), f"{old.stem} {new.stem}"
        assert not inclusion.undecided
