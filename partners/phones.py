"""Telephone numbers as people write them, and as a telephone dials them."""

import re

_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_WRITTEN = re.compile(r"[+(]?\d[0-9A-Z ().+-]*")
_UNITED_STATES = re.compile(r"\+1[2-9]\d{9}")


def dialled(text: str) -> str:
    """Return a number for a link that calls it, its letters as the keys that bear them.

    Ten digits, or eleven that begin with 1, are a number of the United States.
    """
    keys = text.upper().translate(_KEYS)
    digits = re.sub(r"\D", "", keys)
    if len(digits) == 10 and not keys.strip().startswith("+"):
        return f"+1{digits}"
    is_whole = keys.strip().startswith("+") or (len(digits) == 11 and digits[0] == "1")
    return f"+{digits}" if is_whole else digits


def is_united_states(text: str) -> bool:
    """Tell whether a text is written like a number of the United States, and is one."""
    return bool(_WRITTEN.fullmatch(text.upper()) and _UNITED_STATES.fullmatch(dialled(text)))
