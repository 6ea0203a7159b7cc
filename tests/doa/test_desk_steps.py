"""Steps at the desk: each form does its step, and each refusal keeps what was typed."""

from datetime import timedelta

from django.urls import reverse

from audit.models import Event
from doa import workflow
from doa.enums import CaseStatus, ClosingCode, FileKind, Remedy, ReturnTrack
from doa.models import Case, CaseMessage, Decision, InfoItem, Proposal
from notifications.models import Message
from partners import clock
from tests import builders_cases as cases
from tests.doa.desk import CaseDesk
from tests.entrance import sign_in

AGAINST = "The log shows that it failed within the hour."


class CallTests(CaseDesk):
    def register(self, case, **values):
        typed = {"sr_number": "sr 7001", "called_at": "2026-02-03T09:30"}
        return self.post("doa_case_register", case, **(typed | values))

    def test_a_call_is_registered_on_the_clock_of_the_staff(self):
        case = self.make(CaseStatus.SUBMITTED)
        self.assertEqual(self.offered(case), {"register", "message", "note", "cancel", "receive"})
        page = reverse("admin:doa_case_change", args=[case.pk])
        self.assertRedirects(self.register(case), page)
        case = cases.fresh(case)
        self.assertEqual((case.status, case.sr_number), (CaseStatus.REGISTERED, "SR7001"))
        self.assertEqual(case.called_at.isoformat(), "2026-02-03T15:30:00+00:00")
        self.assertTrue(Message.unscoped.filter(template="doa/registered").exists())

    def test_a_number_that_is_taken_and_a_call_to_come_are_refused(self):
        taken, case = self.make(CaseStatus.REGISTERED), self.make(CaseStatus.SUBMITTED)
        tomorrow = f"{clock.now() + timedelta(days=1):%Y-%m-%dT%H:%M}"
        for values, said in (
            ({"sr_number": taken.sr_number}, f"{taken} has the number"),
            ({"called_at": tomorrow}, "not in the future"),
            ({"called_at": ""}, "This field is required"),
            ({"sr_number": "SR\u202e7"}, "Remove it"),
        ):
            with self.subTest(said):
                page = self.register(case, **values)
                self.assertContains(page, said)
                kept = {"sr_number": "sr 7001"} | values
                self.assertContains(page, f'value="{kept["sr_number"]}"')
        self.assertEqual(cases.fresh(case).status, CaseStatus.SUBMITTED)

    def test_an_hour_that_clocks_skip_is_refused(self):
        case = self.make(CaseStatus.SUBMITTED)
        page = self.register(case, called_at="2026-03-08T02:30")
        self.assertEqual(page.status_code, 200)
        self.assertEqual(cases.fresh(case).status, CaseStatus.SUBMITTED)

    def test_a_case_is_taken_and_given_on(self):
        case = self.make(CaseStatus.REGISTERED)
        self.post("doa_case_take", case)
        case = cases.fresh(case)
        self.assertEqual((case.status, case.assignee), (CaseStatus.IN_REVIEW, self.staff))
        self.post("doa_case_assign", case, assignee=self.colleague.pk)
        self.assertEqual(cases.fresh(case).assignee, self.colleague)


class AskingTests(CaseDesk):
    def test_what_is_ticked_and_written_is_asked_for_and_the_clock_stands_still(self):
        case = self.make(CaseStatus.IN_REVIEW)
        day = clock.business_today() + timedelta(days=5)
        self.post(
            "doa_case_ask",
            case,
            files=[FileKind.LOG],
            others="Software version\n\n  Rack photo ",
            text="Both help.",
            reply_by=day.isoformat(),
        )
        case = cases.fresh(case)
        self.assertEqual(case.status, CaseStatus.INFO_NEEDED)
        self.assertIsNotNone(case.paused_at)
        items = InfoItem.objects.order_by("pk").values_list("label", "kind")
        expected = [("Console log", "log"), ("Software version", ""), ("Rack photo", "")]
        self.assertEqual(list(items), expected)
        self.assertEqual(clock.business_day(case.requests.get().reply_by), day)

    def test_nothing_asked_and_a_day_that_is_over_are_refused(self):
        case = self.make(CaseStatus.IN_REVIEW)
        ahead = (clock.business_today() + timedelta(days=5)).isoformat()
        page = self.post("doa_case_ask", case, text="Hello", reply_by=ahead)
        self.assertContains(page, "Tick a file, or write what you need")
        self.assertContains(page, "Hello")
        page = self.post("doa_case_ask", case, others="Version", reply_by="2026-01-01")
        self.assertContains(page, "still to come")
        self.assertContains(page, "Version")
        self.assertEqual(cases.fresh(case).status, CaseStatus.IN_REVIEW)

    def test_a_message_goes_out_and_a_note_stays(self):
        case = self.make(CaseStatus.IN_REVIEW)
        before = Message.unscoped.count()
        self.post("doa_case_note", case, text="He called twice.\nBe quick.")
        self.assertEqual(Message.unscoped.count(), before)
        self.post("doa_case_message", case, text="We look at the log.")
        self.assertTrue(Message.unscoped.filter(template="doa/message").exists())
        said = CaseMessage.objects.order_by("pk").values_list("is_internal", "from_staff")
        self.assertEqual(list(said), [(True, True), (False, True)])
        self.assertContains(self.page(case), "He called twice.<br>Be quick.")


