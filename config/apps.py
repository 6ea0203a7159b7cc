"""Puts the house's own desk where Django's admin site would be."""

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "config.admin.Desk"

    def ready(self) -> None:
        """Find every app's admin, then leave out Django's groups: roles do their work."""
        super().ready()
        admin.site.unregister(apps.get_model("auth", "Group"))
