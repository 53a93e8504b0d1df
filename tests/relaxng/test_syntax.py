"""Names and addresses."""

from __future__ import annotations

import pytest
from relaxgen.relaxng.syntax import UnusableAddress, fault_of_datatype_library, is_ncname, local_path


@pytest.mark.parametrize("name", ["a", "_", "é", "a-b.c_1", "名前", "x1", "😀"])
def test_names_without_colon(name: str) -> None:
    assert is_ncname(name)


@pytest.mark.parametrize("name", ["", "1a", "-a", ".", "a b", "a:b", "a/b", "a\n", " a", "{{x}}", "../../x", "·"])
def test_what_is_no_name(name: str) -> None:
    assert not is_ncname(name)


@pytest.mark.parametrize(
    ("href", "base", "path"),
    [
        ("b.rng", "a.rng", "b.rng"),
        ("b.rng", "schemas/a.rng", "schemas/b.rng"),
        ("../b.rng", "schemas/a.rng", "b.rng"),
        ("./x/../b.rng", "/s/a.rng", "/s/b.rng"),
        ("/t/b.rng", "schemas/a.rng", "/t/b.rng"),
        ("file:///t/b%20c.rng", "a.rng", "/t/b c.rng"),
        ("file://localhost/t/b.rng", "a.rng", "/t/b.rng"),
        ("é.rng", "x/a.rng", "x/é.rng"),
        ("", "x/a.rng", "x/a.rng"),
    ],
)
def test_addresses_are_relative_to_their_document(href: str, base: str, path: str) -> None:
    assert local_path(href, base) == path


@pytest.mark.parametrize(
    "href", ["http://x/a.rng", "ftp://x/a", "urn:x", "//host/a.rng", "a.rng#f", "a.rng?q", "%00", "//[", "data:,x"]
)
def test_only_local_files_are_addressed(href: str) -> None:
    with pytest.raises(UnusableAddress):
        local_path(href, "a.rng")


@pytest.mark.parametrize("uri", ["", "urn:x", "http://www.w3.org/2001/XMLSchema-datatypes", "x-y+z.1:a?b%20"])
def test_datatype_libraries(uri: str) -> None:
    assert fault_of_datatype_library(uri) is None


@pytest.mark.parametrize("uri", ["x", "./x", "urn:", "1x:y", "urn:x#", "urn:%g0"])
def test_what_is_no_datatype_library(uri: str) -> None:
    assert fault_of_datatype_library(uri) is not None
