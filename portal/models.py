"""The one thing that pages keep of their own: where a person's calendar program asks."""

from django.db import models

from partners.models import Membership


class CalendarAddress(models.Model):
    """The secret of one member's calendar address; it goes when the membership goes.

    The address carries `nonce` with a signature, so that a copy of this table opens
    nothing. A new nonce ends the old address.
    """

    membership = models.OneToOneField(Membership, models.CASCADE)
    nonce = models.CharField(max_length=32, unique=True)
    renewed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Calendar address of {self.membership}"
