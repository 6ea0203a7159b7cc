"""The facts on file from which a unit's dates follow, each with its paper and its rule."""

from collections.abc import Iterator
from dataclasses import dataclass

from warranty import claims
from warranty.enums import DisputeSubject, ReportStatus
from warranty.models import Dispute, InstallationReport, Shipment, Unit


class NotOnFile(LookupError):
    """A fact that this unit has no paper for, so that it cannot be wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact as it is stored (`value`), the paper it comes from, and what it decides."""

    subject: DisputeSubject
    value: str
    paper: str
    rule: str
    report: InstallationReport | None = None

    @property
    def label(self) -> str:
        return self.subject.label

    @property
    def words(self) -> str:
        return claims.in_words(self.subject, self.value)


def facts_of(unit: Unit) -> Iterator[Fact]:
    """Yield what may be disputed about a unit; one query for the report that counts."""
    yield _shipment(
        unit.huawei_shipment,
        DisputeSubject.HUAWEI_SHIPMENT,
        "Warranty counts from this date, day 0. It starts on day 90 at the latest.",
    )
    if unit.distributor_shipment is not None:
        yield _shipment(
            unit.distributor_shipment,
            DisputeSubject.DISTRIBUTOR_SHIPMENT,
            "Support counts from this date. It does not move the warranty.",
        )
    yield Fact(
        subject=DisputeSubject.INSTALLATION_SERVICE,
        value="yes" if unit.installation_service else "no",
        paper=f"Shipment {unit.huawei_shipment}",
        rule="With the service, a report signed by day 90 starts the warranty earlier. "
        "A purchase recorded after day 90 changes nothing.",
    )
    report = report_that_counts(unit)
    if report is not None:
        yield Fact(
            subject=DisputeSubject.REPORT,
            value=report.signed_on.isoformat(),
            paper=f"Installation report {report}",
            rule="With installation service, the warranty starts on the day of signature, "
            "and on day 90 at the latest.",
            report=report,
        )
    label = "It is compared without spaces, dots and hyphens."
    yield Fact(
        subject=DisputeSubject.SERIAL, value=unit.serial, paper="Label of the unit", rule=label
    )
    yield Fact(
        subject=DisputeSubject.PART_NUMBER,
        value=unit.part_number.number,
        paper="Label of the unit",
        rule="It says which product the unit is. A term that has started stays as it is.",
    )


def _shipment(shipment: Shipment, subject: DisputeSubject, rule: str) -> Fact:
    return Fact(
        subject=subject,
        value=shipment.shipped_on.isoformat(),
        paper=f"Shipment {shipment}",
        rule=rule,
    )


def fact_of(unit: Unit, subject: str) -> Fact:
    """Return one fact on file. Raises: NotOnFile."""
    for fact in facts_of(unit):
        if fact.subject == subject:
            return fact
    raise NotOnFile(f"{DisputeSubject(subject).label} is not on file for this unit.")


def report_that_counts(unit: Unit) -> InstallationReport | None:
    """Return the accepted report with the earliest signature that counts."""
    accepted = InstallationReport.unscoped.filter(
        units=unit,
        status=ReportStatus.ACCEPTED,
        signed_on__gte=unit.huawei_shipment.shipped_on,
    )
    return accepted.order_by("signed_on", "pk").first()


def value_now(dispute: Dispute) -> str:
    """Return what the record says today about what is disputed; the report is the one named."""
    if dispute.report is not None:
        counts = dispute.report.status in (ReportStatus.SUBMITTED, ReportStatus.ACCEPTED)
        return dispute.report.signed_on.isoformat() if counts else ""
    return fact_of(dispute.unit, dispute.subject).value
