"""The cells of the lists of cases and of parcels."""

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.html import format_html

from doa.desk import words
from doa.enums import CaseStatus
from partners import clock


def status_cell(tone, label):
    return render_to_string("components/status.html", {"tone": tone, "label": label})


def two_lines(first, second):
    return format_html('{}<span class="under">{}</span>', first, second) if second else first


def clock_cell(case, at):
    """Show late and paused in colour, an ordinary target in plain words."""
    tone, word, detail = words.clock_of(case, at)
    if not word:
        return "-"
    return two_lines(status_cell(tone, word) if tone else word, detail)


def unit_cell(lines):
    """Name the first unit of a case, its model, and how many more there are."""
    if not lines:
        return "-"
    first, more = lines[0].unit, len(lines) - 1
    serial = format_html('<span class="sn">{}</span>', first.serial)
    rest = f" and {more} more" if more else ""
    return two_lines(serial, f"{first.part_number.product.model}{rest}")


class CaseCells:
    """A row of the list of cases."""

    @admin.display(description="case")
    def case(self, case):
        return two_lines(case.reference, case.title)

    @admin.display(description="unit")
    def unit(self, case):
        return unit_cell(list(case.lines.all()))

    @admin.display(description="partner")
    def partner(self, case):
        return two_lines(case.organization.name, case.sr_number)

    @admin.display(description="status")
    def standing(self, case):
        return status_cell(words.TONES[CaseStatus(case.status)], words.label(case.status))

    @admin.display(description="clock")
    def clock(self, case):
        return clock_cell(case, clock.now())

    @admin.display(description="assignee")
    def who(self, case):
        return case.assignee or "-"


class LineCells:
    """A row of the list of parcels."""

    @admin.display(description="unit")
    def line(self, line):
        serial = format_html('<span class="sn">{}</span>', line.unit.serial)
        return two_lines(serial, f"{line.case.reference}, {line.unit.part_number.product.model}")

    @admin.display(description="partner")
    def partner(self, line):
        return two_lines(line.case.organization.name, line.case.site)

    @admin.display(description="remedy")
    def granted(self, line):
        return line.get_remedy_display() or "-"

    @admin.display(description="replacement")
    def replacement_way(self, line):
        parts = [line.replacement and line.replacement.serial, line.carrier, line.tracking]
        return two_lines(words.track_of(line), " ".join(filter(None, parts)))

    @admin.display(description="way back")
    def way_back(self, line):
        late = words.is_overdue(line, clock.business_today())
        said = words.way_back_of(line)
        back = " ".join(filter(None, (line.return_carrier, line.return_tracking)))
        return two_lines(status_cell("stop", said) if late else said, back)
