"""The pages of a case as its applicant meets them."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doa import workflow
from doa.enums import CaseStatus, FileKind
from doa.models import Case, CaseFile, CaseLine, CaseMessage
from doa.workflow import Wanted
from partners.enums import Role
from tests import builders as make
from tests import builders_cases as cases
from tests.builders_cases import HOUR, SUBMITTED_AT
from tests.entrance import sign_in


class CaseCase(TestCase):
    def setUp(self):
        make.make_policy()
        self.holder = make.make_organization("VAP1", "vap", name="Copperline Example")
        self.agent = make.make_user(self.holder, email="ada@example.test")
        sign_in(self.client, self.agent)
        self.enterContext(time_machine.travel(SUBMITTED_AT + 5 * HOUR, tick=False))

    def page(self, name, case, **query):
        return self.client.get(reverse(name, args=[case.reference]), query)

    def post(self, name, case, **values):
        return self.client.post(reverse(name, args=[case.reference]), values)

    def waiting(self, *wanted):
        """Return a case of the holder whose applicant has been asked for something."""
        case = cases.make_case(CaseStatus.IN_REVIEW, organization=self.holder, user=self.agent)
        workflow.ask(
            case,
            items=list(wanted or [Wanted("Console log", FileKind.LOG)]),
            text="Leave it powered off after that.",
            reply_by=SUBMITTED_AT + timedelta(days=7),
            user=make.make_staff(),
            at=SUBMITTED_AT + 4 * HOUR,
        )
        return cases.fresh(case)


def a_log(name="boot.log"):
    return SimpleUploadedFile(name, b"U-Boot, self-test failed\n")


class StandingTests(CaseCase):
    def test_each_state_says_what_is_next_for_its_reader(self):
        for status, words in (
            (CaseStatus.SUBMITTED, "Your next step: call the TAC"),
            (CaseStatus.REGISTERED, "The TAC takes up the case"),
            (CaseStatus.IN_REVIEW, "The TAC decides"),
            (CaseStatus.FULFILLING, "Huawei sends the replacement"),
            (CaseStatus.CLOSED, "Closed: replaced"),
        ):
            with self.subTest(status):
                case = cases.make_case(status, organization=self.holder, user=self.agent)
                self.assertContains(self.page("case", case), words)

    def test_a_draft_leads_to_its_first_open_question(self):
        case = workflow.start_draft(
            organization=self.holder,
            serials=[make.make_unit(self.holder)],
            user=self.agent,
            at=SUBMITTED_AT,
        )
        page = self.page("case", case)
        self.assertContains(page, reverse("case-symptom", args=[case.reference]))

    def test_the_next_step_comes_before_everything_else(self):
        page = self.page("case", self.waiting()).content.decode()
        self.assertLess(page.index("Your next step"), page.index("Why it qualifies"))
        self.assertLess(page.index("Your next step"), page.index("Timeline"))


class ReplyTests(CaseCase):
    def test_a_file_for_each_item_and_words_reach_the_tac(self):
        case = self.waiting()
        item = case.requests.get().items.get()
        page = self.post("case-reply", case, text="Here it is.", **{f"item-{item.pk}": a_log()})
        self.assertRedirects(page, reverse("case", args=[case.reference]))
        self.assertEqual(cases.fresh(case).status, CaseStatus.IN_REVIEW)
        self.assertEqual(CaseFile.unscoped.get(item=item).document.name, "boot.log")
        self.assertContains(self.page("case", case), "Here it is.")

    def test_one_item_now_leaves_the_other_asked_for(self):
        case = self.waiting(Wanted("Log", FileKind.LOG), Wanted("Photo", FileKind.LED_PHOTO))
        log = case.requests.get().items.get(kind=FileKind.LOG)
        self.post("case-reply", case, **{f"item-{log.pk}": a_log()})
        self.assertEqual(cases.fresh(case).status, CaseStatus.INFO_NEEDED)
        page = self.page("case", case)
        self.assertContains(page, 'type="file"', count=1)

    def test_nothing_at_all_is_refused_and_leaves_nothing_behind(self):
        case = self.waiting()
        page = self.post("case-reply", case, text=" ")
        self.assertContains(
            page, "Choose a file that was asked for, or write a message.", status_code=400
        )
        self.assertEqual(CaseMessage.objects.filter(case=case).count(), 0)

    def test_a_good_file_stays_kept_when_another_is_wrong(self):
        case = self.waiting(Wanted("Log", FileKind.LOG), Wanted("Photo", FileKind.LED_PHOTO))
        log, photo = case.requests.get().items.order_by("pk")
        page = self.post(
            "case-reply", case, **{f"item-{log.pk}": a_log(), f"item-{photo.pk}": a_log("p.png")}
        )
        self.assertContains(page, "boot.log is kept", status_code=400)
        self.assertContains(page, "must be a JPG or PNG file", status_code=400)
        kept = page.context["form"].kept[log.pk].reference
        self.post("case-reply", case, **{f"kept-{log.pk}": kept}, text="No photo yet.")
        self.assertEqual(CaseFile.unscoped.get(item=log).document.reference, kept)

    def test_whoever_comes_second_sees_both_answers_and_keeps_the_text(self):
        case = self.waiting()
        item = case.requests.get().items.get()
        colleague = make.make_user(self.holder, email="tom@example.test")
        workflow.answer(
            case, text="I am on it.", is_all=True, user=colleague, at=SUBMITTED_AT + 4.5 * HOUR
        )
        page = self.post("case-reply", case, text="My longer text.", **{f"item-{item.pk}": a_log()})
        for words in ("Tom replied first", "I am on it.", "My longer text.", "boot.log is kept"):
            self.assertContains(page, words, status_code=409)
        kept = page.context["kept"][0].reference
        self.post("case-message", case, text="My longer text.", kept=kept)
        written = CaseMessage.objects.get(text="My longer text.")
        self.assertEqual(written.files.get().document.reference, kept)

    def test_a_viewer_reads_and_does_not_reply(self):
        case = self.waiting()
        sign_in(self.client, make.make_user(self.holder, Role.VIEWER))
        page = self.page("case", case)
        self.assertContains(page, "An agent or a manager of Copperline Example replies.")
        self.assertNotContains(page, 'type="file"')
        self.assertEqual(self.post("case-reply", case, text="x").status_code, 403)


class FeedTests(CaseCase):
    def test_internal_notes_stay_with_staff(self):
        case = cases.make_case(CaseStatus.IN_REVIEW, organization=self.holder, user=self.agent)
        staff = make.make_staff()
        workflow.note(case, text="Known batch.", user=staff, at=SUBMITTED_AT + 4 * HOUR)
        self.assertNotContains(self.page("case", case), "Known batch.")
        sign_in(self.client, staff)
        self.assertContains(self.page("case", case), "Known batch.")
        self.assertContains(self.page("case", case), "Only staff see this")

    def test_actors_are_named_and_a_day_stays_a_day(self):
        answers = cases.FIRST_BOOT | {
            "powered_on_at": None, "powered_on_on": cases.ARRIVED_AT.date(),
            "failed_at": None, "failed_on": cases.ARRIVED_AT.date(),
        }  # fmt: skip
        case = cases.make_case(
            CaseStatus.IN_REVIEW, organization=self.holder, user=self.agent, answers=answers,
            staff=make.make_staff("dana@example.test"),
        )  # fmt: skip
        page = self.page("case", case)
        self.assertContains(page, "Dana, Huawei took the case")
        self.assertContains(page, '<time datetime="2026-02-02">2 Feb 2026</time>')
        self.assertNotContains(page, "2 Feb 2026, 00:00")

    def test_the_page_costs_the_same_for_one_unit_and_for_three(self):
        counts = []
        for n in (1, 3):
            units = [make.make_unit(self.holder) for _ in range(n)]
            case = cases.make_case(CaseStatus.IN_REVIEW, units, user=self.agent)
            self.page("case", case)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                self.page("case", case)
            counts.append(len(asked))
        self.assertEqual(counts[0], counts[1])


class TrackTests(CaseCase):
    def shipped(self):
        line = cases.make_fulfilling(organization=self.holder, user=self.agent)
        cases.send(line, staff=make.make_staff(), at=SUBMITTED_AT + 4.5 * HOUR)
        return line

    def test_the_applicant_confirms_delivery_and_sends_the_unit_back(self):
        line = self.shipped()
        case = line.case
        self.assertContains(self.page("case", case), "Confirm delivery")
        self.post("case-delivered", case, line=line.pk, delivered_on="2026-02-03", signer="D. Dock")
        self.assertContains(self.page("case", case), "Return due")
        refused = self.post("case-send-back", case, line=line.pk, carrier="UPS", tracking="1Z")
        self.assertContains(
            refused, "Remove the data from the unit, then tick this.", status_code=400
        )
        values = {"carrier": "UPS", "tracking": "1Z", "data_removed": "on"}
        self.post("case-send-back", case, line=line.pk, **values)
        self.assertEqual(cases.fresh(line).return_track, "in_transit")

    def test_a_delivery_is_not_before_the_shipment_and_not_ahead(self):
        line = self.shipped()
        for day in ("2026-02-02", "2026-02-04"):
            page = self.post("case-delivered", line.case, delivered_on=day, signer="D. Dock")
            self.assertEqual(page.status_code, 400, day)
        self.assertEqual(cases.fresh(line).replacement_track, "shipped")

    def test_the_return_slip_says_where_what_and_which(self):
        line = self.shipped()
        page = self.page("case-return-slip", line.case)
        for words in (line.case.reference, line.unit.serial, line.unit.part_number.number,
                      "Fault date", "Dead on arrival, D1", "Data removed"):  # fmt: skip
            self.assertContains(page, words)

    def test_a_case_that_is_not_granted_has_nothing_to_send_back(self):
        case = cases.make_case(organization=self.holder, user=self.agent)
        self.assertContains(self.page("case-return-slip", case), "Nothing to send back")


class CancelTests(CaseCase):
    def test_until_the_call_is_registered_and_not_after(self):
        case = cases.make_case(organization=self.holder, user=self.agent)
        self.assertContains(
            self.post("case-cancel", case, reason=" "), "Write why", status_code=400
        )
        self.post("case-cancel", case, reason="It works after all.")
        self.assertEqual(cases.fresh(case).status, CaseStatus.CANCELLED)
        later = cases.make_case(CaseStatus.REGISTERED, organization=self.holder, user=self.agent)
        self.assertNotContains(self.page("case", later), "Cancel case")
        self.assertEqual(self.post("case-cancel", later, reason="Too late.").status_code, 409)
        self.assertEqual(cases.fresh(later).status, CaseStatus.REGISTERED)


class ListTests(CaseCase):
    def test_home_navigation_and_unit_show_the_case(self):
        case = cases.make_case(organization=self.holder, user=self.agent)
        home = self.client.get(reverse("home"))
        self.assertContains(home, f"Call the TAC about {case.reference}")
        self.assertContains(home, '<span class="count">1<span class="vh"> waiting for you')
        self.assertContains(home, 'href="/cases/?view=needs-you"')
        unit = CaseLine.unscoped.get(case=case).unit
        page = self.client.get(reverse("unit", args=[unit.serial]))
        self.assertContains(page, reverse("case", args=[case.reference]))
        self.assertContains(page, f"{reverse('case-new')}?sn={unit.serial}")


class FileTests(CaseCase):
    def test_a_file_opens_to_who_may_see_the_case_and_to_nobody_else(self):
        case = cases.make_case(organization=self.holder, user=self.agent)
        address = reverse("case-file", args=[case.files.get().document.reference])
        for organization, status in ((self.holder, 200), (make.make_organization(), 404)):
            sign_in(self.client, make.make_user(organization, Role.VIEWER))
            answer = self.client.get(address)
            self.assertEqual(answer.status_code, status)
            if status == 200:
                self.assertIn("attachment", answer.headers["Content-Disposition"])
                b"".join(answer)


class NotMineTests(CaseCase):
    def test_no_address_lets_who_does_not_apply_change_a_case(self):
        case = self.waiting()
        line = CaseLine.unscoped.get(case=case)
        holders = [make.make_organization(kind=kind) for kind in ("var", "gap", "end_customer")]
        for organization in (*holders, make.make_organization(kind="vap")):
            sign_in(self.client, make.make_user(organization, Role.MANAGER))
            for name in (*cases.CASES, *cases.DRAFTS):
                with self.subTest(name, kind=organization.kind):
                    page = self.post(
                        name, case, text="x", reason="x", line=line.pk, is_all="on",
                        carrier="x", tracking="x", data_removed="on",
                    )  # fmt: skip
                    self.assertIn(page.status_code, (403, 404, 405))
        self.assertEqual(cases.fresh(case).status, CaseStatus.INFO_NEEDED)
        self.assertEqual(Case.unscoped.count(), 1)


@pytest.mark.parametrize("kind", ["var", "gap", "end_customer"])
def test_who_does_not_apply_is_told_who_does(db, client, kind):
    make.make_policy()
    seller = make.make_organization("D1", name="Meridian Example")
    holder = make.make_organization("V1", kind, buys_from=seller)
    unit = make.make_unit(seller)
    make.pass_on(unit, holder, shipped_on=make.SHIPPED_ON)
    sign_in(client, make.make_user(holder))
    page = client.get(reverse("case-new"), {"sn": unit.serial}).content.decode()
    assert "Your distributor applies for you" in page
    assert "Meridian Example" in page and f"/referrals/new/?sn={unit.serial}" in page
    assert client.post(reverse("case-new"), {"serials": unit.serial}).status_code == 403
    assert Case.unscoped.count() == 0
