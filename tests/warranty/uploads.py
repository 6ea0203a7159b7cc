"""Handing in shipments files in tests, as a browser does, and letting the worker work."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from jobs.models import Job
from partners import clock
from warranty.tasks import work_on_upload


def hand_in(client, content, name="shipments.csv"):
    """Upload a file and return the answer of the page."""
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("shipment-upload"), {"file": file})


def the_job():
    """Return the latest upload."""
    return Job.unscoped.uploads().order_by("-pk").first()


def address(job=None):
    return reverse("shipment-job", args=[(job or the_job()).reference])


def work():
    """Do what the worker does with the latest upload; return it."""
    work_on_upload(job_id=the_job().pk)
    return the_job()


def preview(client, content, **how):
    """Upload a file, let it be previewed and return its job."""
    assert hand_in(client, content, **how).status_code == 302
    return work()


def press(client, step, job=None):
    """Press the button of that name on the upload's page."""
    return client.post(address(job), {"step": step})


def save(client, content, step="save", **how):
    """Upload, preview and save a file; return its job."""
    preview(client, content, **how)
    assert press(client, step).status_code == 302
    return work()


def days_ago(days):
    """Return a day before today as files write it."""
    return (clock.business_today() - timedelta(days=days)).isoformat()
