"""Indexes for the list of cases: the newest of all, and those of one that go on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("doa", "0004_reminders")]
    operations = [
        migrations.AddIndex(
            "case", models.Index(fields=["created_at", "id"], name="doa_case_created")
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["organization", "status"],
                condition=~models.Q(status__in=("closed", "cancelled")),
                name="doa_case_going_on",
            ),
        ),
    ]
