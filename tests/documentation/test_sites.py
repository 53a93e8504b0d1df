"""Whole sites: what is on the pages, where links lead, and that no text of a schema becomes anything but text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from lxml import etree, html
from relaxgen.diagnostics.errors import ConfigurationError
from relaxgen.documentation.renderer import SiteFormat
from relaxgen.pipeline import build_documentation
from relaxgen.project.request import PackageRequest
from relaxgen.relaxng import compile_schema

CASES = Path(__file__).parent / "cases"
SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
SCRIPTS = {"assets/entries.js", "assets/search.js"}

Tree = Mapping[str, str]


def documentation(
    schema: Path, format_: SiteFormat = SiteFormat.HTML, tables: tuple[Path, ...] = (), templates: Path | None = None
) -> Tree:
    tables = tables or tuple(table for table in [schema.with_suffix(".enums")] if table.exists())
    return build_documentation(PackageRequest((schema,), Path("docs"), tables, (), templates), format_).tree


def pages(tree: Tree) -> dict[str, Any]:
    return {path: html.document_fromstring(text) for path, text in tree.items() if path.endswith(".html")}


def text_of(node: Any) -> str:
    return " ".join(node.text_content().split())


@pytest.fixture(scope="module")
def shop() -> Tree:
    return documentation(CASES / "shop.rng")


@pytest.fixture(scope="module")
def domain() -> Tree:
    return documentation(SCHEMAS / "domain.rng", tables=tuple(sorted((SCHEMAS / "enums").glob("*.enums"))))


@pytest.fixture(scope="module")
def hostile() -> Tree:
    return documentation(CASES / "hostile.rng")


def section(tree: Tree, page: str, name: str) -> Any:
    (found,) = html.document_fromstring(tree[f"modules/{page}.html"]).xpath("//section[@id=$name]", name=name)
    return found


def row(tree: Tree, page: str, anchor: str) -> list[str]:
    (found,) = html.document_fromstring(tree[f"modules/{page}.html"]).xpath("//tr[@id=$anchor]", anchor=anchor)
    return [text_of(cell) for cell in found]


# What is on the pages


def test_a_class_is_shown_with_its_documentation_places_and_python_names(shop: Tree) -> None:
    found = section(shop, "department", "Department")
    assert text_of(found.find("h2")) == "Department <department>"
    assert "A part of a shop, or of another department." in text_of(found)
    facts = {text_of(one.find("dt")): text_of(one.find("dd")) for one in found.find_class("facts")[0]}
    assert facts == {
        "In documents": "/shop/department, /shop/department/department",
        "Used by": "Shop, Department",
        "Python": "Department, parse_department(), format_department()",
    }


def test_attributes_have_type_use_default_release_and_meaning(shop: Tree) -> None:
    assert row(shop, "shop", "Shop.opened") == ["@openedopened: str", "date", "required", "", "1.2", "When it opened"]
    assert row(shop, "shop", "Shop.currency")[1:4] == ["ShopCurrencyeuro franc", "optional", "euro"]
    assert row(shop, "shop", "Shop.closed")[:2] == ["@closedclosed: bool | None", "booleanyes no"]


def test_children_have_cardinality_and_lead_to_their_classes(shop: Tree) -> None:
    assert row(shop, "shop", "Shop.departments")[:3] == [
        "<department>departments: list[Department]",
        "Department",
        "any number",
    ]
    assert row(shop, "shop", "Shop.ways")[2] == "one or more"
    assert row(shop, "shop", "Shop.parking")[1:] == ["empty", "optional", "Cars may stay."]
    (link,) = section(shop, "shop", "Shop").xpath(".//tr[@id='Shop.departments']/th//a/@href")
    assert link == "department.html#Department"


def test_a_union_lists_its_alternatives_and_they_lead_back(shop: Tree) -> None:
    rows = section(shop, "way", "Way").xpath("./table/tbody/tr")
    assert [[text_of(cell) for cell in one] for one in rows[:2]] == [["bus", "BusWay"], ["rail", "RailWay"]]
    facts = text_of(section(shop, "way", "BusWay").find_class("facts")[0])
    assert "@by is bus" in facts
    assert "parse_way()" in facts


def test_an_enumeration_shows_index_table_and_what_is_never_written(shop: Tree) -> None:
    found = section(shop, "shop", "ShopCurrency")
    assert "virShopCurrency" in text_of(found)
    rows = [[text_of(cell) for cell in one] for one in found.xpath("./table/tbody/tr")]
    assert [one[:3] for one in rows] == [["default", "0", "DEFAULT"], ["euro", "1", "EURO"], ["franc", "2", "FRANC"]]
    assert "Never in a document." in rows[0][-1]
    assert not any("Never" in cell for one in rows[1:] for cell in one)


def test_the_index_shows_the_tree_of_elements_with_each_class_once_in_full(shop: Tree) -> None:
    tree = html.document_fromstring(shop["index.html"]).find_class("tree")[0]
    labels = [text_of(code) for code in tree.iter("code")]
    assert labels[0] == "<shop>"
    assert labels.count("<department>") == 2, "once under <shop>, and once inside itself"
    assert "shown elsewhere" in text_of(tree)


def test_the_search_data_lead_to_what_they_name(shop: Tree) -> None:
    entries = entries_of(shop)
    assert ["attribute", "@opened", "/shop", "modules/shop.html#Shop.opened"] in entries
    assert ["enum", "ShopCurrency", "virShopCurrency", "modules/shop.html#ShopCurrency"] in entries
    assert ["element", "<department>", "/shop/department", "modules/department.html#Department"] in entries
    assert {"class", "element", "attribute", "enum"} == {entry[0] for entry in entries}


def entries_of(tree: Tree) -> list[list[str]]:
    """The data are JSON between an assignment and a semicolon."""
    match = re.search(r"window\.relaxgenEntries = (.*);\n\Z", tree["assets/entries.js"], re.DOTALL)
    assert match is not None
    found: list[list[str]] = json.loads(match[1])
    return found


# Links


def broken_links(tree: Tree) -> list[str]:
    documents = pages(tree)
    anchors = {path: set(page.xpath("//@id")) for path, page in documents.items()}
    broken = []
    targets = [(path, href) for path, page in documents.items() for href in page.xpath("//@href | //@src")]
    targets += [("index.html", entry[3]) for entry in entries_of(tree)]
    for path, href in dict.fromkeys(targets):
        file, _, anchor = href.partition("#")
        target = resolved(path, file) if file else path
        if target not in tree or (anchor and anchor not in anchors[target]):
            broken.append(f"{path}: {href}")
    return broken


def resolved(page: str, href: str) -> str:
    parts: list[str] = list(PurePosixPath(page).parent.parts)
    for part in PurePosixPath(href).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


@pytest.mark.parametrize("name", ["shop", "domain", "hostile"])
def test_every_link_leads_to_a_page_and_an_anchor_of_the_site(name: str, request: pytest.FixtureRequest) -> None:
    tree = request.getfixturevalue(name)
    assert sum(len(page.xpath("//a")) for page in pages(tree).values()) > 20
    assert broken_links(tree) == []


@pytest.mark.parametrize("name", ["shop", "domain", "hostile"])
def test_no_page_has_an_anchor_twice(name: str, request: pytest.FixtureRequest) -> None:
    for path, page in pages(request.getfixturevalue(name)).items():
        anchors = page.xpath("//@id")
        assert len(anchors) == len(set(anchors)), path


def test_nothing_is_loaded_from_anywhere_else(domain: Tree) -> None:
    for path, text in domain.items():
        found = re.findall(r"(?:fetch\(|XMLHttpRequest|import\(|@import|url\(|(?:src|href)=\"(?:\w+:|//))", text)
        assert found == [], path


def test_every_class_and_enumeration_of_our_schema_has_its_section(domain: Tree) -> None:
    found = {name for page in pages(domain).values() for name in page.xpath("//section/@id")}
    named = {entry[1] for entry in entries_of(domain) if entry[0] in ("class", "enum")}
    assert found == named
    assert {"Disk", "DiskSnapshot", "PciAddress", "Address"} <= found


# Examples


def examples(tree: Tree) -> list[tuple[str, str]]:
    return [
        (one.get("id"), pre.text_content())
        for page in pages(tree).values()
        for one in page.xpath("//section")
        for pre in one.iter("pre")
    ]


@pytest.mark.parametrize(("name", "least"), [("shop", 9), ("domain", 390), ("hostile", 3)])
def test_examples_are_well_formed(name: str, least: int, request: pytest.FixtureRequest) -> None:
    found = examples(request.getfixturevalue(name))
    assert len(found) >= least
    for _, text in found:
        etree.fromstring(text)


def test_the_example_of_a_root_is_valid(domain: Tree, shop: Tree) -> None:
    for tree, name, schema in ((domain, "Domain", SCHEMAS / "domain.rng"), (shop, "Shop", CASES / "shop.rng")):
        example = dict(examples(tree))[name]
        assert compile_schema(schema).validate(example) == []
        assert etree.RelaxNG(etree.parse(schema)).validate(etree.fromstring(example)), "so says libxml2, too"


def test_an_example_has_what_is_required_though_the_model_does_not_know_it(shop: Tree) -> None:
    """Of a choice of attributes each one alone is optional."""
    example = etree.fromstring(dict(examples(shop))["Department"])
    assert re.fullmatch("[A-Z]{2}-[0-9]{3}", example.get("code"))
    assert (example.get("floor") is None) is not (example.get("yard") is None)


# Texts of a schema


def test_no_text_of_a_schema_becomes_markup(hostile: Tree) -> None:
    for path, page in pages(hostile).items():
        base = "../" if "/" in path else ""
        assert {script.get("src") for script in page.iter("script")} == {base + name for name in SCRIPTS}
        assert not any(script.text for script in page.iter("script"))
        assert not list(page.iter("img", "b", "i", "iframe"))
        assert not [name for node in page.iter() for name in node.attrib if name.startswith("on")]
        assert not [href for href in page.xpath("//@href") if href.startswith("javascript")]


def test_texts_of_a_schema_are_shown_as_they_are(hostile: Tree) -> None:
    text = section(hostile, "root", "Root").text_content()
    for expected in (
        '<script>alert("1")</script> {{ 7 * 7 }} {% raw %} ]]> --> */ ',
        "`code` [link](javascript:alert(1)) | cell ' \"",
        '<img src=x onerror="alert(1)">',
        "<b>item</b>",
        "{{ item }}",
        '"><script>alert(2)</script>',
        "</td><script>alert(3)</script> | x",
        "<i>1</i>",
        "<script>[|`*]",
        "='urn:it&apos;s&amp;more'",
    ):
        assert expected in text
    tokens = [code.text_content() for code in section(hostile, "root", "RootKind").find_class("token")]
    assert tokens == ['"><script>alert(4)</script>', "' onclick='alert(5)", "``` | `", "{{ config }}", "(empty)"]


def test_names_that_mean_something_to_a_script_are_plain_entries(hostile: Tree) -> None:
    names = [entry[1] for entry in entries_of(hostile)]
    assert "<constructor>" in names
    assert "<__proto__>" in names
    assert hostile["assets/entries.js"].isascii()


def test_a_name_of_a_schema_file_cannot_end_a_comment(tmp_path: Path) -> None:
    schema = tmp_path / "a--><script>alert(1)<_script>*_.rng"
    schema.write_bytes((CASES / "shop.rng").read_bytes())
    tree = documentation(schema)
    for path, page in pages(tree).items():
        assert page.xpath("count(//script)") == 2, path
        assert "a--><script>" in page.xpath("string(//footer)")
    for path in ("assets/style.css", "assets/search.js"):
        assert tree[path].split("\n")[0].count("*/") == (1 if path.endswith("css") else 0)


# Markdown


@pytest.mark.parametrize("case", ["shop", "hostile"])
def test_markdown_is_as_expected(case: str, golden: Callable[[Path, str], None]) -> None:
    tree = documentation(CASES / f"{case}.rng", SiteFormat.MARKDOWN)
    golden(CASES / f"{case}.md", "\n".join(f"<!-- ### {path} ### -->\n{text}" for path, text in tree.items()))


@pytest.mark.parametrize(("case", "least"), [("shop", 30), ("hostile", 10)])
def test_markdown_links_lead_to_anchors(case: str, least: int) -> None:
    tree = documentation(CASES / f"{case}.rng", SiteFormat.MARKDOWN)
    count = 0
    for path, text in tree.items():
        for href in re.findall(r"(?<!\\)\]\(([^)]*)\)", text):
            file, _, anchor = href.partition("#")
            target = tree[resolved(path, file) if file else path]
            assert not anchor or f'<a id="{anchor}"></a>' in target, f"{path}: {href}"
            count += 1
    assert count > least


# Templates of a user


def test_a_template_of_a_user_comes_first(tmp_path: Path) -> None:
    own = tmp_path / "documentation" / "html"
    own.mkdir(parents=True)
    (own / "blocks.html.jinja").write_text("<p>mine</p>\n", encoding="utf-8")
    tree = documentation(CASES / "shop.rng", templates=tmp_path)
    assert "<p>mine</p>" in tree["modules/shop.html"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("layout.html.jinja", "<!DOCTYPE html>", "does not begin with '<!-- Generated by relaxgen'"),
        ("style.css.jinja", "body {}", "does not begin with '/* Generated by relaxgen'"),
        ("table.html.jinja", "{{ table.titel }}", "table.html.jinja:1:1: the template cannot be rendered"),
        ("enum.html.jinja", "{% if %}", "enum.html.jinja:1:1: the template cannot be rendered"),
    ],
)
def test_a_mistake_in_a_template_is_reported(tmp_path: Path, name: str, text: str, message: str) -> None:
    own = tmp_path / "documentation" / "html"
    own.mkdir(parents=True)
    (own / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        documentation(CASES / "shop.rng", templates=tmp_path)
