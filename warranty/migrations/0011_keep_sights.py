"""The triggers that keep who sees which unit, and the rows for the units that are here.

SQLite forgets the triggers of a table that a migration makes anew, and refuses to rename one
that a trigger reads: a migration that alters units, shipment lines or shipments takes these
away first and makes them again.
"""

from django.db import migrations

SEEN = """
    SELECT s.consignee_id, u.id, u.serial FROM {units} u
    JOIN warranty_shipment s ON s.id = u.huawei_shipment_id
    UNION SELECT u.consignee_id, u.id, u.serial FROM {units} u"""
SHIPPED_ON = """
    SELECT s.shipped_by_id, u.id, u.serial FROM {lines} l
    JOIN warranty_shipment s ON s.id = l.shipment_id
    JOIN warranty_unit u ON u.id = l.unit_id"""
ADD = "INSERT INTO warranty_sight (organization_id, unit_id, serial)"
FILL = f"""{ADD} {SEEN.format(units="warranty_unit")}
    UNION {SHIPPED_ON.format(lines="warranty_shipmentline")}"""

ON_POSTGRESQL = f"""
ALTER TABLE warranty_sight ALTER COLUMN serial TYPE varchar(32) COLLATE "C";

CREATE FUNCTION warranty_sight_of_units() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {ADD} {SEEN.format(units="added")}
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER warranty_sight_of_units AFTER INSERT ON warranty_unit
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT
    EXECUTE FUNCTION warranty_sight_of_units();

CREATE FUNCTION warranty_sight_of_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {ADD} {SHIPPED_ON.format(lines="added")}
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER warranty_sight_of_lines AFTER INSERT ON warranty_shipmentline
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT
    EXECUTE FUNCTION warranty_sight_of_lines();

CREATE FUNCTION warranty_sight_of_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM earlier e JOIN later n ON n.id = e.id
            WHERE n.consignee_id <> e.consignee_id) THEN
        DELETE FROM warranty_sight g USING earlier e, later n, warranty_shipment first
        WHERE n.id = e.id AND n.consignee_id <> e.consignee_id
            AND g.organization_id = e.consignee_id AND g.unit_id = e.id
            AND first.id = n.huawei_shipment_id AND first.consignee_id <> e.consignee_id
            AND NOT EXISTS (
                SELECT 1 FROM warranty_shipmentline l
                JOIN warranty_shipment s ON s.id = l.shipment_id
                WHERE l.unit_id = e.id AND s.shipped_by_id = e.consignee_id);
        {ADD}
        SELECT n.consignee_id, n.id, n.serial FROM later n JOIN earlier e ON e.id = n.id
        WHERE n.consignee_id <> e.consignee_id
        ON CONFLICT DO NOTHING;
    END IF;
    IF EXISTS (SELECT 1 FROM earlier e JOIN later n ON n.id = e.id
            WHERE n.serial <> e.serial) THEN
        UPDATE warranty_sight g SET serial = n.serial
        FROM later n JOIN earlier e ON e.id = n.id
        WHERE n.serial <> e.serial AND g.unit_id = n.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER warranty_sight_of_changes AFTER UPDATE ON warranty_unit
    REFERENCING OLD TABLE AS earlier NEW TABLE AS later FOR EACH STATEMENT
    EXECUTE FUNCTION warranty_sight_of_changes();
"""
OFF_POSTGRESQL = """
DROP TRIGGER warranty_sight_of_units ON warranty_unit;
DROP TRIGGER warranty_sight_of_changes ON warranty_unit;
DROP TRIGGER warranty_sight_of_lines ON warranty_shipmentline;
DROP FUNCTION warranty_sight_of_units;
DROP FUNCTION warranty_sight_of_changes;
DROP FUNCTION warranty_sight_of_lines;
"""

ON_SQLITE = (
    """
CREATE TRIGGER warranty_sight_of_units AFTER INSERT ON warranty_unit BEGIN
    INSERT OR IGNORE INTO warranty_sight (organization_id, unit_id, serial)
    SELECT consignee_id, NEW.id, NEW.serial FROM warranty_shipment
    WHERE id = NEW.huawei_shipment_id
    UNION SELECT NEW.consignee_id, NEW.id, NEW.serial;
END""",
    """
CREATE TRIGGER warranty_sight_of_lines AFTER INSERT ON warranty_shipmentline BEGIN
    INSERT OR IGNORE INTO warranty_sight (organization_id, unit_id, serial)
    SELECT s.shipped_by_id, u.id, u.serial FROM warranty_shipment s, warranty_unit u
    WHERE s.id = NEW.shipment_id AND u.id = NEW.unit_id;
END""",
    """
CREATE TRIGGER warranty_sight_of_holders AFTER UPDATE OF consignee_id ON warranty_unit
WHEN NEW.consignee_id <> OLD.consignee_id BEGIN
    DELETE FROM warranty_sight WHERE organization_id = OLD.consignee_id AND unit_id = OLD.id
        AND NOT EXISTS (SELECT 1 FROM warranty_shipment
            WHERE id = NEW.huawei_shipment_id AND consignee_id = OLD.consignee_id)
        AND NOT EXISTS (
            SELECT 1 FROM warranty_shipmentline l JOIN warranty_shipment s ON s.id = l.shipment_id
            WHERE l.unit_id = OLD.id AND s.shipped_by_id = OLD.consignee_id);
    INSERT OR IGNORE INTO warranty_sight (organization_id, unit_id, serial)
    VALUES (NEW.consignee_id, NEW.id, NEW.serial);
END""",
    """
CREATE TRIGGER warranty_sight_of_serials AFTER UPDATE OF serial ON warranty_unit
WHEN NEW.serial <> OLD.serial BEGIN
    UPDATE warranty_sight SET serial = NEW.serial WHERE unit_id = NEW.id;
END""",
)
OFF_SQLITE = tuple(
    f"DROP TRIGGER warranty_sight_of_{what}" for what in ("units", "lines", "holders", "serials")
)


def keep(apps, schema_editor):
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for sql in (*((ON_POSTGRESQL,) if on_postgresql else ON_SQLITE), FILL):
        schema_editor.execute(sql, params=None)


def leave(apps, schema_editor):
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for sql in (OFF_POSTGRESQL,) if on_postgresql else OFF_SQLITE:
        schema_editor.execute(sql, params=None)


class Migration(migrations.Migration):
    dependencies = [("warranty", "0010_sights")]
    operations = [migrations.RunPython(keep, leave)]
