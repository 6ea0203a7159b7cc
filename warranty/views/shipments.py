"""One shipment with its units, as its two ends and Huawei see it."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from partners import clock
from partners.enums import Permission
from partners.pages import OrganizationPage
from warranty import shipment_facts as facts
from warranty.models import Shipment

PER_PAGE = 50


def shipment_of(page: OrganizationPage, reference: UUID) -> Shipment:
    """Return a shipment that the page's organization may see. Raises: Http404."""
    seen = Shipment.objects.for_organization(page.organization)
    found: Shipment | None = (
        seen.select_related("shipped_by", "consignee").filter(reference=reference).first()
    )
    if found is None:
        raise Http404
    return found


class ShipmentPage(OrganizationPage):
    """One shipment: its dates, its ends, its units, and how far reports cover them."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest, reference: UUID) -> HttpResponse:
        shipment = shipment_of(self, reference)
        units = facts.units_of(shipment, self.organization)
        joined = facts.with_reports(units).select_related(
            "part_number__product", "huawei_shipment", "warranty"
        )
        listed = Paginator(joined.order_by("serial", "pk"), PER_PAGE).get_page(
            request.GET.get("page")
        )
        context = {
            **self._about(shipment, units),
            "listed": listed,
            "lines": facts.lines(listed.object_list, today=clock.business_today()),
            "page": "shipments",
        }
        return render(request, "warranty/shipment.html", context)

    def _about(self, shipment: Shipment, units: Any) -> dict[str, Any]:
        [row] = facts.rows([shipment], self.organization)
        user, organization = self.request.user, self.organization
        return {
            "shipment": shipment,
            "row": row,
            "coverage": facts.coverage_of(units),
            "may_report": user.can(Permission.SUBMIT_REPORTS, organization)
            and not organization.is_huawei,
            "may_register": user.can(Permission.REGISTER_CONTRACTS, organization),
            "may_record_site": user.can(Permission.UPDATE_SITES, organization),
        }
