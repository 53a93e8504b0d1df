"""One field of the model as Python: annotations, defaults, and the expressions that read and write it."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict

from ..binding.cardinality import Cardinality
from ..binding.model import ClassReference, FieldKind, FieldModel
from ..binding.values import LiteralType, ValueType
from .annotations import annotation_of
from .converters import is_hashable, needs_converter, needs_escape
from .identifiers import field_identifier
from .implied import ImpliedViews
from .module_names import ModuleNames
from .open_names import ANY_NAME, names_expression
from .view import PythonField


class FieldViews:
    """``names`` gives names as the module at hand sees them."""

    def __init__(self, names: ModuleNames) -> None:
        self.names = names

    def view(self, model: FieldModel, owner: str, implied: ImpliedViews, *, discriminating: bool) -> PythonField:
        match model.kind:
            case FieldKind.ATTRIBUTE | FieldKind.TEXT | FieldKind.VALUE:
                return _with_implied(self._value(model, owner, discriminating), model, implied)
            case FieldKind.FLAG:
                return _with_implied(self._flag(model), model, implied)
            case FieldKind.CHILD:
                return self._child(model)
            case FieldKind.OPEN_ATTRIBUTES:
                return self._open(model, "dict[str, str]", "Mapping[str, str] | None", "dict")
            case FieldKind.OPEN_ELEMENTS:
                return self._open(model, "list[rt.AnyElement]", "Iterable[rt.AnyElement]", "list")
            case FieldKind.CONTENT:
                alias = self.names.contents_alias(owner)
                contents = self.names.contents(owner)
                view = self._open(model, f"list[{alias}]", f"Iterable[{alias}]", "list")
                return replace(view, contents=contents, description=f"rt.Content({view.name!r}, {contents})")

    def _value(self, model: FieldModel, owner: str, discriminating: bool) -> PythonField:
        assert model.type is not None and not isinstance(model.type, ClassReference)
        name = field_identifier(model.name)
        value = model.type
        annotation = annotation_of(value)
        many = model.kind is FieldKind.VALUE and model.cardinality.many
        if many:
            declared, parameter, default, assigned, initial = _list(annotation, model.cardinality, name)
        else:
            declared, parameter, default, assigned, initial = _single(value, annotation, model, discriminating, name)
        converter = self.names.converter(value, owner, model.name) if needs_converter(value) else ""
        raw = "reader.text(child)" if model.kind is FieldKind.VALUE else "text"
        own = "item" if many else f"this.{name}"
        text = f"{converter}.format({own})" if converter else own
        if model.kind is FieldKind.ATTRIBUTE and converter and is_hashable(value):
            text = f"{converter}.quoted[{own}]" if needs_escape(value) else text
        elif needs_escape(value) and model.kind is not FieldKind.VALUE:
            quote = "attribute_text" if model.kind is FieldKind.ATTRIBUTE else "escape_text"
            text = f"rt.{quote}({text})"
        return PythonField(
            name,
            model.kind.name,
            declared,
            parameter,
            default,
            assigned,
            initial,
            _description(model, name, converter),
            documentation=_documentation(model),
            unset=_unset(model, name, default),
            absent=_absent(model, name, initial),
            written=self._written(model, name, default),
            read=f"{converter}[{raw}]" if converter else raw,
            write=text,
            many=many,
            **_xml(model),
        )

    def _written(self, model: FieldModel, name: str, default: str) -> str:
        sentinel = self.names.sentinel(model.type)
        if model.cardinality.required or model.kind is FieldKind.TEXT:
            return "" if default != "None" else f"this.{name} is not None"
        if sentinel:
            # By identity: a word that was read as unknown content is equal to the member, but must be written back.
            return f"this.{name} is not None and this.{name} is not {sentinel}"
        return f"this.{name} is not None"

    def _flag(self, model: FieldModel) -> PythonField:
        name = field_identifier(model.name)
        return PythonField(
            name,
            model.kind.name,
            "bool",
            "bool",
            "True" if model.cardinality.required else "False",
            name,
            "False",
            _description(model, name, ""),
            documentation=_documentation(model),
            unset=f"not this.{name}",
            absent=f"not this.{name}" if model.cardinality.required else "",
            written=f"this.{name}",
            read="reader.flag(child)",
            **_xml(model),
        )

    def _child(self, model: FieldModel) -> PythonField:
        assert isinstance(model.type, ClassReference)
        name = field_identifier(model.name)
        annotation = self.names.class_name(model.type.name)
        many = model.cardinality.many
        if many:
            declared, parameter, default, assigned, initial = _list(annotation, model.cardinality, name)
        else:
            optional = "" if model.cardinality.required else " | None"
            declared = parameter = annotation + optional
            default = "" if model.cardinality.required else "None"
            assigned = name
            initial = "rt.MISSING" if model.cardinality.required else "None"
        own = "item" if many else f"this.{name}"
        return PythonField(
            name,
            model.kind.name,
            declared,
            parameter,
            default,
            assigned,
            initial,
            _description(model, name, ""),
            documentation=_documentation(model),
            unset=f"this.{name} is {initial}",
            absent=_absent(model, name, initial),
            written="" if model.cardinality.required else f"this.{name} is not None",
            read=f"{self.names.reader(model.type.name)}(child, reader)",
            write=f"{self.names.writer(model.type.name)}({own}, writer, inner)",
            many=many,
            **_xml(model),
        )

    def _open(self, model: FieldModel, annotation: str, parameter: str, factory: str) -> PythonField:
        name = field_identifier(model.name)
        field = "rt.OpenAttributes" if model.kind is FieldKind.OPEN_ATTRIBUTES else "rt.Open"
        names = names_expression(model.name_classes)
        return PythonField(
            name,
            model.kind.name,
            annotation,
            parameter,
            "()" if factory == "list" else "None",
            f"{factory}({name})" if factory == "list" else f"dict({name} or {{}})",
            "[]" if factory == "list" else "{}",
            f"{field}({name!r})" if names == ANY_NAME else f"{field}({name!r}, {names})",
            written=f"this.{name}",
            many=True,
        )


def _with_implied(view: PythonField, model: FieldModel, implied: ImpliedViews) -> PythonField:
    """A field that is left out where its value is implied; one that has a value always is never None."""
    if model.implied is None:
        return view
    tests = [view.written]
    if model.implied.condition is None and model.kind is not FieldKind.FLAG:
        value = implied.value(model)
        type_ = view.annotation.removesuffix(" | None")
        tests = [test for test in tests if test != f"this.{view.name} is not None"]
        view = replace(
            view,
            annotation=type_,
            parameter=type_,
            default=value,
            initial="rt.MISSING",
            unset=f"this.{view.name} is rt.MISSING",
        )
    holds = implied.holds(model)
    left_out = f"writer.leaves_out(this, {view.name!r})"
    tests.append(f"not ({holds} and {left_out})" if holds else f"not {left_out}")
    return replace(view, written=" and ".join(tests))


def _list(annotation: str, cardinality: Cardinality, name: str) -> tuple[str, str, str, str, str]:
    default = "" if cardinality.required else "()"
    return f"list[{annotation}]", f"Iterable[{annotation}]", default, f"list({name})", "[]"


def _single(
    value: ValueType, annotation: str, model: FieldModel, discriminating: bool, name: str
) -> tuple[str, str, str, str, str]:
    if model.cardinality.required:
        if isinstance(value, LiteralType) and len(value.tokens) == 1 and discriminating:
            return annotation, annotation, repr(value.tokens[0]), name, "rt.MISSING"
        if model.kind is FieldKind.TEXT and is_plain(value):
            return annotation, annotation, '""', name, '""'
        return annotation, annotation, "", name, "rt.MISSING"
    optional = f"{annotation} | None"
    return optional, optional, "None", name, "None"


def is_plain(value: ValueType) -> bool:
    """Whether the value is text of any kind."""
    return not needs_converter(value)


def _unset(model: FieldModel, name: str, default: str) -> str:
    if model.cardinality.required:
        return f"this.{name} is rt.MISSING"
    return f"this.{name} is None"


def _absent(model: FieldModel, name: str, initial: str) -> str:
    if not model.cardinality.required or initial == '""':
        return ""
    return f"this.{name} is rt.MISSING" if initial == "rt.MISSING" else f"not this.{name}"


def _description(model: FieldModel, name: str, converter: str) -> str:
    kinds = {
        FieldKind.ATTRIBUTE: "Attribute",
        FieldKind.TEXT: "Text",
        FieldKind.VALUE: "Child",
        FieldKind.CHILD: "Child",
        FieldKind.FLAG: "Flag",
    }
    xml = str(model.xml_name) if model.xml_name is not None else ""
    parts = [repr(name)]
    if (xml and xml != name) or converter:
        parts.append(repr(xml or name))
    if converter:
        parts.append(converter)
    if model.cardinality.required and not (model.kind is FieldKind.TEXT and not converter):
        parts.append("required=True")
    return f"rt.{kinds[model.kind]}({', '.join(parts)})"


class _Xml(TypedDict):
    xml: str
    namespace: str
    local: str
    tag: str


def _xml(model: FieldModel) -> _Xml:
    """How the field is called in XML; nothing for text."""
    if model.xml_name is None:
        return _Xml(xml="", namespace="", local="", tag="")
    namespace = repr(model.xml_name.namespace) if model.xml_name.namespace else ""
    return _Xml(
        xml=repr(str(model.xml_name)), namespace=namespace, local=repr(model.xml_name.local), tag=model.xml_name.local
    )


def _documentation(model: FieldModel) -> str:
    since = f"Since {model.since}." if model.since else ""
    return " ".join(part for part in (sentence(model.documentation), _implication(model), since) if part)


def _implication(model: FieldModel) -> str:
    if model.implied is None:
        return ""
    what = "Implied" if model.kind is FieldKind.FLAG else f"``{model.implied.text}`` is implied"
    return f"{what} where ``{model.implied.when}``." if model.implied.when else f"{what}."


def sentence(text: str) -> str:
    return text if not text or text[-1] in ".!?:" else f"{text}."
