"""On PostgreSQL the trail is final by trigger; elsewhere the model says so alone."""

from django.db import migrations

MAKE = """
CREATE FUNCTION audit_event_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_event rows are written once and kept';
END $$;
CREATE TRIGGER audit_event_is_final BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_is_final();
"""
UNMAKE = """
DROP TRIGGER audit_event_is_final ON audit_event;
DROP FUNCTION audit_event_is_final();
"""


def on_postgresql(sql):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return run


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(on_postgresql(MAKE), on_postgresql(UNMAKE))]
