"""The least that Django can do for a list: its own seven middlewares, four queries, 50 rows.

    bare_lists.py           makes what it needs in the database of the limits; prints as JSON a
                            cookie and the key of the first distributor

The page is the session, the person, how many units the distributor has, and 50 of them.
"""

import json
import os
import sys

from django.conf import settings

TEMPLATE = """<!doctype html><html lang="en"><head><title>Units</title></head><body>
<p>{{ request.user }}, {{ count }} units</p><table><thead><tr>
{% for name in columns %}<th scope="col">{{ name }}</th>{% endfor %}</tr></thead><tbody>
{% for unit in units %}<tr>
<th scope="row"><a href="/units/{{ unit.serial }}">{{ unit.serial }}</a></th>
<td>{{ unit.product.part_number }}</td><td>{{ unit.product.model }}</td>
<td>{{ unit.purchase_order }}</td><td>{{ unit.shipped_on|date:"j M Y" }}</td>
<td>{{ unit.installation_service|yesno }}</td><td>{{ unit.starts_on|date:"j M Y" }}</td>
<td>{{ unit.ends_on|date:"j M Y" }}</td><td>{{ unit.rule }}</td>
</tr>{% endfor %}</tbody></table></body></html>"""

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="not-a-secret",  # noqa: S106 (of a database that goes away)
    USE_TZ=True,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": ["django.template.context_processors.request"],
                "loaders": [("django.template.loaders.locmem.Loader", {"list.html": TEMPLATE})],
            },
        }
    ],
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
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402

django.setup()

COLUMNS = (
    *("Serial number", "Part number", "Model", "Purchase order", "Shipped"),
    *("Installation service", "Starts", "Ends", "Rule"),
)


class Product(models.Model):
    part_number = models.CharField(max_length=40)
    model = models.CharField(max_length=120)

    class Meta:
        app_label = "bare"
        db_table = "product"


class Unit(models.Model):
    serial = models.CharField(max_length=32)
    product = models.ForeignKey(Product, models.PROTECT)
    partner_id = models.BigIntegerField()
    shipped_on = models.DateField()
    installation_service = models.BooleanField()
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    rule = models.CharField(max_length=2)
    purchase_order = models.CharField(max_length=40)

    class Meta:
        app_label = "bare"
        db_table = "unit"


def units(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    found = Unit.objects.filter(partner_id=int(request.GET["partner"])).select_related("product")
    rows = found.order_by("-shipped_on", "-id")[:50]
    return render(request, "list.html", {"units": rows, "count": found.count(), "columns": COLUMNS})


urlpatterns = [path("units", units)]
application = get_wsgi_application()


def main() -> None:
    from django.contrib.auth.models import User  # it stands only after setup()
    from django.db import connection
    from django.test import Client

    call_command("migrate", verbosity=0)
    user, _ = User.objects.get_or_create(username="bench")
    client = Client()
    client.force_login(user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM partner WHERE code = 'D0001'")
        (partner,) = cursor.fetchone()
    entry = {"cookie": client.cookies[settings.SESSION_COOKIE_NAME].value, "partner": partner}
    sys.stdout.write(json.dumps(entry))


if __name__ == "__main__":
    main()