class DecidingTests(CaseDesk):
    def values(self, case, remedy=Remedy.DOA_REPLACEMENT, **more):
        n = self.line(case).pk
        said = {f"remedy_{n}": remedy, f"rule_{n}": "", f"text_{n}": "It did not boot."}
        return said | {"reason": ""} | more

    def decide(self, case, **values):
        return self.post("doa_case_decide", case, **values)

    def test_the_verdict_and_its_reasons_are_shown_and_chosen_already(self):
        case = self.make(CaseStatus.IN_REVIEW)
        page = self.page(case)
        self.assertContains(page, "The rules give: DOA replacement, D1.")
        self.assertContains(page, "It failed at first boot, so no hours are counted.")
        self.assertContains(page, '<option value="doa_replacement" selected>')

    def test_a_decision_by_the_verdict_is_shown_first_with_its_mail_then_stands(self):
        case = self.make(CaseStatus.IN_REVIEW)
        events = Event.objects.count()
        page = self.decide(case, **self.values(case))
        self.assertContains(page, "This is what the partner is told.")
        self.assertContains(page, "DOA replacement, D1")
        self.assertEqual((Decision.unscoped.count(), Event.objects.count()), (0, events))
        self.assertFalse(Message.unscoped.filter(template="doa/decided").exists())
        self.decide(case, **self.values(case), confirm="1")
        self.assertEqual(cases.fresh(case).status, CaseStatus.DECIDED)
        decision = Decision.unscoped.get()
        self.assertEqual((decision.remedy, decision.rule), (Remedy.DOA_REPLACEMENT, "D1"))
        self.assertEqual(decision.text, "It did not boot.")

    def test_a_decision_without_a_sentence_or_a_remedy_is_refused(self):
        case = self.make(CaseStatus.IN_REVIEW)
        n = self.line(case).pk
        page = self.decide(case, **self.values(case) | {f"text_{n}": ""})
        self.assertContains(page, "Tell the partner why")
        page = self.decide(case, **self.values(case) | {f"remedy_{n}": ""})
        self.assertContains(page, "Choose a remedy for at least one unit")
        self.assertContains(page, "It did not boot.")
        self.assertEqual(Decision.unscoped.count(), 0)

    def test_against_the_verdict_it_takes_a_reason_and_keeps_what_was_typed(self):
        case = self.make(CaseStatus.IN_REVIEW)
        page = self.decide(case, **self.values(case, Remedy.NONE), confirm="1")
        self.assertContains(page, "Write the reason")
        self.assertContains(page, "It did not boot.")
        self.assertEqual((Decision.unscoped.count(), Proposal.objects.count()), (0, 0))

    def test_who_proposed_cannot_approve_and_a_colleague_can(self):
        case = self.make(CaseStatus.IN_REVIEW)
        values = self.values(case, Remedy.WARRANTY_EXCHANGE, reason=AGAINST)
        self.assertContains(self.decide(case, **values), "waits for a second member of staff")
        self.assertEqual(Proposal.objects.count(), 0)
        self.decide(case, **values, confirm="1")
        self.assertContains(self.page(case), "A colleague has to approve it.")
        self.assertNotIn("approve", self.offered(case))
        self.assertNotIn("decide", self.offered(case))
        refused = self.post("doa_case_approve", case, confirm="1")
        self.assertContains(refused, "A second member of staff approves this")
        self.assertEqual(cases.fresh(case).status, CaseStatus.IN_REVIEW)
        sign_in(self.client, self.colleague)
        self.assertIn("approve", self.offered(case))
        shown = self.post("doa_case_approve", case)
        for words in (AGAINST, "Warranty exchange", "It did not boot."):
            self.assertContains(shown, words)
        self.assertEqual(Decision.unscoped.count(), 0)
        self.post("doa_case_approve", case, confirm="1")
        decision = Decision.unscoped.get()
        self.assertEqual((decision.decided_by, decision.approved_by), (self.staff, self.colleague))

    def test_a_proposal_is_dropped_and_the_case_decided_anew(self):
        case = self.make(CaseStatus.IN_REVIEW)
        values = self.values(case, Remedy.WARRANTY_EXCHANGE, reason=AGAINST, confirm="1")
        self.decide(case, **values)
        self.post("doa_case_drop", case)
        self.assertIn("decide", self.offered(case))
        gone = self.post("doa_case_drop", case)
        self.assertEqual(gone.status_code, 409)


