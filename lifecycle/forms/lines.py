"""Lines that people type or paste: products with their replacement, and dates of single ones."""

import re
from collections.abc import Iterable, Iterator

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Lower

from catalog.enums import MilestoneKind
from catalog.milestones import MilestoneDate, UnreadableMilestone, read_date
from catalog.models import PartNumber, Product
from lifecycle.models import Announcement, Dates
from lifecycle.workflow import Subject

ARROW = "->"
MOST_LINES = 1000
SHOWN_FAULTS = 5
FOUND = 20
"""How many products a search lists."""
_KINDS = {kind.name: kind for kind in MilestoneKind}


def read_subjects(text: str) -> list[Subject]:
    """Return what each line names: a model or a part number, and after `->` a replacement.

    Raises: ValidationError that names each line which is no product.
    """
    lines = [line.partition(ARROW) for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise ValidationError(f"Write at most {MOST_LINES:,} lines. These are {len(lines):,}.")
    words = [" ".join(part.split()) for line in lines for part in (line[0], line[2])]
    known = _named(words)
    faults, subjects = [], []
    for line in lines:
        name, arrow, new = (" ".join(part.split()) for part in line)
        found, replacement = known.get(name.lower()), known.get(new.lower())
        if found is None:
            faults.append(f"{name or 'An empty name'} is no model or part number on file.")
        elif arrow and replacement is None:
            faults.append(f"{new or 'The empty name'} after {ARROW} is no model on file.")
        else:
            subjects.append(_subject(found, replacement))
    _refuse(faults)
    return subjects


def _subject(found: Product | PartNumber, replacement: Product | PartNumber | None) -> Subject:
    new = replacement.product if isinstance(replacement, PartNumber) else replacement
    if isinstance(found, PartNumber):
        return Subject(found.product, found, new)
    return Subject(found, None, new)


def _named(words: Iterable[str]) -> dict[str, Product | PartNumber]:
    """Return models and part numbers by their name in small letters; two queries."""
    wanted = {word.lower() for word in words if word}
    parts = PartNumber.objects.select_related("product").annotate(name=Lower("number"))
    found: dict[str, Product | PartNumber] = {
        part.number.lower(): part for part in parts.filter(name__in=wanted)
    }
    models = Product.objects.annotate(name=Lower("model")).filter(name__in=wanted)
    return found | {product.model.lower(): product for product in models}


def _refuse(faults: list[str]) -> None:
    if faults:
        more = [f"And {len(faults) - SHOWN_FAULTS} more."] if len(faults) > SHOWN_FAULTS else []
        said = [*faults[:SHOWN_FAULTS], *more, "Check the spelling, or search below."]
        raise ValidationError(" ".join(said))


def read_own_dates(text: str) -> dict[str, Dates]:
    """Return the dates of single products by model in small letters.

    A line reads `AR2220E: EOM 2027-03-31, EOS 2032-03`. Raises: ValidationError.
    """
    found: dict[str, Dates] = {}
    for line in filter(str.strip, text.splitlines()):
        model, colon, said = line.rpartition(":")
        if not colon or not model.strip():
            raise ValidationError(f"{line.strip()}: write the model, a colon, then its dates.")
        found[" ".join(model.split()).lower()] = dict(_dates(said, line.strip()))
    return found


def _dates(said: str, line: str) -> Iterator[tuple[MilestoneKind, MilestoneDate]]:
    for part in said.split(","):
        match = re.fullmatch(r"\s*([A-Za-z]+)\s+(.+?)\s*", part)
        kind = _KINDS.get(match[1].upper()) if match else None
        if match is None or kind is None:
            raise ValidationError(f"{line}: write GA, EOM, EOFS or EOS before each date.")
        try:
            yield kind, read_date(match[2], kind)
        except UnreadableMilestone as refusal:
            raise ValidationError(f"{line}: {refusal}") from refusal


def subjects_as_text(announcement: Announcement) -> str:
    """Return what a version is about, as a person would type it."""
    rows = announcement.affected.select_related("product", "part_number", "replacement")
    return "\n".join(
        f"{row} {ARROW} {row.replacement}" if row.replacement else str(row)
        for row in rows.order_by("pk")
    )


def own_dates_as_text(announcement: Announcement) -> str:
    lines: dict[str, list[str]] = {}
    rows = announcement.milestones.exclude(product=None).select_related("product")
    for row in rows.order_by("product__model", "pk"):
        said = f"{MilestoneKind(row.kind).name} {row.date.iso}"
        lines.setdefault(row.product.model, []).append(said)
    return "\n".join(f"{model}: {', '.join(said)}" for model, said in lines.items())


def products_like(text: str) -> list[Product]:
    """Return products whose model contains the text, or with a part number that begins so."""
    words = " ".join(text.split())
    if not words:
        return []
    ways = Q(model__icontains=words) | Q(partnumber__number__istartswith=words)
    found = Product.objects.filter(ways | Q(product_line__icontains=words)).distinct()
    return list(found.order_by("model").prefetch_related("partnumber_set")[:FOUND])
