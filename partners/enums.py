"""The words for who is who and who may do what."""

from enum import StrEnum

from django.db.models import TextChoices


class OrganizationKind(TextChoices):
    HUAWEI = "huawei", "Huawei"
    DISTRIBUTOR = "distributor", "Distributor"
    VAP = "vap", "Value-added partner"
    VAR = "var", "Value-added reseller"
    GAP = "gap", "Government-authorized partner"
    END_CUSTOMER = "end_customer", "End customer"


class Permission(StrEnum):
    VIEW_UNITS = "view_units"
    UPLOAD_SHIPMENTS = "upload_shipments"
    SUBMIT_REPORTS = "submit_reports"
    ACCEPT_REPORTS = "accept_reports"
    CORRECT_DATES = "correct_dates"
    VOID_WARRANTIES = "void_warranties"
    MANAGE_PARTNERS = "manage_partners"
    MANAGE_CATALOG = "manage_catalog"


class Scope(StrEnum):
    """What a program's token may be used for."""

    UNITS_READ = "units:read"


class Role(TextChoices):
    VIEWER = "viewer", "Viewer"
    AGENT = "agent", "Agent"
    MANAGER = "manager", "Manager"
    STAFF = "staff", "Huawei staff"

    @property
    def permissions(self) -> frozenset[Permission]:
        """What this role may do inside its organization; staff, everywhere."""
        return _PERMISSIONS[self]


_VIEWER = frozenset({Permission.VIEW_UNITS})
_AGENT = _VIEWER | {Permission.UPLOAD_SHIPMENTS, Permission.SUBMIT_REPORTS}
_PERMISSIONS = {
    Role.VIEWER: _VIEWER,
    Role.AGENT: _AGENT,
    Role.MANAGER: _AGENT,
    Role.STAFF: frozenset(Permission),
}
