"""References that stand in addresses: random, so that they name a record and tell nothing."""

from typing import Any

from django.db.models import Func, UUIDField


class RandomReference(Func):
    """A random UUID made by the database, for rows that arrive by set statements too."""

    function = "gen_random_uuid"
    arity = 0
    output_field = UUIDField()

    def as_sqlite(self, compiler: Any, connection: Any, **how: Any) -> Any:
        return self.as_sql(compiler, connection, template="lower(hex(randomblob(16)))", **how)
