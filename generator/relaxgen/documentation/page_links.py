"""Pages, anchors and links: a page for each module of the package, an anchor for each name on it."""

from __future__ import annotations

from ..binding.model import FieldModel, Model
from ..binding.naming import field_name
from ..python.identifiers import class_identifier, field_identifier
from ..python.module_names import find_homes
from .view import Link

FOLDER = "modules"


class PageLinks:
    """``suffix`` is that of the pages: ``.html`` or ``.md``."""

    def __init__(self, model: Model, suffix: str) -> None:
        homes = find_homes(model)
        self.suffix = suffix
        self.modules = {**homes.classes, **{enum.name: homes.enums[enum.name] for enum in model.enums}}

    def module_of(self, name: str) -> str:
        return self.modules[name]

    def path(self, module: str) -> str:
        """Relative to the site."""
        return f"{FOLDER}/{module}{self.suffix}"

    def href(self, name: str, module: str, field: FieldModel | None = None) -> str:
        """A link to a class, a union, an enumeration, or a field of a class. It starts from the page of `module`, or
        from the index page if `module` is empty."""
        target = self.modules[name]
        anchor = f"#{anchor_of(name, field)}"
        if not module:
            return self.path(target) + anchor
        return anchor if target == module else f"{target}{self.suffix}{anchor}"

    def link(self, name: str, module: str) -> Link:
        return Link(class_identifier(name), self.href(name, module))


def anchor_of(name: str, field: FieldModel | None = None) -> str:
    return class_identifier(name) + (f".{field_identifier(field.name)}" if field is not None else "")


def functions_of(name: str) -> tuple[str, str]:
    function = field_name(name)
    return f"parse_{function}", f"format_{function}"
