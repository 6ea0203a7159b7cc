"""What the applicant does to a case: answer, write, confirm, send back, cancel."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property

from audit.models import Event
from audit.transitions import IllegalTransition
from doa import workflow
from doa.forms.case import CancelForm, DeliveredForm, MessageForm, ReplyForm, SendBackForm
from doa.forms.evidence import ACCEPTED
from doa.models import Case, CaseLine, CaseMessage, InfoRequest
from doa.views.base import REFUSALS, OneCase, record_of
from doa.views.case import items_of, open_request
from documents.models import Document
from documents.policy import ENCLOSURE, FileNotAccepted
from notifications import following
from partners import clock
from partners.enums import Permission
from partners.pages import FormPage


class Act(OneCase, FormPage):
    """A step of the applicant, on a page of its own."""

    permissions = {"GET": Permission.APPLY_FOR_DOA, "POST": Permission.APPLY_FOR_DOA}
    refusals = REFUSALS
    step = ""
    """The name of the step: without it this page leads back to the case."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.is_offered():
            messages.info(request, "This step is not open now. This is where the case stands.")
            return HttpResponseRedirect(self.address)
        return super().get(request, **kwargs)

    def is_offered(self) -> bool:
        return self.step in self.offered

    @property
    def address(self) -> str:
        return reverse("case", args=[self.case.reference])

    @property
    def uploads(self) -> Any:
        """Return the files that this organization has kept and that nothing rests on yet."""
        kept = Document.objects.for_organization(self.organization).unattached()
        return kept.filter(organization=self.case.organization)

    def done(self, said: str) -> str:
        messages.success(self.request, said)
        return self.address

    def context(self) -> dict[str, Any]:
        return {"page": "cases", "case": self.case, "lines": self.lines}


