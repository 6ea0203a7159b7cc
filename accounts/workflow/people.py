"""What a person is called, whether they may come in, and with what."""

from datetime import datetime

from django.db import transaction

from accounts.workflow.sessions import end_sessions
from audit import trail
from audit.trail import Actor
from partners import workflow as partners
from partners.models import Organization, User


@transaction.atomic
def rename(user: User, name: str, *, at: datetime) -> None:
    """Let a person be called otherwise."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    before, locked.name = locked.name, name
    if before == name:
        return
    locked.save(update_fields=["name"])
    actor = user.actor()
    trail.record("accounts.user.renamed", locked, actor=actor, at=at, before=before, after=name)


@transaction.atomic
def choose_rows(user: User, *, are_compact: bool, at: datetime) -> None:
    """Show a person's lists with compact rows, or with the usual ones."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    before, locked.has_compact_rows = locked.has_compact_rows, are_compact
    if before == are_compact:
        return
    locked.save(update_fields=["has_compact_rows"])
    actor = user.actor()
    name = "accounts.user.rows_chosen"
    trail.record(name, locked, actor=actor, at=at, before=before, after=are_compact)


@transaction.atomic
def keep_out(user: User, *, actor: Actor, at: datetime, reason: str) -> None:
    """Deactivate a person and end what they have open."""
    partners.set_active(user, is_active=False, actor=actor, at=at, reason=reason)
    end_sessions(user)


def let_in(user: User, *, actor: Actor, at: datetime, reason: str) -> None:
    """Let a person sign in again."""
    partners.set_active(user, is_active=True, actor=actor, at=at, reason=reason)


@transaction.atomic
def set_second_factor_rule(
    organization: Organization, *, is_required: bool, actor: Actor, at: datetime
) -> None:
    """Decide whether the people of an organization need a second factor."""
    locked = Organization.objects.select_for_update().get(pk=organization.pk)
    locked.requires_second_factor = is_required
    partners.save_organization(locked, actor=actor, at=at)
