from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from accounts import session_data
from partners import clock


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every session know when it began, through whichever door."""
        user_logged_in.connect(_begin, dispatch_uid="accounts.begin")


def _begin(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    session_data.begin(request, at=clock.now())
