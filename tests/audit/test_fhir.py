"""Every kind of fact is an AuditEvent of FHIR R4, and one of IHE's basic patterns."""

import json
from typing import Any, Final

import pytest
from fhir.resources.R4B.auditevent import AuditEvent

from carestation.audit.choices import LOOKS, Act, Interaction
from carestation.audit.queries.fhir import audit_event
from carestation.audit.rules import interaction_of
from carestation.kernel.ids import uuid7

GROUP, PATIENT = uuid7(), uuid7()
REST: Final = "http://hl7.org/fhir/restful-interaction"
HL7: Final = "http://terminology.hl7.org/CodeSystem/"
DICOM: Final = "http://dicom.nema.org/resources/ontology/DCM"
# IHE BALP 1.1: what each pattern demands of action, subtype, and who is client, server and user.
SENDS, RECEIVES = f"{DICOM}|110153", f"{DICOM}|110152"
AUTHORS: Final = {f"{HL7}v3-ParticipationType|{code}" for code in ("AUT", "INF", "CST")}
PATTERNS: Final = {
    "Read": ("R", "read", RECEIVES, SENDS, {f"{HL7}v3-ParticipationType|IRCP"}),
    "Create": ("C", "create", SENDS, RECEIVES, AUTHORS),
    "Update": ("U", "update", SENDS, RECEIVES, AUTHORS),
    "Delete": (
        "D",
        "delete",
        f"{DICOM}|110150",
        f"{HL7}provenance-participant-type|custodian",
        AUTHORS,
    ),
}
ROLES: Final = {f"{HL7}object-role|{code}" for code in ("3", "4", "20")}
XREQUEST: Final = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType|XrequestId"


def told(kind: str, **more: object) -> dict[str, Any]:
    ids = ("actor_id", "facility_id", "object_id", "request_id")
    said = {"id": 7, "at": "2026-11-28T12:00:00.123456+09:00", "kind": kind, "detail": {}}
    said |= {"is_time_doubted": False}
    line = {name: str(uuid7()) for name in ids} | said | {"group_id": None, "patient_id": None}
    return audit_event(line | more, {GROUP: PATIENT})


def code_of(coding: dict[str, str]) -> str:
    return f"{coding['system']}|{coding['code']}"


def one(found: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    [only] = [each for each in found if code_of(each["type"]) == kind]
    return only


def follows(event: dict[str, Any], *, of_patient: bool) -> None:
    """See that an event is what the pattern that it names demands."""
    [profile] = event["meta"]["profile"]
    pattern = profile.removeprefix(
        "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
    )
    assert pattern.startswith("Patient") is of_patient
    action, subtype, client, server, users = PATTERNS[pattern.removeprefix("Patient")]
    agents = {code_of(agent["type"]["coding"][0]): agent for agent in event["agent"]}
    assert code_of(event["type"]) == f"{HL7}audit-event-type|rest"
    assert [code_of(each) for each in event["subtype"]].count(f"{REST}|{subtype}") == 1
    assert (event["action"], event["outcome"]) == (action, "0")
    assert len(agents) == len(event["agent"])
    for machine in (client, server):
        assert agents[machine]["who"]
        assert agents[machine]["network"]
        assert not agents[machine]["requestor"]
    for user in agents.keys() - {client, server}:
        assert user in users
        assert agents[user]["requestor"]
        assert agents[user]["who"]["identifier"]["value"].startswith("urn:uuid:")
        assert "network" not in agents[user]
    data = one(event["entity"], f"{HL7}audit-entity-type|2")
    assert code_of(data["role"]) in ROLES
    assert data["what"]
    assert one(event["entity"], XREQUEST)["what"]["identifier"]["value"]
    if of_patient:
        patient = one(event["entity"], f"{HL7}audit-entity-type|1")
        assert code_of(patient["role"]) == f"{HL7}object-role|1"
        assert patient["what"]["type"] == "Patient"
        assert patient["what"]["identifier"]["value"] == f"urn:uuid:{PATIENT}"
    else:
        assert f"{HL7}audit-entity-type|1" not in map(code_of, (x["type"] for x in event["entity"]))


@pytest.mark.control("8.15")
@pytest.mark.parametrize("act", sorted(set(Act) - {Act.ACCOUNTS_SIGN_IN_REFUSED}))
def test_every_fact_is_an_audit_event_of_its_pattern(act: Act) -> None:
    plain = told(act)
    of_patient = told(act, group_id=str(GROUP))
    by_nobody = told(act, actor_id=None)

    for event in (plain, of_patient, by_nobody):
        AuditEvent.model_validate_json(json.dumps(event))
        follows(event, of_patient=event is of_patient)
    assert len(by_nobody["agent"]) == 2
    assert (plain["action"] == "R") is (act in LOOKS)


def test_what_did_not_succeed_says_so_and_names_no_pattern() -> None:
    event = told(Act.ACCOUNTS_SIGN_IN_REFUSED)

    AuditEvent.model_validate_json(json.dumps(event))
    assert (event["outcome"], "meta" in event) == ("4", False)


def test_an_event_that_is_none_is_refused() -> None:
    event = told(Act.TIMELINE_POST_PUBLISHED)
    for name in ("agent", "source", "type", "recorded"):
        without = {key: value for key, value in event.items() if key != name}
        with pytest.raises(ValueError, match=name):
            AuditEvent.model_validate_json(json.dumps(without))
    with pytest.raises(AssertionError):
        follows({**event, "action": "R"}, of_patient=False)


@pytest.mark.parametrize(
    ("act", "interaction"),
    [
        (Act.TIMELINE_POST_PUBLISHED, Interaction.CREATE),
        (Act.TIMELINE_POST_EDITED, Interaction.UPDATE),
        (Act.TIMELINE_POST_WITHDRAWN, Interaction.UPDATE),
        (Act.TIMELINE_FILE_DISCARDED, Interaction.DELETE),
        (Act.PATIENTS_FACE_SHEET_VIEWED, Interaction.READ),
        (Act.PATIENTS_PATIENT_REGISTERED, Interaction.CREATE),
        (Act.GROUPS_MEMBERSHIP_ENDED, Interaction.UPDATE),
        (Act.SEARCH_HITS_SHOWN, Interaction.READ),
    ],
)
def test_an_act_is_the_call_that_it_would_be(act: Act, interaction: Interaction) -> None:
    assert interaction_of(act) is interaction


@pytest.mark.control("8.17")
def test_an_event_of_a_doubted_time_has_a_mark() -> None:
    event = told("timeline.PostPublished", is_time_doubted=True)

    assert [one["code"] for one in event["meta"]["tag"]] == ["time-unverified"]
    assert "tag" not in told("timeline.PostPublished")["meta"]
    assert "meta" not in told("accounts.SignInRefused")
