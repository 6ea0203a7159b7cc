"""The least that Django can do for one lookup: one view, one query, no middleware."""

import os

from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="not-a-secret",  # noqa: S106 (nothing is signed here)
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": os.environ.get("LIMIT_HOST"),
            "PORT": os.environ.get("LIMIT_PORT"),
            "USER": "postgres",
            "NAME": "limits",
            "CONN_MAX_AGE": None,
        }
    },
)

import django  # noqa: E402 (nothing of Django works before its settings)
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.http import Http404, HttpRequest, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402

django.setup()


class Product(models.Model):
    part_number = models.CharField(max_length=40)
    model = models.CharField(max_length=120)

    class Meta:
        app_label = "bare"
        db_table = "product"


class Unit(models.Model):
    serial = models.CharField(max_length=32)
    product = models.ForeignKey(Product, models.PROTECT)
    shipped_on = models.DateField()
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    rule = models.CharField(max_length=2)

    class Meta:
        app_label = "bare"
        db_table = "unit"


def unit(request: HttpRequest, serial: str) -> JsonResponse:
    found = Unit.objects.select_related("product").filter(serial=serial).first()
    if found is None:
        raise Http404
    return JsonResponse(
        {
            "serial": found.serial,
            "part_number": found.product.part_number,
            "model": found.product.model,
            "shipped_on": found.shipped_on,
            "starts_on": found.starts_on,
            "ends_on": found.ends_on,
            "rule": found.rule,
        }
    )


urlpatterns = [path("units/<str:serial>", unit)]
application = get_wsgi_application()
