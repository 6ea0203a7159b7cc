"""The replacement plan of an organization: customer by customer, unit by unit, as a table."""

from functools import cached_property
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from catalog.forms import DayField, LineField
from lifecycle import plans, workflow
from lifecycle.models import MAX_NOTE, Announcement
from lifecycle.views.holders import as_table
from lifecycle.views.public import published
from partners import clock
from partners.enums import Permission
from partners.pages import FormPage, OrganizationPage

CUSTOMERS_PER_PAGE = 25
UNITS_PER_PAGE = 50


class PlanForm(forms.Form):
    """Asks when, and what to remember."""

    planned_on = DayField(label="Replace on", required=False)
    note = LineField(
        max_length=MAX_NOTE,
        label="Note",
        required=False,
        help_text="Such as an order number or whom to ask. Only your organization reads it.",
    )


class PlanPage(FormPage):
    """Which units, at whom, until when under contract, what instead, and when you replace them."""

    permissions = {"GET": Permission.VIEW_UNITS, "POST": Permission.PLAN_REPLACEMENTS}
    form_class = PlanForm
    template_name = "lifecycle/plan.html"

    @cached_property
    def announcement(self) -> Announcement:
        return published(self.kwargs["slug"])

    @property
    def customer(self) -> str | None:
        """Return whom the form is about; None is every customer without a plan of its own."""
        return self.request.GET.get("customer")

    def form(self, *data: Any) -> forms.Form:
        self.plans = plans.plans_of(self.announcement.number, self.organization)
        self.counted = plans.counted(self.announcement, self.organization)
        if self.customer is not None and self.customer not in self.counted:
            raise Http404
        plan = self.plans.by_customer.get(self.customer)
        said = {"planned_on": plan.planned_on, "note": plan.note} if plan else {}
        return PlanForm(*data, initial=said)

    def perform(self, form: forms.Form) -> str:
        workflow.plan_replacement(
            self.announcement,
            organization=self.organization,
            end_customer=self.customer,
            user=self.request.user,
            at=clock.now(),
            **form.cleaned_data,
        )
        return f"{reverse('announcement-plan', args=[self.announcement.slug])}#customers"

    def context(self) -> dict[str, Any]:
        total = sum(self.counted.values())
        return {
            "page": "announcements",
            "announcement": self.announcement,
            "organization": self.organization,
            "customer": self.customer,
            "customer_units": self.counted.get(self.customer or "", 0),
            "total": total,
            "planned": self.plans.planned(self.counted),
            "for_all": self.plans.by_customer.get(None),
            "may_plan": self.request.user.can(Permission.PLAN_REPLACEMENTS, self.organization),
            **self._customers(),
            **self._units(),
        }

    def _customers(self) -> dict[str, Any]:
        found = plans.customers(self.announcement, self.organization)
        listed = Paginator(found, CUSTOMERS_PER_PAGE).get_page(self.request.GET.get("page"))
        rows = [
            {
                **row,
                "plan": self.plans.of(row["end_customer"]),
                "query": urlencode({"customer": row["end_customer"]}),
            }
            for row in listed.object_list
        ]
        return {"listed": listed, "customers": rows}

    def _units(self) -> dict[str, Any]:
        found = plans.unit_rows(self.announcement, self.organization)
        if self.customer is not None:
            found = found.filter(end_customer=self.customer)
        shown = plans.described(self.announcement, self.plans, found[:UNITS_PER_PAGE])
        total = sum(self.counted.values())
        count = total if self.customer is None else self.counted[self.customer]
        return {"units": list(shown), "more": max(0, count - UNITS_PER_PAGE)}


class PlanTable(OrganizationPage):
    """Every affected unit with its plan, as CSV."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        announcement = published(slug)
        rows = plans.lines(announcement, self.organization)
        return as_table(f"{announcement.slug}-replacement-plan", list(plans.HEADER), rows)
