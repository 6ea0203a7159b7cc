"""Puts the house's own desk where Django's admin site would be."""

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "config.admin.Desk"

    def ready(self) -> None:
        """Find every app's admin, then leave out Django's groups: roles do their work."""
        from django.contrib.auth.models import Group

        super().ready()
        admin.site.unregister(Group)
