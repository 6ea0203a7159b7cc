"""On PostgreSQL serial numbers sort by byte, so that one index serves prefix searches too."""

from django.db import migrations


def set_collation(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            'ALTER TABLE warranty_unit ALTER COLUMN serial TYPE varchar(32) COLLATE "C"'
        )


class Migration(migrations.Migration):
    dependencies = [("warranty", "0002_first_policy_version")]
    operations = [migrations.RunPython(set_collation, migrations.RunPython.noop)]
