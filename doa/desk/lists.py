"""The lists of the desk for cases: tabs with counts, cells, and a search that stays quick."""

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Q
from django.utils.http import urlencode

from catalog.policy import normalise_serial
from doa.desk import words
from doa.enums import CaseStatus
from doa.models import Case, CaseLine
from partners import clock
from partners.models import Organization

FOUND = 1000
"""How many cases a search by serial number or partner brings together at most."""


class QueueFilter(admin.SimpleListFilter):
    """Keeps the cases of one queue; the tabs above the list choose it."""

    title = "queue"
    parameter_name = "queue"
    template = "admin/doa/no_filter.html"

    def __init__(self, request, params, model, model_admin):
        self.queues = model_admin.queues
        self.usual = "all" if request.GET.get("q") else model_admin.queues[0].name
        super().__init__(request, params, model, model_admin)
        if self.current is None:
            raise IncorrectLookupParameters

    def lookups(self, request, model_admin):
        return [(queue.name, queue.label) for queue in model_admin.queues]

    @property
    def current(self):
        name = self.value() or self.usual
        return next((queue for queue in self.queues if queue.name == name), None)

    def queryset(self, request, queryset):
        return queryset.filter(self.current.keeps(request.user, clock.now()))


class StatusFilter(admin.SimpleListFilter):
    """Keeps the cases of one status, named as staff read it."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [(status.value, words.label(status)) for status in CaseStatus]

    def queryset(self, request, queryset):
        return queryset.filter(status=self.value()) if self.value() else queryset


class QueueList:
    """A list with tabs: `queues` are the tabs, `counted` gives their numbers."""

    change_list_template = "admin/doa/queue_list.html"
    show_full_result_count = False
    list_per_page = 50
    queues = ()

    def counted(self, user, at):
        raise NotImplementedError

    def changelist_view(self, request, extra_context=None):
        at = clock.now()
        response = super().changelist_view(request, extra_context)
        data = getattr(response, "context_data", None)
        if data and "cl" in data:
            data |= self._tabs(request, data["cl"], at)
        return response

    def _tabs(self, request, cl, at):
        current = next(spec for spec in cl.filter_specs if isinstance(spec, QueueFilter)).current
        counted = self.counted(request.user, at)
        kept = {name: value for name, value in request.GET.items() if name == "q"}
        return {
            "title": self.list_title,
            "tabs": [
                {
                    "label": queue.label,
                    "count": counted[queue.name],
                    "url": "?" + urlencode({"queue": queue.name, **kept}),
                    "is_current": queue is current,
                }
                for queue in self.queues
            ],
            "empty": current.empty,
            "is_narrowed": bool(cl.query) or cl.result_count != counted[current.name],
            "all_url": "?" + urlencode({"queue": "all", **kept}),
            "is_all": current.name == "all",
        }


def unit_lines():
    """Return the lines of cases with the units that a list names."""
    return CaseLine.unscoped.select_related("unit__part_number__product").order_by("pk")


def cases_found(term):
    """Return what a case must be for a search: its numbers, its units, or its partner.

    Units and partners are looked up first, so that the cases themselves are found by
    their indexes.
    """
    typed = term.strip()
    units = CaseLine.unscoped.filter(unit__serial__startswith=normalise_serial(typed))
    partners = Organization.objects.filter(Q(code__iexact=typed) | Q(name__icontains=typed))
    return (
        Q(reference__startswith=typed.upper())
        | Q(sr_number=typed)
        | Q(pk__in=list(units.order_by("-case_id").values_list("case_id", flat=True)[:FOUND]))
        | Q(organization__in=list(partners.values_list("pk", flat=True)[:FOUND]))
    )


def lines_found(term):
    """Return what a line must be for a search: its unit, either serial number, its case."""
    serial = normalise_serial(term)
    cases = Case.unscoped.filter(cases_found(term)).order_by("-pk").values_list("pk", flat=True)
    return (
        Q(unit__serial__startswith=serial)
        | Q(replacement__serial__startswith=serial)
        | Q(tracking=term.strip())
        | Q(return_tracking=term.strip())
        | Q(case__in=list(cases[:FOUND]))
    )
