"""What can be done to a version, as data: the button, its form, its one call."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from audit.transitions import Transition
from lifecycle import workflow
from lifecycle.enums import MilestonesAfter
from lifecycle.forms import steps
from lifecycle.models import Announcement
from partners import clock
from partners.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that can be done to a version: a page with a form and one workflow call.

    `perform(version, values, user)` returns the version to show next.
    """

    name: str
    label: str
    explanation: str
    edge: Transition
    perform: Callable[[Announcement, dict[str, Any], User], Announcement]
    form_class: type[forms.Form] = steps.ReasonForm
    by_colleague: bool = False

    def is_offered(self, announcement: Announcement, user: User) -> bool:
        """Tell whether the button will work for this person on this version."""
        if self.by_colleague and workflow.is_author(announcement, user):
            return False
        return self.edge.allows(announcement, user)


def _submit(version: Announcement, values: dict[str, Any], user: User) -> Announcement:
    workflow.submit(version, user=user, at=clock.now())
    return version


def _send_back(version: Announcement, values: dict[str, Any], user: User) -> Announcement:
    workflow.send_back(version, user=user, at=clock.now(), **values)
    return version


def _approve(version: Announcement, values: dict[str, Any], user: User) -> Announcement:
    at = clock.now()
    due = workflow.approve(version, user=user, at=at, **values)
    if due <= at:
        workflow.publish(version, user=user, at=at)
    return version


def _publish(version: Announcement, values: dict[str, Any], user: User) -> Announcement:
    return workflow.publish(version, user=user, at=clock.now())


def _stop(version: Announcement, values: dict[str, Any], user: User) -> Announcement:
    workflow.stop(version, user=user, at=clock.now(), **values)
    return version


def _discard(version: Announcement, values: dict[str, Any], user: User) -> Announcement:
    workflow.discard(version, user=user, at=clock.now(), **values)
    return version


def _revise(version: Announcement, values: dict[str, Any], user: User) -> Announcement:
    return workflow.revise_announcement(
        version, changes=values["reason"], user=user, at=clock.now()
    )


def _withdraw(version: Announcement, values: dict[str, Any], user: User) -> Announcement:
    after = MilestonesAfter(values["after"])
    return workflow.withdraw(
        version, reason=values["reason"], after=after, user=user, at=clock.now()
    )


_ALL = (
    Step(
        name="submit", label="Submit for review", edge=workflow.SUBMIT, perform=_submit,
        form_class=steps.NothingForm,
        explanation="A colleague who has not written it looks at it and approves it.",
    ),
    Step(
        name="approve", label="Approve", edge=workflow.APPROVE, perform=_approve,
        form_class=steps.ApproveForm, by_colleague=True,
        explanation="It comes out at the hour that you choose. Every holder is told once.",
    ),
    Step(
        name="publish", label="Publish now", edge=workflow.PUBLISH, perform=_publish,
        form_class=steps.NothingForm,
        explanation="It comes out at once and not at its hour. Every holder is told once.",
    ),
    Step(
        name="revise", label="Revise", edge=workflow.REVISE, perform=_revise,
        form_class=steps.ReviseForm,
        explanation="Begins the next version as a copy. This one holds until that one is out.",
    ),
    Step(
        name="send-back", label="Send back", edge=workflow.SEND_BACK, perform=_send_back,
        explanation="It becomes a draft again. Its authors read your reason.",
    ),
    Step(
        name="stop", label="Take back", edge=workflow.STOP, perform=_stop,
        explanation="It becomes a draft again and does not come out at its hour.",
    ),
    Step(
        name="withdraw", label="Withdraw", edge=workflow.WITHDRAW, perform=_withdraw,
        form_class=steps.WithdrawForm,
        explanation="It stays to be read, with a banner. Everybody who was told is told of this.",
    ),
    Step(
        name="discard", label="Discard", edge=workflow.DISCARD, perform=_discard,
        explanation="Gives this version up. It was never published and never will be.",
    ),
)  # fmt: skip
STEPS = {step.name: step for step in _ALL}
