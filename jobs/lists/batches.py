"""One deed for every ticked record of a list: shown first, then done, then told."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit.transitions import IllegalTransition
from jobs.lists.ticked import (
    SHOWN,
    Outcome,
    Prospect,
    Row,
    TickedPage,
    Told,
    counted,
    gone,
    in_words,
    ticked_keys,
)
from partners.models import Organization

FOR_PARTNERS = "Partners do this to several at once; staff work at the desk."


class Refused(ValueError):
    """Nothing can be done to a record; the message says why and what to do."""


class Click(forms.Form):
    """Asks for nothing but the click."""


class Batch(TickedPage):
    """A deed for each ticked record: GET shows what it will do to which, POST does it.

    Every record has a transaction of its own, so that a refusal stops none of the others.
    A repeat finds what is done, leaves it alone and says so. Staff have the desk for this.
    """

    url_name: ClassVar[str]
    label: ClassVar[str]
    """What the button below the list says."""
    verb: ClassVar[str]
    past: ClassVar[str]
    promise: ClassVar[str]
    """How the records hang together, told before anything happens."""
    form_class: ClassVar[type[forms.Form]] = Click
    template_name: ClassVar[str] = "jobs/batch.html"
    refusals: ClassVar[tuple[type[Exception], ...]] = ()
    is_chosen_singly: ClassVar[bool] = False
    """Whether the page lets a person leave out single rows."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        is_asked = request.method.lower() in self.http_method_names
        if is_asked and request.organization and request.organization.is_huawei:
            raise PermissionDenied(FOR_PARTNERS)
        return super().dispatch(request, *args, **kwargs)

    @classmethod
    def is_offered(cls, user: Any, organization: Organization | None) -> bool:
        """Tell whether this person gets a button for it below the list."""
        if organization is None or organization.is_huawei:
            return False
        return bool(user.can(cls.permissions["POST"], organization))

    def row(self, record: Any) -> Row:
        raise NotImplementedError

    def will(self, record: Any) -> Sequence[str]:
        """Say what the deed will do to a record, by the rules of the deed itself.

        Raises: what the deed would raise; Refused.
        """
        raise NotImplementedError

    def is_done(self, record: Any, form: Any) -> bool:
        """Tell whether the record, read just now, is where the deed leads."""
        raise NotImplementedError

    def perform(self, record: Any, form: Any) -> Told:
        """Do it to one record, by the function that does it to a single one."""
        raise NotImplementedError

    def form(self, records: Sequence[Any], *data: Any) -> forms.Form:
        """Build the form for the records to which the deed can be done."""
        return self.form_class(*data)

    def field(self, form: Any, record: Any) -> Any:
        return None

    def heading(self, count: int) -> str:
        return f"{self.verb} {counted(count, self.noun)}" if count else self.label

    def button(self, count: int) -> str:
        return self.heading(count)

    def more(self) -> dict[str, Any]:
        return {}

    def asked(self, request: HttpRequest) -> list[Any]:
        """Return what the list has ticked, as the records that the page shows."""
        return self.found(ticked_keys(request.GET))

    def get(self, request: HttpRequest) -> HttpResponse:
        records = self.asked(request)
        if not records:
            return self.nothing()
        prospects = self.prospects(records)
        return self.confirm(prospects, self.form(_possible(prospects)))

    def post(self, request: HttpRequest) -> HttpResponse:
        keys = ticked_keys(request.POST)
        records = self.found(keys)
        if not records:
            return self.nothing(is_gone=bool(keys))
        prospects = self.prospects(records)
        form = self.form(_possible(prospects), request.POST)
        if not form.is_valid():
            return self.confirm(self.shown(), form, status=400)
        return self.carry_out(prospects, form, missing=len(keys) - len(records))

    def shown(self) -> list[Prospect]:
        """Return what the page showed before it was sent, as it stands now."""
        data = self.request.POST
        keys = ticked_keys(data, SHOWN) or ticked_keys(data)
        return self.prospects(self.found(keys))

    def prospects(self, records: Sequence[Any]) -> list[Prospect]:
        return [self._prospect(record) for record in records]

    def _prospect(self, record: Any) -> Prospect:
        row = self.row(record)
        try:
            return Prospect(record, replace(row, said=self.will(record)), True)
        except self.caught as refusal:
            return Prospect(record, replace(row, said=[in_words(refusal, record)]), False)

    @property
    def caught(self) -> tuple[type[Exception], ...]:
        """Return what says why nothing can be done to a record."""
        own = (Refused, IllegalTransition, PermissionDenied, ValidationError, ObjectDoesNotExist)
        return (*own, *self.refusals)

    def confirm(self, prospects: list[Prospect], form: Any, *, status: int = 200) -> HttpResponse:
        """Show what will happen to which record, and what cannot, before anything does."""
        can = [p for p in prospects if p.is_possible]
        context = {
            **self.frame(),
            **self.more(),
            "heading": self.heading(len(can)),
            "button": self.button(len(can)),
            "promise": self.promise,
            "can": [replace(p.row, field=self.field(form, p.record)) for p in can],
            "cannot": [p.row for p in prospects if not p.is_possible],
            "left_out": self._left_out(can, form),
            "is_chosen_singly": self.is_chosen_singly,
            "form": form,
        }
        return render(self.request, self.template_name, context, status=status)

    def _left_out(self, can: list[Prospect], form: Any) -> set[str]:
        if not form.is_bound:
            return set()
        return {p.row.key for p in can} - set(ticked_keys(self.request.POST))

    def carry_out(self, prospects: list[Prospect], form: Any, *, missing: int) -> HttpResponse:
        """Do it to one record after the other, and tell what came of each."""
        outcome = Outcome([], [], [])
        for record, row, is_possible in prospects:
            if is_possible:
                self._do(record, row, form, outcome)
            else:
                self.sort_refused(record, row, form, outcome)
        return self.tell(outcome, missing=missing)

    def _do(self, record: Any, row: Row, form: Any, outcome: Outcome) -> None:
        try:
            with transaction.atomic():
                outcome.done.append(_told(row, self.perform(record, form)))
        except self.caught as refusal:
            refused = replace(row, said=[in_words(refusal, record)])
            self.sort_refused(record, refused, form, outcome)

    def sort_refused(self, record: Any, row: Row, form: Any, outcome: Outcome) -> None:
        """Tell what somebody was faster at from what the rules refuse."""
        now = self.found([row.key])
        is_done = bool(now) and self.is_done(now[0], form)
        (outcome.before if is_done else outcome.refused).append(row)

    def tell(self, outcome: Outcome, *, missing: int) -> HttpResponse:
        """Say what was done, what had been done before, and what was refused and why."""
        context = {
            **self.frame(),
            "outcome": outcome,
            "heading": self._told(outcome),
            "past": self.past,
            "missing": gone(missing) if missing else "",
        }
        status = 200 if outcome.done or not outcome.refused else 409
        return render(self.request, "jobs/batch_done.html", context, status=status)

    def _told(self, outcome: Outcome) -> str:
        if outcome.done:
            return f"{counted(len(outcome.done), self.noun)} {self.past}"
        if outcome.before and not outcome.refused:
            return f"Done before: {counted(len(outcome.before), self.noun)} {self.past}"
        return f"No {self.noun} was {self.past}"


