"""Sessions in the database, each with the person whose it is."""

from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts import session_data
from accounts.models import Session


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Copy out of the data what the list of somebody's sessions needs."""
        session = cast(Session, super().create_model_instance(data))
        session.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        if session_data.BEGAN in data:
            session.began_at = session_data.instant(data[session_data.BEGAN])
            session.seen_at = session_data.instant(data[session_data.SEEN])
        session.agent = data.get(session_data.AGENT, "")
        return session
