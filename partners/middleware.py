"""Gives every request the organization in whose name it is made."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from partners.models import Organization


def organization_of(request: HttpRequest) -> Organization | None:
    """Return the signed-in person's organization, staff's Huawei first; else None."""
    if not request.user.is_authenticated:
        return None
    memberships = request.user.joined_memberships()
    memberships = sorted(memberships, key=lambda m: not m.is_huawei_staff)
    return memberships[0].organization if memberships else None


class OrganizationMiddleware:
    """Set `request.organization`, read from the database on first use only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        organization = SimpleLazyObject(lambda: organization_of(request))
        request.organization = organization  # type: ignore[attr-defined]
        return self.get_response(request)
