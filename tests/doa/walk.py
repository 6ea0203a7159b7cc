"""Random walks over cases: everybody tries everything, and a table of its own says what may be."""

from datetime import date, timedelta
from random import Random
from typing import Any

from django.core.exceptions import PermissionDenied

from audit.transitions import IllegalTransition
from doa import workflow
from doa.enums import ClosingCode, DoaRule, FileKind, Finding, Remedy
from doa.models import Case, CaseLine, InfoItem
from doa.workflow import Ruling, Wanted
from partners import clock
from partners.enums import OrganizationKind, Role
from tests import builders as make
from tests import builders_cases as cases
from tests.doa.law import CLOCK, LAWS, OWNER, RARE, STAFF, Snapshot, judge

REFUSALS = (PermissionDenied, IllegalTransition, workflow.CaseRefused)


class World:
    """Organizations of every kind with people in every role, units, and what they do."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.at = cases.SUBMITTED_AT
        self.log: list[str] = []
        self.partners = [
            make.make_organization(kind=kind)
            for kind in (OrganizationKind.DISTRIBUTOR, OrganizationKind.VAP, OrganizationKind.VAR)
        ]
        distributor, vap, var = self.partners
        self.units = [make.make_unit(distributor) for _ in range(3)]
        for unit, holder in zip(self.units, (vap, vap, var), strict=True):
            make.pass_on(unit, holder, shipped_on=date(2026, 1, 20))
        roles = (Role.VIEWER, Role.AGENT, Role.MANAGER)
        self.people = [make.make_user(o, role) for o in self.partners for role in roles]
        self.staff = [make.make_staff() for _ in range(3)]
        self.people += self.staff
        self.people.append(make.make_user(make.make_organization()))
        self.agents = {o.pk: make.make_user(o) for o in self.partners[:2]}

    def begin(self) -> None:
        """Let a distributor or VAP fill in an application for a unit or two."""
        owner = self.random.choice(self.partners[:2])
        units = self.random.sample(self.units[:2], self.random.choice([1, 2]))
        try:
            cases.make_draft(units, organization=owner, user=self.agents[owner.pk], at=self.at)
        except workflow.CaseRefused:
            self.units.insert(0, make.make_unit(self.partners[0]))
            make.pass_on(self.units[0], self.partners[1], shipped_on=date(2026, 1, 20))

    def walk(self, steps: int) -> None:
        self.begin()
        for _ in range(steps):
            self.at += timedelta(minutes=self.random.randint(1, 600))
            under_way = Case.unscoped.exclude(status__in=["closed", "cancelled"]).exists()
            if not under_way or self.random.random() < 0.03:
                self.begin()
            found = list(Case.unscoped.order_by("pk"))
            if found:
                self.step(self.random.choice(found[-2:]))

    def step(self, case: Case) -> None:
        """Let somebody try a step of a case, half of the time one that a page would offer."""
        user = self.someone(case)
        line = self.random.choice(cases.lines_of(case))
        offered = workflow.edges_for(case, user, at=self.at) | workflow.line_edges_for(line, user)
        names = sorted(offered & set(LAWS)) if self.random.random() < 0.8 else list(LAWS)
        if not names:
            return
        weights = [1 if name in RARE else 8 for name in names]
        name = self.random.choices(names, weights)[0]
        before = Snapshot(case, line)
        try:
            getattr(self, name.replace("-", "_"))(case, line, user)
        except REFUSALS as refusal:
            self.said(case, user, name, type(refusal).__name__)
            assert Snapshot(case, line) == before, (self.log, "a refusal left something behind")
            assert name not in offered or self.may_refuse(name, refusal), (self.log, str(refusal))
            return
        self.said(case, user, name, "done")
        assert name in offered, (self.log, "done without being offered")
        judge(name, self.kind_of(case, user), before, Snapshot(case, line), self.log)

    def may_refuse(self, name: str, refusal: Exception) -> bool:
        """A unit may have another open case; everything else that is offered works."""
        return name in {"submit", "reopen"} and isinstance(refusal, workflow.AlreadyOpen)

    def someone(self, case: Case) -> Any:
        likely = [*self.staff, self.agents[case.organization_id]]
        anybody = [*self.people, workflow.CLOCK]
        return self.random.choice(likely if self.random.random() < 0.75 else anybody)

    def kind_of(self, case: Case, user: Any) -> str:
        if user is workflow.CLOCK:
            return CLOCK
        membership = user.joined_memberships()[0]
        if membership.is_huawei_staff:
            return STAFF
        is_agent = membership.role in (Role.AGENT, Role.MANAGER)
        owns = membership.organization_id == case.organization_id and is_agent
        return OWNER if owns else f"{membership.role} of {membership.organization.kind}"

    def said(self, case: Case, user: Any, name: str, outcome: str) -> None:
        self.log.append(f"{case} {case.status}: {self.kind_of(case, user)} {name}: {outcome}")

    def submit(self, case: Case, line: CaseLine, user: Any) -> None:
        workflow.submit(case, user=user, at=self.at)

    def discard(self, case: Case, line: CaseLine, user: Any) -> None:
        workflow.discard(case, user=user, at=self.at)

    def register(self, case: Case, line: CaseLine, user: Any) -> None:
        number = f"SR-{case.pk}"
        workflow.register_call(case, sr_number=number, called_at=self.at, user=user, at=self.at)

    def take(self, case: Case, line: CaseLine, user: Any) -> None:
        workflow.take(case, user=user, at=self.at)

    def assign(self, case: Case, line: CaseLine, user: Any) -> None:
        workflow.assign(case, self.random.choice(self.staff), user=user, at=self.at)

    def ask(self, case: Case, line: CaseLine, user: Any) -> None:
        wanted = [Wanted("Console log", FileKind.LOG), Wanted("Which cable")]
        reply_by = self.at + timedelta(days=14)
        workflow.ask(case, items=wanted, reply_by=reply_by, user=user, at=self.at)

    def answer(self, case: Case, line: CaseLine, user: Any) -> None:
        items = InfoItem.objects.filter(request__case=case, request__answered_at=None)
        files = {item.pk: cases.make_photo(case.organization) for item in items.exclude(kind="")}
        chosen = files if self.random.random() < 0.5 else {}
        is_all = self.random.random() < 0.3
        workflow.answer(case, text="Blue.", files=chosen, is_all=is_all, user=user, at=self.at)

    def decide(self, case: Case, line: CaseLine, user: Any) -> None:
        open_lines = [found for found in cases.lines_of(case) if not found.remedy]
        some = self.random.randint(1, len(open_lines) or 1)
        chosen = self.random.sample(open_lines, some) if open_lines else [line]
        remedies = [Remedy.DOA_REPLACEMENT] * 6 + [Remedy.NONE, Remedy.WARRANTY_EXCHANGE]
        remedy = self.random.choice(remedies)
        rulings = {found.pk: Ruling(remedy=remedy, rule=DoaRule.D1) for found in chosen}
        workflow.decide(case, rulings, reason="As seen.", user=user, at=self.at)

    def approve(self, case: Case, line: CaseLine, user: Any) -> None:
        workflow.approve(self.proposal(case), user=user, at=self.at)

    def drop(self, case: Case, line: CaseLine, user: Any) -> None:
        workflow.drop(self.proposal(case), user=user, at=self.at)

    def proposal(self, case: Case) -> Any:
        proposal = case.proposals.order_by("-pk").first()
        if proposal is None:
            raise workflow.CaseRefused("There is nothing to approve.")
        return proposal

    def close(self, case: Case, line: CaseLine, user: Any) -> None:
        code = ClosingCode.RESOLVED_OTHERWISE
        workflow.close(case, code=code, user=user, at=self.at)

    def cancel(self, case: Case, line: CaseLine, user: Any) -> None:
        workflow.cancel(case, reason="Sent twice.", user=user, at=self.at)

    def reopen(self, case: Case, line: CaseLine, user: Any) -> None:
        workflow.reopen(case, reason="A log came.", user=user, at=self.at)

    def message(self, case: Case, line: CaseLine, user: Any) -> None:
        workflow.message(case, text="When?", user=user, at=self.at)

    def note(self, case: Case, line: CaseLine, user: Any) -> None:
        workflow.note(case, text="Odd.", user=user, at=self.at)

    def order(self, case: Case, line: CaseLine, user: Any) -> None:
        workflow.order(line, user=user, at=self.at)

    def ship(self, case: Case, line: CaseLine, user: Any) -> None:
        cases.send(line, staff=user, at=self.at)

    def deliver(self, case: Case, line: CaseLine, user: Any) -> None:
        today = clock.business_day(self.at)
        workflow.deliver(line, delivered_on=today, user=user, at=self.at)

    def send_back(self, case: Case, line: CaseLine, user: Any) -> None:
        parcel = {"carrier": "UPS", "tracking": "1Z", "data_removed": True}
        workflow.send_back(line, **parcel, user=user, at=self.at)

    def receive(self, case: Case, line: CaseLine, user: Any) -> None:
        seen = self.random.choice([line.unit.serial, line.unit.serial, "2102OTHER"])
        workflow.receive(line, serial=seen, user=user, at=self.at)

    def resolve_mismatch(self, case: Case, line: CaseLine, user: Any) -> None:
        is_ours = self.random.random() < 0.5
        workflow.resolve_mismatch(line, is_ours=is_ours, reason="Seen.", user=user, at=self.at)

    def inspect(self, case: Case, line: CaseLine, user: Any) -> None:
        workflow.inspect(line, finding=Finding.NO_FAULT_FOUND, user=user, at=self.at)

    def waive(self, case: Case, line: CaseLine, user: Any) -> None:
        workflow.waive(line, reason="Burnt.", user=user, at=self.at)

    def bill(self, case: Case, line: CaseLine, user: Any) -> None:
        workflow.bill(line, reason="Not back.", user=user, at=self.at)
