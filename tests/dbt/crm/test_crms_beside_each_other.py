"""A CRM that keeps the history of its leads beside one that shows only where they ended, both without activities."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from funnelhouse.settings import load_settings
from tests.bare_build import BareBuild
from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow

AS_OF = date(2026, 6, 30)


def _lead(key: str, status: str) -> dict[str, Any]:
    return {"record_id": key, "created_at": "2026-02-02T09:00:00", "status": status, "is_deleted": False,
            "is_converted": False}  # fmt: skip


def _change(key: str, old: str, new: str, at: str) -> dict[str, Any]:
    return {"record_id": f"{key} {new}", "lead_id": key, "field": "Status", "old_value": old,
            "new_value": new, "changed_at": at}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, bare_build: BareBuild) -> RawFactory:
    raw = RawFactory(replace(load_settings(tmp_path_factory.mktemp("beside") / "home"), as_of=AS_OF))
    # Of ten leads five became MQLs and two of these SALs, all of it recorded.
    raw.add("crm_leads", [
        _lead(f"F{n}", "SAL" if n < 2 else "MQL" if n < 5 else "New") for n in range(10)
    ], source="fullco")  # fmt: skip
    raw.add("crm_lead_history", [
        *(_change(f"F{n}", "New", "MQL", "2026-02-10T09:00:00") for n in range(5)),
        *(_change(f"F{n}", "MQL", "SAL", "2026-02-20T09:00:00") for n in range(2)),
    ], source="fullco")  # fmt: skip
    # Of ten more, four are SALs now; how they became so nobody wrote down.
    raw.add("crm_leads", [_lead(f"E{n}", "SAL" if n < 4 else "New") for n in range(10)], source="endco")
    bare_build.build(raw.settings)
    return raw


def _rows(built: RawFactory, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in built.rows(query)]


def test_a_crm_that_does_not_tell_who_passed_a_step_is_not_pooled_with_one_that_does(built: RawFactory) -> None:
    query = (
        "select dimension_value, numerator, denominator, n_without_history, conversion_rate_cohort "
        "from marts.mart_funnel_conversion where basis = 'cohort' and window_days is null "
        "and dimension_type in ('all', 'source') and metric = '{}' order by 1"
    )
    assert _rows(built, query.format("lead_to_mql")) == [
        ("all", 5, 10, 10, 0.5), ("endco", 0, 0, 10, None), ("fullco", 5, 10, 0, 0.5),
    ]  # fmt: skip
    assert _rows(built, query.format("mql_to_sal")) == [
        ("all", 2, 5, 4, 0.4), ("endco", 0, 0, 4, None), ("fullco", 2, 5, 0, 0.4),
    ]  # fmt: skip


def test_leads_of_crms_without_activities_are_not_called_never_addressed(built: RawFactory) -> None:
    assert _rows(built, "select n_completed, n_open, n_contact_unknown, not_contacted_rate "
                 "from marts.mart_funnel_velocity where metric = 'speed_to_lead' and dimension_type = 'source'") == [
        (0, 0, 10, None), (0, 0, 10, None),
    ]  # fmt: skip
    assert _rows(built, "select sum(n_open)::int, sum(n_not_contacted)::int, count(not_contacted_rate), "
                 "count(contact_attempts_mean) from marts.mart_stuck_leads") == [(20, 0, 0, 0)]  # fmt: skip
    assert _rows(built, "select distinct is_contact_known, contact_attempts from marts.mart_lead_journey") == [
        (False, None),
    ]  # fmt: skip