class Reply(Act):
    """The answer to what the TAC asked. Who comes second sees what the first one said."""

    step = "answer"
    template_name = "doa/reply.html"
    overtaken: IllegalTransition | None = None

    @cached_property
    def asked(self) -> InfoRequest | None:
        return open_request(self.case) or self.case.requests.order_by("-pk").first()

    def form(self, *data: Any) -> forms.Form:
        return ReplyForm(*data, items=items_of(self.asked), uploads=self.uploads)

    def perform(self, form: Any) -> str:
        self._keep_all(form)
        if form.errors:
            raise FileNotAccepted("Choose the files below again.")
        try:
            is_whole = workflow.answer(
                self.case,
                text=form.cleaned_data["text"],
                files=form.kept,
                is_all=form.cleaned_data["is_all"],
                user=self.request.user,
                at=clock.now(),
            )
        except IllegalTransition as overtaken:
            self.overtaken = overtaken
            raise
        if is_whole:
            return self.done("Sent. The TAC goes on with the case, and its clock runs again.")
        return self.done("Sent. The TAC still waits for the rest.")

    def _keep_all(self, form: Any) -> None:
        """Keep what was handed in now, so that nobody uploads it twice."""
        for item, upload in form.handed_in():
            try:
                form.kept[item.pk] = self.keep(upload, ACCEPTED[item.kind])
            except FileNotAccepted as refusal:
                form.add_error(f"item-{item.pk}", str(refusal))

    def show(self, form: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        if self.overtaken is not None:
            return self._overtaken(form)
        if form.is_bound and form.errors:
            self._keep_all(form)
        return super().show(form, status=status, **more)

    def _overtaken(self, form: Any) -> HttpResponse:
        """Show what somebody else did first beside what was typed, which is kept."""
        about = Event.objects.about(Case._meta.label_lower, self.case.pk)
        answered = about.filter(name="case.answered").first()
        first = answered or (self.overtaken.event if self.overtaken else None)
        said = CaseMessage.objects.filter(case=self.case, is_internal=False)
        context = {
            **self.context(),
            "first": first,
            "said": said.filter(written_at=first.at).first() if first else None,
            "kept": list(form.kept.values()),
            "form": MessageForm(
                uploads=self.uploads, initial={"text": form.cleaned_data.get("text", "")}
            ),
        }
        return render(self.request, "doa/overtaken.html", context, status=409)

    def context(self) -> dict[str, Any]:
        return super().context() | {"asked": self.asked}


class Write(Act):
    """A message to the TAC; the clock does not stop for it."""

    step = "message"
    template_name = "doa/message.html"

    def form(self, *data: Any) -> forms.Form:
        return MessageForm(*data, uploads=self.uploads)

    def perform(self, form: Any) -> str:
        files = form.kept()
        if upload := form.cleaned_data.get("file"):
            files.append(self.keep(upload, ENCLOSURE))
        workflow.message(
            self.case,
            text=form.cleaned_data["text"],
            files=files,
            user=self.request.user,
            at=clock.now(),
        )
        return self.done("Sent to the TAC.")


class Follow(OneCase):
    """Lets a person follow a case, or mutes it for them; what waits for them comes anyway."""

    permissions = {"POST": Permission.VIEW_CASES}

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        record, user, at = record_of(self.case), request.user, clock.now()
        if request.POST.get("want") == "mute":
            following.mute(record, user.email, at=at)
            messages.success(
                request, "Muted. You get no news of this case, only what waits for you."
            )
        else:
            following.follow_as(user, record, organization=self.organization, at=at)
            following.unmute(record, user.email, at=at)
            messages.success(request, f"You get the news of {self.case} from now on.")
        return HttpResponseRedirect(reverse("case", args=[self.case.reference]))


class Cancel(Act):
    """Takes an application back, until the TAC has registered the call."""

    step = "cancel"
    form_class = CancelForm
    template_name = "doa/cancel.html"

    def perform(self, form: Any) -> str:
        workflow.cancel(
            self.case,
            reason=form.cleaned_data["reason"],
            user=self.request.user,
            at=clock.now(),
        )
        return self.done(f"{self.case} is cancelled. Its units are free for another case.")


class LineAct(Act):
    """A step about one unit of the case: the one that is named, or the only one."""

    @cached_property
    def open_lines(self) -> list[CaseLine]:
        user = self.request.user
        return [x for x in self.lines if self.step in workflow.line_edges_for(x, user)]

    def is_offered(self) -> bool:
        return bool(self.open_lines)

    @property
    def line(self) -> CaseLine | None:
        named = self.request.POST.get("line") or self.request.GET.get("line")
        if named:
            return self.line_named(named, self.lines)
        return self.open_lines[0] if self.open_lines else next(iter(self.lines), None)

    def context(self) -> dict[str, Any]:
        return super().context() | {"line": self.line, "open_lines": self.open_lines}


class ConfirmDelivery(LineAct):
    """Says that the replacement has arrived; from then on the faulty unit is due back."""

    step = "deliver"
    template_name = "doa/delivered.html"

    def form(self, *data: Any) -> forms.Form:
        return DeliveredForm(*data, initial={"delivered_on": clock.business_today()})

    def perform(self, form: Any) -> str:
        if self.line is None:
            raise workflow.CaseRefused("Choose the unit whose replacement has arrived.")
        workflow.deliver(
            self.line,
            delivered_on=form.cleaned_data["delivered_on"],
            signer=form.cleaned_data["signer"],
            user=self.request.user,
            at=clock.now(),
        )
        return self.done("Recorded. Send the faulty unit back next: print its return slip.")


class SendBack(LineAct):
    """Says that the faulty unit is on its way back, with nothing of the customer's on it."""

    step = "send-back"
    form_class = SendBackForm
    template_name = "doa/send_back.html"

    def perform(self, form: Any) -> str:
        if self.line is None:
            raise workflow.CaseRefused("Choose the unit that you send back.")
        values = form.cleaned_data
        workflow.send_back(
            self.line,
            carrier=values["carrier"],
            tracking=values["tracking"],
            data_removed=values["data_removed"],
            user=self.request.user,
            at=clock.now(),
        )
        return self.done("Recorded. You get a mail when the unit arrives.")
