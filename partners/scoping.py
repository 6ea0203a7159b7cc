"""Tenancy by construction: a query begins with an organization or says `unscoped`."""

from typing import Any, NoReturn, Self

from django.db import models

from partners.models import Organization


class UnscopedQuery(Exception):
    """A query on an organization's records began without an organization."""


class OrganizationQuerySet(models.QuerySet[Any]):
    """A queryset that knows whose records it may show."""

    def for_organization(self, organization: Organization) -> Self:
        """Keep what `organization` may see; Huawei sees everything."""
        if organization.is_huawei:
            return self
        return self.visible_to(organization)

    def visible_to(self, organization: Organization) -> Self:
        raise NotImplementedError(f"{self.model.__name__} does not say who may see it.")


class ScopedManager(models.Manager[Any]):
    """Offer `for_organization()` and refuse every other way to begin."""

    def for_organization(self, organization: Organization) -> Any:
        return self.model.unscoped.for_organization(organization)

    def get_queryset(self) -> NoReturn:
        raise UnscopedQuery(f"{self.model.__name__}: begin with for_organization().")
