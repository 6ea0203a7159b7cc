"""Cases over the API: begun, completed, handed in, answered, sent back; and by nobody else."""

import base64
import json
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from PIL import Image

from doa.enums import CaseStatus, Intake
from doa.models import Case
from partners.enums import OrganizationKind, Role, Scope
from tests import builders as make
from tests import builders_cases as cases
from tests.api import bearer
from tests.builders_cases import SUBMITTED_AT as AT

pytestmark = pytest.mark.django_db

SERIAL = "2102APICASE000000001"
PDF = base64.b64encode(make.a_pdf().read()).decode()
DETAILS = {
    "site": "Riverside",
    "ship_to": "1 Main Street\nSpringfield",
    "ship_to_country": "us",
    "contact_name": "Ada",
    "contact_email": "ada@example.test",
    "contact_phone": "+1 312 555 0100",
}
UNIT = {
    "serial_number": SERIAL,
    "symptom": "no_power",
    "description": "No LED is lit.\nAnother outlet changes nothing.",
    "failure_kind": "first_boot",
    "failed": "2026-01-20T10:00:00-06:00",
    "is_new": True,
    "delivery_project": False,
}
WRITES = ("case-submit", "case-files", "case-answer", "case-send-back")


@pytest.fixture(autouse=True)
def then(settings):
    settings.API_REQUESTS_PER_MINUTE = 1000
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def distributor():
    make.load_service_levels()
    return make.make_unit(make.make_organization("DIST"), serial=SERIAL).consignee


class Program:
    """A partner's program with a token for cases."""

    def __init__(self, client, organization, scopes=(Scope.CASES_READ, Scope.CASES_WRITE), **who):
        self.client, self.headers = client, bearer(organization, scopes=scopes, **who)

    def get(self, name, *args, **query):
        return self.client.get(reverse(f"api:{name}", args=args), query, headers=self.headers)

    def post(self, name, /, *args, key="", **body):
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        address = reverse(f"api:{name}", args=args)
        return self.client.post(address, json.dumps(body), "application/json", headers=headers)


@pytest.fixture
def program(client, distributor):
    return Program(client, distributor)


def label_photo(program, reference, **more):
    photo = a_photo()
    body = {"kind": "label_photo", "name": "label.jpg", "content": photo, **more}
    return program.post("case-files", reference, **body)


def a_photo():
    """Return a small photo in base64."""
    held = BytesIO()
    Image.new("RGB", (8, 8)).save(held, "JPEG")
    return base64.b64encode(held.getvalue()).decode()


def test_a_case_is_begun_shown_and_handed_in_and_then_waits_for_the_call(program, distributor):
    begun = program.post("cases", units=[UNIT], **DETAILS)
    assert begun.status_code == 201, begun.json()
    case = begun.json()
    assert (case["status"], case["ship_to_country"]) == ("draft", "US")
    assert case["missing"] == [
        {"pointer": "/units/0/label_photo", "detail": "Add a photo of the serial number label."}
    ]
    verdict = case["units"][0]["verdict"]
    assert (verdict["remedy"], verdict["rule"]) == ("doa_replacement", "D1")
    shown = label_photo(program, case["reference"])
    assert shown.status_code == 201 and shown.json()["missing"] == []
    handed_in = program.post("case-submit", case["reference"]).json()
    assert (handed_in["status"], handed_in["sr_number"]) == ("submitted", None)
    assert handed_in["call"] == "1-877-9HUAWEI"
    stored = Case.unscoped.get()
    assert (stored.intake, stored.organization) == (Intake.API, distributor)
    assert program.get("case", case["reference"]).json() == handed_in


