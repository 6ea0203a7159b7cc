"""Why a step of a case is refused, in words that its reader can act on."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from doa.models import Case, CaseLine
from partners.models import Organization
from warranty.models import Unit

SAID = 3
"""How much of what is missing a refusal says in its sentence; its list has all."""


class CaseRefused(ValueError):
    """A step cannot be taken as asked; the message says what to do."""


class ReasonMissing(CaseRefused):
    """A decision came without the reason that it must keep."""


class NotApplicant(CaseRefused):
    """The organization is referred to its distributor, who applies (policy section 4, D4)."""

    def __init__(self, organization: Organization) -> None:
        super().__init__(
            f"{organization} does not apply for dead on arrival: your distributor applies for "
            "you. Refer the unit to your distributor."
        )


class UnknownUnit(CaseRefused):
    """A serial number that the organization does not see, which may exist or not."""


class AlreadyOpen(CaseRefused):
    """A unit has an open case. `case` is that case where its reader may see it."""

    def __init__(self, unit: Unit, line: CaseLine, reader: Organization) -> None:
        self.unit = unit
        self.case: Case | None = None
        if reader.is_huawei or line.case.organization_id == reader.pk:
            self.case = line.case
        where = f"Go on with {self.case}." if self.case else "Call the TAC about it."
        super().__init__(f"{unit} has an open case already. {where}")


class Missing(NamedTuple):
    """What a case lacks before it is handed in: of a line, or of the case where that is None."""

    line: CaseLine | None
    field: str
    message: str


class NotReady(CaseRefused):
    """What is missing before a case is handed in, all of it.

    `claims` are lines that failed before power-on: they are cargo claims.
    """

    def __init__(self, missing: Iterable[Missing], claims: Sequence[CaseLine] = ()) -> None:
        self.missing = list(missing)
        self.claims = list(claims)
        said = " ".join(_said(entry) for entry in self.missing[:SAID])
        more = len(self.missing) - SAID
        super().__init__(f"{said} And {more} more." if more > 0 else said)


def _said(missing: Missing) -> str:
    return f"{missing.line.unit}: {missing.message}" if missing.line else missing.message


class NumberTaken(CaseRefused):
    """Another case bears this service-request number."""


class ReplacementRefused(CaseRefused):
    """A serial number cannot be shipped as a replacement."""


def required_reason(reason: str) -> str:
    """Return the reason trimmed to what is kept. Raises: ReasonMissing if empty."""
    reason = reason.strip()[:300]
    if not reason:
        raise ReasonMissing("Write the reason. It is kept with the case.")
    return reason
