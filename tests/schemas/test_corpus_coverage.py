"""How much of libvirt's own test documents our grammar of the domain covers.

The documents that libvirt's schema accepts and ours refuses, and the other way round, are listed with the reason.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"

LEAST_SHARE = {"libvirt-11.3.0": 0.997, "libvirt-9.0.0": 0.997}

REFUSED = {
    "chardev-tcp-multiple-source": "a TCP stream with two sources, of which libvirt itself uses one",
    "disk-transient": "<transient> is a mere flag here: it has no attribute shareBacking",
}
"""By the document's name up to the first point."""

ACCEPTED = {
    "disk-device-lun-type-invalid": "that a device of kind lun has a block source is for exact rules of the hypervisor",
    "disk-network-iscsi-zero-hosts-invalid": "the number of hosts does not depend on the protocol",
    "numatune-auto-nodeset-invalid": "the set of nodes does not depend on the placement",
    "seclabel-device-relabel-invalid": "a label may be missing although relabelling is wanted",
}


def _documents(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.xml"))


def _base(path: Path) -> str:
    return path.name.partition("__")[2].partition(".")[0]


@pytest.fixture(scope="module")
def schema() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(SCHEMAS / "domain.rng"))


@pytest.mark.parametrize("release", sorted(LEAST_SHARE))
def test_documents_of_libvirt_are_valid(corpus: Path, schema: etree.RelaxNG, release: str) -> None:
    documents = _documents(corpus / release / "xml" / "domain")
    assert len(documents) > 1000
    refused = [path for path in documents if not schema.validate(etree.parse(path))]
    assert {_base(path) for path in refused} <= set(REFUSED)
    assert 1 - len(refused) / len(documents) >= LEAST_SHARE[release]


@pytest.mark.parametrize("release", sorted(LEAST_SHARE))
def test_documents_that_libvirt_refuses_are_refused(corpus: Path, schema: etree.RelaxNG, release: str) -> None:
    documents = _documents(corpus / release / "xml-invalid" / "domain")
    assert len(documents) > 10
    accepted = {_base(path) for path in documents if schema.validate(etree.parse(path))}
    assert accepted <= set(ACCEPTED)
