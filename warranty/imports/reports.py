"""A reports file: rows grouped into installation reports, each handed in as a person would."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import IO, Any

from catalog import policy as catalog_policy
from jobs.enums import JobKind
from jobs.imports import Outcome, Refusals, run_import
from jobs.tabular import Layout, Table
from partners.models import Organization
from warranty import policy, workflow
from warranty.enums import ReportStatus
from warranty.models import InstallationReport, ReportLine, Unit

REPORTS = Layout(
    ("report_number", "signed_on", "signed_by", "serial_number"), ("file_name", "part_number")
)
"""`part_number` tells apart two units with the same serial number."""

CHUNK = 900
"""How many serial numbers are looked up together."""

_NUMBER = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,38}[\x21-\x7e])?")
_MAX_SIGNER, _MAX_FILE_NAME = 120, 200


@dataclass(slots=True)
class _Line:
    """One row: where it stands, and the unit that it names."""

    line: int
    serial: str
    part_number: str


@dataclass(slots=True)
class _Report:
    """The rows of one report, and what they agree on."""

    line: int
    number: str
    signed_on: date
    signed_by: str
    file_name: str
    lines: list[_Line] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)

    @property
    def agreed(self) -> tuple[date, str, str]:
        return (self.signed_on, self.signed_by, self.file_name)


def import_reports(
    file: IO[bytes],
    *,
    user: Any,
    organization: Organization,
    at: datetime,
    today: date,
    accept: bool = False,
    file_name: str = "",
) -> Outcome:
    """Hand in the reports of a file for `organization`; with `accept`, let them count.

    `user` says who acts and may accept. The same file twice changes nothing; a
    number that is known with other content is refused.
    """

    work = partial(
        _check_and_submit, user=user, organization=organization, at=at, today=today, accept=accept
    )
    return run_import(
        JobKind.IMPORT_REPORTS,
        file,
        REPORTS,
        work,
        actor=user.actor(),
        at=at,
        organization=organization,
        file_name=file_name,
    )


def _check_and_submit(
    table: Table,
    refuse: Refusals,
    *,
    user: Any,
    organization: Organization,
    at: datetime,
    today: date,
    accept: bool,
) -> dict[str, int]:
    reports = _read(table, refuse)
    _find_units(reports.values(), organization, today, refuse)
    known = _known(reports, organization, refuse)
    if refuse.count:
        return {}
    said = [report for number, report in reports.items() if number not in known]
    new = _submitted(said, refuse, organization=organization, user=user, at=at)
    waiting = [r for r in known.values() if r.status == ReportStatus.SUBMITTED]
    accepted = [*new, *waiting] if accept else []
    workflow.accept_reports(accepted, user=user, at=at)
    return {"new": len(new), "unchanged": len(known), "accepted": len(accepted)}


def _submitted(
    said: Iterable[_Report],
    refuse: Refusals,
    *,
    organization: Organization,
    user: Any,
    at: datetime,
) -> list[InstallationReport]:
    """Hand the new reports in; one that repeats another in all but its number is refused."""
    stored = []
    for report in said:
        submit = partial(workflow.submit_report, organization=organization, user=user, at=at)
        try:
            stored.append(
                submit(
                    number=report.number,
                    signed_on=report.signed_on,
                    signed_by=report.signed_by,
                    units=report.units,
                    file_name=report.file_name,
                )
            )
        except workflow.AlreadyHandedIn as refusal:
            refuse(report.line, "report_number", str(refusal))
    return stored


def _read(table: Table, refuse: Refusals) -> dict[str, _Report]:
    """Group the sound rows by report; its rows agree on day, signer and file."""
    reports: dict[str, _Report] = {}
    seen: dict[tuple[str, str, str], int] = {}
    for line, cells in table.rows(refuse):
        number, day, signed_by, typed, name, part = cells
        faults: list[tuple[str, str]] = []
        signed_on, serial = _checked(number, day, signed_by, typed, name, faults)
        first = seen.setdefault((number, serial, part), line)
        if first != line and serial:
            faults.append(("serial_number", f"The unit is on line {first} already."))
        for column, message in faults:
            refuse(line, column, message)
        if faults or signed_on is None:
            continue
        report = _Report(line, number, signed_on, signed_by, name)
        known = reports.setdefault(number, report)
        known.lines.append(_Line(line, serial, part))
        if known.agreed != report.agreed:
            refuse(
                line,
                "report_number",
                f"{number} has another date, signer or file on line {known.line}. Decide.",
            )
    return reports


def _checked(
    number: str, day: str, signed_by: str, typed: str, name: str, faults: list[tuple[str, str]]
) -> tuple[date | None, str]:
    """Return the day and the serial number, and add what is wrong with the row."""
    signed_on, serial = None, ""
    if not _NUMBER.fullmatch(number):
        faults.append(("report_number", "Write 1 to 40 letters, digits or signs."))
    try:
        signed_on = catalog_policy.parse_day(day)
    except catalog_policy.InvalidDay as invalid:
        faults.append(("signed_on", str(invalid)))
    if not 1 <= len(signed_by) <= _MAX_SIGNER:
        faults.append(("signed_by", f"Write who signed, in 1 to {_MAX_SIGNER} characters."))
    try:
        serial = catalog_policy.valid_serial(typed)
    except catalog_policy.InvalidSerial as invalid:
        faults.append(("serial_number", str(invalid)))
    if len(name) > _MAX_FILE_NAME:
        faults.append(("file_name", f"Write at most {_MAX_FILE_NAME} characters."))
    return signed_on, serial


def _find_units(
    reports: Iterable[_Report], organization: Organization, today: date, refuse: Refusals
) -> None:
    """Attach to each report its units in the organization's scope."""
    reports = list(reports)
    units = _in_scope({entry.serial for r in reports for entry in r.lines}, organization)
    for report in reports:
        for entry in report.lines:
            found = [
                unit
                for unit in units.get(entry.serial, ())
                if entry.part_number in ("", unit.part_number.number)
            ]
            fault = _unit_fault(entry, found, report.signed_on, today)
            if fault:
                refuse(entry.line, *fault)
            else:
                report.units.append(found[0])


