"""Referrals as those see them who make them, and as their distributor answers them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from doa.enums import FailureKind, ReferralStatus
from doa.forms.referrals import AnswerForm, OwnReferralForm
from doa.models import Referral
from doa.models.referrals import SETTLED
from doa.progress import TONES, progress_of
from doa.workflow import referrals as workflow
from doa.workflow.refusals import CaseRefused
from partners import clock
from partners.enums import Permission
from partners.models import Organization
from partners.pages import FormPage, OrganizationPage

A_PAGE = 25
"""How many referrals a page lists."""
VIEWS = {
    "": ("Open", Q(status=ReferralStatus.OPEN)),
    "adopted": ("Taken up", Q(status=ReferralStatus.ADOPTED)),
    "ended": ("Declined or expired", Q(status__in=SETTLED) & ~Q(status=ReferralStatus.ADOPTED)),
    "all": ("All", ~Q(status=ReferralStatus.UNCONFIRMED)),
}
"""The tabs of the list, by what the address says."""


def referrals_of(organization: Organization) -> Any:
    return Referral.objects.for_organization(organization)


def answers(referral: Referral, organization: Organization) -> bool:
    """Tell whether a reader sees a referral as its distributor does, or as staff do."""
    return organization.is_huawei or referral.distributor_id == organization.pk


class Referrals(OrganizationPage):
    """What the organization has referred, or was referred to it."""

    permissions = {"GET": Permission.VIEW_CASES}

    def get(self, request: HttpRequest) -> HttpResponse:
        view = request.GET.get("view", "")
        view = view if view in VIEWS else ""
        seen = referrals_of(self.organization)
        shown = seen.filter(VIEWS[view][1]).for_list()
        listed = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
        context = {
            "tabs": [
                {
                    "label": label,
                    "count": seen.filter(kept).count(),
                    "url": f"?view={name}" if name else "?",
                    "is_current": name == view,
                }
                for name, (label, kept) in VIEWS.items()
            ],
            "listed": listed,
            "rows": [self._row(referral) for referral in listed],
            "query": f"view={view}&" if view else "",
            "view": view,
            "may_refer": self._may(Permission.REFER_UNITS) and not self.organization.is_huawei,
            "receives": Permission.ADOPT_REFERRALS in self.organization.permissions,
            "page": "referrals",
        }
        return render(request, "doa/referrals.html", context)

    def _may(self, permission: Permission) -> bool:
        return bool(self.request.user.can(permission, self.organization))

    def _row(self, referral: Referral) -> dict[str, Any]:
        progress = progress_of(referral)
        return {
            "referral": referral,
            "tone": progress.tone,
            "label": progress.label,
            "is_received": answers(referral, self.organization),
        }


class NewReferral(FormPage):
    """Tell the distributor of a unit that it has failed."""

    permissions = {"GET": Permission.REFER_UNITS, "POST": Permission.REFER_UNITS}
    template_name = "doa/referral_new.html"
    refusals = (workflow.AlreadyReferred, workflow.AlreadyApplied)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self._require_partner()
        return super().get(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self._require_partner()
        return super().post(request)

    def _require_partner(self) -> None:
        if self.organization.is_huawei:
            raise PermissionDenied("Staff begin a case at the desk; partners refer units.")

    def form(self, *data: Any) -> OwnReferralForm:
        asked = {name: self.request.GET.get(name, "")[:64] for name in ("sn", "part_number")}
        return OwnReferralForm(
            *data[:1],
            organization=self.organization,
            today=clock.business_today(),
            initial=asked,
        )

    def perform(self, form: OwnReferralForm) -> str:
        user = self.request.user
        referral = workflow.refer(
            form.unit,
            told=form.told(),
            contact=workflow.Contact(contact_name=str(user), contact_email=user.email),
            organization=self.organization,
            user=user,
            at=clock.now(),
        )
        messages.success(self.request, "Referred. You get a mail when it is answered.")
        return reverse("referral", args=[referral.reference])

    def context(self) -> dict[str, Any]:
        return {"page": "referrals"}


class ReferralPage(FormPage):
    """One referral: progress for who refers, the whole story for who answers."""

    permissions = {"GET": Permission.VIEW_CASES, "POST": Permission.ADOPT_REFERRALS}
    form_class = AnswerForm
    template_name = "doa/referral.html"
    refusals = (CaseRefused,)

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        self._find(reference)
        return super().get(request)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        self._find(reference)
        return super().post(request)

    def _find(self, reference: str) -> None:
        found = referrals_of(self.organization).for_list().filter(reference=reference)
        self.referral = found.first()
        if self.referral is None:
            raise Http404

    def perform(self, form: AnswerForm) -> str:
        user, at = self.request.user, clock.now()
        if form.cleaned_data["step"] == "adopt":
            case = workflow.adopt(self.referral, user=user, at=at)
            messages.success(
                self.request,
                f"{case} is begun with what you were told. Fill in what is missing, then apply.",
            )
            return reverse("case", args=[case.reference])
        reason = form.cleaned_data["reason"]
        workflow.decline(self.referral, reason=reason, user=user, at=at)
        messages.success(self.request, "Declined. Whoever referred the unit is told why.")
        return reverse("referral", args=[self.referral.reference])

    def context(self) -> dict[str, Any]:
        referral, user = self.referral, self.request.user
        referral.refresh_from_db(fields=["status", "case", "reason", "settled_at", "settled_by"])
        return {
            "referral": referral,
            "progress": progress_of(referral),
            "tone": TONES[ReferralStatus(referral.status)],
            "is_received": answers(referral, self.organization),
            "is_cargo": referral.failure_kind == FailureKind.NEVER_ON,
            "may_answer": workflow.ADOPT.allows(referral, user),
            "page": "referrals",
        }
