"""Numbers as people type them, compared without what they get wrong.

Capitals, spaces, hyphens, slashes and dots do not count, O is 0 and I is 1. The database
folds the same way, and has an index of every folded number, so that a prefix is found.
"""

import unicodedata

from django.db.models import CharField, Func

LONGEST = 40
_DROPPED = ("-", " ", "/", ".")
_ALIKE = (("O", "0"), ("I", "1"))


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).upper()
    for sign in _DROPPED:
        plain = plain.replace(sign, "")
    for letter, figure in _ALIKE:
        plain = plain.replace(letter, figure)
    return "".join(c for c in plain if c.isprintable() and not c.isspace())[:LONGEST]


def folding(column: str) -> str:
    """Return the SQL that folds a column; the indexes hold the very same words."""
    sql = f"UPPER({column})"
    for sign in _DROPPED:
        sql = f"REPLACE({sql}, '{sign}', '')"
    for letter, figure in _ALIKE:
        sql = f"REPLACE({sql}, '{letter}', '{figure}')"
    return sql


class Folded(Func):
    """A column as `folded()` has it."""

    template = folding("%(expressions)s")
    output_field = CharField()
