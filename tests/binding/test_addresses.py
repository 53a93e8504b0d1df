"""Addresses of bindings files as they are written; where they lead is shown by the cases called ``bindings-…``."""

from __future__ import annotations

import pytest
from relaxgen.binding.addresses import Address, AddressError, Step, parse_address
from relaxgen.binding.bindings_file import Subject


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("disk", Address((Step("disk"),))),
        ("/domain/devices", Address((Step("domain"), Step("devices")), from_root=True)),
        ("address[@type='pci']", Address((Step("address", "type", "pci"),))),
        ('address[@type="pci"]', Address((Step("address", "type", "pci"),))),
        ("hostdev[@mode='capabilities']/source", Address((Step("hostdev", "mode", "capabilities"), Step("source")))),
        ("qemu:commandline/qemu:arg", Address((Step("qemu:commandline"), Step("qemu:arg")))),
        ("suspend-to-mem", Address((Step("suspend-to-mem"),))),
    ],
)
def test_an_element_is_addressed_by_steps(text: str, address: Address) -> None:
    assert parse_address(text, Subject.ELEMENT) == address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("disk/@snapshot", Address((Step("disk"),), attribute="snapshot")),
        ("/domain/@type", Address((Step("domain"),), from_root=True, attribute="type")),
        ("address[@type='pci']/@bus", Address((Step("address", "type", "pci"),), attribute="bus")),
    ],
)
def test_the_address_of_an_attribute_ends_in_its_name(text: str, address: Address) -> None:
    assert parse_address(text, Subject.ATTRIBUTE) == address


@pytest.mark.parametrize(
    "text", ["", "/", "disk/", "disk//source", "/@type", "disk[", "disk[type='x']", "disk/@a/@b", "a b"]
)
@pytest.mark.parametrize("subject", [Subject.ELEMENT, Subject.ATTRIBUTE])
def test_what_is_no_address_is_refused(text: str, subject: Subject) -> None:
    with pytest.raises(AddressError, match="is not an address"):
        parse_address(text, subject)


def test_elements_and_attributes_have_tables_of_their_own() -> None:
    with pytest.raises(AddressError, match="addresses an attribute"):
        parse_address("disk/@snapshot", Subject.ELEMENT)
    with pytest.raises(AddressError, match="addresses an element"):
        parse_address("disk", Subject.ATTRIBUTE)
