"""The contenders: how each reads an order and writes it again, as its documentation says is fastest."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import version
from io import StringIO
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree, objectify
from relaxgen.output import write
from relaxgen.pipeline import build_package
from relaxgen.project.request import PackageRequest

from tests.engine.differences import native_of

from ..engine import pure_copy
from .shape import Access

HERE = Path(__file__).parent
SCHEMA, XML_SCHEMA = HERE / "order.rnc", HERE / "order.xsd"


class LeftOut(Exception):
    """A contender that cannot take part, and why."""


@dataclass(frozen=True, slots=True)
class Contender:
    """`parse` takes bytes, `format` what `parse` returns. ``is_typed``: all numbers become numbers."""

    name: str
    parse: Callable[[bytes], Any]
    format: Callable[[Any], str | bytes]
    access: Access
    is_typed: bool = True


def made(directory: Path) -> tuple[list[Contender], dict[str, str]]:
    """All that can be had here, and why others are left out. What is generated is put into the directory."""
    sys.path.insert(0, str(directory))
    found: list[Contender] = []
    missing: dict[str, str] = {}
    for name, contender in CONTENDERS.items():
        try:
            found += contender(directory)
        except (ImportError, LeftOut, subprocess.CalledProcessError) as error:
            missing[name] = str(error)
    return found, missing


def versions() -> dict[str, str]:
    """The versions of the peers that are installed."""
    return {name: version(name) for name in DISTRIBUTIONS if _is_installed(name)}


def _is_installed(name: str) -> bool:
    try:
        return bool(version(name))
    except ImportError:
        return False


class Ours(NamedTuple):
    """Our package for orders, twice: with the engine where that is installed, and without."""

    engine: Any | None
    pure: Any


def packages(directory: Path) -> Ours:
    if not (directory / "shop").exists():
        write(build_package(PackageRequest((SCHEMA,), directory / "shop")).tree, directory / "shop")
    shop, pure = import_module("shop"), pure_copy(directory / "shop")
    return Ours(shop if native_of(shop) is not None else None, pure)


def ours(directory: Path) -> list[Contender]:
    return [
        _our(shop, f"relaxgen, {way}{suffix}", is_checked)
        for way, shop in packages(directory)._asdict().items()
        if shop is not None
        for suffix, is_checked in {"": False, ", checked": True}.items()
    ]


def _our(shop: Any, name: str, is_checked: bool) -> Contender:
    """Indented, as is the default: the others write all on one line."""
    access = Access(getattr, getattr, _plural, attrgetter("value"))
    options = {"validate": is_checked}
    return Contender(name, partial(shop.parse_order, **options), partial(shop.format_order, **options), access)


def _plural(one: Any, name: str) -> Any:
    return getattr(one, "addresses" if name == "address" else f"{name}s")


_BY_NAME = Access(getattr, getattr, getattr, attrgetter("value"))


def xsdata(directory: Path) -> list[Contender]:
    """With the handler on lxml, one context, which remembers classes, and the serializer that makes lxml's tree, which
    is faster than those that write text."""
    from xsdata.formats.dataclass.context import XmlContext
    from xsdata.formats.dataclass.parsers import XmlParser
    from xsdata.formats.dataclass.parsers.handlers import LxmlEventHandler
    from xsdata.formats.dataclass.serializers import TreeSerializer

    classes = _xsdata_classes(directory)
    context = XmlContext()
    parser = XmlParser(context=context, handler=LxmlEventHandler)
    serializer = TreeSerializer(context=context)
    parse = partial(_parsed, parser.from_bytes, classes.Order)
    return [Contender("xsdata", parse, lambda order: etree.tostring(serializer.render(order)), _BY_NAME)]


def _xsdata_classes(directory: Path) -> Any:
    arguments = "--slots", "--unnest-classes", "--structure-style", "single-package", "--package", "xsdata_order"
    if not (directory / "xsdata_order.py").exists():
        _generated(directory, "xsdata", "generate", str(XML_SCHEMA), *arguments)
    return import_module("xsdata_order")


def _parsed(function: Callable[[bytes, Any], Any], kind: Any, document: bytes) -> Any:
    return function(document, kind)


def _generated(directory: Path, tool: str, *arguments: str) -> None:
    """Runs a generator that is installed beside this Python, and finds what it needs there."""
    tools = Path(sys.executable).parent
    command = [str(tools / tool), *arguments]
    environment = {"PATH": f"{tools}:/usr/bin:/bin"}
    if subprocess.run(command, cwd=directory, env=environment, capture_output=True, check=False).returncode:
        raise LeftOut(f"{tool} generates nothing")


def polyxml(directory: Path) -> list[Contender]:
    """With the data classes that xsdata generates; it wants the text of an element to be called so."""
    if sys.version_info < (3, 12):
        raise LeftOut("it needs Python 3.12")
    engine = import_module("polyxml")
    classes = Path(_xsdata_classes(directory).__file__).read_text(encoding="utf-8")
    changed = re.sub(r"( value: \w+ = field\()", r'\1metadata={"type": "Text"}, ', classes)
    (directory / "polyxml_order.py").write_text(changed, encoding="utf-8")
    order = import_module("polyxml_order").Order
    return [Contender("PolyXML", partial(_parsed, engine.deserialize, order), engine.serialize, _BY_NAME)]


def pydantic_xml(_directory: Path) -> list[Contender]:
    """With lxml, which it takes where it is installed, and strict search, its default."""
    from .models import Order

    return [Contender("pydantic-xml", Order.from_xml, partial(_without_none, Order.to_xml), _BY_NAME)]


def _without_none(function: Callable[..., bytes], order: Any) -> bytes:
    return function(order, exclude_none=True)


def generateds(directory: Path) -> list[Contender]:
    """Attributes without getters and setters, no tree kept, nothing printed, no white space. The text of an element
    that has attributes stays text, whatever its type is."""
    _generated(directory, "generateDS", "-f", "-o", "generateds_order.py", "--use-getter-setter=none", str(XML_SCHEMA))
    classes = import_module("generateds_order")
    classes.SaveElementTreeNode = False
    parse = partial(classes.parseString, silence=True, print_warnings=False)
    access = Access(getattr, getattr, getattr, attrgetter("valueOf_"))
    return [Contender("generateDS", parse, _exported, access, is_typed=False)]


def _exported(order: Any) -> str:
    file = StringIO()
    order.export(file, 0, name_="order", pretty_print=False)
    return file.getvalue()


def xmltodict(_directory: Path) -> list[Contender]:
    """A dictionary without classes: values are text, and one child is not in a list."""
    module = import_module("xmltodict")
    access = Access(_at, dict.get, _listed, _own_text)
    return [Contender("xmltodict", _unwrapped(module.parse), _wrapped(module.unparse), access, is_typed=False)]


def _at(one: Mapping[str, Any] | str, name: str) -> Any:
    """An element that has neither attributes nor children is its text."""
    return None if isinstance(one, str) else one.get(f"@{name}")


def _own_text(one: Mapping[str, Any] | str) -> Any:
    return one if isinstance(one, str) else one["#text"]


def _listed(one: Mapping[str, Any], name: str) -> list[Any]:
    found = one.get(name, [])
    return found if isinstance(found, list) else [found]


def _unwrapped(parse: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    return lambda document: parse(document)["order"]


def _wrapped(unparse: Callable[..., str]) -> Callable[[Any], str]:
    return lambda order: unparse({"order": order}, full_document=False)


def lxml_objectify(_directory: Path) -> list[Contender]:
    """A tree with attributes for children; a value is converted when it is asked for."""
    access = Access(lambda one, name: one.get(name), _text_child, _element_children, attrgetter("text"))
    return [Contender("lxml.objectify", objectify.fromstring, etree.tostring, access, is_typed=False)]


def _text_child(one: Any, name: str) -> Any:
    found = one.find(name)
    return (
        found.text
        if isinstance(found, objectify.StringElement | objectify.NumberElement) and not found.attrib
        else found
    )


def _element_children(one: Any, name: str) -> list[Any]:
    return [each.text if name in ("phone", "street") else each for each in one.findall(name)]


CONTENDERS: dict[str, Callable[[Path], list[Contender]]] = {
    "relaxgen": ours,
    "PolyXML": polyxml,
    "lxml.objectify": lxml_objectify,
    "xmltodict": xmltodict,
    "pydantic-xml": pydantic_xml,
    "generateDS": generateds,
    "xsdata": xsdata,
}
DISTRIBUTIONS = ("lxml", "xsdata", "polyxml", "pydantic-xml", "pydantic", "generateDS", "xmltodict")
