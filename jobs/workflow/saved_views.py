"""Questions to lists that people name: kept, named otherwise, dropped."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import urlencode

from django.db import transaction

from audit import trail
from jobs.models import SavedView
from partners.models import Organization, User

MOST_VIEWS = 20
"""How many views a person keeps of one list."""


class ViewRefused(ValueError):
    """A view that is not kept, and what to do."""


def keep_view(
    user: User,
    organization: Organization,
    *,
    of: str,
    name: str,
    given: Mapping[str, str],
    at: datetime,
) -> SavedView:
    """Keep the filters `given` of the list `of` under a name. Raises: ViewRefused."""
    query = urlencode(given)
    if not query:
        raise ViewRefused("This is the whole list. Choose a filter, then save the view.")
    if len(query) > SavedView.LONGEST:
        raise ViewRefused("These filters are too long to keep. Shorten what you search for.")
    view = SavedView(user=user, organization=organization, list=of, name=name, query=query)
    with transaction.atomic():
        others = _others_of(view)
        if len(others) >= MOST_VIEWS:
            raise ViewRefused(f"You keep {MOST_VIEWS} views of this list. Delete one first.")
        _refuse_doubled(name, others)
        view.save()
        trail.record("jobs.view.kept", view, actor=user.actor(), at=at)
    return view


def rename_view(view: SavedView, name: str, *, at: datetime) -> None:
    """Call a view otherwise. Raises: ViewRefused."""
    with transaction.atomic():
        _refuse_doubled(name, _others_of(view))
        view.name = name
        view.save(update_fields=["name"])
        trail.record("jobs.view.renamed", view, actor=view.user.actor(), at=at)


def drop_view(view: SavedView, *, at: datetime) -> None:
    """Delete a view; what it showed stays."""
    with transaction.atomic():
        trail.record("jobs.view.dropped", view, actor=view.user.actor(), at=at)
        view.delete()


def _others_of(view: SavedView) -> list[SavedView]:
    """Return the person's other views of the list; nobody adds one until the end."""
    User.objects.select_for_update().get(pk=view.user_id)
    own = SavedView.objects.of(view.user, view.organization).filter(list=view.list)
    return list(own.exclude(pk=view.pk))


def _refuse_doubled(name: str, others: Iterable[SavedView]) -> None:
    if any(other.name.lower() == name.lower() for other in others):
        raise ViewRefused("You have a view with this name. Choose another name.")
