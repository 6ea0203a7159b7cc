"""Reports get an address, the paper itself, and what was decided; the trail knows the latter."""

import django.db.models.deletion
from django.db import migrations, models

import warranty.models.reports

DECISIONS = ("report.accepted", "report.sent_back", "report.withdrawn")
CHUNK = 500


def fill(apps, schema_editor):
    reports = apps.get_model("warranty", "InstallationReport")._base_manager
    keys = list(reports.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        chunk = reports.in_bulk(keys[start : start + CHUNK])
        for report in chunk.values():
            report.reference = warranty.models.reports.new_reference()
        _tell(apps, chunk)
        reports.bulk_update(
            chunk.values(), ["reference", "submitted_by", "decided_at", "decided_by", "reason"]
        )


def _tell(apps, chunk):
    """Take over who handed each report in, and the latest decision on it."""
    events = apps.get_model("audit", "Event")._base_manager.filter(
        record_type="warranty.installationreport", record_id__in=list(chunk)
    )
    for event in events.order_by("at", "pk"):
        report = chunk[event.record_id]
        if event.name == "report.submitted":
            report.submitted_by = event.actor_label
        elif event.name in DECISIONS:
            report.decided_at, report.decided_by = event.at, event.actor_label
            report.reason = event.detail.get("reason", "")


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_final"),
        ("documents", "0001_initial"),
        ("partners", "0002_count_in_any_window"),
        ("warranty", "0003_serial_collation"),
    ]

    operations = [
        migrations.AddField(
            "installationreport", "decided_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            "installationreport", "decided_by", models.CharField(blank=True, max_length=254)
        ),
        migrations.AddField(
            "installationreport",
            "document",
            models.ForeignKey(
                "documents.document",
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
            ),
        ),
        migrations.AddField(
            "installationreport", "reason", models.CharField(blank=True, max_length=300)
        ),
        migrations.AddField(
            "installationreport", "submitted_by", models.CharField(blank=True, max_length=254)
        ),
        migrations.AddField(
            "installationreport", "reference", models.CharField(max_length=32, null=True)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            "installationreport",
            "reference",
            models.CharField(
                default=warranty.models.reports.new_reference, max_length=32, unique=True
            ),
        ),
        migrations.AddIndex(
            "installationreport",
            models.Index(
                fields=["organization", "submitted_at"], name="warranty_report_newest"
            ),
        ),
        migrations.AddConstraint(
            "installationreport",
            models.UniqueConstraint(
                condition=models.Q(("status__in", ("submitted", "accepted"))),
                fields=("document",),
                name="warranty_report_document_once",
            ),
        ),
    ]