class TogetherTests(CaseDesk):
    def test_who_comes_second_is_told_who_and_when_and_keeps_the_text(self):
        case = self.make(CaseStatus.IN_REVIEW)
        shown = self.page(case).context["shown"]
        workflow.ask(
            case,
            items=[workflow.Wanted("Console log", FileKind.LOG)],
            reply_by=clock.now() + timedelta(days=3),
            user=self.colleague,
            at=clock.now(),
        )
        n = self.line(case).pk
        values = {f"remedy_{n}": "doa_replacement", f"rule_{n}": "", f"text_{n}": "My sentence."}
        late = self.post("doa_case_decide", case, **values, reason="", shown=shown, confirm="1")
        self.assertContains(late, f"{self.colleague} changed this on", status_code=409)
        self.assertContains(late, "My sentence.", status_code=409)
        self.assertEqual(Decision.unscoped.count(), 0)

    def test_a_note_is_kept_whatever_happened_meanwhile(self):
        case = self.make(CaseStatus.IN_REVIEW)
        self.assertNotContains(self.page(case), 'id="note-shown"')
        workflow.note(case, text="First.", user=self.colleague, at=clock.now())
        self.post("doa_case_note", case, text="Second.")
        self.assertEqual(CaseMessage.objects.count(), 2)

    def test_a_step_that_somebody_else_took_is_not_taken_twice(self):
        case = self.make(CaseStatus.REGISTERED)
        workflow.take(case, user=self.colleague, at=clock.now())
        self.assertEqual(self.post("doa_case_take", case).status_code, 409)
        self.assertEqual(cases.fresh(case).assignee, self.colleague)


class EndTests(CaseDesk):
    def test_a_case_is_closed_with_a_code_and_opened_again_with_a_reason(self):
        case = self.make(CaseStatus.IN_REVIEW)
        self.post("doa_case_close", case, code=ClosingCode.RESOLVED_OTHERWISE)
        case = cases.fresh(case)
        self.assertEqual(case.closing_code, ClosingCode.RESOLVED_OTHERWISE)
        self.assertContains(
            self.post("doa_case_reopen", case, reason=" "), "This field is required"
        )
        self.post("doa_case_reopen", case, reason="It failed again.")
        self.assertEqual(cases.fresh(case).status, CaseStatus.IN_REVIEW)

    def test_a_case_under_way_is_not_closed_nor_cancelled(self):
        case = self.make(CaseStatus.FULFILLING)
        self.assertFalse({"close", "cancel"} & self.offered(case))
        self.assertContains(
            self.post("doa_case_close", case, code=ClosingCode.REPLACED), "Bring both to their end"
        )
        page = self.post("doa_case_cancel", case, reason="He gave up.")
        self.assertContains(page, "He gave up.")
        self.assertEqual(Case.unscoped.get(pk=case.pk).status, CaseStatus.FULFILLING)

    def test_a_case_is_cancelled_with_a_reason(self):
        case = self.make(CaseStatus.REGISTERED)
        self.assertContains(self.post("doa_case_cancel", case, reason=""), "field is required")
        self.post("doa_case_cancel", case, reason="The unit works.")
        self.assertEqual(cases.fresh(case).cancel_reason, "The unit works.")
        self.assertEqual(self.line(case).return_track, ReturnTrack.NOT_DUE)
