"""One field of the model as Python: annotations, defaults, and the expressions that read and write it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..binding.cardinality import Cardinality
from ..binding.model import ClassReference, FieldKind, FieldModel
from ..binding.values import LiteralType, ValueType
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
                return self._value(model, implied, discriminating)
            case FieldKind.FLAG:
                return self._flag(model, implied)
            case FieldKind.CHILD:
                return self._child(model)
            case FieldKind.OPEN_ATTRIBUTES:
                return _open(model, "dict[str, str]", "open_attributes", _names_argument(model), "dict")
            case FieldKind.OPEN_ELEMENTS:
                return _open(model, "list[rt.AnyElement]", "open_elements", _names_argument(model), "list")
            case FieldKind.CONTENT:
                contents = self.names.contents(owner, model.name)
                alias = self.names.contents_alias(owner, model.name)
                return replace(_open(model, f"list[{alias}]", "content", contents, "list"), contents=contents)
            case FieldKind.CHOICE:
                return self._choice(model, owner)

    def _value(self, model: FieldModel, implied: ImpliedViews, discriminating: bool) -> PythonField:
        assert model.type is not None and not isinstance(model.type, ClassReference)
        name = field_identifier(model.name)
        value = model.type
        annotation = self.names.annotation(value)
        many = model.kind is FieldKind.VALUE and model.cardinality.many
        if many:
            shape = _list(annotation, model.cardinality)
        elif model.implied is not None and model.implied.condition is None:
            # A field that has a value always is never None.
            shape = _Shape(annotation, implied.value(model), "MISSING")
        else:
            shape = _single(value, annotation, model, discriminating)
        converter = self.names.converter(value) if needs_converter(value) else ""
        raw = "reader.text(child)" if model.kind is FieldKind.VALUE else "text"
        own = "item" if many else f"this.{name}"
        text = f"{converter}.format({own})" if converter else own
        if model.kind is FieldKind.ATTRIBUTE and converter and is_hashable(value):
            text = f"{converter}.quoted[{own}]" if needs_escape(value) else text
        elif needs_escape(value) and model.kind is not FieldKind.VALUE:
            quote = "attribute_text" if model.kind is FieldKind.ATTRIBUTE else "escape_text"
            text = f"rt.{quote}({text})"
        return replace(
            _declared(model, shape, converter),
            unset=f"this.{name} is {'MISSING' if shape.initial == 'MISSING' else 'None'}",
            written=_written_if(self._conditions(model, name, shape), model, name, implied),
            read=f"{converter}[{raw}]" if converter else raw,
            write=text,
            is_converted=bool(converter),
            many=many,
        )

    def _conditions(self, model: FieldModel, name: str, shape: _Shape) -> list[str]:
        """When a value is written, but for implied ones."""
        is_there = f"this.{name} is not None"
        has_value_always = model.implied is not None and model.implied.condition is None
        if not has_value_always and (model.cardinality.required or model.kind is FieldKind.TEXT):
            return [] if shape.default != "None" else [is_there]
        sentinel = self.names.sentinel(model.type)
        if sentinel:
            # By identity: a word that was read as unknown content is equal to the member, but must be written back.
            return [is_there, f"this.{name} is not {sentinel}"]
        return [] if has_value_always else [is_there]

    def _flag(self, model: FieldModel, implied: ImpliedViews) -> PythonField:
        name = field_identifier(model.name)
        shape = _Shape("bool", "True" if model.cardinality.required else "False", "False")
        return replace(
            _declared(model, shape),
            unset=f"not this.{name}",
            written=_written_if([f"this.{name}"], model, name, implied),
            read="reader.flag(child)",
            write=f"rt.PRESENT[this.{name}]",
        )

    def _choice(self, model: FieldModel, owner: str) -> PythonField:
        name = field_identifier(model.name)
        contents = self.names.contents(owner, model.name)
        shape = _object(self.names.contents_alias(owner, model.name), model)
        return replace(
            _declared(model, shape, contents),
            written="" if model.cardinality.required else f"this.{name} is not None",
            xml=repr(f"*{name}"),
            read=f"reader.choice(child, {contents})",
            write=f"writer.content(this.{name}, {contents}, inner)",
            contents=contents,
        )

    def _child(self, model: FieldModel) -> PythonField:
        assert isinstance(model.type, ClassReference)
        name = field_identifier(model.name)
        annotation = self.names.class_name(model.type.name)
        many = model.cardinality.many
        shape = _list(annotation, model.cardinality) if many else _object(annotation, model)
        own = "item" if many else f"this.{name}"
        field = _declared(model, shape)
        tag = f", {field.local}" if model.type.name in self.names.shared else ""
        return replace(
            field,
            written="" if model.cardinality.required else f"this.{name} is not None",
            read=f"{self.names.reader(model.type.name)}(child, reader)",
            write=f"{self.names.writer(model.type.name)}({own}, writer, inner{tag})",
            many=many,
        )


@dataclass(frozen=True, slots=True)
class _Shape:
    """``default`` is empty where a constructor needs the keyword; ``initial`` is what parsing stores first. A list has
    no default, but a factory."""

    annotation: str
    default: str
    initial: str
    factory: str = ""


def _object(annotation: str, model: FieldModel) -> _Shape:
    if model.cardinality.required:
        return _Shape(annotation, "", "MISSING")
    return _Shape(f"{annotation} | None", "None", "None")


def _declared(model: FieldModel, shape: _Shape, converter: str = "") -> PythonField:
    """What all fields with a shape have. In XML text has no name."""
    name, xml = field_identifier(model.name), model.xml_name
    return PythonField(
        name,
        model.kind.name,
        shape.annotation,
        shape.default,
        shape.initial,
        _specifier(model, name, shape, converter),
        documentation=_documentation(model),
        unset=f"this.{name} is {shape.initial}",
        absent=_absent(model, name, shape.initial),
        xml=repr(str(xml)) if xml is not None else "",
        namespace=repr(xml.namespace) if xml is not None and xml.namespace else "",
        local=repr(xml.local) if xml is not None else "",
        tag=xml.local if xml is not None else "",
    )


def _open(model: FieldModel, annotation: str, specifier: str, argument: str, factory: str) -> PythonField:
    name = field_identifier(model.name)
    empty = "[]" if factory == "list" else "{}"
    arguments = [*([argument] if argument else []), f"default_factory={factory}"]
    return PythonField(
        name,
        model.kind.name,
        annotation,
        empty,
        empty,
        f"rt.{specifier}({', '.join(arguments)})",
        written=f"this.{name}",
        many=True,
    )


def _names_argument(model: FieldModel) -> str:
    names = names_expression(model.name_classes)
    return "" if names == ANY_NAME else names


def _written_if(conditions: list[str], model: FieldModel, name: str, implied: ImpliedViews) -> str:
    """The condition to write a field, which is left out where its value is implied."""
    if model.implied is None:
        return " and ".join(conditions)
    holds = implied.holds(model)
    left_out = f"writer.leaves_out(this, {name!r})"
    return " and ".join([*conditions, f"not ({holds} and {left_out})" if holds else f"not {left_out}"])


def _list(annotation: str, cardinality: Cardinality) -> _Shape:
    required = cardinality.required
    return _Shape(f"list[{annotation}]", "" if required else "[]", "[]", "" if required else "list")


def _single(value: ValueType, annotation: str, model: FieldModel, discriminating: bool) -> _Shape:
    if model.cardinality.required:
        if isinstance(value, LiteralType) and len(value.tokens) == 1 and discriminating:
            return _Shape(annotation, repr(value.tokens[0]), "MISSING")
        if model.kind is FieldKind.TEXT and is_plain(value):
            return _Shape(annotation, '""', '""')
        return _Shape(annotation, "", "MISSING")
    return _Shape(f"{annotation} | None", "None", "None")


def is_plain(value: ValueType) -> bool:
    """Whether the value is text of any kind."""
    return not needs_converter(value)


def _absent(model: FieldModel, name: str, initial: str) -> str:
    if not model.cardinality.required or initial == '""':
        return ""
    return f"this.{name} is MISSING" if initial == "MISSING" else f"not this.{name}"


_SPECIFIERS = {
    FieldKind.ATTRIBUTE: "attribute",
    FieldKind.TEXT: "text",
    FieldKind.VALUE: "child",
    FieldKind.CHILD: "child",
    FieldKind.FLAG: "flag",
    FieldKind.CHOICE: "choice",
}


def _specifier(model: FieldModel, name: str, shape: _Shape, converter: str = "") -> str:
    """The declaration of the field: `rt.attribute(SIZE, 'max-size', default=None)`."""
    parts = [converter] if converter else []
    if model.xml_name is not None and str(model.xml_name) != name:
        xml = repr(str(model.xml_name))
        parts.append(xml if converter or model.kind is FieldKind.FLAG else f"xml={xml}")
    if shape.factory:
        parts.append(f"default_factory={shape.factory}")
    elif shape.default:
        parts.append(f"default={shape.default}")
        if model.cardinality.required and shape.default != '""':
            parts.append("required=True")
    many = "children" if shape.initial == "[]" else ""
    return f"rt.{many or _SPECIFIERS[model.kind]}({', '.join(parts)})"


def _documentation(model: FieldModel) -> str:
    since = f"Since {model.since}." if model.since else ""
    return " ".join(part for part in (sentence(model.documentation), _implication(model), since) if part)


def _implication(model: FieldModel) -> str:
    if model.implied is None:
        return ""
    what = "Implied" if model.kind is FieldKind.FLAG else f"``{model.implied.text}`` is implied"
    return f"{what} where ``{model.implied.when}``." if model.implied.when else f"{what}."


def sentence(text: str) -> str:
    return text if not text or text[-1] in ".!?:…" else f"{text}."
