"""Indexes for the orders of the list of contracts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("support", "0006_service_papers")]
    operations = [
        migrations.AddIndex(
            "supportcontract",
            models.Index(fields=["registered_at", "id"], name="support_contract_registered"),
        ),
        migrations.AddIndex(
            "supportcontract", models.Index(fields=["number", "id"], name="support_contract_number")
        ),
    ]
