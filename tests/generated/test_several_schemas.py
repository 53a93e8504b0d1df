"""A package of several schemas: each class is checked by the grammar of its schema."""

from __future__ import annotations

from types import ModuleType

import pytest

from tests.conftest import GenerateAndImport


@pytest.fixture(scope="module")
def shops(generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    directory = tmp_path_factory.mktemp("schemas")
    for name in ("shop", "bill"):
        (directory / f"{name}.rng").write_text(
            f'<element name="{name}" xmlns="http://relaxng.org/ns/structure/1.0"><element name="{name}Item">'
            '<choice><attribute name="number"/><attribute name="name"/></choice></element></element>',
            encoding="utf-8",
        )
    return generate_and_import("shops_under_test", directory / "shop.rng", directory / "bill.rng")


@pytest.mark.parametrize("name", ["shop", "bill"])
def test_each_class_has_the_grammar_of_its_schema(shops: ModuleType, name: str) -> None:
    read = getattr(shops, f"parse_{name}")
    text = f"<{name}>\n  <{name}Item name='a'/>\n</{name}>\n"
    assert shops.format(read(text, validate=True)) == text
    with pytest.raises(shops.ParseError, match=f"{name}Item/@name: attribute 'name' is not allowed with number='1'"):
        read(text.replace("name=", "number='1' name="), validate=True)
