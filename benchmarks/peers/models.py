"""The vocabulary of ``order.rnc`` as models for pydantic-xml, written by hand as its documentation says."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from pydantic import PositiveInt
from pydantic_xml import BaseXmlModel, attr, element


class Status(Enum):
    NEW = "new"
    PAID = "paid"
    PACKED = "packed"
    SHIPPED = "shipped"
    RETURNED = "returned"


class Channel(Enum):
    WEB = "web"
    PHONE = "phone"
    SHOP = "shop"


class Tier(Enum):
    BASIC = "basic"
    SILVER = "silver"
    GOLD = "gold"


class AddressKind(Enum):
    BILLING = "billing"
    DELIVERY = "delivery"


class Currency(Enum):
    EUR = "EUR"
    USD = "USD"
    GBP = "GBP"
    CZK = "CZK"


class Unit(Enum):
    GRAM = "g"
    KILOGRAM = "kg"
    POUND = "lb"


class Method(Enum):
    CARD = "card"
    TRANSFER = "transfer"
    CASH = "cash"


class Brand(Enum):
    VISA = "visa"
    MASTERCARD = "mastercard"
    AMEX = "amex"


class Carrier(Enum):
    POST = "post"
    COURIER = "courier"
    PICKUP = "pickup"


class Customer(BaseXmlModel, tag="customer"):
    id: int = attr()
    tier: Tier | None = attr(default=None)
    name: str = element()
    email: str | None = element(default=None)
    phone: list[str] = element(default_factory=list)


class Address(BaseXmlModel, tag="address"):
    kind: AddressKind = attr()
    verified: bool | None = attr(default=None)
    street: list[str] = element()
    city: str = element()
    postcode: str = element()
    country: str = element()


class Price(BaseXmlModel, tag="price"):
    currency: Currency = attr()
    discount: Decimal | None = attr(default=None)
    value: Decimal


class Weight(BaseXmlModel, tag="weight"):
    unit: Unit = attr()
    value: Decimal


class Option(BaseXmlModel, tag="option"):
    name: str = attr()
    surcharge: Decimal | None = attr(default=None)
    value: str


class Item(BaseXmlModel, tag="item"):
    sku: str = attr()
    quantity: PositiveInt = attr()
    gift: bool | None = attr(default=None)
    title: str = element()
    price: Price = element()
    weight: Weight | None = element(default=None)
    option: list[Option] = element(default_factory=list)
    remark: str | None = element(default=None)


class Card(BaseXmlModel, tag="card"):
    brand: Brand = attr()
    ending: str = attr()


class Payment(BaseXmlModel, tag="payment"):
    method: Method = attr()
    paid: bool | None = attr(default=None)
    card: Card | None = element(default=None)
    reference: str | None = element(default=None)


class Parcel(BaseXmlModel, tag="parcel"):
    number: PositiveInt = attr()
    weight: Weight = element()
    tracking: str | None = element(default=None)


class Shipping(BaseXmlModel, tag="shipping"):
    carrier: Carrier = attr()
    express: bool | None = attr(default=None)
    parcel: list[Parcel] = element(default_factory=list)


class Note(BaseXmlModel, tag="note"):
    author: str | None = attr(default=None)
    urgent: bool | None = attr(default=None)
    value: str


class Order(BaseXmlModel, tag="order"):
    number: PositiveInt = attr()
    status: Status = attr()
    channel: Channel | None = attr(default=None)
    contract: str | None = attr(default=None)
    customer: Customer = element()
    address: list[Address] = element()
    item: list[Item] = element()
    payment: Payment | None = element(default=None)
    shipping: Shipping | None = element(default=None)
    note: list[Note] = element(default_factory=list)
