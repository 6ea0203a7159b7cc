"""What a run says of itself each second."""

from datetime import datetime
from typing import NamedTuple


class Sign(NamedTuple):
    """Rows read, of how many, and until when the run counts as alive."""

    rows_read: int
    rows_total: int
    claimed_until: datetime | None
