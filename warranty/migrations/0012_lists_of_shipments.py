"""Indexes for the orders of the list of shipments, and for how a number begins."""

from django.db import migrations, models


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX warranty_shipment_begins ON warranty_shipment"
            " (UPPER(number::text) text_pattern_ops)"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX warranty_shipment_begins")


class Migration(migrations.Migration):
    dependencies = [("warranty", "0011_keep_sights")]
    operations = [
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(fields=["shipped_on", "id"], name="warranty_shipment_day"),
        ),
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(fields=["number", "id"], name="warranty_shipment_number"),
        ),
        migrations.RunPython(create, drop),
    ]
