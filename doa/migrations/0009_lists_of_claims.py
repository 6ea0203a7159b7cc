"""An index for the list of claims that Huawei reads."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("doa", "0008_queues_of_lines")]
    operations = [
        migrations.AddIndex(
            "claim", models.Index(fields=["reported_at", "id"], name="doa_claim_reported")
        ),
    ]
