"""The kinds of files that people hand in."""

from django.db.models import TextChoices


class MediaType(TextChoices):
    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPG"
    PNG = "image/png", "PNG"
    CSV = "text/csv", "CSV"
    TEXT = "text/plain", "TXT"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"
    ZIP = "application/zip", "ZIP"

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The endings of a name that go with this kind, the usual one first."""
        return _SUFFIXES[self]

    @property
    def is_photo(self) -> bool:
        return self in (MediaType.JPEG, MediaType.PNG)


_SUFFIXES = {
    MediaType.PDF: (".pdf",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.PNG: (".png",),
    MediaType.CSV: (".csv", ".txt", ".tsv"),
    MediaType.TEXT: (".txt", ".log"),
    MediaType.XLSX: (".xlsx",),
    MediaType.ZIP: (".zip",),
}
