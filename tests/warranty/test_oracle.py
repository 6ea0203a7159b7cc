"""The policy functions against an oracle that knows nothing of them."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle import History, expected_end, expected_start, expected_status
from warranty import policy

TERMS = policy.Terms(version="test")
BOUNDARIES = [-1, 0, 1, 89, 90, 91]
NEAR_DAY_90 = st.sampled_from([*BOUNDARIES * 20, *range(-30, 201)])
DAYS_OF_ASKING = st.sampled_from([*BOUNDARIES * 20, *range(0, 2000, 7)])
DAYS = st.integers(date(2000, 1, 1).toordinal(), date(2099, 12, 31).toordinal())


@st.composite
def histories(draw: st.DrawFn) -> History:
    shipped_on = date.fromordinal(draw(DAYS))
    after = draw(st.lists(NEAR_DAY_90, max_size=3))
    return History(
        shipped_on=shipped_on,
        installation_service=draw(st.booleans()),
        signatures=tuple(shipped_on + timedelta(days=n) for n in after),
        months=draw(st.integers(1, 36)),
        today=shipped_on + timedelta(days=draw(DAYS_OF_ASKING)),
    )


@settings(max_examples=2000, derandomize=True, deadline=None, database=None)
@given(history=histories())
def test_start_end_and_status_agree_with_the_oracle(history: History) -> None:
    start = policy.warranty_start(
        shipped_on=history.shipped_on,
        installation_service=history.installation_service,
        signatures=history.signatures,
        today=history.today,
        terms=TERMS,
    )
    cover = policy.cover(start=start, months=history.months, on=history.today)
    expected = expected_start(history)
    assert (cover.starts_on, cover.rule) == (expected.starts_on, expected.rule)
    assert cover.ends_on == expected_end(history)
    assert cover.status == expected_status(history)


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(history=histories())
def test_every_start_lies_between_shipment_and_day_90_and_is_explained(history: History) -> None:
    start = policy.warranty_start(
        shipped_on=history.shipped_on,
        installation_service=history.installation_service,
        signatures=history.signatures,
        today=history.today,
        terms=TERMS,
    )
    assert history.shipped_on <= start.starts_on <= start.cap_on
    assert start.reasons[0].rule == start.rule
    assert policy.day_text(start.starts_on) in start.reasons[0].sentence


def test_the_oracle_itself_knows_the_dates_of_the_policy() -> None:
    def on_day(n: int) -> History:
        shipped_on = date(2026, 1, 10)
        signed = (shipped_on + timedelta(days=n),)
        return History(
            shipped_on=shipped_on,
            installation_service=True,
            signatures=signed,
            today=date(2026, 11, 22),
        )

    found = [expected_start(on_day(n)) for n in (0, 89, 90, 91)]
    assert [(start.starts_on, start.rule) for start in found] == [
        (date(2026, 1, 10), "W2"),
        (date(2026, 4, 9), "W2"),
        (date(2026, 4, 10), "W2"),
        (date(2026, 4, 10), "W3"),
    ]
    assert expected_end(on_day(0)) == date(2027, 1, 9)
