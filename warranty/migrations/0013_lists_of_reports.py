"""Indexes for the orders of the list of reports, and for how a number begins."""

from django.db import migrations, models

ORDERS = {
    "warranty_report_submitted": "submitted_at",
    "warranty_report_signed": "signed_on",
    "warranty_report_number": "number",
}


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX warranty_report_begins ON warranty_installationreport"
            " (UPPER(number::text) text_pattern_ops)"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX warranty_report_begins")


class Migration(migrations.Migration):
    dependencies = [("warranty", "0012_lists_of_shipments")]
    operations = [
        *(
            migrations.AddIndex("installationreport", models.Index(fields=[column, "id"], name=name))
            for name, column in ORDERS.items()
        ),
        migrations.RunPython(create, drop),
    ]
