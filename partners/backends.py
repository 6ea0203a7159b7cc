"""Who is signed in: the person with their memberships, which every page asks for."""

from functools import cache
from typing import Any

from django.contrib.auth.backends import ModelBackend

from partners.models import Membership, User
from partners.prepared import Later, Prepared


class MemberBackend(ModelBackend):
    """Passwords as Django keeps them; one query for a person and their organizations."""

    def get_user(self, user_id: Any) -> User | None:
        memberships = _memberships()(user=user_id)
        if not memberships:
            return super().get_user(user_id)
        user = memberships[0].user
        user.joined(memberships)
        return user if self.user_can_authenticate(user) else None


@cache
def _memberships() -> Prepared:
    found = Membership.objects.filter(user=Later("user")).select_related("user", "organization")
    return Prepared(found.order_by("pk"))
