"""The words for work that takes a while."""

from django.db.models import TextChoices


class JobKind(TextChoices):
    IMPORT_ORGANIZATIONS = "import_organizations", "Import of organizations"
    IMPORT_PRODUCTS = "import_products", "Import of products"
    IMPORT_LIFECYCLE = "import_lifecycle", "Import of milestones"
    IMPORT_SHIPMENTS = "import_shipments", "Import of shipments"
    IMPORT_REPORTS = "import_reports", "Import of installation reports"
    START_WARRANTIES = "start_warranties", "Start of warranties"
    CHECK_SERIALS = "check_serials", "Check of serial numbers"
    REGISTER_CONTRACT = "register_contract", "Registration of a contract"
    EXPORT_DATA = "export_data", "Export of an organization's data"


class JobStatus(TextChoices):
    """Where a run stands. A command's run is `running`; an upload is previewed, then saved."""

    RUNNING = "running", "Running"
    QUEUED = "queued", "Waiting"
    PREVIEWING = "previewing", "Being checked"
    PREVIEWED = "previewed", "Ready to save"
    SAVING = "saving", "Being saved"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"
    DISCARDED = "discarded", "Discarded"

    @property
    def is_for_worker(self) -> bool:
        """Whether a worker has to act next, or is at it."""
        return self in FOR_WORKERS

    @property
    def tone(self) -> str:
        """Return the colour family of the status."""
        return _TONES.get(self, "info")


FOR_WORKERS = frozenset({JobStatus.QUEUED, JobStatus.PREVIEWING, JobStatus.SAVING})
AT_WORK = frozenset({JobStatus.RUNNING, JobStatus.PREVIEWING, JobStatus.SAVING})
_TONES = {
    JobStatus.DONE: "ok",
    JobStatus.REFUSED: "stop",
    JobStatus.FAILED: "stop",
    JobStatus.PREVIEWED: "warn",
    JobStatus.DISCARDED: "wait",
}
