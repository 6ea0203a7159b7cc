"""What every endpoint for programs shares: who may, and what a body may be."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from rest_framework.parsers import BaseParser
from rest_framework.views import APIView

from partners.api import Caller
from partners.bodies import JsonBody
from partners.enums import Permission, Scope


class TokenView(APIView):
    """An endpoint for programs with a token.

    `scopes` and `permissions` name for each method what the token, and its person in its
    organization, must be allowed to do. A method without entries stops the start.
    """

    scopes: ClassVar[Mapping[str, Scope]] = {}
    permissions: ClassVar[Mapping[str, Permission]] = {}
    parser_classes: Sequence[type[BaseParser]] = (JsonBody,)

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        answered = {name.upper() for name in ("get", "post") if hasattr(cls, name)}
        if not answered == set(cls.scopes) == set(cls.permissions):
            raise ImproperlyConfigured(
                f"{cls.__name__} answers {sorted(answered)}; it must declare a scope and a "
                "permission for each of these and no other."
            )
        return super().as_view(**initkwargs)

    @property
    def caller(self) -> Caller:
        return Caller.of(self.request)
