"""Form fields as the macros show them: Django's bound fields, turned into plain values.

The macro writes the tag, so Django's own widgets and their engine take no part in our pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.forms import BoundField, Form
from django.forms import Field as DjangoField
from django.forms.widgets import CheckboxInput, ChoiceWidget, FileInput, Textarea
from django.utils.translation import gettext as _
from markupsafe import Markup

from carestation.ui.components import Attribute, attributes

_OF_WIDGET: Final = frozenset(
    {
        "accept",
        "autocapitalize",
        "autocomplete",
        "capture",
        "enterkeyhint",
        "inputmode",
        "max",
        "maxlength",
        "min",
        "minlength",
        "multiple",
        "pattern",
        "placeholder",
        "readonly",
        "rows",
        "spellcheck",
        "step",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer of a choice."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What the macro `field` needs to know, and no more."""

    id: str
    name: str
    label: str
    kind: str
    value: str
    checked: bool
    required: bool
    hint: str
    errors: Sequence[str]
    options: Sequence[Option]
    attributes: Markup

    @property
    def described_by(self) -> str:
        """The ids of the hint and of the errors, for `aria-describedby`."""
        ids = [f"{self.id}-hint"] if self.hint else []
        return " ".join([*ids, f"{self.id}-error"] if self.errors else ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """A line of the summary: what is wrong, and where to put it right."""

    id: str
    label: str
    text: str


def field_of(bound: BoundField, *, hint: str = "", **more: Attribute) -> Field:
    """Return a bound field as plain values; `more` are attributes (`_` stands for `-`)."""
    widget = bound.field.widget
    given = {name: value for name, value in widget.attrs.items() if name in _OF_WIDGET}
    if isinstance(widget, Textarea):
        given.pop("cols", None)
    limits = {
        name: limit
        for name in ("maxlength", "minlength")
        if (limit := bound.build_widget_attrs({}, widget).get(name)) is not None
    }
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return Field(
        id=bound.id_for_label or bound.auto_id or f"id_{bound.html_name}",
        name=bound.html_name,
        label=str(bound.label),
        kind=_kind(bound),
        value=_text(bound.value()),
        checked=isinstance(widget, CheckboxInput) and bool(bound.value()),
        required=bound.field.required,
        hint=hint or str(bound.help_text),
        errors=_errors(bound),
        options=_options(bound),
        attributes=attributes(limits | given | named),
    )


def errors_of(form: Form) -> list[FieldError]:
    """Return everything that is wrong with a form, in the order of its fields; its own first."""
    whole = [FieldError(id="", label="", text=str(text)) for text in form.non_field_errors()]
    hidden = [
        FieldError(id="", label="", text=text)
        for bound in form.hidden_fields()
        for text in _errors(bound)
    ]
    parts = [
        FieldError(id=bound.id_for_label, label=str(bound.label), text=text)
        for bound in form.visible_fields()
        for text in _errors(bound)
    ]
    return [*whole, *hidden, *parts]


def _errors(bound: BoundField) -> list[str]:
    missing = str(DjangoField.default_error_messages["required"])
    return [_missing(bound) if str(text) == missing else str(text) for text in bound.errors]


def _missing(bound: BoundField) -> str:
    widget = bound.field.widget
    if bound.is_hidden:
        return _("画面が古くなっています。読み込み直してから、もう一度送ってください。")
    if isinstance(widget, CheckboxInput):
        return _("印を付けてください。")
    picks = isinstance(widget, ChoiceWidget | FileInput)
    return _("選んでください。") if picks else _("入力してください。")


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, Textarea):
        return "textarea"
    return str(getattr(widget, "input_type", "text"))


def _text(value: object) -> str:
    if value is None or value is False:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def _options(bound: BoundField) -> list[Option]:
    widget = bound.field.widget
    if not isinstance(widget, ChoiceWidget):
        return []
    value = bound.value()
    chosen = {str(one) for one in value} if isinstance(value, list | tuple) else {str(value or "")}
    return [
        Option(value=str(given), text=str(text), chosen=str(given) in chosen)
        for given, text in widget.choices
        if not isinstance(text, list | tuple)
    ]
