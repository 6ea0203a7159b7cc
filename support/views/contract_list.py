"""The list of contracts, and its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jobs.lists.keyset import Order
from jobs.lists.pages import CsvTable, ListOf, ListPage, XlsxTable
from partners import clock
from partners.enums import Permission
from support import ends
from support.ends import Summary
from support.enums import ContractStatus
from support.filters import VIEWS, ContractFilter
from support.models import SupportContract
from support.views.contract_batches import CheckUnits, RenewSeveral
from support.views.contracts import TONES, status_of
from support.views.registering import under_way

HEADER = (
    *("number", "organization", "family", "level", "status", "customer", "units"),
    *("starts_on", "ends_on", "term_months", "registered_at", "cancelled_on", "renews"),
)
DONE = {
    "ending": "no cover ends within 60 days.",
    "start-open": "no start of support waits to be chosen.",
    "lapsed": "no contract has lapsed without a later one.",
}
"""What it means that a view of what is to be done is empty."""


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract with its units and days, and how it stands."""

    contract: SupportContract
    summary: Summary
    status: ContractStatus

    @property
    def tone(self) -> str:
        return TONES[self.status]


class ContractList(ListOf):
    """What the page and the files of the contracts share."""

    permissions = {"GET": Permission.VIEW_UNITS}
    filter_class = ContractFilter
    name = "contracts"
    usual = "-registered"
    header = HEADER
    orders = {
        "registered": Order("registered_at"),
        "-registered": Order("registered_at", is_descending=True),
        "number": Order("number"),
        "-number": Order("number", is_descending=True),
    }

    def seen(self) -> Any:
        return SupportContract.objects.for_organization(self.organization)

    def rows(self, keys: Sequence[int]) -> list[ContractRow]:
        found = self.seen().select_related("level", "organization", "renews").filter(pk__in=keys)
        contracts = {contract.pk: contract for contract in found}
        summaries = ends.summaries(contracts.values())
        return [
            ContractRow(
                contract := contracts[key],
                summaries[key],
                status_of(contract, summaries[key], on=self.today),
            )
            for key in keys
            if key in contracts
        ]

    def cells(self, row: ContractRow) -> list[object]:
        contract, summary = row.contract, row.summary
        return [
            *(contract.number, contract.organization, contract.family, contract.level),
            *(row.status, contract.end_customer, summary.units),
            *(summary.starts_on, summary.ends_on, contract.term_months),
            *(contract.registered_at, contract.cancelled_on, contract.renews or ""),
        ]


class Contracts(ContractList, ListPage):
    """Every contract of your organization, the newest first."""

    template_name = "support/contracts.html"
    views = VIEWS
    batches = (RenewSeveral, CheckUnits)
    columns = (
        ("Contract", "number"),
        ("Status", ""),
        ("Customer", ""),
        ("Units", ""),
        ("First start", ""),
        ("Last end", ""),
        ("Registered", "registered"),
    )

    def context(self) -> dict[str, Any]:
        user = self.request.user
        may_register = user.can(Permission.REGISTER_CONTRACTS, self.organization)
        return {
            "may_register": may_register,
            "under_way": under_way(self, at=clock.now()) if may_register else [],
            "done": DONE.get(self.asked.given.get("view", ""), ""),
            "page": "contracts",
        }


class ContractsCsv(ContractList, CsvTable):
    pass


class ContractsXlsx(ContractList, XlsxTable):
    pass
