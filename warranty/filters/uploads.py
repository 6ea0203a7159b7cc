"""Which uploads of shipments the list is asked for."""

from typing import Any

from jobs.enums import JobStatus
from jobs.lists import filters as lists

STATUSES = [choice for choice in JobStatus.choices if choice[0] != JobStatus.RUNNING]
"""How an upload may stand; only a command runs without a preview."""
VIEWS = (
    lists.View("All uploads"),
    *(
        lists.View(str(status.label), {"status": status.value})
        for status in (JobStatus.PREVIEWED, JobStatus.DONE, JobStatus.REFUSED)
    ),
)


class UploadListForm(lists.DaysForm):
    between = (("uploaded_from", "uploaded_to"),)


class UploadFilter(lists.ListFilter):
    """One look at what was handed in."""

    q = lists.text("File name contains", "by_name", longest=80)
    status = lists.choice("Status", STATUSES)
    by = lists.text("Uploaded by", "by_person", longest=80)
    uploaded_from = lists.since("Uploaded from", "started_at")
    uploaded_to = lists.until("Uploaded until", "started_at")

    class Meta:
        form = UploadListForm

    def by_name(self, jobs: Any, name: str, value: str) -> Any:
        return jobs.filter(file_name__icontains=value)

    def by_person(self, jobs: Any, name: str, value: str) -> Any:
        return jobs.filter(actor_label__icontains=value)
