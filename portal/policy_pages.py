"""The service policies, by version, with a place for every rule that an answer names."""

from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View

from catalog.policy import InvalidDay, parse_day
from partners import clock
from portal.policy_text import sections
from warranty.models import PolicyVersion


@method_decorator(login_not_required, name="dispatch")
class PolicyPage(View):
    """The version in force today, or the one that took effect on the day in the address."""

    def get(self, request: HttpRequest, effective_from: str = "") -> HttpResponse:
        today = clock.business_today()
        in_force = PolicyVersion.objects.in_force(today)
        version = self._version(effective_from) if effective_from else in_force
        context = {
            "version": version,
            "in_force": in_force,
            "is_future": version.effective_from > today,
            "until": _until(version),
            "others": PolicyVersion.objects.exclude(pk=version.pk).order_by("-effective_from"),
            "sections": sections(
                version.terms(),
                return_business_days=version.return_business_days,
                is_term_sample=bool(version.sample_values),
            ),
            "page": "policies",
        }
        return render(request, "portal/policies.html", context)

    def _version(self, text: str) -> PolicyVersion:
        try:
            return PolicyVersion.objects.get(effective_from=parse_day(text))
        except (InvalidDay, PolicyVersion.DoesNotExist):
            raise Http404 from None


def _until(version: PolicyVersion) -> date | None:
    """Return the day on which the next version takes effect, if one does."""
    later = PolicyVersion.objects.filter(effective_from__gt=version.effective_from)
    following = later.order_by("effective_from").first()
    return following.effective_from if following else None
