"""What shows the failure of one unit: a file for each thing that is asked for."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms

from doa.enums import FileKind
from doa.models import CaseFile
from documents.forms import DocumentField
from documents.policy import ENCLOSURE, LOG, PHOTO, Accepted

ACCEPTED: dict[str, Accepted] = {
    FileKind.LABEL_PHOTO: PHOTO,
    FileKind.LED_PHOTO: PHOTO,
    FileKind.LOG: LOG,
    FileKind.OTHER: ENCLOSURE,
}
"""Which files each thing that is asked for takes."""


class Wanted(NamedTuple):
    """One thing to show: what it is for, and whether a case needs it."""

    kind: FileKind
    label: str
    why: str
    is_needed: bool = False


WANTED = (
    Wanted(
        FileKind.LABEL_PHOTO,
        "Photo of the serial number label",
        "All characters readable.",
        is_needed=True,
    ),
    Wanted(FileKind.LOG, "Console log, optional", "From power-on to the failure."),
    Wanted(FileKind.LED_PHOTO, "Photo of the LEDs, optional", "Taken while it fails."),
)


class EvidenceForm(forms.Form):
    """A file field for each thing that is asked for. What is kept already stays."""

    def __init__(self, *data: Any, kept: list[CaseFile]) -> None:
        super().__init__(*data)
        self.kept = kept
        for wanted in WANTED:
            accepted = ACCEPTED[wanted.kind]
            self.fields[wanted.kind] = DocumentField(
                accepted,
                label=wanted.label,
                required=False,
                help_text=f"{wanted.why} {accepted.hint}",
            )

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield each thing that is asked for with its field and the files that show it."""
        for wanted in WANTED:
            kept = [file for file in self.kept if file.kind == wanted.kind]
            yield {"field": self[wanted.kind], "kept": kept, "wanted": wanted}

    def handed_in(self) -> Iterator[tuple[FileKind, Any]]:
        """Yield the files of this request that may be kept, whatever is wrong with others."""
        for wanted in WANTED:
            file = self.cleaned_data.get(wanted.kind)
            if file:
                yield wanted.kind, file

    def require_needed(self) -> None:
        """Say which file is missing without which no case is handed in."""
        for wanted in WANTED:
            has_it = any(file.kind == wanted.kind for file in self.kept)
            if wanted.is_needed and not has_it and wanted.kind not in self.errors:
                self.add_error(
                    wanted.kind, f"Choose a {wanted.label[:1].lower()}{wanted.label[1:]}."
                )
