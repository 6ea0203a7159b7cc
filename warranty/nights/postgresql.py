"""The night on PostgreSQL: one statement per batch, and the unit rows are never touched.

`portable` does the same through the ORM; a test holds the two side by side.
"""

from datetime import date
from typing import Any

from django.db import connection

from warranty.nights.batches import Batch, Outcome

START_UNITS = """
WITH due AS MATERIALIZED (
    SELECT u.id,
           u.serial,
           u.installation_service,
           s.shipped_on + %(cap_days)s::int AS cap_on,
           coalesce(p.warranty_months, %(default_months)s::int) AS months,
           signed.report_id,
           signed.signed_on,
           CASE WHEN latest.kind = 'end_customer' THEN coalesce(d.shipped_by_id, s.shipped_by_id)
                ELSE latest.id END AS partner_id
    FROM warranty_unit u
    JOIN warranty_shipment s ON s.id = u.huawei_shipment_id
    JOIN catalog_partnumber n ON n.id = u.part_number_id
    JOIN catalog_product p ON p.id = n.product_id
    LEFT JOIN warranty_shipment d ON d.id = u.distributor_shipment_id
    JOIN partners_organization latest ON latest.id = coalesce(d.consignee_id, s.consignee_id)
    LEFT JOIN LATERAL (
        SELECT r.id AS report_id, r.signed_on
        FROM warranty_reportline l
        JOIN warranty_installationreport r ON r.id = l.report_id
        WHERE u.installation_service
          AND l.unit_id = u.id
          AND r.status = 'accepted'
          AND r.signed_on BETWEEN s.shipped_on AND s.shipped_on + %(cap_days)s::int
        ORDER BY r.signed_on, r.id
        LIMIT 1
    ) signed ON true
    WHERE s.id = ANY(%(shipments)s)
      AND NOT EXISTS (SELECT FROM warranty_warranty w WHERE w.unit_id = u.id)
), dated AS MATERIALIZED (
    SELECT *,
           coalesce(signed_on, cap_on) AS starts_on,
           CASE WHEN NOT installation_service THEN 'W1'
                WHEN signed_on IS NOT NULL THEN 'W2'
                ELSE 'W3' END AS rule,
           (coalesce(signed_on, cap_on) + make_interval(months => months))::date AS next_on
    FROM due
), covered AS MATERIALIZED (
    SELECT *,
           CASE WHEN extract(day FROM next_on) < extract(day FROM starts_on) THEN next_on
                ELSE next_on - 1 END AS ends_on
    FROM dated
), started AS (
    INSERT INTO warranty_warranty (unit_id, starts_on, ends_on, rule, months,
        policy_version_id, report_id, started_at, notice_on, voided_at, void_reason)
    SELECT id, starts_on, ends_on, rule, months,
        %(version)s, report_id, %(at)s, %(notice_on)s, NULL, ''
    FROM covered
    ORDER BY id
    ON CONFLICT DO NOTHING
    RETURNING unit_id
), events AS (
    INSERT INTO audit_event (name, at, actor_kind, actor_id, actor_label, organization_id,
        record_type, record_id, record_label, detail)
    SELECT 'warranty.started', %(at)s, %(actor_kind)s, %(actor_id)s, %(actor_label)s,
        %(actor_organization)s, 'warranty.unit', c.id, c.serial,
        jsonb_build_object(
            'before', NULL,
            'after', jsonb_build_object(
                'starts_on', c.starts_on, 'ends_on', c.ends_on, 'rule', c.rule),
            'cap_on', c.cap_on,
            'cause', %(cause)s::text)
    FROM covered c
    JOIN started ON started.unit_id = c.id
    ORDER BY c.id
)
SELECT c.partner_id, count(*), count(started.unit_id)
FROM covered c
LEFT JOIN started ON started.unit_id = c.id
GROUP BY c.partner_id
"""


def start_units(batch: Batch) -> Outcome:
    """Start what is due in the batch, each with its event, in one statement.

    The last covered day: the exclusive bound is the same day number some months on.
    Where that day does not exist PostgreSQL gives the month's last day, which then
    is covered; else the day before the bound is (policy section 0).
    """
    with connection.cursor() as cursor:
        cursor.execute(START_UNITS, _parameters(batch))
        rows = cursor.fetchall()
    started = {partner: count for partner, _, count in rows if count}
    return Outcome(due=sum(due for _, due, _ in rows), started=started)


def _parameters(batch: Batch) -> dict[str, Any]:
    actor = batch.actor
    return {
        "shipments": batch.shipment_ids,
        "version": batch.version.pk,
        "cap_days": batch.version.latest_start_days,
        "default_months": batch.version.default_warranty_months,
        "at": batch.at,
        "notice_on": batch.notice_on,
        "cause": batch.cause,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_label": actor.label[:254],
        "actor_organization": actor.organization_id,
    }


def share_night(day: date) -> None:
    """Keep the night from being closed until the transaction ends; others share it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT day FROM warranty_startnight WHERE day = %s FOR SHARE", [day])
