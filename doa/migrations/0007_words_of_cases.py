"""An index for what is looked for in the words of a case: a part of any of them."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

WORDS = ("reference", "sr_number", "title", "site")


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        words = ", ".join(f"UPPER({name}::text) gin_trgm_ops" for name in WORDS)
        schema_editor.execute(f"CREATE INDEX doa_case_words ON doa_case USING gin ({words})")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX doa_case_words")


class Migration(migrations.Migration):
    dependencies = [("doa", "0006_lists_of_referrals")]
    operations = [TrigramExtension(), migrations.RunPython(create, drop)]
