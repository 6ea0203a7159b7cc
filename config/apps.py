"""Puts the house's own desk where Django's admin site would be."""

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig

NOT_AT_THE_DESK = [("auth", "Group"), ("account", "EmailAddress"), ("mfa", "Authenticator")]


class DeskConfig(AdminConfig):
    default_site = "config.admin.Desk"

    def ready(self) -> None:
        """Find every app's admin, then leave out what the house does its own way.

        Roles do the work of groups; addresses are verified by invitation; and what people
        sign in with is for nobody to read.
        """
        super().ready()
        for app, model in NOT_AT_THE_DESK:
            admin.site.unregister(apps.get_model(app, model))
