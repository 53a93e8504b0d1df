"""Which module a class belongs to."""

from __future__ import annotations

import pytest
from relaxgen.binding.families import families


def family_of(*names: str, unions: dict[str, str] | None = None, parents: dict[str, list[str]] | None = None,
              leaves: tuple[str, ...] = ()) -> dict[str, str]:  # fmt: skip
    children = {name: name not in leaves for name in names}
    return families(list(names), unions or {}, parents or {}, children)


def test_a_class_belongs_to_the_shortest_name_that_its_own_begins_with() -> None:
    assert family_of("Disk", "DiskDriver", "DiskDriverIothreads", "Domain") == {
        "Disk": "disk",
        "DiskDriver": "disk",
        "DiskDriverIothreads": "disk",
        "Domain": "domain",
    }


def test_a_name_begins_with_words_not_with_letters() -> None:
    assert family_of("Dis", "Disk", "DiskDriver") == {"Dis": "dis", "Disk": "disk", "DiskDriver": "disk"}


def test_a_name_without_a_head_is_a_family_of_its_own() -> None:
    assert family_of("DiskDriver", "DiskSource") == {"DiskDriver": "disk_driver", "DiskSource": "disk_source"}


def test_members_of_a_union_belong_to_its_family() -> None:
    unions = {"PciAddress": "Address", "UsbAddress": "Address"}
    assert set(family_of("Address", "PciAddress", "UsbAddress", unions=unions).values()) == {"address"}


def test_members_of_a_union_head_no_family() -> None:
    found = family_of("Address", "PciAddress", "PciAddressZpci", unions={"PciAddress": "Address"})
    assert found["PciAddressZpci"] == "pci_address_zpci"


def test_a_small_class_alone_moves_in_with_its_parent() -> None:
    parents = {"Boot": ["Disk", "DiskMirror"], "Source": ["Disk"]}
    found = family_of("Disk", "DiskMirror", "Boot", "Source", "SourceHost", parents=parents,
                      leaves=("Boot", "SourceHost"))  # fmt: skip
    assert found == {"Disk": "disk", "DiskMirror": "disk", "Boot": "disk", "Source": "source", "SourceHost": "source"}


def test_a_small_class_that_several_families_have_is_in_the_common_module() -> None:
    found = family_of("Disk", "Boot", "Hub", parents={"Boot": ["Disk", "Hub"]}, leaves=("Boot",))
    assert found == {"Disk": "disk", "Boot": "common", "Hub": "hub"}


@pytest.mark.parametrize("added", ["Zebra", "DiskBackingStore", "Address"])
def test_a_class_stays_where_it_is_when_the_schema_grows_elsewhere(added: str) -> None:
    before = family_of("Disk", "DiskDriver", "Domain", "DomainOs")
    after = family_of(added, "Disk", "DiskDriver", "Domain", "DomainOs")
    assert {name: after[name] for name in before} == before


def test_a_small_vocabulary_is_one_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relaxgen.binding.families.SMALL", 4)
    found = family_of("Shop", "Item", "Price", "Tag", unions={"Tag": "Item"})
    assert found == dict.fromkeys(("Shop", "Item", "Price", "Tag"), "shop")
    assert set(family_of("Shop", "Item", "Price", "Tag", "Order").values()) == {"shop", "item", "price", "tag", "order"}
    assert family_of() == {}
