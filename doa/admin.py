"""Cases, their lines, referrals and claims at the desk."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from doa.claim_admin import ClaimAdmin, ReferralAdmin
from doa.desk import cells, figures_page, lists, page, queues
from doa.desk.assigning import assign_page
from doa.desk.case_acts import CASE_ACTS
from doa.desk.intake import intake_page
from doa.desk.line_acts import LINE_ACTS
from doa.desk.parcels import receive_page, ship_page
from doa.models import Case, CaseLine, Claim, Referral
from doa.workflow import calls
from partners import clock
from partners.desk import DeskAdmin
from partners.enums import Permission


class CasesDesk(lists.QueueList, DeskAdmin):
    """What the lists of cases and of parcels share: tabs, pages of their own, permissions."""

    operation_template = "admin/doa/operation.html"
    sortable_by = ()

    def view(self, permission, answer):
        """Return a page of the desk that asks for a permission first."""

        def guarded(request, **kwargs):
            if not any(permission in m.permissions for m in request.user.joined_memberships()):
                raise PermissionDenied("Your role does not include this step.")
            return answer(request, **kwargs)

        return self.admin_site.admin_view(guarded)

    def context(self, request, title, **more):
        """Return what every page of the desk shows, for one of these."""
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            **more,
        }


@admin.register(Case)
class CaseAdmin(cells.CaseCells, CasesDesk):
    list_title = "Cases"
    queues = queues.CASES
    list_display = ["case", "unit", "partner", "standing", "clock", "who"]
    list_display_links = ["case"]
    list_filter = [lists.QueueFilter, lists.StatusFilter, "intake", "level__family"]
    list_select_related = ["organization", "assignee"]
    search_fields = ["reference"]
    search_help_text = "Reference, SR number, serial number, or the partner's code or name"
    actions = ["assign_to"]
    operations = CASE_ACTS

    def counted(self, user, at):
        return queues.case_counts(user, at)

    def get_queryset(self, request):
        cases = queues.with_due(super().get_queryset(request))
        return cases.prefetch_related(Prefetch("lines", lists.unit_lines()))

    def get_ordering(self, request):
        if request.GET.get("queue") == "all" or request.GET.get("q"):
            return ["-pk"]
        return [queues.FIRST_DUE, "created_at", "pk"]

    def get_search_results(self, request, queryset, search_term):
        found = queryset.filter(lists.cases_found(search_term)) if search_term else queryset
        return found, False

    def changelist_view(self, request, extra_context=None):
        tools = [
            {"label": "Take next case", "url": reverse("admin:doa_case_take-next"), "posts": True},
            {"label": "Take an application", "url": reverse("admin:doa_case_intake")},
            {"label": "Figures", "url": reverse("admin:doa_case_figures")},
            {"label": "Logistics", "url": reverse("admin:doa_caseline_changelist")},
        ]
        return super().changelist_view(request, {"tools": tools, **(extra_context or {})})

    def get_urls(self):
        handle = Permission.HANDLE_CASES
        own = [
            path("take-next/", self.view(handle, self.take_next), name="doa_case_take-next"),
            path("figures/", self.view(handle, self.figures), name="doa_case_figures"),
            path("intake/", self.view(handle, self.intake), name="doa_case_intake"),
            path("assign/", self.view(handle, self.assign), name="doa_case_assign-many"),
        ]
        return own + super().get_urls()

    def take_next(self, request):
        """Give the person the registered case that is due first."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        case = calls.take_next(user=request.user, at=clock.now())
        if case is None:
            messages.info(request, "No registered case waits for somebody to take it.")
            return HttpResponseRedirect(self._list_url())
        messages.success(request, f"{case} is yours.")
        return HttpResponseRedirect(self._record_url(case))

    def figures(self, request):
        return figures_page.page(request, self.context(request, "Figures"))

    def intake(self, request):
        return intake_page(request, self.context(request, "Application by telephone"))

    @admin.action(description="Assign to…")
    def assign_to(self, request, queryset):
        """Lead to the page that asks to whom, and to confirm."""
        chosen = ",".join(str(pk) for pk in queryset.order_by("pk").values_list("pk", flat=True))
        return HttpResponseRedirect(f"{reverse('admin:doa_case_assign-many')}?cases={chosen}")

    def assign(self, request):
        return assign_page(request, self.context(request, "Assign cases"))

    def form_of(self, operation, record, request, *data):
        return operation.form_class(*data, case=record, user=request.user)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        case = self.get_object(request, object_id)
        if case is None:
            return super().change_view(request, object_id, form_url, extra_context)
        context = page.context_of(case, user=request.user, at=clock.now())
        context = self.context(request, str(case), **context)
        return TemplateResponse(request, "admin/doa/case.html", context)


@admin.register(CaseLine)
class CaseLineAdmin(cells.LineCells, CasesDesk):
    list_title = "Logistics"
    queues = queues.LINES
    list_display = ["line", "partner", "granted", "replacement_way", "way_back"]
    list_display_links = ["line"]
    list_filter = [lists.QueueFilter, "remedy", "replacement_track", "return_track"]
    list_select_related = ["case__organization", "unit__part_number__product", "replacement"]
    search_fields = ["unit__serial"]
    search_help_text = "Serial number, tracking number, reference, or the partner"
    ordering = ["return_due_on", "pk"]
    actions = None
    operations = LINE_ACTS

    def counted(self, user, at):
        return queues.line_counts(user, at)

    def get_search_results(self, request, queryset, search_term):
        found = queryset.filter(lists.lines_found(search_term)) if search_term else queryset
        return found, False

    def changelist_view(self, request, extra_context=None):
        tools = [
            {"label": "Receive a unit", "url": reverse("admin:doa_caseline_receive-any")},
            {"label": "Ship several", "url": reverse("admin:doa_caseline_ship-many")},
            {"label": "Cases", "url": reverse("admin:doa_case_changelist")},
        ]
        return super().changelist_view(request, {"tools": tools, **(extra_context or {})})

    def get_urls(self):
        ships = Permission.SHIP_REPLACEMENTS
        own = [
            path("receive/", self.view(ships, self.receive_any), name="doa_caseline_receive-any"),
            path("ship/", self.view(ships, self.ship_many), name="doa_caseline_ship-many"),
        ]
        return own + super().get_urls()

    def receive_any(self, request):
        return receive_page(request, self.context(request, "Receive a unit"))

    def ship_many(self, request):
        return ship_page(request, self.context(request, "Ship replacements"))

    def form_of(self, operation, record, request, *data):
        return operation.form_class(*data, line=record, user=request.user)

    def watched(self, line):
        """Watch the case, whose trail tells what became of its lines."""
        return [line.case]

    def trail_about(self, line):
        return line.case

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Lead to the case, whose page has all its lines."""
        line = self.get_object(request, object_id)
        if line is None:
            raise Http404
        return HttpResponseRedirect(self._record_url(line))

    def _record_url(self, line):
        return f"{reverse('admin:doa_case_change', args=[line.case_id])}#line-{line.pk}"


admin.site.register(Referral, ReferralAdmin)
admin.site.register(Claim, ClaimAdmin)
