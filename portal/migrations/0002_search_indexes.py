"""On PostgreSQL every folded number and customer has an index that serves prefixes."""

from django.db import migrations

FOLDED = {
    "search_case_reference": ("doa_case", "reference"),
    "search_case_sr_number": ("doa_case", "sr_number"),
    "search_claim_reference": ("doa_claim", "reference"),
    "search_referral_reference": ("doa_referral", "reference"),
    "search_shipment_number": ("warranty_shipment", "number"),
    "search_report_number": ("warranty_installationreport", "number"),
    "search_contract_number": ("support_supportcontract", "number"),
}
NAMED = {
    "search_contract_customer": ("support_supportcontract", "end_customer"),
    "search_unit_customer": ("warranty_unit", "end_customer"),
}


def expressions():
    """Yield index, table and what is indexed, in the words of the queries."""
    for index, (table, column) in FOLDED.items():
        sql = f'UPPER("{column}")'
        for sign in ("-", " ", "/", "."):
            sql = f"REPLACE({sql}, '{sign}', '')"
        for letter, figure in (("O", "0"), ("I", "1")):
            sql = f"REPLACE({sql}, '{letter}', '{figure}')"
        yield index, table, f"({sql}) text_pattern_ops", ""
    for index, (table, column) in NAMED.items():
        begins = f'(UPPER("{column}"::text)) text_pattern_ops'
        yield index, table, begins, f" WHERE {column} <> ''"


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for index, table, indexed, where in expressions():
            schema_editor.execute(f"CREATE INDEX {index} ON {table} ({indexed}){where}")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for index, _, _, _ in expressions():
            schema_editor.execute(f"DROP INDEX {index}")


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0001_calendar_addresses"),
        ("doa", "0004_reminders"),
        ("warranty", "0009_replaced_units"),
        ("support", "0006_service_papers"),
    ]
    operations = [migrations.RunPython(create, drop)]
