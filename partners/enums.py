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

    @property
    def permissions(self) -> frozenset["Permission"]:
        """What an organization of this kind may do at all, whatever the role."""
        return _OF_KIND[self]


class Permission(StrEnum):
    VIEW_UNITS = "view_units"
    UPLOAD_SHIPMENTS = "upload_shipments"
    UPDATE_SITES = "update_sites"
    SUBMIT_REPORTS = "submit_reports"
    REGISTER_CONTRACTS = "register_contracts"
    DISPUTE_DATES = "dispute_dates"
    PLAN_REPLACEMENTS = "plan_replacements"
    VIEW_CASES = "view_cases"
    APPLY_FOR_DOA = "apply_for_doa"
    REFER_UNITS = "refer_units"
    ADOPT_REFERRALS = "adopt_referrals"
    VIEW_MEMBERS = "view_members"
    MANAGE_MEMBERS = "manage_members"
    ACCEPT_REPORTS = "accept_reports"
    CORRECT_DATES = "correct_dates"
    VOID_WARRANTIES = "void_warranties"
    MANAGE_PARTNERS = "manage_partners"
    MANAGE_CATALOG = "manage_catalog"
    MANAGE_LIFECYCLE = "manage_lifecycle"
    MANAGE_MAIL = "manage_mail"
    MANAGE_SUPPORT = "manage_support"
    HANDLE_CASES = "handle_cases"
    SHIP_REPLACEMENTS = "ship_replacements"
    WAIVE_RETURNS = "waive_returns"

    @property
    def deed(self) -> str:
        """Name what is permitted, as the first words of a sentence."""
        return _DEEDS[self]


class Scope(StrEnum):
    """What a program's token may be used for."""

    UNITS_READ = "units:read"
    SHIPMENTS_READ = "shipments:read"
    SHIPMENTS_WRITE = "shipments:write"
    REPORTS_READ = "reports:read"
    REPORTS_WRITE = "reports:write"
    CONTRACTS_READ = "contracts:read"
    CONTRACTS_WRITE = "contracts:write"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"


class Role(TextChoices):
    VIEWER = "viewer", "Viewer"
    AGENT = "agent", "Agent"
    MANAGER = "manager", "Manager"
    STAFF = "staff", "Huawei staff"

    @property
    def permissions(self) -> frozenset[Permission]:
        """What this role may do inside its organization; staff, everywhere."""
        return _PERMISSIONS[self]


class UsState(TextChoices):
    """The states of the United States and the District of Columbia, by their names."""

    AL = "AL", "Alabama"
    AK = "AK", "Alaska"
    AZ = "AZ", "Arizona"
    AR = "AR", "Arkansas"
    CA = "CA", "California"
    CO = "CO", "Colorado"
    CT = "CT", "Connecticut"
    DE = "DE", "Delaware"
    DC = "DC", "District of Columbia"
    FL = "FL", "Florida"
    GA = "GA", "Georgia"
    HI = "HI", "Hawaii"
    ID = "ID", "Idaho"
    IL = "IL", "Illinois"
    IN = "IN", "Indiana"
    IA = "IA", "Iowa"
    KS = "KS", "Kansas"
    KY = "KY", "Kentucky"
    LA = "LA", "Louisiana"
    ME = "ME", "Maine"
    MD = "MD", "Maryland"
    MA = "MA", "Massachusetts"
    MI = "MI", "Michigan"
    MN = "MN", "Minnesota"
    MS = "MS", "Mississippi"
    MO = "MO", "Missouri"
    MT = "MT", "Montana"
    NE = "NE", "Nebraska"
    NV = "NV", "Nevada"
    NH = "NH", "New Hampshire"
    NJ = "NJ", "New Jersey"
    NM = "NM", "New Mexico"
    NY = "NY", "New York"
    NC = "NC", "North Carolina"
    ND = "ND", "North Dakota"
    OH = "OH", "Ohio"
    OK = "OK", "Oklahoma"
    OR = "OR", "Oregon"
    PA = "PA", "Pennsylvania"
    RI = "RI", "Rhode Island"
    SC = "SC", "South Carolina"
    SD = "SD", "South Dakota"
    TN = "TN", "Tennessee"
    TX = "TX", "Texas"
    UT = "UT", "Utah"
    VT = "VT", "Vermont"
    VA = "VA", "Virginia"
    WA = "WA", "Washington"
    WV = "WV", "West Virginia"
    WI = "WI", "Wisconsin"
    WY = "WY", "Wyoming"


