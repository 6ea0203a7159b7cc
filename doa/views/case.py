"""The page of a case: what is next, how far it is, why, and everything that happened."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property

from doa.enums import CaseStatus
from doa.feed import feed_of
from doa.forms.case import MessageForm, ReplyForm
from doa.models import CaseFile, CaseLine, InfoItem, InfoRequest
from doa.outlook import outlooks
from doa.stages import running_clock, stages_of
from doa.standing import Standing, standing_of
from doa.steps import first_open
from doa.views.base import OneCase, record_of
from doa.workflow import line_edges_for
from documents.models import Document
from notifications import following
from partners import clock
from partners.enums import Permission


def open_request(case: Any) -> InfoRequest | None:
    """Return what the TAC asks and has no answer to yet, with its items."""
    found = case.requests.filter(answered_at=None).prefetch_related("items")
    request: InfoRequest | None = found.first()
    return request


def items_of(request: InfoRequest | None) -> list[InfoItem]:
    return sorted(request.items.all(), key=lambda item: item.pk) if request else []


class CasePage(OneCase):
    """One case, for its applicant and for staff alike."""

    permissions = {"GET": Permission.VIEW_CASES}

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        now = clock.now()
        standing = self.standing
        rows = [self._row(line) for line in self.lines]
        context = {
            "page": "cases",
            "case": self.case,
            "lines": self.lines,
            "standing": standing,
            "stages": stages_of(self.case, self.lines, standing),
            "rows": rows,
            "has_acts": any(row["may_confirm"] or row["may_return"] for row in rows),
            "outlooks": outlooks(self.lines, at=now),
            "running": running_clock(self.case, at=now),
            "files": self._files(),
            "messages_only": request.GET.get("show") == "messages",
            "is_staff": self.organization.is_huawei,
            "offered": self.offered,
            **self._next(),
            **self._followers(),
            **self._feed(request),
        }
        return render(request, "doa/case.html", context)

    @cached_property
    def info_request(self) -> InfoRequest | None:
        return open_request(self.case)

    @cached_property
    def standing(self) -> Standing:
        return standing_of(self.case, self.lines, self.info_request)

    @property
    def may_act(self) -> bool:
        """Tell whether the forms of the applicant are for this reader."""
        may = self.request.user.can(Permission.APPLY_FOR_DOA, self.organization)
        return may and not self.organization.is_huawei

    def _next(self) -> dict[str, Any]:
        """Return what the panel of the next step needs: a form, or a way."""
        uploads = Document.objects.for_organization(self.organization).unattached()
        case, found = self.case, {"may_act": self.may_act, "asked": self.info_request}
        if case.status == CaseStatus.INFO_NEEDED and self.may_act:
            found["reply"] = ReplyForm(items=items_of(self.info_request), uploads=uploads)
        if case.status == CaseStatus.DRAFT:
            found["next_step"] = first_open(case, self.lines)
        elif "reply" not in found and "message" in self.offered and self.may_act:
            found["message"] = MessageForm(uploads=uploads, auto_id="message_%s")
        return found

    def _followers(self) -> dict[str, Any]:
        """Return who is told of the case; a draft tells nobody."""
        if self.case.status == CaseStatus.DRAFT or not self.may_act:
            return {"followers": None}
        told = following.addresses_of(record_of(self.case))
        return {"followers": told, "gets_mail": self.request.user.email in told}

    def _row(self, line: CaseLine) -> dict[str, Any]:
        offered = line_edges_for(line, self.request.user) if self.may_act else frozenset()
        return {
            "line": line,
            "may_confirm": "deliver" in offered,
            "may_return": "send-back" in offered,
        }

    def _files(self) -> list[CaseFile]:
        files = CaseFile.objects.for_organization(self.organization).filter(case=self.case)
        return list(files.for_page())

    def _feed(self, request: HttpRequest) -> dict[str, Any]:
        only = request.GET.get("show") == "messages"
        return {"feed": feed_of(self.case, self.lines, self.organization, messages_only=only)}
