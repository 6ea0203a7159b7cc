"""What a clock has told about a case, so that it tells it once."""

from django.db import models
from django.db.models import Q

from doa.enums import ClockStep
from doa.models.cases import Case
from doa.models.lines import CaseLine


class CaseReminder(models.Model):
    """A step of a clock was reached and told, or passed over for a later one.

    `due_at` is the instant of the step: where the date behind it moves, the step is a new
    one and is told anew. That it is told once is what the constraints say.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="reminders")
    line = models.ForeignKey(CaseLine, models.CASCADE, null=True, blank=True)
    kind = models.CharField(max_length=20, choices=ClockStep)
    due_at = models.DateTimeField()
    reached_at = models.DateTimeField()
    is_told = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "due_at"],
                condition=Q(line=None),
                name="doa_reminder_of_case_once",
            ),
            models.UniqueConstraint(
                fields=["line", "kind", "due_at"],
                condition=Q(line__isnull=False),
                name="doa_reminder_of_line_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ClockStep.values), name="doa_reminder_known_step"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.case}, {self.due_at:%Y-%m-%d %H:%M}"
