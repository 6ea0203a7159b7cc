"""An index for the order of the list of referrals."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("doa", "0005_lists_of_cases")]
    operations = [
        migrations.AddIndex(
            "referral", models.Index(fields=["created_at", "id"], name="doa_referral_created")
        ),
    ]
