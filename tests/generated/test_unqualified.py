"""Elements in no namespace inside elements that are in one: a default namespace never becomes theirs."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from benchmarks.round_trip import difference
from tests.conftest import GenerateAndImport

SCHEMA = """<element name="o:order" xmlns:o="urn:order" xmlns="http://relaxng.org/ns/structure/1.0">
  <interleave>
    <optional><element name="note"><text/></element></optional>
    <optional><element name="urgent"><empty/></element></optional>
    <zeroOrMore>
      <element name="item">
        <attribute name="of"><text/></attribute>
        <optional><element name="o:price"><text/></element></optional>
      </element>
    </zeroOrMore>
  </interleave>
</element>
"""


@pytest.fixture(scope="module")
def orders(generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    schema: Path = tmp_path_factory.mktemp("schema") / "order.rng"
    schema.write_text(SCHEMA, encoding="utf-8")
    return generate_and_import("orders_under_test", schema)


def test_a_new_document_has_a_prefix_for_the_namespace(orders: ModuleType) -> None:
    order = orders.Order(note="soon", urgent=True, items=[orders.OrderItem(of="tea", o_price="3")])
    assert orders.format_order(order) == (
        "<o:order xmlns:o='urn:order'>\n  <note>soon</note>\n  <urgent/>\n"
        "  <item of='tea'>\n    <o:price>3</o:price>\n  </item>\n</o:order>\n"
    )
    assert orders.parse_order(orders.format_order(order), validate=True) == order


@pytest.mark.parametrize(
    "text",
    [
        "<order xmlns='urn:order'><note xmlns=''>soon</note><urgent xmlns=''/><item xmlns='' of='tea'/></order>",
        "<order xmlns='urn:order'><item xmlns='' of='tea'><price xmlns='urn:order'>3</price></item></order>",
        "<a:order xmlns:a='urn:order' xmlns:b='urn:order'><item of='tea'><a:price>3</a:price></item></a:order>",
        "<b:order xmlns:b='urn:order' xmlns:o='urn:order'><item of='tea'><b:price>3</b:price></item></b:order>",
        "<order xmlns='urn:order' xmlns:o='urn:order'><item xmlns='' of='tea'><o:price>3</o:price></item></order>",
        "<p:order xmlns:p='urn:order'><note>soon</note><item of='tea'><p:price>3</p:price></item></p:order>",
    ],
)
def test_the_namespaces_of_a_document_stay_what_they_are(orders: ModuleType, text: str) -> None:
    order = orders.parse_order(text, validate=True)
    assert difference(text.encode(), orders.format_order(order, validate=True).encode()) == ""
    order.note, order.urgent = "later", True
    order.items.append(orders.OrderItem(of="milk"))
    assert orders.parse_order(orders.format_order(order, validate=True)) == order
    assert orders.parse_order(orders.format_order(order, like=text, validate=True)) == order
