"""The columns of a shipments file, in the words of the page that explains them."""

from typing import NamedTuple


class Column(NamedTuple):
    """A column, what goes into it, and whether it may be left out."""

    name: str
    meaning: str
    example: str
    is_optional: bool = False


COLUMNS = (
    Column("shipment_number", "The number on the shipment papers, up to 40 characters.", "D-1042"),
    Column("leg", "huawei, or distributor for a shipment that you send on.", "distributor"),
    Column("shipped_on", "The date on the papers, as YYYY-MM-DD. This is day 0.", "2026-02-19"),
    Column("shipped_by", "The code of the organization that ships.", "MERIDIAN"),
    Column("consignee", "The code of the organization that receives.", "COPPERLINE"),
    Column("serial_number", "One unit a row, as on its label.", "2102350AAA10K1000001"),
    Column("part_number", "As text, with its leading zeros.", "02350AAA"),
    Column("installation_service", "yes or no: was installation service purchased?", "yes"),
    Column("end_customer", "Who will use the unit.", "Harbor Lamp Example Hospital", True),
    Column("site_country", "Two letters of ISO 3166.", "US", True),
    Column("purchase_order", "Your order number.", "PO-2231", True),
)
EXAMPLE = tuple(column.example for column in COLUMNS)
