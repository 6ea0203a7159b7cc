"""Products and their part numbers from a file: one row per part number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

from audit import trail
from audit.models import Event
from audit.trail import Actor
from catalog.models import PartNumber, Product
from jobs.enums import JobKind
from jobs.imports import Outcome, Refusals, run_import
from jobs.tabular import Layout, Table

LAYOUT = Layout(("part_number", "model", "product_line", "category"), ("warranty_months", "source"))
PRINTED = re.compile(r"[\x21-\x7e]{1,40}")
"""A part number as it is printed: up to 40 letters, digits and signs, no blanks."""

_LONGEST = {"model": 120, "product_line": 120, "category": 60, "source": 300}
_FIRST_WINS = "source"


@dataclass(slots=True)
class _Model:
    """What a file says about one model, and the line that says so first."""

    line: int
    values: dict[str, str | int] = field(default_factory=dict)
    part_numbers: dict[str, int] = field(default_factory=dict)


def import_products(file: IO[bytes], *, file_name: str, actor: Actor, at: datetime) -> Outcome:
    """Add or change products by model and part numbers by number.

    A model may stand on several lines, each with a part number or none. An empty
    cell keeps what is known; an empty term means the policy version's own.
    """

    def work(table: Table, refuse: Refusals) -> dict[str, int]:
        models = _read(table, refuse)
        _refuse_known_elsewhere(models, refuse)
        return {} if refuse.count else _write(models, actor=actor, at=at)

    return run_import(
        JobKind.IMPORT_PRODUCTS, file, LAYOUT, work, actor=actor, at=at, file_name=file_name
    )


def _read(table: Table, refuse: Refusals) -> dict[str, _Model]:
    """Group the sound rows by model and refuse what disagrees within the file."""
    models: dict[str, _Model] = {}
    numbered: dict[str, int] = {}
    for row in table.rows(refuse):
        line, cells = row[0], dict(zip(LAYOUT.columns, row[1], strict=True))
        faults = list(_faults(cells))
        for column, message in faults:
            refuse(line, column, message)
        if faults:
            continue
        number = cells.pop("part_number")
        if number in numbered:
            refuse(line, "part_number", f"{number} is on line {numbered[number]} already.")
            continue
        model = models.setdefault(cells["model"], _Model(line))
        if number:
            numbered[number] = model.part_numbers[number] = line
        _merge(model, line, cells, refuse)
    return models


def _faults(cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    if not cells["model"]:
        yield "model", "Write the model as its maker names it."
    for column, longest in _LONGEST.items():
        if len(cells[column]) > longest:
            yield column, f"Write at most {longest} characters."
    if cells["part_number"] and not PRINTED.fullmatch(cells["part_number"]):
        yield "part_number", "Write at most 40 letters, digits and signs, without blanks."
    months = cells["warranty_months"]
    if months and not (re.fullmatch("[0-9]{1,3}", months) and 1 <= int(months) <= 600):
        yield "warranty_months", "Write whole months from 1 to 600, or leave the cell empty."


def _merge(model: _Model, line: int, cells: dict[str, str], refuse: Refusals) -> None:
    """Add what a further line of a model says; two lines may not contradict each other."""
    for column, text in cells.items():
        value = int(text) if column == "warranty_months" and text else text
        before = model.values.setdefault(column, value)
        if before == "":
            model.values[column] = value
        elif text and before != value and column != _FIRST_WINS:
            refuse(
                line,
                column,
                f"{cells['model']} has {before} on line {model.line} and {value} here. Decide.",
            )


def _refuse_known_elsewhere(models: dict[str, _Model], refuse: Refusals) -> None:
    """A part number stays with its product; a file cannot move it."""
    owners = dict(PartNumber.objects.values_list("number", "product__model"))
    for name, model in models.items():
        for number, line in model.part_numbers.items():
            owner = owners.get(number, name)
            if owner != name:
                refuse(line, "part_number", f"{number} belongs to {owner}. Correct one of both.")


def _write(models: dict[str, _Model], *, actor: Actor, at: datetime) -> dict[str, int]:
    known = {product.model: product for product in Product.objects.all()}
    new = [Product(**_given(m)) for name, m in models.items() if name not in known]
    changes = {
        name: _changes(known[name], model) for name, model in models.items() if name in known
    }
    changed = [known[name] for name, change in changes.items() if change]
    Product.objects.bulk_create(new)
    Product.objects.bulk_update(changed, _UPDATED, batch_size=500)
    known |= {product.model: product for product in new}
    held = set(PartNumber.objects.values_list("number", flat=True))
    numbers = [
        PartNumber(number=number, product=known[name])
        for name, model in models.items()
        for number in model.part_numbers
        if number not in held
    ]
    PartNumber.objects.bulk_create(numbers)
    events = [trail.event("product.added", p, actor=actor, at=at, detail={}) for p in new]
    events += [
        trail.event("product.changed", p, actor=actor, at=at, detail=changes[p.model])
        for p in changed
    ]
    trail.record_all(events + _number_events(numbers, actor=actor, at=at))
    return {
        "new": len(new),
        "changed": len(changed),
        "unchanged": len(models) - len(new) - len(changed),
        "new_part_numbers": len(numbers),
    }


_UPDATED = ["product_line", "category", "warranty_months", "source"]


def _given(model: _Model) -> dict[str, str | int]:
    return {column: value for column, value in model.values.items() if value != ""}


def _changes(product: Product, model: _Model) -> dict[str, dict[str, str | int | None]]:
    """Put what the file says onto the product; return what that changes."""
    changes = {}
    for column, value in _given(model).items():
        before = getattr(product, column)
        if before != value:
            changes[column] = {"before": before, "after": value}
            setattr(product, column, value)
    return changes


def _number_events(numbers: list[PartNumber], *, actor: Actor, at: datetime) -> list[Event]:
    return [
        trail.event("part_number.added", n, actor=actor, at=at, detail={"model": n.product.model})
        for n in numbers
    ]
