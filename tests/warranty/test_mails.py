"""The mails about warranties: what they say, in words and in the table beside them."""

import csv
import io
from datetime import date, timedelta
from html import unescape

import pytest
from django.core import mail

from notifications import delivery
from notifications.models import Message
from partners.enums import OrganizationKind
from tests.builders import (
    CAP_ON,
    SHIPPED_ON,
    at_noon,
    make_organization,
    make_part_number,
    make_report,
    make_staff,
    make_unit,
    pass_on,
)
from tests.warranty.night import night
from warranty import workflow
from warranty.enums import WarrantyRule

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LATE = date(2026, 4, 17)


def sent(day: date = LATE):
    """Deliver everything that is due on `day`, and return what has gone out."""
    while delivery.deliver_next(at=at_noon(day)):
        pass
    assert set(Message.unscoped.values_list("last_error", flat=True)) <= {""}
    return mail.outbox


def text_and_html(message):
    return message.body, message.alternatives[0][0]


def table_of(message):
    name, body, kind = message.attachments[0]
    text = body.decode("utf-8-sig") if isinstance(body, bytes) else body.lstrip("\ufeff")
    return name, kind, list(csv.DictReader(io.StringIO(text)))


def test_a_start_recorded_late_says_both_days_and_why_it_was_sent():
    partner = make_organization("ACME")
    unit = make_unit(partner, part_number=make_part_number("02350001", model="S5735-L24"))
    night(LATE)
    (message,) = sent()
    assert message.subject == "1 warranty started for your unit"
    for part in text_and_html(message):
        assert "Recorded on 17 Apr 2026; dated 10 Apr 2026 by rule." in part
        assert unit.serial in part and "S5735-L24" in part
        assert "10 Apr 2026" in part and "9 Apr 2027" in part
        assert WarrantyRule.W1.label in unescape(part)
        assert "You get this because these units were shipped to or through ACME Example." in part
        assert "http://127.0.0.1:8000/home/" in part
        assert WarrantyRule.W3.label not in unescape(part)


def test_starts_of_several_days_recorded_late_name_the_first_and_the_last():
    partner = make_organization()
    make_unit(partner)
    make_unit(partner, shipped_on=SHIPPED_ON + 3 * DAY)
    night(LATE)
    (message,) = sent()
    for part in text_and_html(message):
        assert "Recorded on 17 Apr 2026; dated 10 Apr 2026 to 13 Apr 2026 by rule." in part


def test_a_start_recorded_on_its_day_says_nothing_of_recording():
    make_unit()
    night(CAP_ON)
    (message,) = sent(CAP_ON)
    assert not any("Recorded on" in part for part in text_and_html(message))


@pytest.mark.parametrize(("units", "more"), [(10, ""), (11, "and 1 more in the attached table.")])
def test_ten_units_are_named_and_all_of_them_are_in_the_table(units, more):
    partner = make_organization()
    part_number = make_part_number("00012345")
    serials = [f"SN{number:04d}" for number in range(units)]
    for serial in serials:
        make_unit(partner, serial=serial, part_number=part_number)
    night(CAP_ON)
    (message,) = sent(CAP_ON)
    assert message.subject == f"{units} warranties started for your units"
    assert len(message.subject) <= 70
    for part in text_and_html(message):
        assert [serial in part for serial in serials] == [True] * 10 + [False] * (units - 10)
        assert ("more in the attached table" in part) is bool(more)
        assert more in part
    name, kind, rows = table_of(message)
    assert (name, kind) == ("warranties-started-2026-04-10.csv", "text/csv")
    assert [row["serial"] for row in rows] == serials
    assert {row["part_number"] for row in rows} == {"00012345"}
    assert rows[0] | {"model": "", "shipment": ""} == {
        "serial": "SN0000",
        "part_number": "00012345",
        "model": "",
        "starts_on": "2026-04-10",
        "ends_on": "2027-04-09",
        "rule": "W1",
        "shipment": "",
    }


