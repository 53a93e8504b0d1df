"""The reference site in Chromium: accessibility, search, links, at the width of a desktop and of a phone.

Needs the packages of the extra ``browser`` and a Chromium of the system.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from relaxgen.documentation.renderer import SiteFormat
from relaxgen.pipeline import build_documentation
from relaxgen.project.request import PackageRequest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
PAGES = ("index.html", "releases.html", "modules/disk.html", "modules/address.html", "modules/enums.html")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the site of our own schema."""
    directory = tmp_path_factory.mktemp("site")
    tables = tuple(sorted((ROOT / "schemas" / "enums").glob("*.enums")))
    request = PackageRequest((ROOT / "schemas" / "domain.rng",), Path("docs"), tables)
    for path, text in build_documentation(request, SiteFormat.HTML).tree.items():
        file = directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return directory.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: the reference site is not looked at in a browser")
    playwright = pytest.importorskip("playwright.sync_api", reason="the extra 'browser' is not installed")
    with playwright.sync_playwright() as api:
        found = api.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield found
        found.close()


@pytest.fixture(params=WIDTHS)
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    width, height = WIDTHS[request.param]
    return {"width": width, "height": height}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, site: str, size: dict[str, int], scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="the extra 'browser' is not installed")
    page = browser.new_page(viewport=size, color_scheme=scheme)
    for path in PAGES:
        page.goto(f"{site}/{path}")
        found = axe.Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"], len(one["nodes"])) for one in found] == [], path
    page.close()


def test_no_page_is_wider_than_the_window(browser: Any, site: str, size: dict[str, int]) -> None:
    page = browser.new_page(viewport=size)
    for path in PAGES:
        page.goto(f"{site}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
    page.close()


def test_search_leads_to_an_attribute(browser: Any, site: str, size: dict[str, int]) -> None:
    page = browser.new_page(viewport=size)
    page.goto(f"{site}/index.html")
    page.keyboard.press("/")
    page.keyboard.type("disk snapshot")
    page.wait_for_selector("#results a")
    assert page.inner_text("#status").endswith(" found")
    page.keyboard.press("Enter")
    page.wait_for_url("**/modules/disk.html#Disk.snapshot")
    assert page.is_visible("tr:target")
    page.close()


def test_the_tree_opens_and_its_links_lead_to_pages(browser: Any, site: str, size: dict[str, int]) -> None:
    errors: list[str] = []
    page = browser.new_page(viewport=size)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{site}/index.html")
    devices = page.locator(".branch", has=page.locator("> p > a", has_text="<devices>")).last
    disk = devices.locator("a", has_text="<disk>").first
    assert not disk.is_visible()
    devices.locator("> details > summary").click()
    assert disk.is_visible()
    disk.click()
    page.wait_for_url("**/modules/disk.html#Disk")
    page.locator("#Disk td a", has_text="DiskSnapshot").first.click()
    page.wait_for_url("**#DiskSnapshot")
    assert errors == []
    page.close()
