"""A synthetic base of any size: the same files for the same numbers, on every machine.

The files go through the importers, so what stands in the database afterwards is what
real files would have left there.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

PARTNERS = 200
PRODUCTS = 300
UNITS_PER_SHIPMENT = 20
DAYS = 700
"""Over how many days the shipments are spread."""
LAST_DAY = date(2024, 12, 31)
"""The last day of shipment unless another is asked for: everything is due long since."""

SHIPMENT_COLUMNS = (
    "shipment_number",
    "leg",
    "shipped_on",
    "shipped_by",
    "consignee",
    "serial_number",
    "part_number",
    "installation_service",
    "end_customer",
    "site_country",
    "purchase_order",
)
_YEARS = "123456789ABCDEFGHJKLMNPQRSTUVWXY"
_MONTHS = "123456789ABC"
_TERMS = (12, 24, 36, 60)
_COUNTRIES = ("US", "CA", "MX", "PE", "CO")


@dataclass(frozen=True, slots=True)
class Plan:
    """How many units and distributors, and the last day on which a unit is shipped."""

    units: int
    last_day: date = LAST_DAY
    partners: int = PARTNERS


def serial_number(part_number: str, built_on: date, sequence: int) -> str:
    """Return a serial number of 20 characters (policy section 0).

    `21`, item code of 8 characters, maker, year letter, month, 6 figures.
    """
    year, month = _YEARS[built_on.year - 2001], _MONTHS[built_on.month - 1]
    return f"21{part_number[:8]}EX{year}{month}{sequence:06d}"


def organizations(plan: Plan) -> Iterator[Iterable[object]]:
    yield "code", "name", "kind", "buys_from", "email", "country", "time_zone"
    yield "HUAWEI", "Huawei (sample data)", "huawei", "", "", "US", "America/Chicago"
    for n in range(1, plan.partners + 1):
        mail = f"operations@partner{n:03d}.example"
        name = f"Sample Distributor {n:03d}"
        yield f"D{n:04d}", name, "distributor", "HUAWEI", mail, "US", "America/Chicago"


def part_number(n: int) -> str:
    """Return the part number of the n-th sample product, from 0 on."""
    return f"0299{n:04d}"


def products() -> Iterator[Iterable[object]]:
    yield "part_number", "model", "product_line", "category", "warranty_months"
    for n in range(PRODUCTS):
        yield part_number(n), f"Sample product {n:03d}", "Sample", "switch", _TERMS[n % 4]


def shipments(plan: Plan) -> Iterator[Iterable[object]]:
    """Yield the lines of Huawei's shipments, one a unit; every fourth with installation."""
    yield SHIPMENT_COLUMNS
    first_day = plan.last_day - timedelta(days=DAYS - 1)
    for n in range(plan.units):
        shipment = n // UNITS_PER_SHIPMENT
        shipped_on = first_day + timedelta(days=shipment % DAYS)
        part = part_number(n % PRODUCTS)
        yield (
            f"SEED-{shipment:07d}",
            "huawei",
            shipped_on,
            "HUAWEI",
            f"D{1 + shipment % plan.partners:04d}",
            serial_number(part, shipped_on - timedelta(days=35), n // PRODUCTS),
            part,
            "yes" if shipment % 4 == 0 else "no",
            "",
            _COUNTRIES[shipment % len(_COUNTRIES)],
            f"PO-{shipment % 5000:05d}",
        )


def write_files(folder: Path, plan: Plan) -> list[Path]:
    """Write the three files of the base to `folder` and return them in order of import."""
    tables = {
        "organizations.csv": organizations(plan),
        "products.csv": products(),
        "shipments.csv": shipments(plan),
    }
    for name, rows in tables.items():
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    return [folder / name for name in tables]
