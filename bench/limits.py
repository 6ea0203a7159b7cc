"""The limits: each task done once with nothing but PostgreSQL and the least Python.

    limits.py TASK --dsn DSN --folder FOLDER

prints one JSON line: seconds, count (what was done, so that it can be checked) and the
memory of this process. What prepares a task is not timed. `FOLDER` holds the files that
`product.py files` wrote.
"""

import argparse
import csv
import json
import resource
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg

NIGHT = date(2026, 12, 1)
ANNOUNCED = 200
"""How many products the announcement is about."""
HERE = Path(__file__).resolve().parent
UNIT_COLUMNS = (
    "serial, product_id, shipment_id, partner_id, shipped_on, installation_service, purchase_order"
)
STAGED_COLUMNS = (
    "number text, leg text, shipped_on date, shipped_by text, consignee text, serial text,"
    " part_number text, installation_service boolean, end_customer text, site_country text,"
    " purchase_order text"
)
KNOWN = (
    " FROM staged s JOIN product p USING (part_number) JOIN partner c ON c.code = s.consignee"
    " WHERE s.serial ~ '^[0-9A-Z]{8,32}$'"
)


def rows(path: Path) -> Iterator[list[str]]:
    with path.open(newline="") as file:
        reader = csv.reader(file)
        next(reader)
        yield from reader


