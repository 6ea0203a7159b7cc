"""The tables of an export: what each is named, its columns, and whose rows it holds.

Everything begins with the organization. Of cases there is what its own people read: no
internal notes, no names of those who judged.
"""

from typing import Any, NamedTuple

from django.db.models import Q

from audit.models import Event
from doa.models import Case, CaseLine, CaseMessage, Claim, Referral
from partners.models import Membership, Organization
from support.models import ContractLine, SupportContract
from warranty.models import InstallationReport, ReportLine, Shipment, Unit


class Table(NamedTuple):
    """A file of the export: its columns by their name, each with where its value stands."""

    name: str
    columns: dict[str, str]
    rows: Any

    @property
    def values(self) -> Any:
        """Return the rows as they are written, read piece by piece."""
        return self.rows.order_by("pk").values_list(*self.columns.values())


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_UNIT = {"serial_number": "unit__serial", "part_number": "unit__part_number__number"}


def tables_of(organization: Organization) -> list[Table]:
    """Return every table of an organization that is not Huawei."""
    return [
        *_goods(organization),
        *_papers(organization),
        *_cases(organization),
        *_people(organization),
    ]


def _goods(organization: Organization) -> list[Table]:
    units = {
        "serial_number": "serial",
        "part_number": "part_number__number",
        "model": "part_number__product__model",
        "shipment_number": "huawei_shipment__number",
        "shipped_on": "huawei_shipment__shipped_on",
        **_same("installation_service", "end_customer", "site_country", "purchase_order"),
        "warranty_starts_on": "warranty__starts_on",
        "warranty_ends_on": "warranty__ends_on",
        "warranty_rule": "warranty__rule",
    }
    shipments = {
        "shipment_number": "number",
        **_same("leg", "shipped_on"),
        "shipped_by": "shipped_by__code",
        "consignee": "consignee__code",
    }
    ends = Q(shipped_by=organization) | Q(consignee=organization)
    return [
        Table("units", units, Unit.objects.for_organization(organization)),
        Table("shipments", shipments, Shipment.objects.for_organization(organization).filter(ends)),
    ]


def _papers(organization: Organization) -> list[Table]:
    mine = {"organization": organization}
    reports = InstallationReport.objects.for_organization(organization).filter(**mine)
    contracts = SupportContract.objects.for_organization(organization).filter(**mine)
    lines = ContractLine.objects.for_organization(organization)
    report_columns = _same("reference", "number", "signed_on", "signed_by", "status")
    contract_columns = {
        **_same("reference", "number"),
        "level": "level__code",
        **_same("end_customer", "term_months", "registered_at", "cancelled_on"),
    }
    return [
        Table("reports", report_columns | _same("submitted_at", "submitted_by", "reason"), reports),
        Table(
            "report_units",
            {"report": "report__reference", **_UNIT},
            ReportLine.unscoped.filter(report__organization=organization),
        ),
        Table("contracts", contract_columns, contracts),
        Table(
            "contract_units",
            {"contract": "contract__reference", **_UNIT, **_same("starts_on", "ends_on")},
            lines.filter(contract__organization=organization),
        ),
    ]


def _cases(organization: Organization) -> list[Table]:
    cases = Case.objects.for_organization(organization).filter(organization=organization)
    lines = CaseLine.objects.for_organization(organization)
    messages = CaseMessage.objects.filter(case__organization=organization, is_internal=False)
    claims = Claim.objects.for_organization(organization).filter(organization=organization)
    case_columns = _same("reference", "status", "title", "sr_number", "site", "contact_name")
    case_columns |= _same("contact_email", "created_at", "submitted_at", "decided_at", "closed_at")
    line_columns = _same("symptom", "description", "remedy", "rule", "decision_text", "carrier")
    line_columns |= _same("tracking", "delivered_on", "return_due_on", "return_tracking")
    referral_columns = _same("reference", "serial", "part_number", "status", "created_at", "site")
    referral_columns |= _same("description", "contact_name", "contact_email", "reason")
    claim_columns = _same("reference", "kind", "serial", "part_number", "status", "delivered_on")
    claim_columns |= _same("description", "reported_at", "decision", "settlement", "tracking")
    said = _same("written_at", "written_by", "from_staff", "text")
    return [
        Table("cases", case_columns, cases),
        Table(
            "case_units",
            {"case": "case__reference", **_UNIT, **line_columns},
            lines.filter(case__organization=organization),
        ),
        Table("case_messages", {"case": "case__reference", **said}, messages),
        Table("referrals", referral_columns, Referral.objects.for_organization(organization)),
        Table("claims", claim_columns, claims),
    ]


def _people(organization: Organization) -> list[Table]:
    members = {"name": "user__name", "email": "user__email", **_same("role", "joined_at")}
    events = _same("at", "name", "actor_label", "record_type", "record_label")
    return [
        Table("members", members, Membership.objects.filter(organization=organization)),
        Table("events", events, Event.objects.filter(organization_id=organization.pk)),
    ]
