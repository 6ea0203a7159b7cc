"""The product as it is served, but for the limit of requests a minute, which is lifted."""

from django.conf import settings

from config.wsgi import application

settings.API_REQUESTS_PER_MINUTE = 10**9

__all__ = ["application"]
