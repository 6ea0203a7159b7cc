"""Why a step on an announcement is refused, each by its name."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied

from partners.enums import Permission
from partners.models import User


class AnnouncementRefused(ValueError):
    """The announcement cannot stand as it is. `refusals` gives each reason."""

    def __init__(self, refusals: Sequence[str]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(" ".join(self.refusals))


class NumberTaken(AnnouncementRefused):
    """Another announcement has this number."""


class OwnWork(AnnouncementRefused):
    """An author may not approve."""


class ReasonMissing(AnnouncementRefused):
    """A step was taken back without a word of why."""


class InTheWorks(AnnouncementRefused):
    """A further version of the announcement is being written already."""


def may_manage(user: User) -> bool:
    """Tell whether a person of Huawei may write, approve and publish announcements."""
    return any(
        user.can(Permission.MANAGE_LIFECYCLE, membership.organization)
        for membership in user.joined_memberships()
        if membership.is_huawei_staff
    )


def require_manager(user: User) -> None:
    """Raises: PermissionDenied."""
    if not may_manage(user):
        raise PermissionDenied(f"{Permission.MANAGE_LIFECYCLE.deed} needs another role.")


def required_reason(text: str) -> str:
    """Raises: ReasonMissing."""
    if not text.strip():
        raise ReasonMissing(["Say why: the reason is kept with the step."])
    return text.strip()