def _in_scope(serials: set[str], organization: Organization) -> dict[str, list[Unit]]:
    units: dict[str, list[Unit]] = {}
    wanted = sorted(serials)
    for start in range(0, len(wanted), CHUNK):
        found = Unit.objects.for_organization(organization).filter(
            serial__in=wanted[start : start + CHUNK]
        )
        for unit in found.select_related("part_number", "huawei_shipment").order_by("pk"):
            units.setdefault(unit.serial, []).append(unit)
    return units


def _unit_fault(
    entry: _Line, found: list[Unit], signed_on: date, today: date
) -> tuple[str, str] | None:
    """Say why a row names no unit that the report can cover, or nothing."""
    if not found:
        return "serial_number", (
            f"No unit {entry.serial} was shipped to or by you. Check it on the label."
        )
    if len(found) > 1:
        numbers = ", ".join(sorted(unit.part_number.number for unit in found))
        return "part_number", (
            f"{entry.serial} exists with the part numbers {numbers}. "
            "Write the right one in a column part_number."
        )
    try:
        policy.check_report_signature(
            signed_on=signed_on, shipped_on=found[0].huawei_shipment.shipped_on, today=today
        )
    except (policy.SignedBeforeShipment, policy.SignedInFuture) as refusal:
        return "signed_on", str(refusal)
    return None


def _known(
    reports: dict[str, _Report], organization: Organization, refuse: Refusals
) -> dict[str, InstallationReport]:
    """Return the stored reports of the same numbers; refuse those with other content."""
    mine = InstallationReport.unscoped.filter(organization=organization)
    wanted = sorted(reports)
    stored = {
        report.number: report
        for start in range(0, len(wanted), CHUNK)
        for report in mine.filter(number__in=wanted[start : start + CHUNK])
    }
    for number, report in stored.items():
        units = set(ReportLine.unscoped.filter(report=report).values_list("unit_id", flat=True))
        said = reports[number]
        content = (report.signed_on, report.signed_by, report.file_name)
        if content != said.agreed or units != {unit.pk for unit in said.units}:
            refuse(
                said.line,
                "report_number",
                f"{number} was handed in with other content. Use a new number.",
            )
    return stored
