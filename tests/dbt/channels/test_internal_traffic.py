"""Visits of machines and of our own people are in no number of visits, and counted by their reason (R012, G13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from funnelhouse.settings import load_settings
from tests.bare_build import BareBuild
from tests.contracts.conftest import Exports

pytestmark = pytest.mark.slow

PREAMBLE = (
    "# ----------------------------------------\n# Acquisition\n# Account: Shop\n# Property: Shop\n"
    "# ----------------------------------------\n#\n# All Users\n# Start date: 20260901\n# End date: {end}\n"
)
DAYS = PREAMBLE.format(end="20260902") + (
    "Session source,Session medium,Date,Total users,Sessions\n"
    "google,cpc,20260901,80,100\nsemalt.com,referral,20260901,50,50\nlocalhost,internal,20260901,2,9\n"
    "google,cpc,20260902,70,90\n"
)
MONTH = PREAMBLE.format(end="20260930") + (
    "Session source,Session medium,Total users,Sessions\n"
    "google,cpc,1000,1500\n1.semalt.com,referral,400,400\ninternal,(none),3,40\n"
)
MODELS = ("fct_web_traffic", "mart_visitor", "mart_funnel_daily", "mart_exclusion_log")


def test_machines_and_our_own_people_are_no_visitors(tmp_path: Path, bare_build: BareBuild) -> None:
    exports = Exports(replace(load_settings(tmp_path / "home"), as_of=date(2026, 10, 31)))
    exports.settings.make_folders()
    exports.drop(DAYS.encode(), "days.csv", "ga4/1", exported_at="2026-10-01")
    exports.drop(MONTH.encode(), "month.csv", "ga4/1", exported_at="2026-10-01").load()
    bare_build.build(exports.settings, MODELS)

    def ask(query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(exports.settings.build_file), read_only=True) as connection:
            return connection.execute(query).fetchall()

    assert ask("select date_day::varchar, users, sessions from marts.fct_web_traffic order by 1") == [
        ("2026-09-01", 80, 100),
        ("2026-09-02", 70, 90),
    ]
    # The month has its own count of people: it is not the days' 80 + 70.
    assert ask(
        "select period_grain, period_start::varchar, channel, users, sessions from marts.mart_visitor order by all"
    ) == [
        ("day", "2026-09-01", "Paid Search", 80, 100),
        ("day", "2026-09-02", "Paid Search", 70, 90),
        ("month", "2026-09-01", "Paid Search", 1000, 1500),
    ]
    assert ask("select sum(entered)::int from marts.mart_funnel_daily where stage = 'Visitor'") == [(190,)]
    assert ask(
        "select entity, reason, row_count from marts.mart_exclusion_log "
        "where reason in ('bot', 'internal') order by all"
    ) == [
        ("web_period", "bot", 1),
        ("web_period", "internal", 1),
        ("web_traffic", "bot", 1),
        ("web_traffic", "internal", 1),
    ]
