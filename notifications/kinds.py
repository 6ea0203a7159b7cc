"""The kinds of mail, as one table: headers, preferences and the desk read it.

The app that owns a template declares its kind in its `kinds.py`:

    kinds.declare(
        kinds.Kind(
            name="report-decided",
            number=13,
            label="Report accepted or sent back",
            because="{organization} handed the report in",
            templates=("warranty/report_accepted", "warranty/report_sent_back"),
            always="It answers what your organization handed in.",
        )
    )

A starred kind is news that can wait: it obeys preferences and quiet hours and says how to
stop it. Any other is sent whatever was chosen, and `always` says why.
"""

from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

from partners.models import Organization

BECAUSE = "You get this because "


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of mail.

    `because` completes "You get this because …" and may name the `{organization}`.
    `is_collected`: may be read once a week instead. `heeds_mute`: whoever mutes the record
    that such a mail is about gets no more of them. `holds_secret`: a mail of this
    kind contains a link that signs somebody in, so that nobody else may see it.
    """

    name: str
    number: int
    label: str
    because: str
    templates: tuple[str, ...]
    is_starred: bool = False
    is_collected: bool = False
    heeds_mute: bool = False
    always: str = ""
    holds_secret: bool = False

    def why(self, organization: Organization | None) -> str:
        """Return the sentence that says why a reader gets this."""
        name = organization.name if organization else "your organization"
        return f"{BECAUSE}{self.because.replace('{organization}', name)}."


class UnknownKind(LookupError):
    """A template or a name that no app has declared."""


_kinds: dict[str, Kind] = {}
_by_template: dict[str, Kind] = {}


def declare(kind: Kind) -> Kind:
    """Add a kind to the table. Raises: ImproperlyConfigured where the table would lie."""
    taken = [name for name in kind.templates if name in _by_template]
    if kind.name in _kinds or taken:
        raise ImproperlyConfigured(f"{kind.name} is declared twice, or its mails {taken} are.")
    if bool(kind.always) is kind.is_starred:
        raise ImproperlyConfigured(f"{kind.name} is either starred or says why it always comes.")
    _kinds[kind.name] = kind
    _by_template.update(dict.fromkeys(kind.templates, kind))
    return kind


def every() -> list[Kind]:
    """Return all kinds by number."""
    return sorted(_kinds.values(), key=lambda kind: (kind.number, kind.name))


def starred() -> list[Kind]:
    return [kind for kind in every() if kind.is_starred]


def named(name: str) -> Kind:
    """Return the kind of this name. Raises: UnknownKind."""
    if name not in _kinds:
        raise UnknownKind(f"No app declares the kind {name}.")
    return _kinds[name]


def of_template(template: str) -> Kind:
    """Return the kind to which a template belongs. Raises: UnknownKind."""
    if template not in _by_template:
        raise UnknownKind(f"No app declares a kind for the mail {template}.")
    return _by_template[template]


def is_starred(template: str) -> bool:
    """Tell whether a template's mail can wait; what nobody declares cannot."""
    kind = _by_template.get(template)
    return kind is not None and kind.is_starred
