"""From the schema's names to the model's, as tables."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relaxgen.binding.naming import (
    LONGEST_NAME,
    class_name,
    ends_with,
    field_name,
    namespace_word,
    plural,
    shared_prefix,
    table_class_name,
    words,
)


@pytest.mark.parametrize(
    ("name", "expected_words", "expected_class", "expected_field"),
    [
        ("disk", ("disk",), "Disk", "disk"),
        ("backingStore", ("backing", "store"), "BackingStore", "backing_store"),
        ("on_poweroff", ("on", "poweroff"), "OnPoweroff", "on_poweroff"),
        ("hint-dedicated", ("hint", "dedicated"), "HintDedicated", "hint_dedicated"),
        ("db.section", ("db", "section"), "DbSection", "db_section"),
        ("USBPort", ("usb", "port"), "UsbPort", "usb_port"),
        ("baseURI", ("base", "uri"), "BaseUri", "base_uri"),
        ("NCName", ("nc", "name"), "NcName", "nc_name"),
        ("A", ("a",), "A", "a"),
        ("ABC", ("abc",), "Abc", "abc"),
        ("e820_host", ("e820", "host"), "E820Host", "e820_host"),
        ("ps2", ("ps2",), "Ps2", "ps2"),
        ("x86Features", ("x86", "features"), "X86Features", "x86_features"),
        ("8021qbg", ("8021qbg",), "N8021qbg", "n8021qbg"),
        ("802.1Qbg", ("802", "1", "qbg"), "N8021Qbg", "n802_1_qbg"),
        ("_private", ("private",), "Private", "private"),
        ("trailing_", ("trailing",), "Trailing", "trailing"),
        ("a--b", ("a", "b"), "AB", "a_b"),
        ("été", ("été",), "Été", "été"),
        ("größeNeu", ("größe", "neu"), "GrößeNeu", "größe_neu"),
        ("x😀", ("x", "grinning", "face"), "XGrinningFace", "x_grinning_face"),
        ("ﬁle", ("file",), "File", "file"),
        ("...", ("unnamed",), "Unnamed", "unnamed"),
        ("class", ("class",), "Class", "class"),
        ("None", ("none",), "None", "none"),
        ("../../x", ("x",), "X", "x"),
        ("{{ 7*7 }}", ("7", "7"), "N77", "n7_7"),
        ("'; import os #", ("import", "os"), "ImportOs", "import_os"),
    ],
)
def test_names(name: str, expected_words: tuple[str, ...], expected_class: str, expected_field: str) -> None:
    assert words(name) == expected_words
    assert class_name(name) == expected_class
    assert field_name(name) == expected_field


@given(st.text(min_size=1))
def test_every_text_gives_identifiers(name: str) -> None:
    assert class_name(name).isidentifier()
    assert field_name(name).isidentifier()


@given(st.text(min_size=1, max_size=3), st.integers(100, 300))
def test_a_long_name_is_cut_to_a_name_that_stays_itself(name: str, times: int) -> None:
    for cut in (class_name(name * times), field_name(name * times)):
        assert cut.isidentifier()
        assert len(cut.encode()) <= LONGEST_NAME
        assert unicodedata.normalize("NFKC", cut) == cut
    assert class_name("n" * times) != class_name("n" * (times + 1))


@given(st.text(min_size=1))
def test_names_of_names_stay_as_they_are(name: str) -> None:
    assert field_name(field_name(name)) == field_name(name)


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("disk", "disks"),
        ("interface", "interfaces"),
        ("address", "addresses"),
        ("entry", "entries"),
        ("key", "keys"),
        ("graphics", "graphics"),
        ("hostdev", "hostdevs"),
        ("bus", "buses"),
        ("alias", "aliases"),
        ("status", "statuses"),
        ("analysis", "analysis"),
        ("data", "data"),
        ("metadata", "metadata"),
        ("switch", "switches"),
        ("brush", "brushes"),
        ("box", "boxes"),
        ("quiz", "quizes"),
        ("y", "ys"),
        ("s", "s"),
        ("backing_store", "backing_stores"),
    ],
)
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many


@pytest.mark.parametrize(
    ("name", "ending", "answer"),
    [
        ("disk", "disk", True),
        ("diskBackingStore", "backingStore", True),
        ("virtualPortProfile", "virtualport", False),
        ("hostdevcaps", "caps", True),
        ("storage-pool", "pool", True),
        ("storagePool", "Pool", True),
        ("disk", "diskDriver", False),
        ("graphic", "graphics", False),
    ],
)
def test_a_define_ends_with_an_element_whatever_the_humps(name: str, ending: str, answer: bool) -> None:
    assert ends_with(name, ending) is answer


@pytest.mark.parametrize(
    ("names", "prefix"),
    [
        (["db.section", "db.para"], "db."),
        (["mal_page", "mal_page_title"], "mal_"),
        (["tei-div", "tei-p", "tei-div1"], "tei-"),
        (["db.html.table", "db.html.td"], "db.html."),
        (["disk", "diskspec"], ""),
        (["database", "data"], ""),
        (["db.section"], ""),
        ([], ""),
        (["db.section", "", "db.para"], "db."),
        (["db.section", "other"], ""),
        ([*(f"db.{letter}" for letter in "abcdefghi"), "other"], "db."),
        ([*(f"db.{letter}" for letter in "abcdefgh"), "other"], ""),
        (["db.a.b", "db.a.c", "db.b"], "db."),
        (["a--b", "a--c"], "a--"),
    ],
)
def test_a_prefix_that_all_names_share_ends_with_a_separator(names: list[str], prefix: str) -> None:
    assert shared_prefix(names) == prefix


@pytest.mark.parametrize(
    ("table", "last", "name"),
    [
        ("virDomainDiskSnapshot", "VIR_DOMAIN_DISK_SNAPSHOT_LAST", "DiskSnapshot"),
        ("virDomainDisk", "VIR_DOMAIN_DISK_TYPE_LAST", "DiskType"),
        ("virDomainDiskType", "VIR_DOMAIN_DISK_TYPE_LAST", "DiskType"),
        ("virStorageFile", "", "StorageFile"),
        ("virDomain", "", "Domain"),
        ("virDomainstate", "", "Domainstate"),
        ("qemuMonitorState", "", "QemuMonitorState"),
        ("vir", "", "Vir"),
    ],
)
def test_a_table_loses_the_prefix_of_its_vocabulary(table: str, last: str, name: str) -> None:
    assert table_class_name(table, last) == name


@pytest.mark.parametrize(
    ("uri", "word"),
    [
        ("http://libvirt.org/schemas/domain/qemu/1.0", "qemu"),
        ("http://www.w3.org/1999/xlink", "xlink"),
        ("urn:example:books", "books"),
        ("http://example.org/ns#", "ns"),
        ("urn:x:v2", "x"),
        ("urn:8021", "urn"),
        ("1.0", ""),
        ("", ""),
        ("http://example.org/a-b", "a_b"),
    ],
)
def test_a_namespace_without_prefix_gets_a_word_of_its_name(uri: str, word: str) -> None:
    assert namespace_word(uri) == word
