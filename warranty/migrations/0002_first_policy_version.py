"""The first policy version: the vendor's service policies as published."""

from datetime import date

from django.db import migrations

LABEL = "Service policies 1"
SAMPLES = "Warranty term of 12 months where a product names none; return period of 15 business days."


def load(apps, schema_editor):
    apps.get_model("warranty", "PolicyVersion").objects.get_or_create(
        label=LABEL,
        defaults={"effective_from": date(2000, 1, 1), "sample_values": SAMPLES},
    )


class Migration(migrations.Migration):
    dependencies = [("warranty", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
