from functools import cache

from django import forms
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Template

from carestation.ui.fields import errors_of, field_of
from tests.ui.drawing import Everything, SignIn, kit

MACRO = '{% from "ui/_field.html" import field %}{{ field(form[name], **more) }}'


@cache
def page() -> Template:
    return kit().from_string(MACRO)


def shown(form: forms.Form, name: str, **more: object) -> str:
    return page().render(form=form, name=name, more=more)


def test_label_hint_and_error_are_tied_to_the_field() -> None:
    html = shown(Everything({"name": ""}), "name")

    assert '<label for="id_name">名前' in html
    assert 'aria-describedby="id_name-hint id_name-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name-hint"' in html
    assert 'id="id_name-error"' in html
    assert 'maxlength="50"' in html


def test_a_field_that_is_right_says_nothing_of_errors() -> None:
    html = shown(Everything({"name": "佐伯"}), "name")

    assert "aria-invalid" not in html
    assert 'aria-describedby="id_name-hint"' in html


def test_a_page_says_more_of_a_field() -> None:
    html = shown(SignIn(), "email", autocomplete="username", hint="施設のもの", data_x="1")

    assert 'autocomplete="username"' in html
    assert 'data-x="1"' in html
    assert 'type="email"' in html
    assert "施設のもの" in html


def test_a_password_is_never_sent_back() -> None:
    html = shown(SignIn({"password": "hunter2hunter2"}), "password")

    assert "hunter2" not in html
    assert 'type="password"' in html


def test_what_is_missing_is_said_plainly() -> None:
    form = Everything({})

    said = {error.label: error.text for error in errors_of(form)}

    assert said["名前"] == "入力してください。"
    assert said["性別"] == "選んでください。"
    assert said["同意します"] == "印を付けてください。"
    assert "画面が古くなっています" in said[""]


def test_a_word_of_the_form_itself_is_kept() -> None:
    form = SignIn({"email": "miyake", "password": "x"})
    form.is_valid()
    form.add_error(None, "合いません。")

    errors = errors_of(form)

    assert errors[0].text == "合いません。"
    assert errors[1].id == "id_email"


def test_choices_keep_what_was_chosen() -> None:
    form = Everything({"people": ["2"], "kind": "asked"})

    people = {option.value: option.chosen for option in field_of(form["people"]).options}
    kinds = {option.value: option.chosen for option in field_of(form["kind"]).options}

    assert people == {"1": False, "2": True}
    assert kinds == {"normal": False, "asked": True, "urgent": False}


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_was_typed_comes_back_and_is_never_markup(text: str) -> None:
    area, line = (shown(Everything({"body": text, "name": text}), one) for one in ("body", "name"))

    assert "<script" not in area
    assert area.count("</textarea>") == 1
    assert line.count("<input") == 1
