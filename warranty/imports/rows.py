"""One row of a shipments file: checked on its own, turned into what is staged."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from catalog import policy as catalog_policy
from catalog.models import PartNumber
from jobs.imports import Refusals
from jobs.tabular import Layout, Table
from partners.enums import OrganizationKind
from partners.models import Organization
from warranty.enums import Leg

SHIPMENTS = Layout(
    (
        "shipment_number",
        "leg",
        "shipped_on",
        "shipped_by",
        "consignee",
        "serial_number",
        "part_number",
        "installation_service",
    ),
    ("end_customer", "site_country", "purchase_order"),
)
MAX_LISTED = 20
"""How many odd serial numbers, and unknown codes, are named one by one."""

Staged = tuple[int, str, str, str, int, int, str, int, bool, str, str, str]
Cells = tuple[str, ...]
Shared = tuple[str, str, str, int, int]

_SERVICE = {"yes": True, "no": False}
_NUMBER = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,38}[\x21-\x7e])?")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_SHIPPERS = {Leg.HUAWEI: OrganizationKind.HUAWEI, Leg.DISTRIBUTOR: OrganizationKind.DISTRIBUTOR}
_MAX_CUSTOMER, _MAX_ORDER = 120, 40
_SPEAKING = 20
"""How many characters serial numbers have that say what was built when."""


class RowChecks:
    """Checks rows against the known organizations and part numbers, read once."""

    def __init__(self, organization: Organization | None, today: date) -> None:
        self.own = None if organization is None or organization.is_huawei else organization
        self.today = today
        self.organizations = {
            code: (pk, kind)
            for pk, code, kind in Organization.objects.values_list("pk", "code", "kind")
        }
        self.part_numbers = dict(PartNumber.objects.values_list("number", "pk"))
        self.unknown: dict[str, set[str]] = {"shipped_by": set(), "part_number": set()}
        self.odd: Counter[str] = Counter()
        self.odd_lines: list[str] = []
        self._head: Cells | None = None
        self._shared: Shared | None = None
        self._day: date | None = None
        self._month: date | None = None
        self._faults: list[tuple[str, str]] = []
        self._rest: Cells = ("", "", "")  # the last that was found sound

    def staged(self, table: Table, refuse: Refusals) -> Iterator[Staged]:
        """Yield the sound rows as they are staged; refuse the others with every reason."""
        part_ids, services = self.part_numbers, _SERVICE
        for line, cells in table.rows(refuse):
            if line in refuse.left_out:
                continue
            if cells[:5] != self._head:
                self._check_head(cells[:5])
            typed, part, service, rest = cells[5], cells[6], cells[7], cells[8:]
            faults = self._faults.copy() if self._faults else []
            serial = self._serial(typed, faults)
            part_id, flag = part_ids.get(part), services.get(service.lower())
            if part_id is None or flag is None or rest != self._rest:
                self._check_rest(part, part_id, flag, rest, faults)
            if faults or part_id is None or flag is None or self._shared is None:
                for column, message in faults:
                    refuse(line, column, message)
                continue
            self._note_odd(line, serial, part)
            customer, country, order = self._rest = rest
            yield line, *self._shared, serial, part_id, flag, customer, country.upper(), order

    def _check_head(self, head: Cells) -> None:
        """Check what the rows of one shipment share; kept until it changes."""
        number, leg, day, shipped_by, consignee = head
        self._head, self._faults, self._shared, self._month = head, [], None, None
        if not _NUMBER.fullmatch(number):
            self._fault("shipment_number", "Write 1 to 40 letters, digits or signs.")
        self._check_day(day)
        for column, code in (("shipped_by", shipped_by), ("consignee", consignee)):
            if code not in self.organizations:
                self.unknown["shipped_by"].add(code)
                self._fault(column, f'No organization has the code "{code}". Correct it.')
        if leg.lower() not in Leg.values:
            self._fault("leg", "Write huawei or distributor.")
        elif shipped_by in self.organizations:
            self._check_shipper(Leg(leg.lower()), shipped_by)
        if shipped_by == consignee and shipped_by in self.organizations:
            self._fault("consignee", "A shipment goes to somebody else. Correct one of both.")
        if not self._faults:
            self._share(head)

    def _share(self, head: Cells) -> None:
        """Keep what every sound row of this shipment is staged with."""
        number, leg, day, shipped_by, consignee = head
        organizations, leg = self.organizations, leg.lower()
        self._shared = (
            number,
            leg,
            day,
            organizations[shipped_by][0],
            organizations[consignee][0],
        )
        if leg == Leg.HUAWEI and self._day is not None:
            self._month = self._day.replace(day=1)

    def _fault(self, column: str, message: str) -> None:
        self._faults.append((column, message))

    def _check_day(self, text: str) -> None:
        self._day = None
        try:
            self._day = catalog_policy.parse_day(text)
        except catalog_policy.InvalidDay as invalid:
            self._fault("shipped_on", str(invalid))
            return
        if self._day > self.today:
            self._fault(
                "shipped_on", f"{text} lies after today, {self.today}. Enter the day of dispatch."
            )

    def _check_shipper(self, leg: Leg, code: str) -> None:
        kind = self.organizations[code][1]
        if self.own is not None and leg != Leg.DISTRIBUTOR:
            self._fault("leg", "Your own shipments have the leg distributor.")
        elif self.own is not None and code != self.own.code:
            self._fault("shipped_by", f"Only shipments by {self.own.code} can be recorded here.")
        elif kind != _SHIPPERS[leg]:
            self._fault(
                "shipped_by", f"The leg {leg} is shipped by a {_SHIPPERS[leg]}; {code} is a {kind}."
            )

    def _serial(self, typed: str, faults: list[tuple[str, str]]) -> str:
        if typed.isascii() and typed.isalnum() and len(typed) <= catalog_policy.MAX_SERIAL_LENGTH:
            return typed.upper()
        try:
            return catalog_policy.valid_serial(typed)
        except catalog_policy.InvalidSerial as invalid:
            faults.append(("serial_number", str(invalid)))
            return ""

    def _check_rest(
        self,
        part: str,
        part_id: int | None,
        service: bool | None,
        rest: Cells,
        faults: list[tuple[str, str]],
    ) -> None:
        if part_id is None:
            self.unknown["part_number"].add(part)
            faults.append(
                ("part_number", f'No product has the part number "{part}". Import it first.')
            )
        if service is None:
            faults.append(("installation_service", "Write yes or no."))
        customer, country, order = rest
        if len(customer) > _MAX_CUSTOMER:
            faults.append(("end_customer", f"Write at most {_MAX_CUSTOMER} characters."))
        if country and not _COUNTRY.fullmatch(country):
            faults.append(("site_country", "Write the two letters of ISO 3166, such as US."))
        if len(order) > _MAX_ORDER:
            faults.append(("purchase_order", f"Write at most {_MAX_ORDER} characters."))

    def _note_odd(self, line: int, serial: str, part: str) -> None:
        """Count what is odd about an accepted serial number; name the first ones."""
        speaks = len(serial) == _SPEAKING and serial[2:10] == part
        if speaks and _is_usual(serial[:2], serial[12:14], self._month):
            return
        shipped_on = self._day if self._month else None
        for warning in catalog_policy.serial_warnings(serial, part, shipped_on):
            self.odd[warning.code] += 1
            if len(self.odd_lines) < MAX_LISTED:
                self.odd_lines.append(f"Line {line}: {warning.message}")

    def conclude(self, table: Table, refuse: Refusals) -> None:
        """Name the distinct unknown codes, and put the odd serial numbers among the notes."""
        for column, codes in self.unknown.items():
            if codes:
                shown = ", ".join(sorted(codes)[:MAX_LISTED])
                more = f" and {len(codes) - MAX_LISTED} more" if len(codes) > MAX_LISTED else ""
                what = "part numbers" if column == "part_number" else "organization codes"
                refuse(None, "", f"Unknown {what}: {shown}{more}.")
        table.warnings += self.odd_lines
        left = self.odd.total() - len(self.odd_lines)
        if left:
            table.warnings.append(f"{left:,} more serial numbers are unusual.")


@lru_cache(maxsize=1 << 12)
def _is_usual(prefix: str, built: str, month: date | None) -> bool:
    """Tell whether nothing is odd about full serial numbers with this prefix and month of build.

    Of the day of shipment only the month matters.
    """
    serial = prefix + "0" * 10 + built + "0" * 6
    return not catalog_policy.serial_warnings(serial, "", month)
