"""Writing an element anew, in the style of the document that it comes into."""

from __future__ import annotations

from ..xml.namespaces import BLANKS
from ..xml.source_tree import Node, Scope
from .style import Style


def rendered(node: Node, style: Style, around: Scope, indent: str | None) -> str:
    """``around`` are the declarations that hold where it is put. ``indent`` is that of its line, None where it has
    none."""
    declared = _declarations(node, around)
    scope = {**around, **declared}
    pieces = ["<", node.raw_name]
    for prefix, uri in declared.items():
        pieces.append(rendered_attribute(f"xmlns:{prefix}" if prefix else "xmlns", uri, style.quote, style))
    for name, _, _ in node.tag.attributes:
        text = node.attributes.get(node.expanded(name))
        if text is not None and name != "xmlns" and not name.startswith("xmlns:"):
            pieces.append(rendered_attribute(name, text, style.quote, style))
    content = _content(node, style, scope, indent)
    pieces += [">", content, "</", node.raw_name, ">"] if content else [style.slash]
    return "".join(pieces)


def rendered_attribute(name: str, text: str, quote: str, style: Style) -> str:
    """With the white space in front of it."""
    return f" {name}={quote}{style.attribute(text, quote)}{quote}"


def _content(node: Node, style: Style, scope: Scope, indent: str | None) -> str:
    if not node.is_elastic:
        pieces = [style.text(node.gaps[0])]
        for child, gap in zip(node.children, node.gaps[1:], strict=True):
            pieces += [rendered(child, style, scope, None), style.text(gap)]
        return "".join(pieces)
    inner = style.deeper(indent)
    pieces = [style.text(node.gaps[0].strip(BLANKS))]
    for child in node.children:
        pieces += [style.line(inner), rendered(child, style, scope, inner)]
    return "".join([*pieces, style.line(indent if inner is not None else None)]) if node.children else pieces[0]


def _declarations(node: Node, around: Scope) -> Scope:
    """Those of its own, and those that its names need."""
    found = {prefix: uri for prefix, uri in node.declared.items() if around.get(prefix, "") != uri}
    names = [name for name, _, _ in node.tag.attributes if ":" in name and not name.startswith("xmlns:")]
    prefixes: list[str | None] = [name.partition(":")[0] for name in names]
    prefixes.append(node.raw_name.partition(":")[0] if ":" in node.raw_name else None)
    for prefix in prefixes:
        uri = node.scope.get(prefix, "")
        if around.get(prefix, "") != uri and prefix != "xml":
            found[prefix] = uri
    return found
