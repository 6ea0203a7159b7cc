"""The table of kinds: every mail is in it, and it says what headers and pages need."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from notifications import kinds

MAILS = Path(settings.BASE_DIR) / "templates" / "email"


def templates() -> set[str]:
    return {
        path.relative_to(MAILS).with_suffix("").as_posix()
        for path in MAILS.rglob("*")
        if path.suffix in {".txt", ".html"} and path.parent != MAILS
    }


def test_every_mail_belongs_to_a_kind_and_every_kind_has_its_mails():
    declared = [name for kind in kinds.every() for name in kind.templates]
    assert sorted(declared) == sorted(templates())
    assert all(kind.templates for kind in kinds.every())


@pytest.mark.parametrize("name", sorted(templates()))
def test_a_mail_is_text_first_with_html_beside_it_and_leaves_the_why_to_its_kind(name):
    text, html = ((MAILS / f"{name}.{suffix}").read_text() for suffix in ("txt", "html"))
    assert html.startswith('{% extends "email/base.html" %}')
    assert "You get this because" not in text + html
    assert text.count("{{ base_url }}") <= 1, "a mail has one link to act on"


@pytest.mark.parametrize("kind", kinds.every(), ids=lambda kind: kind.name)
def test_a_kind_reads_well_wherever_it_is_shown(kind):
    why = kind.why(None)
    assert why.endswith(".") and not why.endswith("..") and "{" not in why
    assert kind.label[0].isupper() and not kind.label.endswith(".")
    assert kind.is_starred or kind.always.endswith(".")
    assert len(kind.name) <= 40


def test_a_mail_has_one_kind():
    known = kinds.every()[0]
    twice = kinds.Kind(
        name="twice", number=99, label="Twice", because="x", templates=known.templates, always="x."
    )
    with pytest.raises(ImproperlyConfigured):
        kinds.declare(twice)
    assert kinds.of_template(known.templates[0]) is known


@pytest.mark.parametrize(("is_starred", "always"), [(True, "It is needed."), (False, "")])
def test_a_kind_is_either_starred_or_says_why_it_always_comes(is_starred, always):
    odd = kinds.Kind(
        name="odd", number=99, label="Odd", because="x", templates=("odd/odd",),
        is_starred=is_starred, always=always,
    )  # fmt: skip
    with pytest.raises(ImproperlyConfigured):
        kinds.declare(odd)
    with pytest.raises(kinds.UnknownKind):
        kinds.of_template("odd/odd")
