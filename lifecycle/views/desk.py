"""Writing announcements and taking them through their steps; for lifecycle managers of Huawei."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from audit.models import Event
from documents import workflow as documents
from documents.policy import ENCLOSURE, FileNotAccepted
from lifecycle import facts, impact, policy, workflow
from lifecycle.enums import AnnouncementStatus
from lifecycle.forms import lines
from lifecycle.forms.writing import AnnouncementForm
from lifecycle.models import Announcement, Holding
from lifecycle.views.holders import as_table
from lifecycle.views.steps import STEPS, Step
from partners import clock, seen
from partners.enums import Permission
from partners.pages import FormPage, OrganizationPage

MANAGE = {"GET": Permission.MANAGE_LIFECYCLE}
MANAGE_BOTH = {**MANAGE, "POST": Permission.MANAGE_LIFECYCLE}
SHOWN = 100
"""How many holders the page of a version lists; the table has them all."""


def desk_url(announcement: Announcement) -> str:
    return reverse("announcement-desk", args=[announcement.slug, announcement.version])


class OneVersion(OrganizationPage):
    """A page about one version, published or not."""

    def version(self) -> Announcement:
        """Raises: Http404."""
        slug, number = self.kwargs["slug"], self.kwargs["version"]
        found = Announcement.objects.with_subject_matter().filter(version=number)
        announcement = found.filter(number=slug.upper()).first()
        if announcement is None:
            raise Http404
        return announcement


class Works(OrganizationPage):
    """What is being written, waits for approval, or waits for its hour."""

    permissions = MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        found = Announcement.objects.in_the_works().with_subject_matter().order_by("-pk")
        rows = [
            {"announcement": a, "tone": facts.TONES[AnnouncementStatus(a.status)]} for a in found
        ]
        return render(request, "lifecycle/works.html", {"rows": rows, "page": "announcements"})


class WritingPage(FormPage):
    """The form of an announcement, with a search for products that keeps what was typed."""

    permissions = MANAGE_BOTH
    template_name = "lifecycle/write.html"
    refusals = (workflow.AnnouncementRefused, FileNotAccepted, seen.ChangedMeanwhile)

    def version(self) -> Announcement | None:
        return None

    def form(self, *data: Any) -> forms.Form:
        return AnnouncementForm(*data, announcement=self.version())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "find" in request.POST or "add" in request.POST:
            return self._search(request)
        return super().post(request, **kwargs)

    def _search(self, request: HttpRequest) -> HttpResponse:
        """List products, and put what was ticked into the list of affected ones."""
        typed = request.POST.copy()
        ticked = request.POST.getlist("chosen") if "add" in request.POST else []
        typed["affected"] = "\n".join(filter(None, [typed.get("affected", "").strip(), *ticked]))
        form = AnnouncementForm(announcement=self.version())
        for name in form.fields:
            if name != "keep" and name in typed:
                form.initial[name] = typed[name]
        form.initial["is_sample"] = "is_sample" in typed
        words = typed.get("words", "")
        found = lines.products_like(words)
        return self.show(form, words=words, found=found, searched="find" in request.POST)

    def context(self) -> dict[str, Any]:
        version = self.version()
        shown = self.request.POST.get("shown") or (seen.mark([version]) if version else "")
        return {"page": "announcements", "version": version, "shown": shown}

    def kept(self, form: forms.Form) -> list[Any]:
        """Keep the file that came with the form; what no draft comes to rest on is swept."""
        if not form.cleaned_data["file"]:
            return []
        user, at = self.request.user, clock.now()
        return [
            documents.keep(
                form.cleaned_data["file"],
                ENCLOSURE,
                organization=self.organization,
                actor=user.actor(),
                at=at,
            )
        ]


class Write(WritingPage):
    """Begin an announcement."""

    def perform(self, form: forms.Form) -> str:
        announcement = workflow.write_announcement(
            form.cleaned_data["number"],
            form.draft(self.kept(form)),  # type: ignore[attr-defined]
            user=self.request.user,
            at=clock.now(),
        )
        return desk_url(announcement)


class Change(WritingPage, OneVersion):
    """Let a draft say something else."""

    def version(self) -> Announcement:
        return OneVersion.version(self)

    def perform(self, form: forms.Form) -> str:
        announcement = self.version()
        seen.require_unchanged([announcement], self.request.POST.get("shown", ""))
        workflow.change_announcement(
            announcement,
            form.draft(self.kept(form)),  # type: ignore[attr-defined]
            user=self.request.user,
            at=clock.now(),
        )
        return desk_url(announcement)


class Preview(OneVersion):
    """A version as a partner will see it."""

    permissions = MANAGE

    def get(self, request: HttpRequest, slug: str, version: int) -> HttpResponse:
        announcement = self.version()
        context = {
            "page": "announcements",
            **facts.page_of(announcement, on=clock.business_today()),
            "versions": [],
            "current": announcement,
            "is_preview": True,
        }
        return render(request, "lifecycle/announcement.html", context)


class Desk(OneVersion):
    """One version for who works on it: how it stands, whom it concerns, what comes next."""

    permissions = MANAGE

    def get(self, request: HttpRequest, slug: str, version: int) -> HttpResponse:
        announcement = self.version()
        found = impact.impact_of(announcement)
        told = Holding.unscoped.filter(announcement=announcement)
        context = {
            "page": "announcements",
            **facts.page_of(announcement, on=clock.business_today()),
            "impact": found,
            "impact_rows": found.rows[:SHOWN],
            "warnings": list(_warnings(announcement, found)),
            "authors": list(announcement.authors.all()),
            "steps": [
                step for step in STEPS.values() if step.is_offered(announcement, request.user)
            ],
            "is_own": workflow.is_author(announcement, request.user),
            "told": told.exclude(told_at=None).count(),
            "acknowledged": told.exclude(acknowledged_at=None).count(),
            "events": [_event(event) for event in _events(announcement)],
        }
        return render(request, "lifecycle/desk.html", context)


def _events(announcement: Announcement) -> Any:
    return Event.objects.about("lifecycle.announcement", announcement.pk)[:SHOWN]


def _event(event: Event) -> dict[str, Any]:
    words = event.name.partition(".")[2].replace("_", " ")
    return {
        "words": words[:1].upper() + words[1:],
        "actor_label": event.actor_label,
        "at": event.at,
        "reason": event.detail.get("reason") or event.detail.get("organization", ""),
    }


def _warnings(announcement: Announcement, found: impact.Impact) -> list[str]:
    if not AnnouncementStatus(announcement.status).is_open:
        return []
    named, today = facts.named_dates(announcement), clock.business_today()
    said = list(policy.warnings(named, on=today, over=found.contracts))
    try:
        workflow.rehearse(announcement, at=clock.now())
    except workflow.AnnouncementRefused as refusal:
        said += refusal.refusals
    return said


class ImpactTable(OneVersion):
    """Whom a version concerns, holder by holder."""

    permissions = MANAGE

    def get(self, request: HttpRequest, slug: str, version: int) -> HttpResponse:
        announcement = self.version()
        rows = impact.table(impact.impact_of(announcement))
        return as_table(f"{slug}-{version}-impact", impact.HEADER, rows)


class StepPage(FormPage, OneVersion):
    """One step: what it does, its form, and the refusal if it comes to that."""

    permissions = MANAGE_BOTH
    template_name = "lifecycle/step.html"
    refusals = (workflow.AnnouncementRefused,)

    @property
    def step(self) -> Step:
        """Raises: Http404."""
        found = STEPS.get(self.kwargs["step"])
        if found is None:
            raise Http404
        return found

    def form(self, *data: Any) -> forms.Form:
        return self.step.form_class(*data)

    def context(self) -> dict[str, Any]:
        announcement = self.version()
        found = impact.impact_of(announcement)
        is_before = AnnouncementStatus(announcement.status).is_open
        return {
            "page": "announcements",
            "step": self.step,
            "announcement": announcement,
            "impact": found if is_before else None,
            "warnings": _warnings(announcement, found),
        }

    def perform(self, form: forms.Form) -> str:
        return desk_url(self.step.perform(self.version(), form.cleaned_data, self.request.user))