_VIEWER = frozenset({Permission.VIEW_UNITS, Permission.VIEW_MEMBERS, Permission.VIEW_CASES})
_AGENT = _VIEWER | {
    Permission.UPLOAD_SHIPMENTS,
    Permission.UPDATE_SITES,
    Permission.SUBMIT_REPORTS,
    Permission.REGISTER_CONTRACTS,
    Permission.DISPUTE_DATES,
    Permission.PLAN_REPLACEMENTS,
    Permission.APPLY_FOR_DOA,
    Permission.REFER_UNITS,
    Permission.ADOPT_REFERRALS,
}
_MANAGER = _AGENT | {Permission.MANAGE_MEMBERS}
_PERMISSIONS = {
    Role.VIEWER: _VIEWER,
    Role.AGENT: _AGENT,
    Role.MANAGER: _MANAGER,
    Role.STAFF: frozenset(Permission),
}
_HOLDER = frozenset(
    {
        Permission.VIEW_UNITS,
        Permission.DISPUTE_DATES,
        Permission.PLAN_REPLACEMENTS,
        Permission.VIEW_CASES,
        Permission.VIEW_MEMBERS,
        Permission.MANAGE_MEMBERS,
    }
)
_REFERRER = _HOLDER | {Permission.REFER_UNITS}
_APPLICANT = _HOLDER | {
    Permission.SUBMIT_REPORTS,
    Permission.UPDATE_SITES,
    Permission.REGISTER_CONTRACTS,
    Permission.APPLY_FOR_DOA,
}
_OF_KIND = {
    OrganizationKind.HUAWEI: frozenset(Permission),
    OrganizationKind.DISTRIBUTOR: _APPLICANT
    | {Permission.UPLOAD_SHIPMENTS, Permission.ADOPT_REFERRALS},
    OrganizationKind.VAP: _APPLICANT,
    OrganizationKind.VAR: _REFERRER,
    OrganizationKind.GAP: _REFERRER,
    OrganizationKind.END_CUSTOMER: _REFERRER,
}
_DEEDS = {
    Permission.VIEW_UNITS: "Seeing units",
    Permission.UPLOAD_SHIPMENTS: "Uploading shipments",
    Permission.UPDATE_SITES: "Recording end customers and sites",
    Permission.SUBMIT_REPORTS: "Handing in installation reports",
    Permission.REGISTER_CONTRACTS: "Registering contracts",
    Permission.DISPUTE_DATES: "Reporting a wrong date",
    Permission.PLAN_REPLACEMENTS: "Planning replacements",
    Permission.VIEW_CASES: "Seeing cases",
    Permission.APPLY_FOR_DOA: "Applying for dead on arrival",
    Permission.REFER_UNITS: "Referring a unit to its distributor",
    Permission.ADOPT_REFERRALS: "Answering referrals",
    Permission.VIEW_MEMBERS: "Seeing who belongs to the organization",
    Permission.MANAGE_MEMBERS: "Inviting and removing colleagues",
    Permission.ACCEPT_REPORTS: "Accepting installation reports",
    Permission.CORRECT_DATES: "Correcting dates",
    Permission.VOID_WARRANTIES: "Voiding warranties",
    Permission.MANAGE_PARTNERS: "Managing organizations",
    Permission.MANAGE_CATALOG: "Managing the catalogue",
    Permission.MANAGE_LIFECYCLE: "Announcing life-cycle milestones",
    Permission.MANAGE_MAIL: "Holding and retrying mail",
    Permission.MANAGE_SUPPORT: "Managing service levels and calendars",
    Permission.HANDLE_CASES: "Handling cases",
    Permission.SHIP_REPLACEMENTS: "Shipping replacements and receiving returns",
    Permission.WAIVE_RETURNS: "Waiving returns",
}
