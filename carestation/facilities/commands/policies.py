"""A facility decides its 安全の決まり.

Controls: ISO/IEC 27017 5.17, 5.18; white paper 「認証情報の管理」, 「利用者アクセスの管理」.
"""

from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from carestation.facilities.choices import Right
from carestation.facilities.commands.bindings import bind_by_rules
from carestation.facilities.commands.staff import lock_desk
from carestation.facilities.facts import PolicyChanged
from carestation.facilities.models.policies import Policy
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.policies import rules_of, version_of
from carestation.facilities.rules import Desk, Rules
from carestation.factlog.commands import announce
from carestation.kernel.errors import Conflict


@transaction.atomic
def change_policy(desk: Desk, rules: Rules, *, version: int) -> bool:
    """Let other rules hold in the facility from now on; return whether anything is new.

    `version`: of the rules that were looked at. Everyone who works here is bound anew.

    Raises:
        Refused: the actor may not, or may no more.
        Conflict: someone else has changed them meanwhile (reason `rules_changed`).
        DomainError: they ask for more or less than can be asked of anyone (reason `binding`).
    """
    lock_desk(desk, Right.CHANGE_RULES)
    if version_of(desk.facility_id) != version:
        raise Conflict("rules_changed")
    if rules == rules_of(desk.facility_id):
        return False
    said = asdict(rules)
    policy = Policy.objects.create(
        facility_id=desk.facility_id,
        version=version + 1,
        author_id=desk.actor.user_id,
        decided_at=timezone.now(),
        **said,
    )
    announce(PolicyChanged(**desk.marks(), policy_id=policy.pk, version=policy.version, **said))
    working = Staff.objects.standing().of_facility(desk.facility_id)
    for user_id in working.order_by("user_id").values_list("user_id", flat=True):
        bind_by_rules(desk.actor, user_id)
    return True
