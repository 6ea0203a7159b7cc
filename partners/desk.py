"""The desk: admin pages that show a record, its trail, and what staff can do to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst

from audit.admin import ReadOnlyAdmin
from audit.models import Event
from audit.transitions import IllegalTransition
from partners import clock, seen
from partners.models import User

TRAIL_SHOWN = 200
"""How many events of a record its page lists, newest first."""


class ReasonForm(forms.Form):
    """Asks for the reason that a change of the record must keep."""

    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with the change, and shown to those whom it affects.",
    )


class ConfirmForm(forms.Form):
    """Asks for nothing but the click."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an operation would do, as a table for the page that asks to confirm it.

    `letter` is the mail that would be sent, as its reader gets it.
    """

    headline: str
    columns: list[str]
    rows: list[list[Any]]
    told: str = ""
    letter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that staff can do to a record: a page with a form and one workflow call.

    `perform(record, values, user, at)` calls the workflow and returns the sentence
    that says what happened; `is_offered(record, user)` decides whether the page shows
    the button; `preview` has the arguments of `perform` and changes nothing;
    `on_file(record)` gives what the record says now, as pairs of label and words.
    """

    name: str
    label: str
    explanation: str
    perform: Callable[[Any, dict[str, Any], User, datetime], str]
    is_offered: Callable[[Any, User], bool]
    form_class: type[forms.Form] = ReasonForm
    preview: Callable[[Any, dict[str, Any], User, datetime], Preview] | None = None
    refusals: tuple[type[Exception], ...] = field(default=())
    on_file: Callable[[Any], list[tuple[str, str]]] | None = None


def _given(form: forms.Form) -> Iterator[tuple[str, str]]:
    """Yield what was entered, each under its label and in the words of its choices."""
    for asked in form:
        value = asked.value()
        options = {str(key): word for key, word in getattr(asked.field, "choices", ())}
        values = value if isinstance(value, list) else [value]
        said = ", ".join(str(options.get(str(each), each)) for each in values if each)
        if said and not asked.is_hidden:
            yield str(asked.label), said


class TrailHistory:
    """Makes the history of a record its trail, and leaves the admin's own log unused."""

    has_trail = True

    def history_view(self, request, object_id, extra_context=None):
        record = self.get_object(request, object_id)
        if record is None or not self.has_trail:
            raise Http404
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        about = self.trail_about(record)
        events = Event.objects.about(about._meta.label_lower, about.pk)[:TRAIL_SHOWN]
        context = {
            **self.admin_site.each_context(request),
            "title": f"Trail of {record}",
            "object": record,
            "opts": self.opts,
            "events": events,
        }
        return TemplateResponse(request, "admin/desk/history.html", context)

    def trail_about(self, record):
        """Return the record under which the trail of `record` is kept."""
        return record

    def log_addition(self, request, obj, message):
        """Leave the log to the trail, which the workflow has written."""

    def log_change(self, request, obj, message):
        """Leave the log to the trail, which the workflow has written."""


