"""Facts as AuditEvents of FHIR R4, after the Basic Audit Log Patterns of IHE (BALP 1.1).

A fact is told as the call that it would be between programs: who looked, looked it up at our
server (`Read`); who changed something, sent it there (`Create`, `Update`, `Delete`), and where it
was in a patient's group, the profile is the patient's. What did not succeed follows no profile.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from carestation.audit.choices import LOOKS, Act, Interaction
from carestation.audit.rules import interaction_of, words_of
from carestation.kernel.sql import Row

PROFILES: Final = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
ENTITIES: Final = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType"
HL7: Final = "http://terminology.hl7.org/CodeSystem/"
DICOM: Final = "http://dicom.nema.org/resources/ontology/DCM"
ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
URI: Final = "urn:ietf:rfc:3986"
REFUSED: Final = Act.ACCOUNTS_SIGN_IN_REFUSED
ACTIONS: Final = {
    Interaction.READ: "R",
    Interaction.CREATE: "C",
    Interaction.UPDATE: "U",
    Interaction.DELETE: "D",
}
SOURCE: Final = {"system": DICOM, "code": "110153", "display": "Source Role ID"}
DESTINATION: Final = {"system": DICOM, "code": "110152", "display": "Destination Role ID"}
APPLICATION: Final = {"system": DICOM, "code": "110150", "display": "Application"}
CUSTODIAN: Final = {
    "system": f"{HL7}provenance-participant-type",
    "code": "custodian",
    "display": "Custodian",
}
# Who sends and who is sent to: what is read goes to the client, what is written comes from it.
CLIENT_AND_SERVER: Final = {
    Interaction.READ: (DESTINATION, SOURCE),
    Interaction.CREATE: (SOURCE, DESTINATION),
    Interaction.UPDATE: (SOURCE, DESTINATION),
    Interaction.DELETE: (APPLICATION, CUSTODIAN),
}
RECIPIENT: Final = {"code": "IRCP", "display": "information recipient"}
AUTHOR: Final = {"code": "AUT", "display": "author (originator)"}
Patients = Mapping[UUID, UUID]


def audit_event(line: Row, patients: Patients) -> Row:
    """Return a fact as an AuditEvent; `patients`: who is the patient of which group."""
    interaction, patient = interaction_of(line["kind"]), _patient(line, patients)
    is_refused = line["kind"] == REFUSED
    profile = f"{PROFILES}{'Patient' if patient else ''}{interaction.name.title()}"
    return {
        "resourceType": "AuditEvent",
        "id": str(line["id"]),
        **_meta([] if is_refused else [profile], is_time_doubted=line["is_time_doubted"]),
        "type": {
            "system": f"{HL7}audit-event-type",
            "code": "rest",
            "display": "RESTful Operation",
        },
        "subtype": [
            {"system": "http://hl7.org/fhir/restful-interaction", "code": interaction.value},
            {
                "system": f"{settings.SITE_URL}/facts",
                "code": line["kind"],
                "display": words_of(line["kind"]),
            },
        ],
        "action": ACTIONS[interaction],
        "recorded": datetime.fromisoformat(line["at"]).isoformat(timespec="milliseconds"),
        "outcome": "4" if is_refused else "0",
        "agent": _agents(line, interaction),
        "source": {
            "observer": {"identifier": {"system": URI, "value": settings.SITE_URL}},
            "type": [
                {
                    "system": f"{HL7}security-source-type",
                    "code": "4",
                    "display": "Application Server",
                }
            ],
        },
        "entity": _entities(line, patient),
    }


def _meta(profiles: list[str], *, is_time_doubted: bool) -> Row:
    """Return which profile it follows, and the mark of a time that nobody vouched for."""
    mark = {
        "system": f"{settings.SITE_URL}/marks",
        "code": "time-unverified",
        "display": "時刻は未確認",
    }
    told = ({"profile": profiles} if profiles else {}) | (
        {"tag": [mark]} if is_time_doubted else {}
    )
    return {"meta": told} if told else {}


def _agents(line: Row, interaction: Interaction) -> list[Row]:
    """Return client and server, and who used them. Facts hold no address of a client."""
    client, server = CLIENT_AND_SERVER[interaction]
    masked = {"extension": [{"url": ABSENT, "valueCode": "masked"}]}
    agents: list[Row] = [
        {
            "type": {"coding": [client]},
            "who": {"display": "CareStation"},
            "requestor": False,
            "network": masked,
        },
        {
            "type": {"coding": [server]},
            "who": {"identifier": {"system": URI, "value": settings.SITE_URL}},
            "requestor": False,
            "network": {"address": settings.SITE_URL, "type": "5"},
        },
    ]
    if line["actor_id"]:
        part = RECIPIENT if line["kind"] in LOOKS else AUTHOR
        coding = {"system": f"{HL7}v3-ParticipationType"} | part
        user = {
            "type": {"coding": [coding]},
            "who": _identified(line["actor_id"]),
            "requestor": True,
        }
        agents.append(user)
    return agents


def _entities(line: Row, patient: str | None) -> list[Row]:
    kinds, roles = f"{HL7}audit-entity-type", f"{HL7}object-role"
    entities: list[Row] = [
        {
            "what": _identified(line["object_id"]),
            "type": {"system": kinds, "code": "2", "display": "System Object"},
            "role": {"system": roles, "code": "4", "display": "Domain Resource"},
        },
        {
            "what": _identified(line["request_id"]),
            "type": {"system": ENTITIES, "code": "XrequestId"},
        },
    ]
    if patient:
        entities.insert(
            0,
            {
                "what": {"type": "Patient"} | _identified(patient),
                "type": {"system": kinds, "code": "1", "display": "Person"},
                "role": {"system": roles, "code": "1", "display": "Patient"},
            },
        )
    return entities


def _patient(line: Row, patients: Patients) -> str | None:
    if line["patient_id"]:
        return str(line["patient_id"])
    found = patients.get(UUID(line["group_id"])) if line["group_id"] else None
    return str(found) if found else None


def _identified(uuid: str) -> Row:
    return {"identifier": {"system": URI, "value": f"urn:uuid:{uuid}"}}