class Limits:
    """One connection, one folder of files, and the tasks that `TASKS` names."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self.db = psycopg.connect(dsn, autocommit=True)
        self.folder = folder
        self.shipments = folder / "shipments.csv"

    def count(self, query: str) -> int:
        return self.db.execute(query).fetchone()[0]

    def ids(self, table: str, column: str) -> dict[str, int]:
        return dict(self.db.execute(f"SELECT {column}, id FROM {table}").fetchall())

    def empty(self) -> None:
        self.db.execute("TRUNCATE unit, event, shipment, message RESTART IDENTITY CASCADE")
        self.db.execute("CHECKPOINT")

    # The tables and who stands in them

    def prepare_tables(self) -> None:
        self.db.execute((HERE / "limits.sql").read_text())

    def tables(self) -> int:
        with self.db.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO partner (code, email) VALUES (%s, %s)",
                [(r[0], r[4]) for r in rows(self.folder / "organizations.csv")],
            )
            cursor.executemany(
                "INSERT INTO product (part_number, model, warranty_months) VALUES (%s, %s, %s)",
                [(r[0], r[1], r[4]) for r in rows(self.folder / "products.csv")],
            )
        self.db.execute("VACUUM ANALYZE")
        return self.count("SELECT count(*) FROM product")

    # Import

    def prepare_copyrow(self) -> None:
        self.empty()
        partners, seen = self.ids("partner", "code"), {}
        for r in rows(self.shipments):
            seen.setdefault(r[0], (r[0], partners[r[4]], r[2]))
        copy = "COPY shipment (number, partner_id, shipped_on) FROM STDIN"
        with self.db.cursor().copy(copy) as shipments:
            for shipment in seen.values():
                shipments.write_row(shipment)
        self.db.execute("CHECKPOINT")

    def copyrow(self) -> int:
        """Parse, check and COPY into the table with all its indexes and foreign keys."""
        products, partners = self.ids("product", "part_number"), self.ids("partner", "code")
        shipments = self.ids("shipment", "number")
        copy = f"COPY unit ({UNIT_COLUMNS}) FROM STDIN"
        with self.db.transaction(), self.db.cursor().copy(copy) as units:
            for r in rows(self.shipments):
                number, _, on, _, to, serial, part, service, _, _, order = r
                if not (8 <= len(serial) <= 32 and serial.isalnum() and service in ("yes", "no")):
                    continue
                day = date.fromisoformat(on)
                units.write_row(
                    (serial, products[part], shipments[number], partners[to], day,
                     service == "yes", order)
                )  # fmt: skip
        return self.count("SELECT count(*) FROM unit")

    def prepare_stage_ev(self) -> None:
        self.empty()

    def stage_ev(self) -> int:
        """COPY into a staging table, then sets: refusals, shipments, units with an event each."""
        with self.db.transaction():
            self.stage()
            self.db.execute(
                "CREATE TEMP TABLE refused ON COMMIT DROP AS SELECT s.serial FROM staged s"
                " LEFT JOIN product p USING (part_number)"
                " LEFT JOIN partner c ON c.code = s.consignee"
                " WHERE p.id IS NULL OR c.id IS NULL OR s.serial !~ '^[0-9A-Z]{8,32}$'"
            )
            self.db.execute(
                "INSERT INTO shipment (number, partner_id, shipped_on)"
                " SELECT s.number, min(c.id), min(s.shipped_on) FROM staged s"
                " JOIN partner c ON c.code = s.consignee GROUP BY 1 ON CONFLICT DO NOTHING"
            )
            self.db.execute(
                f"WITH made AS (INSERT INTO unit ({UNIT_COLUMNS}) SELECT s.serial, p.id, h.id,"
                " c.id, s.shipped_on, s.installation_service, s.purchase_order"
                f"{KNOWN.replace(' WHERE', ' JOIN shipment h ON h.number = s.number WHERE')}"
                " ON CONFLICT (serial) DO NOTHING RETURNING id, shipment_id)"
                " INSERT INTO event (unit_id, name, detail) SELECT id, 'unit.shipped',"
                " jsonb_build_object('shipment', shipment_id) FROM made"
            )
            # Without fresh statistics COMMIT may check the foreign keys by the wrong index.
            self.db.execute("ANALYZE shipment; ANALYZE unit")
        return self.count("SELECT count(*) FROM event")

    def stage(self) -> None:
        self.db.execute("DROP TABLE IF EXISTS staged")
        self.db.execute(f"CREATE UNLOGGED TABLE staged ({STAGED_COLUMNS})")
        copy = "COPY staged FROM STDIN (FORMAT csv, HEADER)"
        with self.shipments.open("rb") as file, self.db.cursor().copy(copy) as staging:
            while block := file.read(1 << 18):
                staging.write(block)
        self.db.execute("ANALYZE staged")

    # The night of day 90

    def prepare_one(self) -> None:
        self.db.execute("TRUNCATE event, message RESTART IDENTITY")
        self.db.execute("CREATE TEMP TABLE kept AS SELECT * FROM unit ORDER BY id")
        self.db.execute("UPDATE kept SET starts_on = NULL, ends_on = NULL, rule = '', status = 0")
        self.db.execute("TRUNCATE unit CASCADE")
        self.db.execute("INSERT INTO unit SELECT * FROM kept")
        self.db.execute("DROP TABLE kept")
        self.db.execute("VACUUM ANALYZE unit")
        self.db.execute("CHECKPOINT")

    def one(self) -> int:
        """Start every due warranty in one statement with its events, then tell each partner."""
        started = (
            "UPDATE unit u SET starts_on = least(u.shipped_on + 90, u.signed_on), status = 1,"
            " ends_on = (least(u.shipped_on + 90, u.signed_on)"
            "   + make_interval(months => p.warranty_months))::date - 1,"
            " rule = CASE WHEN NOT u.installation_service THEN 'W1' ELSE 'W3' END,"
            " updated_at = now() FROM product p WHERE p.id = u.product_id"
            f" AND u.starts_on IS NULL AND u.shipped_on <= date '{NIGHT}' - 90"
            " RETURNING u.id, u.partner_id, u.starts_on, u.ends_on, u.rule"
        )
        with self.db.transaction():
            self.db.execute(
                f"WITH started AS ({started}), told AS (INSERT INTO event (unit_id, name, detail)"
                " SELECT id, 'warranty.started', jsonb_build_object('starts_on', starts_on,"
                " 'ends_on', ends_on, 'rule', rule) FROM started)"
                " INSERT INTO message (partner_id, key, recipient, context)"
                f" SELECT c.id, 'started:{NIGHT}:' || c.id, c.email,"
                " jsonb_build_object('units', s.units) FROM (SELECT partner_id, count(*) AS units"
                " FROM started GROUP BY 1) s JOIN partner c ON c.id = s.partner_id"
                " ON CONFLICT (key) DO NOTHING"
            )
        return self.count("SELECT count(*) FROM event")

    # Many serial numbers at once

    def prepare_temp(self) -> None:
        self.db.execute("VACUUM ANALYZE unit")

    def temp(self) -> int:
        """COPY the serial numbers into a temporary table, join, write the result by Python."""
        answer = (
            "SELECT a.serial, coalesce(p.model, 'unknown'), u.shipped_on, u.starts_on, u.ends_on"
            " FROM asked a LEFT JOIN unit u ON u.serial = a.serial"
            " LEFT JOIN product p ON p.id = u.product_id ORDER BY a.line"
        )
        with self.db.transaction():
            self.db.execute("CREATE TEMP TABLE asked (line int, serial text) ON COMMIT DROP")
            with self.db.cursor().copy("COPY asked FROM STDIN") as asked:
                for line, row in enumerate(rows(self.folder / "lookup.csv"), start=2):
                    asked.write_row((line, row[0]))
            self.db.execute("ANALYZE asked")
            with (self.folder / "limit-answer.csv").open("w", newline="") as file:
                out, written = csv.writer(file), 0
                with self.db.cursor(name="answers") as cursor:
                    cursor.itersize = 10_000
                    for row in cursor.execute(answer):
                        out.writerow(row)
                        written += 1
        return written

    # An announcement, about the first products

    def about(self) -> list[int]:
        """Return the keys of the products that the announcement is about."""
        first = f"SELECT id FROM product ORDER BY part_number LIMIT {ANNOUNCED}"
        return [key for (key,) in self.db.execute(first).fetchall()]

    def prepare_counted(self) -> None:
        self.db.execute("VACUUM ANALYZE unit")

    def counted(self) -> int:
        """Count the affected units of each partner."""
        query = "SELECT partner_id, count(*) FROM unit WHERE product_id = ANY(%s) GROUP BY 1"
        return sum(n for _, n in self.db.execute(query, [self.about()]).fetchall())

    def prepare_fanned(self) -> None:
        self.db.execute("TRUNCATE affected, message RESTART IDENTITY")
        self.db.execute("CHECKPOINT")

    def fanned(self) -> int:
        """Write a row for each affected unit and a message for each partner, in one statement."""
        with self.db.transaction():
            self.db.execute(
                "WITH hit AS (SELECT id, partner_id FROM unit WHERE product_id = ANY(%s)),"
                " kept AS (INSERT INTO affected SELECT 1, id FROM hit)"
                " INSERT INTO message (partner_id, key, recipient, context)"
                " SELECT c.id, 'announced:1:' || c.id, c.email,"
                " jsonb_build_object('units', h.units) FROM (SELECT partner_id, count(*) AS units"
                " FROM hit GROUP BY 1) h JOIN partner c ON c.id = h.partner_id"
                " ON CONFLICT (key) DO NOTHING",
                [self.about()],
            )
        return self.count("SELECT count(*) FROM affected")


TASKS = ("tables", "copyrow", "stage_ev", "one", "temp", "counted", "fanned")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--folder", required=True, type=Path)
    given = parser.parse_args()
    limits = Limits(given.dsn, given.folder)
    getattr(limits, f"prepare_{given.task}")()
    began = time.perf_counter()
    count = getattr(limits, given.task)()
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "count": count, "rss_mib": round(memory)}))


if __name__ == "__main__":
    main()