class DeskAdmin(TrailHistory, ReadOnlyAdmin):
    """Shows records, and offers the operations that staff may carry out on each."""

    change_form_template = "admin/desk/change_form.html"
    operation_template = "admin/desk/operation.html"
    show_full_result_count = False
    operations: tuple[Operation, ...] = ()

    def get_urls(self):
        pages = [
            path(
                f"<path:object_id>/{operation.name}/",
                self.admin_site.admin_view(self._page(operation)),
                name=self._url_name(operation),
            )
            for operation in self.operations
        ]
        return pages + super().get_urls()

    def _url_name(self, operation: Operation) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{operation.name}"

    def change_view(self, request, object_id, form_url="", extra_context=None):
        record = self.get_object(request, object_id)
        context = {"operations": self.offered(request, record) if record else []}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def offered(self, request: HttpRequest, record: Any) -> list[dict[str, str]]:
        """Return the buttons that will work for this person on this record."""
        return [
            {
                "label": operation.label,
                "url": reverse(f"admin:{self._url_name(operation)}", args=[record.pk]),
            }
            for operation in self.operations
            if operation.is_offered(record, request.user)
        ]

    def _page(self, operation: Operation) -> Callable[..., HttpResponse]:
        def page(request: HttpRequest, object_id: str) -> HttpResponse:
            record = self.get_object(request, object_id)
            if record is None:
                raise Http404
            if request.method != "POST":
                shown = seen.mark(self.watched(record))
                record = self.get_object(request, object_id)
                form = self.form_of(operation, record, request)
                return self._ask(request, operation, record, form, shown)
            return self._answer(request, operation, record)

        return page

    def form_of(
        self, operation: Operation, record: Any, request: HttpRequest, *data: Any
    ) -> forms.Form:
        """Return the form of an operation; a desk whose forms hang on the record says so here."""
        return operation.form_class(*data)

    def watched(self, record: Any) -> list[Any]:
        """Return the records that an operation reads and writes, in the order of locking."""
        return [record]

    def _answer(self, request: HttpRequest, operation: Operation, record: Any) -> HttpResponse:
        """Preview or carry out what the form says; show a refusal on the form."""
        form = self.form_of(operation, record, request, request.POST)
        shown = request.POST.get("shown", "")
        if "change" in request.POST or not form.is_valid():
            return self._ask(request, operation, record, form, shown)
        try:
            result = self._carried_out(request, operation, record, form, shown)
        except (IllegalTransition, seen.ChangedMeanwhile) as conflict:
            told = str(conflict) if isinstance(conflict, seen.ChangedMeanwhile) else ""
            return self._conflict(request, operation, record, form, told)
        except (ValidationError, *operation.refusals) as refusal:
            form.add_error(None, refusal if isinstance(refusal, ValidationError) else str(refusal))
            return self._ask(request, operation, record, form, shown)
        if isinstance(result, Preview):
            return self._ask(request, operation, record, form, shown, preview=result)
        messages.success(request, result)
        kept = self.get_object(request, str(record.pk)) if record.pk else None
        return HttpResponseRedirect(self._record_url(record) if kept else self._list_url())

    def _carried_out(
        self, request: HttpRequest, operation: Operation, record: Any, form: forms.Form, shown: str
    ) -> Preview | str:
        """Do it, or rehearse it, on the record that the form was shown and on no later one."""
        with transaction.atomic():
            watched = self.watched(record)
            seen.lock(watched)
            seen.require_unchanged(watched, shown)
            given = (record, form.cleaned_data, request.user, clock.now())
            if operation.preview and "confirm" not in request.POST:
                return operation.preview(*given)
            return operation.perform(*given)

    def _conflict(
        self,
        request: HttpRequest,
        operation: Operation,
        record: Any,
        form: forms.Form,
        told: str,
    ) -> HttpResponse:
        """Say who was faster and when, beside what the record says now."""
        watched = self.watched(record)
        shown = seen.mark(watched)
        form.add_error(None, told or seen.told(seen.since(watched, shown="0")[-1:]))
        record = self.get_object(request, str(record.pk)) or record
        return self._ask(request, operation, record, form, shown, status=409)

    def _list_url(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def _record_url(self, record: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[record.pk])

    def _ask(
        self,
        request: HttpRequest,
        operation: Operation,
        record: Any,
        form: forms.Form,
        shown: str,
        preview: Preview | None = None,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": operation.label,
            "subtitle": str(record),
            "operation": operation,
            "object": record,
            "record_url": self._record_url(record),
            "opts": self.opts,
            "app_label": capfirst(self.opts.app_config.verbose_name),
            "form": form,
            "shown": shown,
            "on_file": operation.on_file(record) if operation.on_file else [],
            "preview": preview,
            "given": list(_given(form)) if preview else [],
            "shows_first": operation.preview is not None,
        }
        return TemplateResponse(request, self.operation_template, context, status=status)
