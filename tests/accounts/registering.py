"""A page that completes a registration, as the contexts above have theirs."""

from django.db import transaction
from django.http import HttpResponse
from django.template import engines
from django.urls import include, path
from django.views.decorators.http import require_http_methods

from carestation.accounts.choices import Proof, RegistrationPurpose, SessionKind
from carestation.accounts.commands.passwords import WeakPassword
from carestation.accounts.commands.registrations import (
    PersonDraft,
    claim_registration,
    register_claimed,
)
from carestation.accounts.commands.sessions import OpenedSession, Where, open_session
from carestation.accounts.forms import PersonForm
from carestation.accounts.gate.entering import entered
from carestation.accounts.gate.requests import EnteredRequest
from carestation.accounts.gate.where import where_of
from carestation.accounts.queries.links import find_registration
from carestation.kernel.doors import Door, door
from carestation.kernel.ids import uuid7

PURPOSE = RegistrationPurpose.FOUND_FACILITY
PAGE = """
{% extends "ui/bare.html" %}
{% from "accounts/_person.html" import person_fields %}
{% from "ui/_button.html" import button %}
{% from "ui/_errors.html" import errors %}
{% block title %}本登録{% endblock %}
{% block head %}<script type="module" src="{{ static('accounts/strength.js') }}"></script>
{% endblock %}
{% block card %}<h1>本登録</h1><p>{{ opened.email }}</p>{{ errors(form) }}
<form class="stack" method="post" action="/registering/">{{ csrf_input }}
{{ person_fields(form) }}{{ button("登録する", weight="primary") }}</form>{% endblock %}
"""


@require_http_methods(["GET", "POST"])
@door(Door.PUBLIC)
def registering(request: EnteredRequest) -> HttpResponse:
    form = PersonForm(request.POST or None, initial={"token": request.GET.get("token", "")})
    opened = find_registration(form["token"].value() or "", PURPOSE)
    if form.is_valid():
        where = where_of(request, SessionKind.BROWSER)
        try:
            session = complete(form.cleaned_data["token"], form.draft(), where)
        except WeakPassword as error:
            form.refuse(error)
        else:
            return entered(request, session, "/account/")
    page = engines["jinja2"].from_string(PAGE)
    return HttpResponse(page.render({"form": form, "opened": opened}, request), status=form.status)


@transaction.atomic
def complete(token: str, draft: PersonDraft, where: Where) -> OpenedSession:
    claimed = claim_registration(token, PURPOSE)
    user = register_claimed(claimed, draft, is_professional=True, request_id=uuid7())
    return open_session(user.pk, where, proof=Proof.PASSWORD, request_id=uuid7())


urlpatterns = [
    path("registering/", registering, name="registering"),
    path("", include("config.urls")),
]
