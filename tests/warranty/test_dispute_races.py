"""Two people decide one dispute at once: one wins, the other is told who and when."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from audit.models import Event
from tests import builders as make
from tests.builders import SHIPPED_ON
from tests.entrance import sign_in
from warranty.models import Dispute, Shipment

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_of_two_staff_who_decide_together_one_wins_and_the_other_learns_who_and_when():
    unit = make.make_unit()
    dispute = make.make_dispute(unit, claimed="2026-01-12")
    staff = {name: make.make_staff(f"{name}@example.test") for name in ("accept", "answer")}
    together = threading.Barrier(2, timeout=30)
    answers = {}

    def decide(name):
        try:
            client = Client()
            sign_in(client, staff[name])
            page = reverse(f"admin:warranty_dispute_{name}", args=[dispute.pk])
            shown = client.get(page).context["shown"]
            values = {"reason": f"Typed by {name}", "confirm": "1", "shown": shown}
            together.wait()
            answers[name] = client.post(page, values)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[name]) for name in staff]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert sorted(statuses.values()) == [302, 409]
    winner = next(name for name, status in statuses.items() if status == 302)
    late = answers["answer" if winner == "accept" else "accept"].content.decode()
    assert f"{staff[winner]} changed this on" in late
    assert f"Typed by {'answer' if winner == 'accept' else 'accept'}" in late
    decided = Dispute.unscoped.get()
    assert decided.answer == f"Typed by {winner}"
    assert Event.objects.filter(name__in=["dispute.accepted", "dispute.answered"]).count() == 1
    moved = Shipment.unscoped.get().shipped_on != SHIPPED_ON
    assert moved is (winner == "accept")
