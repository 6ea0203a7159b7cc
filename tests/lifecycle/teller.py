"""A teller to be killed: `python -m tests.lifecycle.teller ANNOUNCEMENT` tells one by one."""

import sys
import time

import django


def main(announcement: str) -> None:
    """Tell holder by holder, slowly enough for whoever wants to kill this in between."""
    django.setup()
    from lifecycle.models import Announcement
    from lifecycle.workflow.publishing import tell_batch
    from tests.lifecycle.announced import AT

    found = Announcement.objects.get(pk=int(announcement))
    while tell_batch(found, at=AT, size=1):
        print("told", flush=True)
        time.sleep(0.02)


if __name__ == "__main__":
    main(sys.argv[1])
