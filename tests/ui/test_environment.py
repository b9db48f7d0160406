import shutil
import subprocess
from pathlib import Path

import pytest
from django.urls import NoReverseMatch
from django.utils import translation
from jinja2 import UndefinedError
from markupsafe import Markup

from carestation.ui.environment import environment, url
from carestation.ui.icons import icon
from carestation.ui.words import say
from tests.ui.drawing import kit

NODE = shutil.which("node")


def test_what_is_put_into_a_message_is_escaped() -> None:
    said = say("%(name)s様", name="<b>")

    assert isinstance(said, Markup)
    assert said == "&lt;b&gt;様"


def test_a_message_is_said_in_the_language_of_the_reader() -> None:
    with translation.override("de"):
        german = say("Sunday")
    with translation.override("en"):
        english = say("Sunday")

    assert (german, english) == ("Sonntag", "Sunday")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('{{ _("62%% 送っています") }}', "62% 送っています"),
        ('{% set word = _("緊急") %}{{ word }}', "緊急"),
        ('{{ icon("reply") }}', str(icon("reply"))),
    ],
)
def test_words_and_icons_are_worked_out_when_a_template_is_compiled(
    source: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = kit().from_string(source)
    for name in ("_", "icon"):
        monkeypatch.setitem(kit().globals, name, None)

    assert template.render() == said


def test_what_only_a_page_knows_is_said_when_it_is_shown() -> None:
    template = kit().from_string('{{ _("%(count)s人", count=count) }}{{ icon(name) }}')

    assert template.render(count=3, name="reply") == f"3人{icon('reply')}"


def test_a_percent_sign_is_written_twice_with_and_without_variables() -> None:
    assert say("62%% 送っています") == "62% 送っています"
    assert say("%(done)s%% 送っています", done=62) == "62% 送っています"


def test_texts_of_templates_are_found_for_translation() -> None:
    source = '{{ _("投稿する") }}{% trans %}返信{% endtrans %}'
    found = kit().extract_translations(source)  # type: ignore[attr-defined]  # the extension's

    assert {message for _, _, message in found} == {"投稿する", "返信"}


def test_a_page_that_names_nobody_stops() -> None:
    with pytest.raises(UndefinedError):
        kit().from_string("{{ patient }}").render()


def test_a_view_that_does_not_exist_stops() -> None:
    with pytest.raises(NoReverseMatch):
        url("nowhere:nothing")


def test_whatever_asks_for_it_the_engine_escapes() -> None:
    env = environment(autoescape=False)

    assert env.from_string("{{ '<' }}").render() == "&lt;"


@pytest.mark.skipif(not NODE, reason="no Node: the pure parts of the behaviours wait")
def test_the_pure_parts_of_the_behaviours() -> None:
    tests = Path(__file__).parent / "behaviours.test.mjs"
    command = [str(NODE), "--test", str(tests)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours

    assert done.returncode == 0, done.stdout + done.stderr
