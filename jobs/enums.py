"""The words for work that takes a while."""

from django.db.models import TextChoices


class JobKind(TextChoices):
    IMPORT_ORGANIZATIONS = "import_organizations", "Import of organizations"
    IMPORT_PRODUCTS = "import_products", "Import of products"
    IMPORT_SHIPMENTS = "import_shipments", "Import of shipments"
    IMPORT_REPORTS = "import_reports", "Import of installation reports"
    START_WARRANTIES = "start_warranties", "Start of warranties"
    CHECK_SERIALS = "check_serials", "Check of serial numbers"


class JobStatus(TextChoices):
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"
