"""Several cases at once: their faulty units go back in one parcel, their drafts are deleted."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from catalog.policy import day_text
from doa import workflow
from doa.enums import ReturnTrack
from doa.forms.case import ParcelForm
from doa.models import Case, CaseLine
from doa.workflow.case_edges import DISCARD
from doa.workflow.line_edges import SEND_BACK
from jobs.lists.batches import Batch, WholeBatch
from jobs.lists.pages import PER_PAGE
from jobs.lists.ticked import Link, Row, Told, counted, ticked_keys
from partners import clock
from partners.enums import Permission
from partners.models import Organization

APPLIES = {"GET": Permission.APPLY_FOR_DOA, "POST": Permission.APPLY_FOR_DOA}
SHOWN_IN_PART = (
    f"A page takes {PER_PAGE} units, and the ticked cases have more. Record the rest after these."
)


def cases_of(organization: Organization, references: Sequence[str]) -> Any:
    seen = Case.objects.for_organization(organization).select_related("organization")
    return seen.filter(reference__in=references).order_by("reference")


class SendParcel(WholeBatch):
    """Says that faulty units of any number of cases are on their way back in one parcel."""

    permissions = APPLIES
    url_name, label = "cases-send-back", "Send units back in one parcel"
    list_name, list_label, noun = "cases", "Cases", "unit"
    verb, past = "Send back", "sent back"
    promise = (
        "One parcel is recorded for all of the ticked units, or for none of them. Take the tick "
        "off a unit that is not in it."
    )
    form_class = ParcelForm
    refusals = (workflow.CaseRefused,)
    is_chosen_singly = True
    is_shown_in_part = False

    def asked(self, request: HttpRequest) -> list[CaseLine]:
        cases = cases_of(self.organization, ticked_keys(request.GET))
        lines = list(self._lines().filter(case__in=cases.order_by())[: PER_PAGE + 1])
        self.is_shown_in_part = len(lines) > PER_PAGE
        return lines[:PER_PAGE]

    def found(self, keys: Sequence[str]) -> list[CaseLine]:
        return list(self._lines().filter(pk__in=[int(k) for k in keys if _is_key(k)]))

    def _lines(self) -> Any:
        """Return lines in the order in which everybody locks them."""
        lines = CaseLine.objects.for_organization(self.organization)
        joined = lines.select_related("case__organization", "unit__part_number__product")
        return joined.order_by("case", "pk")

    def row(self, record: CaseLine) -> Row:
        case, unit = record.case, record.unit
        due = record.return_due_on
        address = reverse("case-return-slip", args=[case.reference])
        return Row(
            key=str(record.pk),
            label=unit.serial,
            url=reverse("case", args=[case.reference]),
            about=f"{case}, {unit.product.model}" + (f", due {day_text(due)}" if due else ""),
            link=Link("Return slip", f"{address}?line={record.pk}") if record.is_granted else None,
        )

    def will(self, record: CaseLine) -> list[str]:
        SEND_BACK.require(record, self.request.user)
        return ["It is recorded as on its way back, in this parcel."]

    def is_done(self, record: CaseLine, form: Any) -> bool:
        said = form.cleaned_data
        here = record.return_track in (ReturnTrack.NOT_DUE, ReturnTrack.AWAITED)
        sent = record.return_carrier, record.return_tracking
        return not here and sent == (said["carrier"], said["tracking"])

    def perform(self, record: CaseLine, form: Any) -> Told:
        said = form.cleaned_data
        workflow.send_back(record, **said, user=self.request.user, at=clock.now())
        return Told(f"On its way with {said['carrier']}, {said['tracking']}.")

    def button(self, count: int) -> str:
        return "They are on their way"

    def more(self) -> dict[str, Any]:
        return {"note": SHOWN_IN_PART if self.is_shown_in_part else ""}


def _is_key(text: str) -> bool:
    """Tell whether a text can be the key of a row, in any of our databases."""
    return text.isascii() and text.isdecimal() and len(text) < 16


class DeleteDrafts(Batch):
    """Throws away several applications that are not sent."""

    permissions = APPLIES
    url_name, label = "cases-delete", "Delete drafts"
    list_name, list_label, noun = "cases", "Cases", "draft"
    verb, past = "Delete", "deleted"
    promise = (
        "The TAC has not seen them, and nothing brings them back. If one cannot be deleted, the "
        "others are."
    )

    def found(self, keys: Sequence[str]) -> list[Case]:
        found = cases_of(self.organization, keys).select_related("referral")
        return list(found.prefetch_related("lines__unit", "files"))

    def row(self, record: Case) -> Row:
        serials = [line.unit.serial for line in record.lines.all()]
        return Row(
            key=record.reference,
            label=record.reference,
            url=reverse("case", args=[record.reference]),
            about=", ".join(serials[:3]) + (f" and {len(serials) - 3} more" * (len(serials) > 3)),
        )

    def will(self, record: Case) -> list[str]:
        DISCARD.require(record, self.request.user)
        units, files = len(record.lines.all()), len(record.files.all())
        whole = [counted(units, "unit"), *([counted(files, "file")] if files else [])]
        said = [f"It goes with {' and '.join(whole)}."]
        referral = getattr(record, "referral", None)
        if referral is not None:
            said.append(f"Referral {referral} waits for an answer again, if it was not made anew.")
        return said

    def is_done(self, record: Case, form: Any) -> bool:
        return False

    def perform(self, record: Case, form: Any) -> Told:
        workflow.discard(record, user=self.request.user, at=clock.now())
        return Told("Deleted with its files.")
