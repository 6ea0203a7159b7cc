"""Indexes for what the tabs of the desk count of units in cases."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("doa", "0007_words_of_cases")]
    operations = [
        migrations.AddIndex(
            "caseline",
            models.Index(
                fields=["case"], condition=Q(is_mismatch=True), name="doa_line_mismatched"
            ),
        ),
        migrations.AddIndex(
            "caseline",
            models.Index(
                fields=["replacement_track", "case"],
                condition=Q(is_open=True),
                name="doa_line_to_ship",
            ),
        ),
    ]
