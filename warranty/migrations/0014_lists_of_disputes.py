"""An index for the order of the list of disputes, and for how a number begins."""

from django.db import migrations, models


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX warranty_dispute_begins ON warranty_dispute"
            " (UPPER(reference::text) text_pattern_ops)"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX warranty_dispute_begins")


class Migration(migrations.Migration):
    dependencies = [("warranty", "0013_lists_of_reports")]
    operations = [
        migrations.AddIndex(
            "dispute", models.Index(fields=["opened_at", "id"], name="warranty_dispute_opened")
        ),
        migrations.RunPython(create, drop),
    ]
