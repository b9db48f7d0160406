"""A facility's 安全の決まり: shown, tried, and changed by a second step.

Controls: ISO/IEC 27017 5.17, 5.18; white paper 「認証情報の管理」, 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.facilities.choices import Right
from carestation.facilities.commands.policies import change_policy
from carestation.facilities.forms.policies import RulesForm, typed_rules
from carestation.facilities.queries.desks import frame_of, take_desk
from carestation.facilities.queries.policies import differences, rules_of, version_of
from carestation.facilities.queries.staff import staff_of
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict, DomainError
from carestation.kernel.http import CareRequest


@require_http_methods(["GET", "POST"])
@door(Door.DESK)
@freshly_confirmed
def rules(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Show the rules; show what others would change, and whom; and let them hold."""
    desk = take_desk(request.actor, facility_id, Right.CHANGE_RULES)
    now, version = rules_of(facility_id), version_of(facility_id)
    is_sent = request.method == "POST"
    form = RulesForm(request.POST if is_sent else None, initial=typed_rules(now, version))
    context = {"place": frame_of(desk), "form": form, "version": version, "changes": None}
    if form.is_valid():
        if not form.is_as_shown:
            found = differences(now, form.as_rules(), staff_of(desk))
            context |= {"changes": form.told(found)}
            return TemplateResponse(request, "facilities/rules.html", context)
        try:
            change_policy(desk, form.as_rules(), version=form.cleaned_data["version"])
        except (Conflict, DomainError) as error:
            form.refuse(error)
        else:
            return redirect("facilities:rules", facility_id)
    return TemplateResponse(request, "facilities/rules.html", context, status=form.status)
