"""How a refused body is told: every fault with its place in the body, or its line."""

from collections.abc import Iterable
from typing import Any

from rest_framework import status
from rest_framework.exceptions import APIException

SHOWN = 200
"""How many faults one answer names."""

Fault = dict[str, Any]


class Refused(APIException):
    """Nothing was recorded; every fault is named."""

    status_code = status.HTTP_400_BAD_REQUEST

    def __init__(self, faults: Iterable[Fault]) -> None:
        told = list({tuple(fault.items()): fault for fault in faults}.values())
        self.extension: dict[str, Any] = {"errors": told[:SHOWN]}
        if len(told) > SHOWN:
            self.extension |= {"errors_not_shown": len(told) - SHOWN}
        number = "1 fault" if len(told) == 1 else f"{len(told):,} faults"
        super().__init__(f"Nothing was recorded: {number} to correct. `errors` names each.")


def at_pointer(pointer: str, detail: str) -> Fault:
    return {"parameter": None, "pointer": pointer, "detail": detail}


def at_line(line: int | None, column: str, detail: str) -> Fault:
    """Tell a fault of a table: its line and column, as far as it has any."""
    where: Fault = {"line": line} if line else {}
    return {"parameter": column or None, **where, "detail": detail}