def test_whatever_is_missing_is_named_at_once_at_its_place_and_nothing_changes(program):
    begun = program.post("cases", units=[{"serial_number": SERIAL}]).json()
    refused = program.post("case-submit", begun["reference"], site="Riverside")
    assert refused.status_code == 400
    named = {error["pointer"] for error in refused.json()["errors"]}
    assert {"/ship_to", "/contact_phone", "/units/0/symptom", "/units/0/is_new"} <= named
    assert "/site" not in named
    assert program.get("case", begun["reference"]).json() == begun, "the site is not kept either"


def test_what_is_still_to_be_said_may_come_with_the_handing_in(program):
    reference = program.post("cases", units=[{"serial_number": SERIAL}]).json()["reference"]
    label_photo(program, reference)
    answer = program.post("case-submit", reference, units=[UNIT], **DETAILS)
    assert answer.status_code == 200, answer.json()
    assert answer.json()["units"][0]["failed"].startswith("2026-01-20T10:00:00")


def test_the_same_key_begins_one_case(program):
    first = program.post("cases", key="order-7", units=[UNIT])
    again = program.post("cases", key="order-7", units=[UNIT])
    assert first.content == again.content and Case.unscoped.count() == 1
    other = program.post("cases", key="order-7", units=[UNIT], site="Elsewhere")
    assert other.status_code == 422 and Case.unscoped.count() == 1


def test_an_unknown_and_a_foreign_unit_are_refused_in_the_same_words(program):
    make.make_unit(make.make_organization("DIST2"), serial="2102FOREIGN000000001")
    foreign, unknown = (
        program.post("cases", units=[{"serial_number": serial}])
        for serial in ("2102FOREIGN000000001", "2102NOSUCHUNIT000001")
    )
    assert foreign.status_code == 400 and foreign.content == unknown.content
    assert foreign.json()["errors"][0]["pointer"] == "/units/0/serial_number"
    assert not Case.unscoped.exists()


def test_a_second_open_case_of_a_unit_is_refused_and_the_first_is_named(program):
    first = cases.make_case(units=list(make.Unit.unscoped.all()))
    answer = program.post("cases", units=[UNIT])
    assert answer.status_code == 409 and first.reference in answer.json()["detail"]


@pytest.mark.parametrize(
    ("unit", "pointer"),
    [
        ({"failed": "2026-01-20T10:00:00"}, "/units/0/failed"),
        ({"symptom": "odd"}, "/units/0/symptom"),
        ({"is_new": "yes"}, "/units/0/is_new"),
        ({"time_zone": "Mars"}, "/units/0/time_zone"),
        ({"colour": "red"}, "/units/0/colour"),
    ],
)
def test_a_value_that_can_not_be_read_is_named_by_its_place(program, unit, pointer):
    answer = program.post("cases", units=[UNIT | unit])
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert not Case.unscoped.exists()


def test_a_label_is_shown_by_a_photo_and_by_no_other_file(program):
    reference = program.post("cases", units=[UNIT]).json()["reference"]
    refused = label_photo(program, reference, content=PDF)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "/content"
    assert program.get("case", reference).json()["files"] == []


def test_what_the_tac_asks_is_shown_and_answered_in_part_and_wholly(client):
    case = cases.make_waiting()
    program = Program(client, case.organization)
    asked = program.get("case", case.reference).json()["asked"]
    item = next(i for i in asked["items"] if i["kind"])["item"]
    log = base64.b64encode(b"boot: panic\n").decode()
    with time_machine.travel(AT + timedelta(hours=8), tick=False):
        answer = program.post(
            "case-answer",
            case.reference,
            text="Here is the log.",
            files=[{"item": item, "name": "boot.log", "content": log}],
            is_all=True,
        )
    assert answer.status_code == 200, answer.json()
    assert (answer.json()["status"], answer.json()["asked"]) == ("in_review", None)
    again = program.post("case-answer", case.reference, text="More.")
    assert again.status_code == 409


