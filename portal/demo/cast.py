"""Who plays in the demonstration. Every company and person here is invented."""

from typing import NamedTuple

from partners.enums import OrganizationKind, Role


class Company(NamedTuple):
    code: str
    name: str
    kind: OrganizationKind
    buys_from: str
    country: str
    time_zone: str

    @property
    def email(self) -> str:
        """An address that cannot exist: `.example` is kept free for this."""
        return f"service@{self.code.lower()}.example"


class Reach(NamedTuple):
    """What the directory says about a distributor. Numbers from 555-0100 to 0199 are nobody's."""

    code: str
    phone: str
    hours: str
    states: str


class Person(NamedTuple):
    email: str
    name: str
    code: str
    role: Role
    password: str
    may: str


HUAWEI = Company(
    "HUAWEI", "Huawei (US), demonstration", OrganizationKind.HUAWEI, "", "US", "America/Chicago"
)
DISTRIBUTORS = (
    Company("MERIDIAN", "Meridian Example Distribution", OrganizationKind.DISTRIBUTOR,
            "HUAWEI", "US", "America/New_York"),
    Company("BLUEHERON", "Blue Heron Example Distribution", OrganizationKind.DISTRIBUTOR,
            "HUAWEI", "US", "America/Los_Angeles"),
    Company("SALTFLAT", "Salt Flat Example Supply", OrganizationKind.DISTRIBUTOR,
            "HUAWEI", "US", "America/Denver"),
)  # fmt: skip
DIRECTORY = (
    Reach("MERIDIAN", "212-555-0142", "Monday to Friday, 8:00 to 18:00",
          "CT DC DE FL GA IL IN KY MA MD ME MI NC NH NJ NY OH PA RI SC TN VA VT WV TX"),
    Reach("BLUEHERON", "503-555-0117", "Monday to Friday, 7:30 to 17:00",
          "AZ CA NV OR WA TX"),
    Reach("SALTFLAT", "801-555-0163", "Monday to Saturday, 8:00 to 16:00",
          "AZ CO ID MT NM NV UT WY"),
)  # fmt: skip
"""No state of the Plains, nor Alaska or Hawaii: there the page says whom to call instead."""
RESELLERS = (
    Company("COPPERLINE", "Copperline Example Networks", OrganizationKind.VAP,
            "MERIDIAN", "US", "America/New_York"),
    Company("NORTHBEND", "Northbend Example Systems", OrganizationKind.VAP,
            "MERIDIAN", "US", "America/Chicago"),
    Company("LANTERNFISH", "Lanternfish Example IT", OrganizationKind.VAP,
            "BLUEHERON", "US", "America/Los_Angeles"),
    Company("QUILLWORK", "Quillwork Example Integrators", OrganizationKind.VAP,
            "SALTFLAT", "US", "America/Denver"),
    Company("PAPERKITE", "Paper Kite Example Resellers", OrganizationKind.VAR,
            "BLUEHERON", "US", "America/Phoenix"),
    Company("TINWHISTLE", "Tin Whistle Example Computers", OrganizationKind.VAR,
            "MERIDIAN", "US", "America/Chicago"),
    Company("GRANITEFERRY", "Granite Ferry Example Public Sector", OrganizationKind.GAP,
            "SALTFLAT", "US", "America/New_York"),
)  # fmt: skip
CUSTOMERS = (
    Company("HARBORLAMP", "Harbor Lamp Example Hospital", OrganizationKind.END_CUSTOMER,
            "COPPERLINE", "US", "America/New_York"),
    Company("MOSSYGATE", "Mossy Gate Example University", OrganizationKind.END_CUSTOMER,
            "LANTERNFISH", "US", "America/Los_Angeles"),
    Company("REDBARN", "Red Barn Example Grocers", OrganizationKind.END_CUSTOMER,
            "QUILLWORK", "US", "America/Denver"),
    Company("NINEPINES", "Nine Pines Example Water District", OrganizationKind.END_CUSTOMER,
            "GRANITEFERRY", "US", "America/Chicago"),
)  # fmt: skip
COMPANIES = (HUAWEI, *DISTRIBUTORS, *RESELLERS, *CUSTOMERS)

PEOPLE = (
    Person("staff@huawei.example", "Stella Staff", "HUAWEI", Role.STAFF,
           "demo-visit-staff", "sees all, accepts reports, corrects dates, opens /admin/"),
    Person("manager@meridian.example", "Mario Manager", "MERIDIAN", Role.MANAGER,
           "demo-visit-manager", "a distributor's units and its people"),
    Person("agent@copperline.example", "Ada Agent", "COPPERLINE", Role.AGENT,
           "demo-visit-agent", "a VAP that hands reports in for its customers"),
    Person("viewer@paperkite.example", "Vera Viewer", "PAPERKITE", Role.VIEWER,
           "demo-visit-viewer", "a VAR that may look and nothing more"),
    Person("agent@tinwhistle.example", "Tess Agent", "TINWHISTLE", Role.AGENT,
           "demo-visit-reseller", "a VAR that refers failed units to its distributor"),
)  # fmt: skip


def organization_rows() -> list[tuple[str, ...]]:
    """Return the companies as a file of organizations has them, header first."""
    header = ("code", "name", "kind", "buys_from", "email", "country", "time_zone")
    return [header, *((c.code, c.name, c.kind.value, c.buys_from, c.email, c.country, c.time_zone)
                      for c in COMPANIES)]  # fmt: skip