def test_no_cell_of_the_table_runs_as_a_formula():
    make_unit(part_number=make_part_number(model="=HYPERLINK(0)"))
    night(CAP_ON)
    _, _, rows = table_of(sent(CAP_ON)[0])
    assert rows[0]["model"] == "'=HYPERLINK(0)"


def test_each_partner_reads_of_its_own_units_alone():
    holder, distributor = make_organization(), make_organization()
    customer = make_organization(kind=OrganizationKind.END_CUSTOMER)
    own = make_unit(holder)
    sold = make_unit(distributor)
    pass_on(sold, customer, shipped_on=SHIPPED_ON + DAY)
    night(CAP_ON)
    found = {message.to[0]: message for message in sent(CAP_ON)}
    assert set(found) == {holder.email, distributor.email}
    for organization, unit in ((holder, own), (distributor, sold)):
        assert [row["serial"] for row in table_of(found[organization.email])[2]] == [unit.serial]


def test_the_holders_of_a_corrected_shipment_see_old_and_new_and_the_reason():
    unit = make_unit(make_organization("ACME"))
    night(CAP_ON)
    workflow.correct_shipment_date(
        unit.huawei_shipment,
        shipped_on=SHIPPED_ON + 10 * DAY,
        reason="The delivery note says 20 January.",
        user=make_staff(),
        at=at_noon(date(2026, 4, 25)),
    )
    message = sent(date(2026, 4, 25))[-1]
    assert message.subject == "Warranty dates corrected for 1 of your units"
    for part in text_and_html(message):
        assert "10 Apr 2026 until 9 Apr 2027, rule W1" in part
        assert "20 Apr 2026 until 19 Apr 2027, rule W1" in part
        assert "Reason: The delivery note says 20 January." in part


def test_a_correction_that_takes_the_start_back_says_that_it_has_not_started():
    unit = make_unit()
    night(CAP_ON)
    workflow.correct_shipment_date(
        unit.huawei_shipment,
        shipped_on=SHIPPED_ON + 10 * DAY,
        reason="Wrong year.",
        user=make_staff(),
        at=at_noon(CAP_ON),
    )
    message = sent(CAP_ON)[-1]
    assert "now:    not started" in message.body
    assert "not started" in message.alternatives[0][0]


def test_an_accepted_report_tells_who_handed_it_in_from_when_its_units_are_covered():
    unit = make_unit(installation_service=True)
    report = make_report([unit], signed_on=SHIPPED_ON + 15 * DAY, number="IR-7")
    workflow.accept_report(report, user=make_staff(), at=at_noon(SHIPPED_ON + 16 * DAY))
    (message,) = sent()
    assert message.subject == "Installation report IR-7 accepted"
    for part in text_and_html(message):
        assert unit.serial in part
        assert "25 Jan 2026 until 24 Jan 2027, rule W2" in part
        assert part.count("http://127.0.0.1:8000/") == 1
        assert f"http://127.0.0.1:8000/reports/{report.reference}/" in part


def test_a_report_that_changes_nothing_says_so():
    report = make_report([make_unit()], signed_on=SHIPPED_ON + 15 * DAY)
    workflow.accept_report(report, user=make_staff(), at=at_noon(SHIPPED_ON + 16 * DAY))
    (message,) = sent()
    for part in text_and_html(message):
        assert "It changes no warranty start." in part


def test_a_report_that_is_sent_back_says_what_is_wrong():
    report = make_report([make_unit()], signed_on=SHIPPED_ON + 15 * DAY, number="IR-7")
    workflow.send_back_report(
        report, user=make_staff(), at=at_noon(LATE), reason="The stamp is missing."
    )
    (message,) = sent()
    assert message.subject == "Installation report IR-7 sent back"
    for part in text_and_html(message):
        assert "What is wrong: The stamp is missing." in part
        assert f"http://127.0.0.1:8000/reports/{report.reference}/" in part