def test_a_faulty_unit_goes_back_only_without_data_on_it(client):
    line = cases.make_fulfilling()
    program = Program(client, line.case.organization)
    said = {"carrier": "UPS", "tracking": "1Z1"}
    kept = program.post("case-send-back", line.case.reference, data_removed=False, **said)
    assert kept.status_code == 400
    assert kept.json()["errors"][0]["pointer"] == "/data_removed"
    sent = program.post("case-send-back", line.case.reference, data_removed=True, **said)
    assert sent.status_code == 200, sent.json()
    assert sent.json()["units"][0]["return"] == {
        "status": "in_transit",
        "due_on": sent.json()["units"][0]["return"]["due_on"],
        "carrier": "UPS",
        "tracking": "1Z1",
    }


def test_lists_come_in_pages_and_by_state_and_unit(program, distributor):
    units = [make.make_unit(distributor) for _ in range(3)]
    for unit in units:
        program.post("cases", units=[{"serial_number": unit.serial}])
    first = program.get("cases", limit=2).json()
    rest = program.client.get(first["next"], headers=program.headers).json()
    listed = [case["units"][0] for case in (*first["cases"], *rest["cases"])]
    assert listed == [unit.serial for unit in reversed(units)] and rest["next"] is None
    one = program.get("cases", serial_number=units[1].serial.lower()).json()["cases"]
    assert [case["units"] for case in one] == [[units[1].serial]]
    assert program.get("cases", status="submitted").json()["cases"] == []
    assert program.get("cases", status="odd").status_code == 400
    assert program.get("cases", color="red").status_code == 400


@pytest.mark.parametrize(
    "kind", [OrganizationKind.VAR, OrganizationKind.GAP, OrganizationKind.END_CUSTOMER]
)
def test_who_is_referred_reaches_no_step_by_any_address(client, kind):
    organization = make.make_organization(kind=kind)
    make.make_unit(organization, serial=SERIAL)
    program = Program(client, organization, user=make.make_user(organization, Role.MANAGER))
    assert program.post("cases", units=[UNIT]).status_code == 403
    foreign = cases.make_case(CaseStatus.DRAFT)
    for name in WRITES:
        assert program.post(name, foreign.reference).status_code == 403
    assert cases.fresh(foreign).status == CaseStatus.DRAFT
    assert Case.unscoped.count() == 1


def test_a_token_does_what_its_scopes_and_its_persons_role_say(client, distributor):
    reader = Program(client, distributor, scopes=(Scope.CASES_READ,))
    viewer = Program(client, distributor, user=make.make_user(distributor, Role.VIEWER))
    for program in (reader, viewer):
        assert program.get("cases").status_code == 200
        assert program.post("cases", units=[UNIT]).status_code == 403
    assert Program(client, distributor, scopes=(Scope.UNITS_READ,)).get("cases").status_code == 403
    huawei = make.make_staff().joined_memberships()[0].organization
    staff = Program(client, huawei, user=make.make_staff())
    assert staff.post("cases", units=[UNIT]).status_code == 403
    assert not Case.unscoped.exists()


def test_the_answer_about_a_unit_names_its_open_case_to_who_sees_it(client, distributor):
    buyer = make.make_organization(kind=OrganizationKind.VAP)
    unit = make.Unit.unscoped.get()
    reader = Program(client, distributor, scopes=(Scope.UNITS_READ,))

    def doa(program):
        answer = program.get("unit", SERIAL).json()["doa"]
        return answer["may_apply"], answer["open_case"]

    assert doa(reader) == (True, None)
    case = cases.make_case(units=[unit])
    make.pass_on(unit, buyer, shipped_on=make.SHIPPED_ON)
    assert doa(reader) == (True, case.reference)
    assert doa(Program(client, buyer, scopes=(Scope.UNITS_READ,))) == (True, None)
    huawei = make.make_staff().joined_memberships()[0].organization
    staff = Program(client, huawei, scopes=(Scope.UNITS_READ,), user=make.make_staff())
    assert doa(staff) == (False, case.reference)
