"""The buttons below a list: what its reader may do to the ticked rows."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.urls import reverse

from partners.models import Organization


class Deed(NamedTuple):
    """A button: its words, and the address that shows what it will do."""

    label: str
    url: str


def deeds_for(batches: Sequence[Any], user: Any, organization: Organization | None) -> list[Deed]:
    """Return the deeds (`jobs.lists.batches`) that are offered to somebody, in their order."""
    offered = [batch for batch in batches if batch.is_offered(user, organization)]
    return [Deed(batch.label, reverse(batch.url_name)) for batch in offered]
