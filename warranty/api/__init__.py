"""The API of shipments and reports: what a partner's programs hand in and read."""

from warranty.api.reports import OneReport, Reports
from warranty.api.shipments import Shipments

__all__ = ["OneReport", "Reports", "Shipments"]
