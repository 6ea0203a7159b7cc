"""The API of shipments and reports: what a partner's programs hand in and read."""

from warranty.api.shipments import Shipments

__all__ = ["Shipments"]
