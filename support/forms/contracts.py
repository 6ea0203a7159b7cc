"""What a partner writes about a contract: its registration, its start, its renewal."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms

from catalog.forms import DayField, LineField
from catalog.policy import InvalidDay, parse_day
from documents.enums import MediaType
from documents.forms import DocumentField
from documents.policy import MEGABYTE, Accepted
from jobs.problems import FileRefused
from jobs.tabular import Layout, read_table
from partners.models import Organization
from support.models import ServiceLevel
from support.planning import LATER, StartChoice
from support.workflow import MAX_UNITS, Order
from warranty import outlook, serial_lists
from warranty.forms.reports import NUMBER, PART
from warranty.models import Shipment, Unit
from warranty.policy import MAX_MONTHS, MIN_MONTHS

DAYS, PARTS = "days", "parts"
"""The hidden fields with what a file says of single serial numbers, each on a line: one field
for all of them, since a request may have few fields."""
MOST_PROBLEMS = 50
"""How many lines with a problem a page lists."""
LINES = Accepted("list", (MediaType.CSV, MediaType.XLSX), largest=5 * MEGABYTE)
LAYOUT = Layout(("serial_number",), ("part_number", "starts_on"))


class NumberField(LineField):
    """The number of a contract, as its holder writes it."""

    def __init__(self, **options: Any) -> None:
        said = {"required": "Write the number of the contract."}
        super().__init__(max_length=40, error_messages=said, **options)

    def clean(self, value: Any) -> str:
        number: str = super().clean(value)
        if not NUMBER.fullmatch(number):
            raise forms.ValidationError("Write 1 to 40 letters, digits or signs.")
        return number


class OrderForm(forms.Form):
    """What was sold: number, level, term."""

    number = NumberField(
        label="Contract number", help_text="As on the contract, such as HC-US-26-0457."
    )
    level = forms.ModelChoiceField(
        ServiceLevel.objects.none(),
        label="Service level",
        empty_label="Choose a level",
        error_messages={"required": "Choose the level that was sold."},
    )
    term_months = forms.IntegerField(
        label="Term in months",
        min_value=MIN_MONTHS,
        max_value=MAX_MONTHS,
        error_messages={"required": "Write the term in months."},
    )

    def __init__(self, *args: Any, today: date, family: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = ServiceLevel.objects.offered_on(today).for_list()
        self.fields["level"].queryset = levels.filter(family=family) if family else levels

    def order(self) -> Order:
        values = self.cleaned_data
        return Order(
            number=values["number"],
            level=values["level"],
            term_months=values["term_months"],
            end_customer=values.get("end_customer", ""),
        )


class RegisterForm(OrderForm):
    """One contract. Its units are a whole shipment, pasted serial numbers, or a file."""

    end_customer = LineField(label="End customer, optional", max_length=120, required=False)
    units = forms.ChoiceField(choices=[("shipment", ""), ("serials", "")], required=False)
    serials = forms.CharField(
        label="Serial numbers",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "sn"}),
        help_text="One on a line, or separated by commas. Spaces, hyphens and small letters do "
        "not matter.",
    )
    file = DocumentField(
        LINES,
        label="Or a file",
        required=False,
        help_text="CSV or XLSX with the column serial_number, and starts_on where units start "
        f"on different days. Up to {MAX_UNITS:,} lines.",
    )
    start = forms.ChoiceField(
        label="Support starts",
        choices=[
            ("shipment", "On the day of shipment"),
            ("day", "On another day of the 90 after it"),
            ("later", "I choose it later"),
        ],
        initial="shipment",
        widget=forms.RadioSelect,
    )
    starts_on = DayField(label="The other day", required=False)

    def __init__(
        self,
        *args: Any,
        organization: Organization,
        shipment: Shipment | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.scope = Unit.objects.for_organization(organization)
        self.shipment = shipment
        self.found = serial_lists.Found()
        self.days: dict[str, date] = {}
        self.parts: dict[str, str] = {}

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("start") == "day" and not values.get("starts_on"):
            self.add_error("starts_on", "Enter the day on which support starts.")
        text = values.get("serials", "")
        if values.get("file"):
            text = self._read_file(values["file"])
        else:
            self._read_carried()
        if not self.errors.get("file"):
            self._find_units(text)
        return values

    @property
    def is_whole_shipment(self) -> bool:
        chosen = self["units"].value() or "shipment"
        is_listed = bool(self.is_bound and self.files.get("file"))
        return self.shipment is not None and chosen == "shipment" and not is_listed

    @property
    def shipment_size(self) -> int:
        return outlook.units_in(self.shipment, self.scope).count() if self.shipment else 0

    def choice(self) -> StartChoice:
        """Return when support is asked to start, for all units and for single ones."""
        chosen = self.cleaned_data["start"]
        days = {u.pk: self.days[u.serial] for u in self.found.units if u.serial in self.days}
        if chosen == "later":
            return StartChoice(is_chosen=False, days=days) if days else LATER
        on = self.cleaned_data["starts_on"] if chosen == "day" else None
        return StartChoice(on=on, days=days)

    def carried(self) -> Iterator[tuple[str, str]]:
        """Yield the answers as hidden fields, so that the next step needs no file."""
        for name in ("number", "term_months", "end_customer", "start", "starts_on"):
            yield name, str(self[name].value() or "")
        yield "level", str(self.cleaned_data["level"].pk)
        yield "units", "shipment" if self.is_whole_shipment else "serials"
        if not self.is_whole_shipment:
            yield "serials", "\n".join(unit.serial for unit in self.found.units)
        if self.parts:
            yield PARTS, "\n".join(f"{serial} {said}" for serial, said in self.parts.items())
        if self.days:
            yield DAYS, "\n".join(f"{serial} {day}" for serial, day in self.days.items())

    def _read_carried(self) -> None:
        for serial, number in self._carried_lines(PARTS):
            self.parts[serial] = number
        for serial, day in self._carried_lines(DAYS):
            self._take_day(serial, day, "serials", "")
        for name in self.data:
            if name.startswith(PART):
                self.parts[name.removeprefix(PART)] = self.data[name]

    def _carried_lines(self, name: str) -> Iterator[tuple[str, str]]:
        for line in self.data.get(name, "").splitlines():
            serial, _, said = line.partition(" ")
            yield serial, said

    def _take_day(self, serial: str, text: str, field: str, where: str) -> None:
        try:
            self.days[serial] = parse_day(text)
        except InvalidDay as refusal:
            self.add_error(field, f"{where}{refusal}")

    def _read_file(self, file: Any) -> str:
        """Return the serial numbers of the file, each on the line where it stands there."""
        lines: list[str] = []
        problems: list[str] = []

        def refuse(line: int, column: str, message: str) -> None:
            problems.append(f"Line {line}: {message}")

        try:
            with read_table(file, LAYOUT) as table:
                for line, (serial, part_number, starts_on) in table.rows(refuse):
                    lines += [""] * (line - len(lines))
                    lines[line - 1] = serial
                    self._note(line, serial, part_number, starts_on)
        except FileRefused as refusal:
            problems.append(str(refusal))
        if problems:
            self.add_error("file", problems[:MOST_PROBLEMS])
        return "\n".join(lines)

    def _note(self, line: int, serial: str, part_number: str, starts_on: str) -> None:
        for entry in serial_lists.read_lines(serial):
            if part_number and entry.serial:
                self.parts[entry.serial] = part_number
            if starts_on and entry.serial:
                self._take_day(entry.serial, starts_on, "file", f"Line {line}: ")

    def _find_units(self, text: str) -> None:
        if self.is_whole_shipment:
            self.found.units = list(outlook.units_in(self.shipment, self.scope)[: MAX_UNITS + 1])
            return
        scope = self.scope.select_related("part_number__product", "huawei_shipment")
        try:
            self.found = serial_lists.find(text, scope, chosen=self.parts, most=MAX_UNITS)
        except serial_lists.TooMany as refusal:
            self.add_error("serials", str(refusal))
            return
        if self.found.problems:
            more = len(self.found.problems) - MOST_PROBLEMS
            said = self.found.problems[:MOST_PROBLEMS]
            rest = [f"{more:,} more lines have a problem."] if more > 0 else []
            self.add_error("serials", [*said, *rest])
        elif not self.found.units:
            self.add_error("serials", "Enter the serial numbers that the contract covers.")

    def twins(self) -> list[tuple[str, str, list[tuple[Unit, bool]]]]:
        """Return the serial numbers that ask for a part number: field, serial, its units."""
        return [
            (
                f"{PART}{serial}",
                serial,
                [(unit, self.parts.get(serial) == unit.part_number.number) for unit in alike],
            )
            for serial, alike in self.found.twins.items()
        ]


class StartForm(forms.Form):
    """When support starts, for all units of a contract or for some."""

    starts_on = DayField(
        label="Support starts on",
        error_messages={"required": "Enter the day on which support starts."},
    )
    serials = forms.CharField(
        label="Only these serial numbers, optional",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "sn"}),
        help_text="One on a line. Leave it empty for all units of the contract.",
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units

    def clean_serials(self) -> list[int] | None:
        """Return the keys of the units that are named, or None for all."""
        text = self.cleaned_data["serials"]
        if not text.strip():
            return None
        scope = self.units.select_related("part_number")
        try:
            found = serial_lists.find(text, scope, chosen={}, most=MAX_UNITS)
        except serial_lists.TooMany as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        alike = [unit for units in found.twins.values() for unit in units]
        problems = [p for p in found.problems if "units carry" not in p]
        if problems:
            raise forms.ValidationError(problems[:MOST_PROBLEMS])
        return [unit.pk for unit in (*found.units, *alike)]


class CancelForm(forms.Form):
    """Why a contract ends."""

    reason = LineField(
        label="Reason",
        max_length=300,
        help_text="Kept with the contract.",
        error_messages={"required": "Write why the contract is cancelled."},
    )
