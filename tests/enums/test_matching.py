"""Which table belongs to which choice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relaxgen.enums.matching import (
    Fit,
    NamedChoice,
    TableMatcher,
    compare,
    fit_of,
    is_convincing,
    joined_words,
    words_of,
)
from relaxgen.enums.table import EnumEntry, EnumTable


def table(name: str, tokens: str) -> EnumTable:
    """A table of the words of `tokens`; ``_`` stands for the empty token."""
    entries = (EnumEntry("" if token == "_" else token, index) for index, token in enumerate(tokens.split()))
    return EnumTable(name, "LAST", tuple(entries))


def choice(path: str, tokens: str) -> NamedChoice:
    return NamedChoice(path, tuple(tokens.split()), tuple(path.replace("@", "").split("/")))


SNAPSHOT = table("virDomainDiskSnapshot", "default no internal external")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("virDomainDiskSnapshot", "vir domain disk snapshot"),
        ("copy_on_read", "copy on read"),
        ("USBPort", "usb port"),
        ("backingStore", "backing store"),
        ("", ""),
    ],
)
def test_words_of_a_name(name: str, words: str) -> None:
    assert " ".join(words_of(name)) == words


@pytest.mark.parametrize(
    ("entries", "tokens", "fit"),
    [
        ("a b c", "a b c", Fit.EXACT),
        ("a b c", "c a b", Fit.EXACT),
        ("default a b", "a b", Fit.SENTINEL),
        ("default a b", "b a default", Fit.EXACT),
        ("_ a b", "a b", Fit.SENTINEL),
        ("a b default", "a b", None),
        ("a b", "a b c", None),
        ("default a b", "a b c", None),
        ("default a b c", "a b", None),
        ("_ _ a _ b", "a b", Fit.SENTINEL),
        ("a _ b", "a b", Fit.EXACT),
        ("a a b", "a b", Fit.EXACT),
        ("", "a", None),
        ("a", "", None),
        ("default", "", None),
    ],
)
def test_fit_of_a_table(entries: str, tokens: str, fit: Fit | None) -> None:
    assert fit_of(table("virX", entries), frozenset(tokens.split())) is fit


def test_an_empty_token_that_documents_may_hold_counts() -> None:
    assert fit_of(table("virX", "_ a"), frozenset({"", "a"})) is Fit.EXACT
    assert fit_of(table("virX", "a b"), frozenset({"", "a", "b"})) is None


def best(tokens: str, words: str, *tables: EnumTable) -> str | None:
    match = TableMatcher(tables).best(tokens.split(), words.split())
    return match.table.name if match else None


def test_the_only_table_with_three_tokens_or_more_is_taken_whatever_its_name() -> None:
    assert best("no internal external", "foo bar", SNAPSHOT) == "virDomainDiskSnapshot"


def test_the_match_says_which_entry_is_the_sentinel() -> None:
    match = TableMatcher([SNAPSHOT]).best(["no", "internal", "external"], [])
    assert match is not None
    assert (match.fit, match.sentinel) == (Fit.SENTINEL, "default")


def test_two_tokens_need_a_name_of_which_a_third_fits() -> None:
    tray = table("virDomainDiskTray", "closed open")
    assert best("closed open", "door", tray) is None
    assert best("closed open", "tray", tray) == "virDomainDiskTray"
    link = table("virDomainNetInterfaceLinkState", "default up down")
    assert best("up down", "link", link) is None
    assert best("up down", "link state", link) == "virDomainNetInterfaceLinkState"


def test_one_token_needs_a_name_that_fits() -> None:
    mode = table("virDomainDiskMode", "only")
    assert best("only", "net", mode) is None
    assert best("only", "disk mode", mode) == "virDomainDiskMode"
    assert best("only only only", "net", mode) is None


@pytest.mark.parametrize(
    ("tokens", "score", "tables", "expected"),
    [
        ("a", 0, 1, False),
        ("a", 1, 1, True),
        ("a b", -1, 1, False),
        ("a b", 0, 1, True),
        ("a b", 0, 2, False),
        ("a b", 1, 2, True),
        ("a b c", -3, 1, True),
        ("a b c", 0, 2, False),
        ("a a a", 0, 1, False),
    ],
)
def test_few_tokens_or_several_tables_need_a_name_that_fits(
    tokens: str, score: int, tables: int, expected: bool
) -> None:
    assert is_convincing(tokens.split(), score, tables) is expected


def test_among_tables_of_the_same_tokens_the_name_decides_or_nothing_does() -> None:
    tables = [table(f"virDomain{name}", "default virtio xen none") for name in ("Disk", "Input", "FS")]
    assert best("virtio xen none", "disk model", *tables) == "virDomainDisk"
    assert best("virtio xen none", "input model", *tables) == "virDomainInput"
    assert best("virtio xen none", "filesystem model", *tables) is None
    assert best("virtio xen none", "disk input", *tables) is None


def test_the_longer_name_wins_where_all_its_words_fit() -> None:
    tables = [table("virDomainDisk", "a b"), table("virDomainDiskBus", "a b")]
    assert best("a b", "disk target bus", *tables) == "virDomainDiskBus"
    assert best("a b", "disk target", *tables) == "virDomainDisk"


def test_words_may_be_joined_on_either_side() -> None:
    tables = [table("virDomainIoEventFd", "default on off"), table("virDomainVirtioEventIdx", "default on off")]
    assert best("on off", "disk driver ioeventfd", *tables) == "virDomainIoEventFd"
    assert best("on off", "disk driver event idx", *tables) == "virDomainVirtioEventIdx"


def test_words_that_every_table_has_decide_nothing() -> None:
    tables = [table("virDomainMouseMode", "server client"), table("virDomainVhostuserMode", "server client")]
    assert best("server client", "interface source mode", *tables) is None


@given(st.lists(st.tuples(st.text(max_size=3), st.lists(st.sampled_from("abcd"), max_size=4)), max_size=5))
def test_the_best_table_never_depends_on_the_order_of_tables(rows: list[tuple[str, list[str]]]) -> None:
    tables = [table(f"vir{number}{name}", " ".join(tokens)) for number, (name, tokens) in enumerate(rows)]
    for tokens in ("a b", "b c d", "a"):
        assert best(tokens, "0 1 disk", *tables) == best(tokens, "0 1 disk", *reversed(tables))


@given(st.lists(st.text(alphabet="ab_", max_size=2), max_size=5), st.lists(st.text(alphabet="ab_", max_size=2)))
def test_candidates_are_all_tables_that_fit(entries: list[str], tokens: list[str]) -> None:
    found = EnumTable("virX", "LAST", tuple(EnumEntry(token, index) for index, token in enumerate(entries)))
    fit = fit_of(found, frozenset(tokens))
    assert TableMatcher([found]).candidates(tokens) == (((found, fit),) if fit else ())


def test_joined_words_are_runs_of_a_few() -> None:
    assert joined_words(("a", "b", "c")) == {"a", "b", "c", "ab", "bc", "abc"}


def test_each_table_gets_the_choice_with_its_tokens_and_its_name() -> None:
    tables = [table("virDomainDiskIo", "default a b c"), table("virDomainNetIo", "default a b c")]
    choices = [choice("net/@io", "a b c"), choice("disk/@io", "c b a")]
    comparison = compare(tables, choices)
    assert [match.choice and match.choice.path for match in comparison.matches] == ["disk/@io", "net/@io"]
    assert comparison.choices_without_table == ()


def test_tables_that_fit_one_choice_equally_are_rivals() -> None:
    tables = [table("virDomainFS", "a b c"), table("virDomainRNG", "a b c")]
    first, second = compare(tables, [choice("filesystem/@model", "a b c")]).matches
    assert (first.fit, first.rivals) == (Fit.EXACT, (tables[1],))
    assert (second.fit, second.rivals) == (Fit.EXACT, (tables[0],))


def test_a_table_does_not_get_a_choice_that_another_fits_better() -> None:
    tables = [table("virDomainDisk", "a b c"), table("virDomainRNG", "a b c")]
    disk, rng = compare(tables, [choice("disk/@model", "a b c")]).matches
    assert disk.choice is not None
    assert (rng.fit, rng.choice, [other.path for other in rng.others]) == (Fit.NONE, None, ["disk/@model"])


def test_a_near_match_lists_what_each_side_lacks_but_for_the_sentinel() -> None:
    (match,) = compare(
        [table("virDomainVideo", "default vga qxl old _")], [choice("video/@type", "vga qxl new")]
    ).matches
    assert (match.fit, match.sentinel) == (Fit.NEAR, "default")
    assert (match.only_in_table, match.only_in_schema) == (("old",), ("new",))


def test_lists_with_one_common_token_are_near_only_by_name() -> None:
    channel = table("virDomainChannel", "guestfwd virtio")
    assert compare([channel], [choice("memballoon/@model", "xen virtio")]).matches[0].fit is Fit.NONE
    assert compare([channel], [choice("channel/@type", "xen virtio")]).matches[0].fit is Fit.NEAR


def test_choices_without_a_table_are_neither_booleans_nor_single_values() -> None:
    choices = [choice("a/@x", "yes no"), choice("a/@y", "one"), choice("a/@z", "u v"), choice("a/@z", "u")]
    assert [left.path for left in compare([], choices).choices_without_table] == ["a/@z"]
