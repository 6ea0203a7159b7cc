"""What a partner writes to renew several contracts: one term, and a number for each."""

from collections.abc import Iterable
from typing import Any

from django import forms

from support import workflow
from support.forms.contracts import NumberField
from support.models import SupportContract
from warranty.policy import MAX_MONTHS, MIN_MONTHS


class TermForm(forms.Form):
    """For how many months every contract is renewed."""

    term_months = forms.IntegerField(
        label="Term of each renewal in months",
        min_value=MIN_MONTHS,
        max_value=MAX_MONTHS,
        error_messages={"required": "Write the term in months."},
    )


class RenewalsForm(forms.Form):
    """The number of each renewal; the term is the one whose dates were shown."""

    def __init__(self, *data: Any, contracts: Iterable[SupportContract]) -> None:
        super().__init__(*data)
        self.contracts = list(contracts)
        for contract in self.contracts:
            field = NumberField(label=f"Number of the renewal of {contract}")
            self.fields[name_of(contract)] = field

    def clean(self) -> dict[str, Any]:
        """Refuse a number that stands twice here, or that is registered already."""
        values = super().clean() or {}
        seen = set[str]()
        for contract in self.contracts:
            name = name_of(contract)
            number = values.get(name)
            if number is None:
                continue
            if number in seen:
                self.add_error(name, f"You have written {number} twice. Write another number.")
            seen.add(number)
            try:
                workflow.require_number(number, contract.organization)
            except workflow.ContractRefused as refusal:
                self.add_error(name, str(refusal))
        return values

    def number_of(self, contract: SupportContract) -> str:
        number: str = self.cleaned_data[name_of(contract)]
        return number


def name_of(contract: SupportContract) -> str:
    return f"number-{contract.pk}"
