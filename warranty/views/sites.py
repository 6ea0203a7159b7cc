"""Recording who uses the units of a shipment, and where."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.urls import reverse

from partners import clock
from partners.enums import Permission
from partners.pages import FormPage
from warranty import shipment_facts as facts
from warranty.forms.serials import MOST_NAMED
from warranty.forms.sites import SiteForm
from warranty.models import Shipment
from warranty.views.shipments import shipment_of
from warranty.workflow.sites import Recorded, Site, record_site, recorded_sites

NOTHING = Site()


class ShipmentSite(FormPage):
    """One form for all units of a shipment that you may see, or for some of them."""

    permissions = {"GET": Permission.UPDATE_SITES, "POST": Permission.UPDATE_SITES}
    form_class = SiteForm
    template_name = "warranty/site.html"

    @cached_property
    def shipment(self) -> Shipment:
        return shipment_of(self, self.kwargs["reference"])

    @cached_property
    def units(self) -> Any:
        return facts.units_of(self.shipment, self.organization)

    @cached_property
    def recorded(self) -> list[Recorded]:
        return [r for r in recorded_sites(self.units) if r.site != NOTHING]

    def form(self, *data: Any) -> SiteForm:
        return SiteForm(self.recorded, *data)

    def perform(self, form: SiteForm) -> str:
        said = form.cleaned_data
        changed, kept = record_site(
            self._chosen(said["serials"]),
            form.site(),
            replaced=said["replaced"],
            user=self.request.user,
            at=clock.now(),
        )
        told = f"The end customer of {changed:,} unit{'' if changed == 1 else 's'} is recorded."
        if kept:
            told += f" {kept:,} kept what was recorded before."
        messages.success(self.request, told)
        return reverse("shipment", args=[self.shipment.reference])

    def _chosen(self, serials: list[str]) -> Any:
        """Return the named units. Raises: ValidationError for one that is not in sight here."""
        if not serials:
            return self.units
        chosen = self.units.filter(serial__in=serials)
        missing = sorted(set(serials) - set(chosen.values_list("serial", flat=True)))
        if missing:
            shown = ", ".join(missing[:MOST_NAMED])
            raise ValidationError(f"Not among your units of this shipment: {shown}. Remove them.")
        return chosen

    def context(self) -> dict[str, Any]:
        return {"shipment": self.shipment, "recorded": self.recorded, "page": "shipments"}
