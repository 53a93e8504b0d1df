"""Documents with one mistake each are refused, and the fault stands where a person would point."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

DOCUMENTS = Path(__file__).resolve().parents[1] / "documents" / "domain-invalid"

FAULTS = {
    "address-attribute-of-other-type": (19, "/domain/devices/disk/address/@function"),
    "address-function-too-large": (19, "/domain/devices/disk/address/@function"),
    "address-unknown-type": (19, "/domain/devices/disk/address/@type"),
    "channel-without-target": (25, "/domain/devices/channel"),
    "clock-basis-without-variable": (11, "/domain/clock/@basis"),
    "controller-attribute-of-other-type": (25, "/domain/devices/controller/@ports"),
    "disk-misspelt-attribute": (18, "/domain/devices/disk/target/@buss"),
    "disk-misspelt-element": (19, "/domain/devices/disk/readOnly"),
    "disk-queues-zero": (16, "/domain/devices/disk/driver/@queues"),
    "disk-snapshot-default": (15, "/domain/devices/disk/@snapshot"),
    "disk-snapshot-yes": (15, "/domain/devices/disk/@snapshot"),
    "disk-source-of-other-type": (17, "/domain/devices/disk/source/@dev"),
    "disk-transient-content": (19, "/domain/devices/disk/transient"),
    "disk-transient-twice": (20, "/domain/devices/disk/transient[2]"),
    "disk-two-sources": (18, "/domain/devices/disk/source[2]"),
    "disk-unknown-type": (15, "/domain/devices/disk/@type"),
    "disk-without-target": (15, "/domain/devices/disk"),
    "disk-wwn-too-short": (19, "/domain/devices/disk/wwn"),
    "domain-foreign-attribute": (2, "/domain/@version"),
    "domain-text-between-elements": (11, "/domain"),
    "domain-unknown-type": (2, "/domain/@type"),
    "domain-without-name": (2, "/domain"),
    "foreign-namespace-outside-metadata": (25, "/domain/devices/note"),
    "graphics-listen-without-network": (26, "/domain/devices/graphics/listen"),
    "graphics-port-too-large": (25, "/domain/devices/graphics/@port"),
    "hostdev-mdev-without-model": (25, "/domain/devices/hostdev"),
    "interface-without-network": (22, "/domain/devices/interface/source"),
    "mac-multicast": (21, "/domain/devices/interface/mac/@address"),
    "memballoon-twice": (25, "/domain/devices/memballoon[2]"),
    "memory-negative": (5, "/domain/memory"),
    "memory-unknown-unit": (5, "/domain/memory/@unit"),
    "on-crash-unknown-action": (12, "/domain/on_crash"),
    "os-unknown-architecture": (8, "/domain/os/type/@arch"),
    "os-without-type": (7, "/domain/os"),
    "rng-without-backend": (25, "/domain/devices/rng"),
    "serial-tcp-without-service": (26, "/domain/devices/serial/source"),
    "uuid-too-long": (4, "/domain/uuid"),
    "vcpu-zero": (6, "/domain/vcpu"),
    "video-primary-not-yes-or-no": (26, "/domain/devices/video/model/@primary"),
    "watchdog-unknown-action": (25, "/domain/devices/watchdog/@action"),
}

OF_CORRELATIONS = {
    "disk-source-of-other-type",
    "graphics-listen-without-network",
    "interface-without-network",
    "serial-tcp-without-service",
}
"""Each part is right, but not beside the others: only exact validation sees it."""


def test_every_invalid_document_has_its_place_here() -> None:
    assert {path.stem for path in DOCUMENTS.glob("*.xml")} == set(FAULTS)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_exact_validation_points_at_the_mistake(domain: ModuleType, name: str) -> None:
    with pytest.raises(domain.ParseError) as caught:
        domain.parse_domain(DOCUMENTS / f"{name}.xml", validate=True)
    (fault,) = caught.value.faults
    assert (fault.line, fault.path) == FAULTS[name]
    assert fault.file == str(DOCUMENTS / f"{name}.xml")
    assert fault.column >= 1
    assert fault.source_line == (DOCUMENTS / f"{name}.xml").read_text().splitlines()[fault.line - 1]
    assert str(fault).startswith(f"{fault.file}:{fault.line}:{fault.column}: {fault.path}: {fault.message}\n")


@pytest.mark.parametrize("name", sorted(set(FAULTS) - OF_CORRELATIONS))
def test_parsing_alone_sees_what_no_class_can_hold(domain: ModuleType, name: str) -> None:
    with pytest.raises(domain.ParseError) as caught:
        domain.parse_domain(DOCUMENTS / f"{name}.xml")
    assert [(fault.line, fault.path) for fault in caught.value.faults] == [FAULTS[name]]


@pytest.mark.parametrize("name", sorted(OF_CORRELATIONS))
def test_types_do_not_express_correlations(domain: ModuleType, name: str) -> None:
    read = domain.parse_domain(DOCUMENTS / f"{name}.xml")
    text = domain.format_domain(read, validate=False)
    with pytest.raises(domain.ParseError):
        domain.parse_domain(text, validate=True)
