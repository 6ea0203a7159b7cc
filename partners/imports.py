"""Organizations from a file: checked row by row, then saved sellers first."""

import re
import zoneinfo
from collections.abc import Callable, Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from audit.trail import Actor
from partners import workflow
from partners.enums import OrganizationKind
from partners.models import Organization

REQUIRED = ("code", "name", "kind")
OPTIONAL = ("buys_from", "email", "country", "time_zone")

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")

Cells = dict[str, str]
Refuse = Callable[[int, str, str], None]


def import_organizations(
    rows: Iterable[tuple[int, tuple[str, ...]]], refuse: Refuse, *, actor: Actor, at: datetime
) -> dict[str, int]:
    """Add or change organizations by code; an empty optional cell keeps what is known.

    Rows are `(line, cells)` in the order REQUIRED + OPTIONAL. The caller opens the
    transaction and takes it back if `refuse` was called.
    """
    known = {o.code: o for o in Organization.objects.select_related("buys_from")}
    wanted: dict[str, tuple[int, Cells]] = {}
    for line, cells in rows:
        row = dict(zip(REQUIRED + OPTIONAL, cells, strict=True))
        if row["code"] in wanted:
            first = wanted[row["code"]][0]
            refuse(line, "code", f"{row['code']} is on line {first} already. Keep one line.")
        elif _is_sound(line, row, known.get(row["code"]), refuse):
            wanted[row["code"]] = (line, row)
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    for line, row in _sellers_first(wanted, known, refuse):
        word = _save(row, known, actor=actor, at=at)
        if word:
            counts[word] += 1
        else:
            refuse(line, "buys_from", f"{row['code']} would buy from itself through others.")
    return counts


def _is_sound(line: int, row: Cells, known: Organization | None, refuse: Refuse) -> bool:
    faults = list(_faults(row, known))
    for column, message in faults:
        refuse(line, column, message)
    return not faults


def _faults(row: Cells, known: Organization | None) -> Iterable[tuple[str, str]]:
    kind = row["kind"] = row["kind"].lower()
    if not _CODE.fullmatch(row["code"]):
        yield "code", "Write 1 to 32 letters, digits, dots, hyphens or underscores."
    if not 1 <= len(row["name"]) <= 120:
        yield "name", "Write a name of 1 to 120 characters."
    if kind not in OrganizationKind.values:
        yield "kind", f"Write one of {', '.join(OrganizationKind.values)}."
    elif known and kind != known.kind and OrganizationKind.HUAWEI in (kind, known.kind):
        yield "kind", f"{known.code} is known as {known.kind}; no file makes or unmakes Huawei."
    if row["buys_from"] and row["buys_from"] == row["code"]:
        yield "buys_from", "An organization does not buy from itself. Leave the cell empty."
    if row["email"] and not _is_email(row["email"]):
        yield "email", "This is not an e-mail address. Write one, or leave the cell empty."
    if row["country"] and not _COUNTRY.fullmatch(row["country"]):
        yield "country", "Write the two letters of ISO 3166, such as US."
    if row["time_zone"] and row["time_zone"] not in zoneinfo.available_timezones():
        yield "time_zone", "Write a zone of the IANA list, such as America/Chicago."


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _sellers_first(
    wanted: dict[str, tuple[int, Cells]], known: dict[str, Organization], refuse: Refuse
) -> list[tuple[int, Cells]]:
    """Return the rows so that whoever is bought from comes before who buys.

    Refuses an unknown seller and a circle within the file.
    """
    ordered: dict[str, tuple[int, Cells]] = {}
    for start in wanted:
        code, path = start, list[str]()
        while code in wanted and code not in ordered and code not in path:
            path.append(code)
            code = wanted[code][1]["buys_from"]
        if code in path:
            line = wanted[path[-1]][0]
            refuse(line, "buys_from", f"{path[-1]} would buy from itself through others.")
        elif code and code not in wanted and code not in known:
            refuse(
                wanted[path[-1]][0],
                "buys_from",
                f"No organization has the code {code}. Add it to the file or correct the code.",
            )
        for step in reversed(path):
            ordered[step] = wanted[step]
    return list(ordered.values())


def _save(row: Cells, known: dict[str, Organization], *, actor: Actor, at: datetime) -> str | None:
    """Store one row and return what it was: new, changed, unchanged; None for a circle."""
    organization = known.get(row["code"]) or Organization(code=row["code"])
    is_new = organization.pk is None
    values = {"name": row["name"], "kind": row["kind"], "email": row["email"].lower()}
    values |= {"country": row["country"].upper(), "time_zone": row["time_zone"]}
    given: dict[str, object] = {name: value for name, value in values.items() if value}
    if row["buys_from"] in known:
        given["buys_from"] = known[row["buys_from"]]
    changed = {n: v for n, v in given.items() if getattr(organization, n) != v}
    if not changed and not is_new:
        return "unchanged"
    for name, value in changed.items():
        setattr(organization, name, value)
    try:
        with transaction.atomic():
            workflow.save_organization(organization, actor=actor, at=at)
    except workflow.BuysInACircle:
        return None
    known[organization.code] = organization
    return "new" if is_new else "changed"
