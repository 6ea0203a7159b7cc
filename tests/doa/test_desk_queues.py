"""The queues of the desk: each holds what it should and nothing else, and stays quick."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doa import workflow
from doa.enums import CaseStatus, DoaRule, Remedy
from doa.models import Case, CaseLine
from doa.workflow import Ruling
from partners import clock
from tests import builders as make
from tests import builders_cases as cases
from tests.doa.desk import CaseDesk
from tests.entrance import sign_in


class QueueTests(CaseDesk):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        at = clock.now() - timedelta(days=1)
        how = {"staff": cls.staff, "organization": cls.distributor, "at": at}
        cls.draft = cases.make_draft(organization=cls.distributor, at=at)
        cls.submitted = cases.make_case(CaseStatus.SUBMITTED, **how)
        cls.registered = cases.make_case(CaseStatus.REGISTERED, **how)
        cls.mine = cases.make_case(CaseStatus.IN_REVIEW, **how)
        cls.hers = cases.make_case(CaseStatus.IN_REVIEW, **{**how, "staff": cls.colleague})
        cls.waiting = cases.make_waiting(organization=cls.distributor, at=at)
        cls.ordered = cases.make_case(CaseStatus.FULFILLING, **how)
        cls.closed = cases.make_case(CaseStatus.CLOSED, **how)

    def test_each_queue_holds_its_cases_and_no_others(self):
        queues = {
            "mine": {self.mine, self.ordered},
            "unassigned": {self.registered},
            "to-register": {self.submitted},
            "waiting": {self.waiting},
            "to-ship": {self.ordered},
            "overdue": set(),
            "not-matched": set(),
            "late": set(),
            "proposals": set(),
        }
        for queue, held in queues.items():
            with self.subTest(queue):
                self.assertEqual(self.rows(queue), {case.pk for case in held})
        self.assertEqual(self.rows("all"), set(Case.unscoped.values_list("pk", flat=True)))

    def test_the_tabs_count_what_their_queues_hold(self):
        tabs = self.listed("mine").context["tabs"]
        counted = {tab["url"].removeprefix("?queue="): tab["count"] for tab in tabs}
        for queue, count in counted.items():
            with self.subTest(queue):
                self.assertEqual(count, len(self.rows(queue)))

    def test_my_work_is_shown_first_and_is_that_of_who_looks(self):
        address = reverse("admin:doa_case_changelist")
        first = {case.pk for case in self.client.get(address).context["cl"].result_list}
        self.assertEqual(first, {self.mine.pk, self.ordered.pk})
        sign_in(self.client, self.colleague)
        self.assertEqual(self.rows("mine"), {self.hers.pk})

    def test_late_is_past_its_target_and_not_paused_nor_met(self):
        at = clock.now()
        past, ahead = at - timedelta(seconds=1), at + timedelta(minutes=5)
        late = Case.unscoped.filter(pk=self.registered.pk)
        late.update(response_due_at=past)
        self.assertEqual(self.rows("late"), {self.registered.pk})
        late.update(response_due_at=ahead)
        self.assertEqual(self.rows("late"), set())
        Case.unscoped.filter(pk=self.mine.pk).update(response_due_at=past)
        self.assertEqual(self.rows("late"), set(), "it was taken in time")
        Case.unscoped.filter(pk__in=[self.mine.pk, self.waiting.pk]).update(resolution_due_at=past)
        self.assertEqual(self.rows("late"), {self.mine.pk}, "the other is paused")
        self.assertContains(self.listed("late"), "late")
        self.assertContains(self.listed("waiting"), "Paused")

    def test_a_return_is_overdue_on_the_day_after_it_was_due(self):
        line = self.line(self.ordered)
        cases.send(line, staff=self.staff, at=clock.now() - timedelta(hours=3))
        by = {"user": self.staff, "at": clock.now()}
        workflow.deliver(line, delivered_on=clock.business_today(), **by)
        lines, today = CaseLine.unscoped.filter(pk=line.pk), clock.business_today()
        lines.update(return_due_on=today)
        self.assertEqual((self.rows("overdue"), self.rows("overdue", "caseline")), (set(), set()))
        self.assertEqual(self.rows("awaited", "caseline"), {line.pk})
        lines.update(return_due_on=today - timedelta(days=3))
        first = self.client.get(reverse("admin:index")).context["queues"]
        (tile,) = (queue for queue in first if queue["label"] == "Returns overdue")
        self.assertEqual((tile["count"], tile["age"].replace("\xa0", " ")), (1, "3 days"))
        self.assertEqual(self.rows("overdue"), {self.ordered.pk})
        self.assertEqual(self.rows("overdue", "caseline"), {line.pk})

    def test_a_parcel_moves_through_the_queues_of_logistics(self):
        line, by = self.line(self.ordered), {"user": self.staff, "at": clock.now()}

        def queues():
            names = ("to-ship", "in-transit", "awaited", "not-matched", "to-inspect")
            return [name for name in names if line.pk in self.rows(name, "caseline")]

        self.assertEqual(queues(), ["to-ship"])
        cases.send(line, staff=self.staff, at=clock.now())
        self.assertEqual(queues(), ["in-transit"])
        workflow.deliver(line, delivered_on=clock.business_today(), **by)
        self.assertEqual(queues(), ["awaited"])
        workflow.receive(line, serial="2102ANOTHER000000001", **by)
        self.assertEqual(queues(), ["not-matched"])
        self.assertEqual(self.rows("not-matched"), {self.ordered.pk})
        workflow.resolve_mismatch(line, is_ours=True, reason="The label was changed.", **by)
        self.assertEqual(queues(), ["to-inspect"])

    def test_a_proposal_waits_until_it_is_settled(self):
        line = self.line(self.hers)
        proposal = workflow.decide(
            self.hers,
            {line.pk: Ruling(remedy=Remedy.DOA_REPLACEMENT, rule=DoaRule.D3, text="Seen.")},
            reason="It was on site.",
            user=self.colleague,
            at=clock.now(),
        )
        self.assertEqual(self.rows("proposals"), {self.hers.pk})
        workflow.drop(proposal, user=self.staff, at=clock.now())
        self.assertEqual(self.rows("proposals"), set())


class SearchTests(CaseDesk):
    def test_a_case_is_found_by_what_people_have_of_it(self):
        case, other = self.make(CaseStatus.REGISTERED), self.make(CaseStatus.REGISTERED)
        serial = self.line(case).unit.serial
        spaced = f"{serial[:4]}-{serial[4:].lower()}"
        for term in (case.reference, case.reference.lower(), case.sr_number, serial, spaced):
            with self.subTest(term):
                self.assertEqual(self.rows("all", q=term), {case.pk})
        for term in ("D1", "d1 exa"):
            self.assertEqual(self.rows("all", q=term), {case.pk, other.pk})
        self.assertEqual(self.rows("all", q="D2"), set())

    def test_a_queue_without_the_case_says_where_else_to_look(self):
        case = self.make(CaseStatus.REGISTERED)
        page = self.listed("mine", q=case.reference)
        self.assertContains(page, "Nothing in this queue fits")
        self.assertContains(page, "Look in all")
        self.assertContains(self.listed("mine"), "Nothing is assigned to you.")
        self.assertContains(self.listed("all", q="DOA-1999-1"), "Check the number")

    def test_a_search_without_a_queue_looks_in_all(self):
        case = self.make(CaseStatus.CLOSED)
        page = self.client.get(reverse("admin:doa_case_changelist"), {"q": case.reference})
        self.assertEqual([row.pk for row in page.context["cl"].result_list], [case.pk])

    def test_a_unit_of_logistics_is_found_by_either_serial_number(self):
        line = cases.make_fulfilling(staff=self.staff, organization=self.distributor)
        sent = cases.send(line, staff=self.staff, at=clock.now())
        for term in (line.unit.serial, sent.serial, "1Z999", line.case.reference, "D1"):
            with self.subTest(term):
                self.assertEqual(self.rows("all", "caseline", q=term), {line.pk})
        self.assertEqual(self.rows("all", "caseline", q="1Z99"), set())

    def test_an_unknown_queue_is_refused(self):
        page = self.client.get(reverse("admin:doa_case_changelist"), {"queue": "nowhere"})
        self.assertEqual(page.status_code, 302)


class CostTests(CaseDesk):
    def queries(self, address):
        self.client.get(address)
        with CaptureQueriesContext(connection) as counted:
            self.assertEqual(self.client.get(address).status_code, 200)
        return len(counted)

    def test_a_queue_costs_the_same_for_one_row_and_for_three(self):
        addresses = [
            f"{reverse('admin:doa_case_changelist')}?queue={queue}" for queue in ("mine", "all")
        ] + [
            f"{reverse('admin:doa_caseline_changelist')}?queue={queue}"
            for queue in ("to-ship", "all")
        ]
        self.make(CaseStatus.FULFILLING)
        one = [self.queries(address) for address in addresses]
        for _ in range(2):
            self.make(CaseStatus.FULFILLING)
        self.assertEqual([self.queries(address) for address in addresses], one)
        self.assertLess(max(one), 25)

    def test_the_page_of_a_case_costs_the_same_for_one_unit_and_for_three(self):
        def page(units):
            units = [make.make_unit(self.distributor) for _ in range(units)]
            case = self.make(CaseStatus.IN_REVIEW, units=units)
            return reverse("admin:doa_case_change", args=[case.pk])

        self.assertEqual(self.queries(page(3)), self.queries(page(1)))


class AssigningTests(CaseDesk):
    def assign(self, chosen, **values):
        return self.client.post(
            reverse("admin:doa_case_assign-many"),
            {"cases": ",".join(str(case.pk) for case in chosen), **values},
        )

    def test_several_cases_are_given_to_a_colleague_after_a_page_that_asks(self):
        chosen = [self.make(CaseStatus.REGISTERED) for _ in range(2)]
        early = self.make(CaseStatus.SUBMITTED)
        response = self.client.post(
            f"{reverse('admin:doa_case_changelist')}?queue=all",
            {"action": "assign_to", "_selected_action": [c.pk for c in (*chosen, early)]},
        )
        page = self.client.get(response.url)
        self.assertContains(page, "2 cases will have a new assignee")
        self.assertContains(
            page, f"Left out, because they wait for the call or are closed: {early}"
        )
        self.assertEqual(Case.unscoped.filter(assignee__isnull=False).count(), 0)
        self.assertRedirects(
            self.assign(chosen, assignee=self.colleague.pk), reverse("admin:doa_case_changelist")
        )
        given = Case.unscoped.filter(assignee=self.colleague)
        self.assertEqual(set(given), set(chosen))

    def test_without_a_colleague_or_a_case_nothing_is_assigned(self):
        case, early = self.make(CaseStatus.REGISTERED), self.make(CaseStatus.SUBMITTED)
        self.assertContains(self.assign([case]), "This field is required")
        partner = make.make_user(self.distributor)
        self.assertContains(self.assign([case], assignee=partner.pk), "Select a valid choice")
        self.assertContains(self.assign([early], assignee=self.staff.pk), "None of these")
        self.assertEqual(Case.unscoped.filter(assignee__isnull=False).count(), 0)

    def test_the_next_case_is_the_one_that_is_due_first(self):
        later, sooner = self.make(CaseStatus.REGISTERED), self.make(CaseStatus.REGISTERED)
        at = clock.now()
        for case, hours in ((later, 5), (sooner, 2)):
            due = at + timedelta(hours=hours)
            Case.unscoped.filter(pk=case.pk).update(response_due_at=due)
        address = reverse("admin:doa_case_take-next")
        self.assertEqual(self.client.get(address).status_code, 405)
        self.assertRedirects(
            self.client.post(address), reverse("admin:doa_case_change", args=[sooner.pk])
        )
        self.assertEqual(cases.fresh(sooner).assignee, self.staff)
        sign_in(self.client, self.colleague)
        self.client.post(address)
        self.assertEqual(cases.fresh(later).assignee, self.colleague)
        self.assertContains(
            self.client.post(address, follow=True), "No registered case waits for somebody"
        )
