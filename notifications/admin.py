"""Mail at the desk: what was sent, what waits, what failed, and the switch that holds it."""

from django.contrib import admin
from django.http import Http404
from django.urls import path

from notifications import desk, kinds, sandbox, workflow
from notifications.models import Message, OutboxHold
from partners import clock
from partners.desk import DeskAdmin


class KindFilter(admin.SimpleListFilter):
    """Keeps the messages of one kind."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return [(kind.name, kind.label) for kind in kinds.every()]

    def queryset(self, request, queryset):
        found = next((kind for kind in kinds.every() if kind.name == self.value()), None)
        return queryset.filter(template__in=found.templates) if found else queryset


@admin.register(Message)
class MessageAdmin(DeskAdmin):
    change_form_template = "admin/desk/message.html"
    list_display = ["queued_at", "kind", "recipient", "organization", "status", "attempts", "error"]
    list_filter = ["status", KindFilter]
    list_select_related = ["organization"]
    search_fields = ["recipient__startswith", "organization__code", "about__endswith"]
    search_help_text = "The address, or how it begins; the organization's code; a case's number"
    ordering = ["-pk"]
    actions = ["try_again"]
    fields = [
        "kind", "status", "recipient", "organization", "about", "subject", "queued_at", "due_at",
        "sent_at", "attempts", "error",
    ]  # fmt: skip
    readonly_fields = ["kind", "error"]
    operations = (desk.RETRY, desk.CAME_BACK)

    @admin.display(description="kind")
    def kind(self, message):
        declared = {name: kind.label for kind in kinds.every() for name in kind.templates}
        return declared.get(message.template, message.template)

    @admin.display(description="what happened")
    def error(self, message):
        return desk.in_words(message.last_error) or "-"

    @admin.action(description="Try again what failed")
    def try_again(self, request, queryset):
        again = workflow.retry(queryset, user=request.user, at=clock.now())
        self.message_user(request, f"{again} of {len(queryset)} wait to be sent again.")

    def get_urls(self):
        look = self.admin_site.admin_view(self.html_view)
        html = path("<path:object_id>/html/", look, name="notifications_message_html")
        return [html, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        message = self.get_object(request, object_id)
        look = desk.look_of(message) if message else None
        return super().change_view(request, object_id, form_url, {"look": look})

    def html_view(self, request, object_id):
        """Show the HTML of a message, which can do nothing there."""
        message = self.get_object(request, object_id)
        look = desk.look_of(message) if message else None
        if not look or not look.html:
            raise Http404
        return sandbox.page(look.html)


@admin.register(OutboxHold)
class OutboxHoldAdmin(DeskAdmin):
    """One switch: its list is its page, and it is there before anybody has touched it."""

    fields = ["is_on", "reason", "changed_at", "changed_by"]
    operations = (desk.HOLD, desk.RELEASE)

    def changelist_view(self, request, extra_context=None):
        return self.change_view(request, str(OutboxHold.THE_ONE))

    def get_object(self, request, object_id, from_field=None):
        return OutboxHold.current() if str(object_id) == str(OutboxHold.THE_ONE) else None
