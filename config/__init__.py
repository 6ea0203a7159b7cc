"""The house: settings, addresses and the worker, which Django's tasks find here."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
