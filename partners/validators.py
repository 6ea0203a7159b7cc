"""What a password must not hold: the words that everybody here knows."""

import re
from typing import Any

from django.core.exceptions import ValidationError

HOUSE_WORDS = ("huawei", "ninety")
SHORTEST_WORD = 4


class NoHouseWords:
    """Refuses the names of the house and of the organizations that the person belongs to."""

    def validate(self, password: str, user: Any = None) -> None:
        letters = _plain(password)
        for word in (*HOUSE_WORDS, *_organization_words(user)):
            if word in letters:
                raise ValidationError(
                    f"Choose a password without the word {word}: it is easy to guess here.",
                    code="password_house_word",
                )

    def get_help_text(self) -> str:
        return "Leave out the names of Huawei, of Ninety and of your organization."


def _organization_words(user: Any) -> list[str]:
    """Return code and first word of each organization, where they are long enough to matter."""
    if user is None or (user.pk is None and not hasattr(user, "_memberships")):
        return []
    organizations = [m.organization for m in user.joined_memberships()]
    words = [w for o in organizations for w in (o.code, o.name.split(" ")[0], o.name)]
    return [word for word in map(_plain, words) if len(word) >= SHORTEST_WORD]


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
