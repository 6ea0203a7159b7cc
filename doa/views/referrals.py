"""Referrals as those see them who make them, and as their distributor answers them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from doa.enums import FailureKind, ReferralStatus
from doa.forms.referrals import AnswerForm, OwnReferralForm
from doa.models import Referral
from doa.progress import TONES, progress_of
from doa.workflow import referrals as workflow
from doa.workflow.refusals import CaseRefused
from partners import clock
from partners.enums import Permission
from partners.models import Organization
from partners.pages import FormPage


def referrals_of(organization: Organization) -> Any:
    return Referral.objects.for_organization(organization)


def answers(referral: Referral, organization: Organization) -> bool:
    """Tell whether a reader sees a referral as its distributor does, or as staff do."""
    return organization.is_huawei or referral.distributor_id == organization.pk


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
