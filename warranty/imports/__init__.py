"""Files into shipments, units and reports: all of a file, or nothing and every reason."""

from warranty.imports.preview import Preview
from warranty.imports.reports import REPORTS, import_reports
from warranty.imports.rows import SHIPMENTS
from warranty.imports.shipments import import_shipments

__all__ = ["REPORTS", "SHIPMENTS", "Preview", "import_reports", "import_shipments"]