class WholeBatch(Batch):
    """A deed for all ticked records together: it is done to every one of them or to none."""

    def carry_out(self, prospects: list[Prospect], form: Any, *, missing: int) -> HttpResponse:
        try:
            return self._all(prospects, form, missing=missing)
        except Refused:  # somebody was faster: look again at what is left to do
            prospects = self.prospects(self.found(ticked_keys(self.request.POST)))
        try:
            return self._all(prospects, form, missing=missing)
        except Refused as refusal:
            return self._none([Row(key="", label="", said=[str(refusal)])], form)

    def _all(self, prospects: list[Prospect], form: Any, *, missing: int) -> HttpResponse:
        """Do it to all of them. Raises: Refused, and then nothing is kept."""
        outcome = Outcome([], [], [])
        for record, row, is_possible in prospects:
            if not is_possible:
                self.sort_refused(record, row, form, outcome)
        if missing:
            form.add_error(None, gone(missing))
        if outcome.refused or missing:
            return self._none(outcome.refused, form)
        with transaction.atomic():
            for record, row, is_possible in prospects:
                if is_possible:
                    outcome.done.append(_told(row, self._perform(record, row, form)))
        return self.tell(outcome, missing=0)

    def _perform(self, record: Any, row: Row, form: Any) -> Told:
        try:
            return self.perform(record, form)
        except self.caught as refusal:
            raise Refused(f"{row.label}: {in_words(refusal, record)}") from refusal

    def _none(self, refused: list[Row], form: Any) -> HttpResponse:
        """Show the page again as things stand now, with why nothing was done."""
        for row in refused:
            form.add_error(None, f"{row.label}: {row.said[0]}" if row.label else row.said[0])
        form.add_error(None, "So nothing was recorded. Look at the rest again.")
        return self.confirm(self.shown(), form, status=409)


def _possible(prospects: list[Prospect]) -> list[Any]:
    return [p.record for p in prospects if p.is_possible]


def _told(row: Row, told: Told) -> Row:
    return replace(row, said=[told.said], link=told.link or row.link)
