"""Orders of a given size, valid by ``order.rnc``: the same ones every time, each value in its usual spelling."""

from __future__ import annotations

from random import Random

from lxml import etree
from lxml.builder import E

WORDS = ("oak", "lamp", "chair", "«mid»", "blue", "small", "round", "table", "&", "glass", "linen", "brass", "<new>")
ITEM = 400
"""Bytes of a usual item."""
CITIES = ("Brno", "Köln", "Leeds", "Austin", "Plzeň", "Graz")
CURRENCIES = ("EUR", "USD", "GBP", "CZK")


def order(size: int, number: int = 0) -> bytes:
    """A document of about so many bytes, which consists of items for the most part; for each number another one."""
    chance = Random(f"{size} {number}")
    root = E.order(_customer(chance), _address(chance, "billing"), _item(chance), number="40117", status="packed")
    _sometimes(chance, root, channel="web", contract="C-2207")
    if size > 2_000:
        root.insert(2, _address(chance, "delivery"))
    end = [_payment(chance), _shipping(chance, parcels=1 + size // 5_000), *_notes(chance, 1 + size // 10_000)]
    root.extend(end)
    while len(_text(root)) < size - ITEM // 2:
        end[0].addprevious(_item(chance))
    return _text(root)


def _text(element: etree._Element) -> bytes:
    etree.indent(element)
    text: bytes = etree.tostring(element, encoding="UTF-8", xml_declaration=False)
    return text


def _sometimes(chance: Random, element: etree._Element, **attributes: str) -> etree._Element:
    for name, value in attributes.items():
        if chance.random() < 0.6:
            element.set(name, value)
    return element


def _words(chance: Random, count: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(count))


def _decimal(chance: Random, highest: int) -> str:
    return f"{chance.randrange(1, highest)}.{chance.randrange(10)}{chance.randrange(1, 10)}"


def _customer(chance: Random) -> etree._Element:
    phones = [E.phone(f"+420 {chance.randrange(10**8, 10**9)}") for _ in range(2)]
    customer = E.customer(
        E.name("Jana Nováková"), E.email("jana@example.org"), *phones, id=str(chance.randrange(9_999))
    )
    return _sometimes(chance, customer, tier=chance.choice(("basic", "silver", "gold")))


def _address(chance: Random, kind: str) -> etree._Element:
    streets = [E.street(f"{_words(chance, 2)} {chance.randrange(1, 200)}") for _ in range(chance.randint(1, 2))]
    code = E.postcode(f"{chance.randrange(10_000, 99_999)}")
    address = E.address(*streets, E.city(chance.choice(CITIES)), code, E.country("CZ"), kind=kind)
    return _sometimes(chance, address, verified="true")


def _item(chance: Random) -> etree._Element:
    price = E.price(_decimal(chance, 900), currency=chance.choice(CURRENCIES))
    item = E.item(E.title(_words(chance, 4)), _sometimes(chance, price, discount=_decimal(chance, 20)))
    if chance.random() < 0.5:
        item.append(_weight(chance))
    for name in ("colour", "size", "finish")[: chance.randrange(4)]:
        option = E.option(_words(chance, 1), name=name)
        item.append(_sometimes(chance, option, surcharge=_decimal(chance, 9)))
    if chance.random() < 0.3:
        item.append(E.remark(_words(chance, 8)))
    item.set("sku", f"A-{chance.randrange(10**5):05}")
    item.set("quantity", str(chance.randint(1, 12)))
    return _sometimes(chance, item, gift=chance.choice(("true", "false")))


def _weight(chance: Random) -> etree._Element:
    return E.weight(_decimal(chance, 40), unit=chance.choice(("g", "kg", "lb")))


def _payment(chance: Random) -> etree._Element:
    card = E.card(brand="visa", ending=f"{chance.randrange(10_000):04}")
    return _sometimes(chance, E.payment(card, E.reference("VS 40117"), method="card"), paid="true")


def _shipping(chance: Random, parcels: int) -> etree._Element:
    found = [
        E.parcel(_weight(chance), E.tracking(f"CZ{chance.randrange(10**9):09}"), number=str(number))
        for number in range(1, parcels + 1)
    ]
    return _sometimes(chance, E.shipping(*found, carrier="courier"), express="false")


def _notes(chance: Random, count: int) -> list[etree._Element]:
    return [_sometimes(chance, E.note(_words(chance, 10)), author="desk", urgent="true") for _ in range(count)]
