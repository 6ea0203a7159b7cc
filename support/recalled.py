"""What a reminder about contracts lists: looked up when the mail is sent."""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any

from django.db.models import Count, F, Min, Q

from jobs.exports import write_csv
from support.contracts import renewal_last_on
from support.enums import Recall
from support.models import SupportContract
from support.models.recalls import ending_for_good, recalled, start_to_choose

NO_CUSTOMER = "Customer not recorded"
HEADER = [
    "end_customer", "contract", "level", "serial", "part_number", "model", "ends_on", "renew_by",
]  # fmt: skip


def starts(organization_id: int | None, *, told_on: date, today: date) -> list[dict[str, Any]]:
    """Return the contracts of that day's reminder whose start is still to be chosen."""
    told = _any(recalled(Recall.START, organization_id=organization_id, on=told_on))
    rows = (
        start_to_choose(today)
        .filter(told)
        .values("contract", "anchor_on")
        .annotate(units=Count("pk"), last_on=Min("latest_start_on"))
        .order_by("last_on", "contract", "anchor_on")
    )
    found = list(rows)
    contracts = _contracts({row["contract"] for row in found})
    return [{**row, "contract": contracts[row["contract"]]} for row in found]


def ends(organization_id: int | None, *, told_on: date, today: date) -> list[dict[str, Any]]:
    """Return the units of that day's reminder that nothing covers later, by customer."""
    told = _any(recalled(Recall.END, organization_id=organization_id, on=told_on))
    rows = (
        ending_for_good()
        .filter(told, ends_on__gte=today)
        .order_by("contract__end_customer", "ends_on", "contract", "unit__serial", "pk")
        .values(
            "ends_on",
            "contract",
            end_customer=F("contract__end_customer"),
            serial=F("unit__serial"),
            part_number=F("unit__part_number__number"),
            model=F("unit__part_number__product__model"),
        )
    )
    found = list(rows)
    contracts = _contracts({row["contract"] for row in found})
    return [{**row, "contract": contracts[row["contract"]]} for row in found]


def grouped_ends(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Count the units by customer, contract and last covered day."""
    groups = groupby(rows, lambda row: (row["end_customer"], row["contract"], row["ends_on"]))
    return [
        {
            "customer": customer or NO_CUSTOMER,
            "contract": contract,
            "ends_on": ends_on,
            "renew_by": renewal_last_on(ended_on=ends_on),
            "units": len(list(found)),
        }
        for (customer, contract, ends_on), found in groups
    ]


def ends_table(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return every unit as a table that opens in a spreadsheet."""
    file = io.StringIO(newline="")
    write_csv(file, HEADER, (_cells(row) for row in rows))
    return file.getvalue().encode("utf-8-sig")


def _cells(row: Mapping[str, Any]) -> list[str]:
    return [
        row["end_customer"],
        row["contract"].number,
        str(row["contract"].level),
        row["serial"],
        row["part_number"],
        row["model"],
        row["ends_on"].isoformat(),
        renewal_last_on(ended_on=row["ends_on"]).isoformat(),
    ]


def _any(conditions: Iterator[Q]) -> Q:
    return reduce(or_, conditions, Q(pk__in=[]))


def _contracts(keys: set[int]) -> dict[int, SupportContract]:
    found = SupportContract.unscoped.filter(pk__in=keys).select_related("level", "organization")
    return {contract.pk: contract for contract in found}
