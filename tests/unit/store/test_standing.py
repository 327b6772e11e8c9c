"""Which files count: exports that contradict themselves or their predecessor do not, whatever the order of arrival."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from funnelhouse.store.batches import Batch
from funnelhouse.store.decisions import Decision
from funnelhouse.store.standing import Arrival, judge

WHOLE = Batch(
    batch_id="", file_sha256="", file_name="", table="-", contract="hubspot__deals", contract_version=1, channel="crm",
    source="hubspot", account_id="A1", scope="deal", restatement="full", exported_at="", exported_at_evidence="file",
    loaded_at="2026-11-01T00:00:00", period_start=None, period_end=None, is_provisional=False, rows_in=196,
    rows_loaded=196, rows_rejected=0,
)  # fmt: skip
"""An export of all 196 deals of a CRM."""

DAILY = replace(
    WHOLE, contract="meta_ads__ads_manager", channel="ads", source="meta_ads", scope="", restatement="upsert",
    period_start="2026-09-01", period_end="2026-09-30", rows_in=60, rows_loaded=60,
)  # fmt: skip
DIFFERS = [{"label": "Total", "values": {"spend": "100"}, "differences": {"spend": "10"}}]
CUT = ["its last row (117) has 3 of 14 cells and every other row has all of them: the file was cut; export it again"]


def export(name: str, day: int, like: Batch = WHOLE, **facts: Any) -> Batch:
    """An export of the 1st to 31st of October."""
    moment = f"2026-10-{day:02}T05:00:00"
    return replace(like, batch_id=name, file_sha256=name * 8, file_name=f"{name}.csv", exported_at=moment, **facts)


def standing(
    batches: list[Batch], accepted: str = "", withdrawn: str = "", arrivals: dict[str, Arrival] | None = None
) -> dict[str, str]:
    """What is said of each batch that does not count; the same in every order of the list."""
    arrived = {name * 8: arrival for name, arrival in (arrivals or {}).items()}
    decisions = {name * 8: Decision("accept", "2026-11-02T00:00:00") for name in accepted}
    decisions |= {name * 8: Decision("withdraw", "2026-11-02T00:00:00") for name in withdrawn}
    answers = [
        {
            one.batch.batch_id: f"{one.standing}: {one.reason}"
            for one in judge(order, decisions, 0.4, lambda sha256: arrived.get(sha256, Arrival()))
        }
        for order in permutations(batches)
    ]
    assert all(answer == answers[0] for answer in answers)
    return answers[0]


@pytest.mark.parametrize(
    ("like", "facts", "reason"),
    [
        (WHOLE, {"doubts": CUT}, "cut_off"),
        (WHOLE, {"has_open_end": True}, "cut_off"),
        (DAILY, {"totals": DIFFERS}, "total_differs"),
        (DAILY, {"period_start": "2026-10-31", "period_end": "2026-10-01"}, "period_backwards"),
        (WHOLE, {"rows_loaded": 116}, "lost_records"),
        (replace(DAILY, restatement="replace_period"), {"rows_loaded": 30}, "lost_records"),
    ],
)
def test_a_file_that_contradicts_itself_or_its_predecessor_is_suspended(
    like: Batch, facts: dict[str, Any], reason: str
) -> None:
    assert standing([export("a", 1, like), export("b", 8, like, **facts)]) == {"b": f"suspended: {reason}"}


def test_what_is_ordinary_is_not_suspended() -> None:
    """A list a little shorter, fewer days of an upsert, a shorter period, another account, hand-written plans."""
    assert standing([export("a", 1), export("b", 8, rows_loaded=118)]) == {}
    assert standing([export("a", 1, DAILY), export("b", 8, DAILY, rows_loaded=10)]) == {}
    period = replace(DAILY, restatement="replace_period")
    assert standing([export("a", 1, period), export("b", 8, period, rows_loaded=10, period_end="2026-09-05")]) == {}
    assert standing([export("a", 1), export("b", 8, rows_loaded=3, account_id="A2")]) == {}
    plans = replace(WHOLE, channel="plans", has_open_end=False)
    assert standing([export("a", 1, plans), export("b", 8, plans, has_open_end=True)]) == {}
    few = replace(WHOLE, rows_loaded=19)
    assert standing([export("a", 1, few), export("b", 8, few, rows_loaded=1)]) == {}


def test_a_platform_that_never_writes_a_line_end_at_the_end_is_believed() -> None:
    assert standing([export("a", 1, has_open_end=True), export("b", 8, has_open_end=True)]) == {}


def test_parts_of_one_export_are_counted_together() -> None:
    parts = [export(name, 8, rows_loaded=98) for name in ("b", "c")]
    assert standing([export("a", 1), *parts]) == {}
    assert standing([export("a", 1), export("b", 8, rows_loaded=58), export("c", 8, rows_loaded=58)]) == {
        "b": "suspended: lost_records", "c": "suspended: lost_records",
    }  # fmt: skip


def test_each_export_is_compared_with_the_last_good_one() -> None:
    """The third has as few as the second, which was suspended: that does not make it right."""
    assert standing([export("a", 1), export("b", 8, rows_loaded=90), export("c", 15, rows_loaded=91)]) == {
        "b": "suspended: lost_records", "c": "suspended: lost_records",
    }  # fmt: skip


def test_a_newer_right_export_lifts_it() -> None:
    assert standing([export("a", 1), export("b", 8, doubts=CUT), export("c", 15)]) == {"b": "replaced: cut_off"}
    daily = [export("a", 1, DAILY), export("b", 8, DAILY, totals=DIFFERS)]
    assert standing([*daily, export("c", 8, DAILY, loaded_at="2026-11-02T00:00:00")]) == {
        "b": "replaced: total_differs"
    }
    other_days = export("c", 15, DAILY, period_start="2026-10-01", period_end="2026-10-31")
    assert standing([*daily, other_days]) == {"b": "suspended: total_differs"}


def test_the_last_good_export_dropped_again_lifts_it() -> None:
    """It has the very same bytes, so it is no newer export; whatever the reason of the suspension."""
    wrong_after_right = {"a": Arrival("2026-11-01T10:00:00"), "b": Arrival("2026-11-02T10:00:00")}
    again = {**wrong_after_right, "a": Arrival("2026-11-03T10:00:00", is_again=True)}
    daily = [export("a", 1, DAILY), export("b", 8, DAILY, totals=DIFFERS)]
    for batches, reason in [
        (daily, "total_differs"),
        ([export("a", 1), export("b", 8, rows_loaded=90)], "lost_records"),
        ([export("a", 1), export("b", 8, doubts=CUT)], "cut_off"),
    ]:
        assert standing(batches, arrivals=wrong_after_right) == {"b": f"suspended: {reason}"}
        assert standing(batches, arrivals=again) == {"b": f"replaced: {reason}"}
    # Both came again with one copy of the whole folder: that settles nothing.
    both = {name: Arrival("2026-11-03T10:00:00", is_again=True) for name in "ab"}
    assert standing(daily, arrivals=both) == {"b": "suspended: total_differs"}
    # An older export that came late, or one of other days, is no answer.
    late = {**wrong_after_right, "a": Arrival("2026-11-03T10:00:00")}
    assert standing(daily, arrivals=late) == {"b": "suspended: total_differs"}
    other_days = [replace(daily[0], period_start="2026-09-02"), daily[1]]
    assert standing(other_days, arrivals=again) == {"b": "suspended: total_differs"}
    # Nor one that is itself wrong, or withdrawn.
    wrong = [replace(daily[0], totals=DIFFERS), daily[1]]
    assert standing(wrong, arrivals=again)["b"] == "suspended: total_differs"
    assert standing(daily, withdrawn="a", arrivals=again)["b"] == "suspended: total_differs"


def test_two_exports_of_one_moment_are_told_apart_by_their_arrival() -> None:
    """A rebuild from the archive loads both at the same time; the archive knows which came first."""
    same_moment = [export("b", 8, DAILY, totals=DIFFERS), export("c", 8, DAILY)]
    later = {"b": Arrival("2026-11-02T10:00:00"), "c": Arrival("2026-11-03T10:00:00")}
    assert standing(same_moment, arrivals=later) == {"b": "replaced: total_differs"}
    earlier = {"b": Arrival("2026-11-03T10:00:00"), "c": Arrival("2026-11-02T10:00:00")}
    assert standing(same_moment, arrivals=earlier) == {"b": "suspended: total_differs"}


def test_a_person_settles_it() -> None:
    batches = [export("a", 1), export("b", 8, rows_loaded=90), export("c", 15, rows_loaded=88)]
    assert standing(batches, accepted="b") == {}
    assert standing(batches, withdrawn="b") == {"b": "withdrawn: withdrawn", "c": "suspended: lost_records"}
    assert standing(batches, withdrawn="a") == {"a": "withdrawn: withdrawn"}


def test_the_reason_says_what_is_wrong_and_what_to_do() -> None:
    (lost,) = judge([export("a", 1), export("b", 8, rows_loaded=90)], {}, 0.4)
    assert lost.message == "it has 90 rows, the export before it (a.csv) had 196"
    assert lost.advice.endswith("funnelhouse accept bbbbbbbb")
    (total,) = judge([export("a", 1, DAILY, totals=DIFFERS)], {}, 0.4)
    assert total.message == "its row 'Total' says spend 100, the rows of the file add up to 10 less"
