"""A shipments file: staged, checked as a whole, then recorded by set statements."""

from collections.abc import Collection
from datetime import date, datetime
from functools import partial
from types import ModuleType
from typing import IO

from audit.trail import Actor
from jobs.enums import JobKind
from jobs.imports import Outcome, Refusals, run_import
from jobs.progress import Meter
from jobs.tabular import Table
from partners.models import Organization
from warranty.imports import staging, statements
from warranty.imports.changes import Changes, update_units
from warranty.imports.checks import check_staged
from warranty.imports.preview import Preview, leave_out_refused
from warranty.imports.rows import MAX_LISTED, SHIPMENTS, RowChecks
from warranty.imports.statements import Stamp


def import_shipments(
    file: IO[bytes],
    *,
    actor: Actor,
    at: datetime,
    today: date,
    organization: Organization | None = None,
    file_name: str = "",
    dry_run: bool = False,
    by: ModuleType | None = None,
    preview: Preview | None = None,
    left_out: Collection[int] = (),
    within: Meter | None = None,
) -> Outcome:
    """Record the shipments and units of a file, or refuse it with every reason.

    `organization` is whose file it is: one that is not Huawei may only record its
    own shipments, of units it can see. `by` is the twin that loads; by default
    the database decides. The same file twice changes nothing.

    A `preview` is told what is new; in a dry run with one, refused lines do not end the
    run. Saved is without them only where `left_out` names them. `within`: see `run_import()`.
    """
    work = partial(
        _stage_and_record,
        by=by or staging.twin(),
        organization=organization,
        stamp=Stamp(actor, at),
        today=today,
        preview=preview,
        is_dry=dry_run,
    )
    return run_import(
        JobKind.IMPORT_SHIPMENTS,
        file,
        SHIPMENTS,
        work,
        actor=actor,
        at=at,
        organization=organization,
        file_name=file_name,
        dry_run=dry_run,
        within=within,
        left_out=left_out,
    )


def _stage_and_record(
    table: Table,
    refuse: Refusals,
    *,
    by: ModuleType,
    organization: Organization | None,
    stamp: Stamp,
    today: date,
    preview: Preview | None,
    is_dry: bool,
) -> dict[str, int]:
    """Stage the table, check it as a whole, and write it if nothing was refused."""
    by.lock()
    checks = RowChecks(organization, today)
    staging.load(checks.staged(table, refuse), by)
    checks.conclude(table, refuse)
    unstaged = frozenset(refuse.lines)
    staged, onward, shipments = staging.summary()
    check_staged(refuse, onward=onward, own=checks.own)
    if refuse.count and not (preview and is_dry):
        return {}
    if preview is not None:
        leave_out_refused(refuse, by, unstaged=unstaged, own=checks.own)
        staged, onward, shipments = staging.summary()
        preview.find_new()
    counts = _record(by, stamp, today=today, rows=staged, table=table, preview=preview)
    staging.drop()
    return {**counts, "shipments": shipments, "unusual_serials": checks.odd.total()}


def _record(
    by: ModuleType, stamp: Stamp, *, today: date, rows: int, table: Table, preview: Preview | None
) -> dict[str, int]:
    """Write what is staged; return what was new, changed and unchanged, in rows."""
    staging.execute(statements.ADD_SHIPMENTS)
    staging.execute(statements.FIND_SHIPMENTS)
    by.tell_shipments(stamp)
    staging.execute(statements.WAIT_AGAIN)
    units = by.add_units(stamp)
    new, changed = units, 0
    if units < rows:
        new += _pass_on(by, stamp)
        changes = update_units(stamp, today=today)
        changed = changes.count
        if preview is not None:
            preview.add_changes(changes)
        _note_too_late(table, changes)
    for name in ("warranty_shipment", "warranty_unit", "warranty_shipmentline"):
        staging.analyse(by, name)
    return {"new": new, "changed": changed, "unchanged": rows - new - changed}


def _pass_on(by: ModuleType, stamp: Stamp) -> int:
    staging.execute(statements.FIND_PASSED_ON)
    count = staging.execute(statements.ADD_PASSED_ON)
    by.tell_passed_on(stamp)
    staging.execute(statements.HAND_OVER)
    return count


def _note_too_late(table: Table, changes: Changes) -> None:
    """Say which units got no installation service, because day 90 has passed."""
    if changes.too_late:
        shown = ", ".join(changes.too_late[:MAX_LISTED])
        left = len(changes.too_late) - MAX_LISTED
        more = f" and {left:,} more" if left > 0 else ""
        table.warnings.append(
            f"Installation service recorded after day 90 changes nothing: {shown}{more}."
        )
