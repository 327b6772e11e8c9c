"""A send that arrives in the export of all campaigns and as a report of its own is one send, whichever came first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from funnelhouse.settings import load_settings
from tests.bare_build import AS_OF, BareBuild
from tests.contracts.conftest import Exports

pytestmark = pytest.mark.slow

HEADER = (
    'Title,Subject,List,"Send Date","Total Recipients","Successful Deliveries","Soft Bounces","Hard Bounces",'
    '"Total Bounces","Times Forwarded","Unique Opens","Open Rate","Total Opens","Unique Clicks","Click Rate",'
    '"Total Clicks",Unsubscribes,"Abuse Complaints","Unique Id","Total Orders","Total Revenue"\n'
)
SENT = '"Apr 27, 2026 12:25 pm"'
COUNTS = "1751,1742,8,1,9,0,141,8.09%,200,20,1.15%,31,2,0"
SPRING = f'"Spring  report","Spring, at last",Customers,{SENT},{COUNTS},a1b2c3d4e5,3,10.00\n'
REPORT = """Email Campaign Report
"Title:","Spring report"
"Subject Line:","Spring, at last"
"Delivery Date/Time:","Mon, Apr 27, 2026 12:25"

"Overall Stats"
"Total Recipients:","1,751"
"Successful Deliveries:","1,742"
"Bounces:","9 (0.5%)"
"Recipients Who Opened:","150 (8.6%)"
"Total Opens:","222"
"Recipients Who Clicked:","20 (1.1%)"
"Total Clicks:","31"
"Total Unsubs:","2"
"Total Sales:","$12.50"
"""
EARLY, LATE = "2026-05-01T06:00:00", "2026-05-03T06:00:00"


class Sends:
    """A home of one account and the sends that its files become."""

    def __init__(self, home: Path, build: BareBuild) -> None:
        self.exports = Exports(replace(load_settings(home), as_of=AS_OF))
        self.exports.settings.make_folders()
        self.build = build

    def all_campaigns(self, exported: str, rows: str = SPRING) -> Sends:
        return self._load("campaigns.csv", HEADER + rows, exported)

    def report(self, exported: str, text: str = REPORT) -> Sends:
        return self._load("report.csv", text, exported)

    def _load(self, name: str, text: str, exported: str) -> Sends:
        facts = {"timezone": "America/New_York", "currency": "USD", "exported_at": exported}
        self.exports.drop(text.encode(), name, "mailchimp/a41f", **facts).load()
        return self

    def ask(self, columns: str, model: str = "fct_email_campaign") -> list[tuple[Any, ...]]:
        self.build.build(self.exports.settings, [model])
        with duckdb.connect(str(self.exports.settings.build_file), read_only=True) as connection:
            found: list[tuple[Any, ...]] = connection.execute(
                f"select {columns} from marts.{model} order by all"
            ).fetchall()
        return found


@pytest.fixture
def sends(tmp_path: Path, bare_build: BareBuild) -> Sends:
    return Sends(tmp_path / "home", bare_build)


COLUMNS = "send_id, sent, delivered, bounces, bounces_hard, opens_reported, clicks_unique, orders, revenue_native"


def test_each_file_alone_gives_the_counts_it_has(sends: Sends) -> None:
    named = "Spring report @ 2026-04-27 16:25:00"  # 12:25 in New York
    assert sends.report(LATE).ask(COLUMNS) == [(named, 1751, 1742, 9, None, 150, 20, None, 12.5)]


@pytest.mark.parametrize("first", ["all campaigns", "report"])
def test_the_newer_file_counts_and_keeps_what_only_the_older_says(sends: Sends, first: str) -> None:
    loads = [lambda: sends.all_campaigns(EARLY), lambda: sends.report(LATE)]
    for load in loads if first == "all campaigns" else loads[::-1]:
        load()
    # Opens of the report (2 days newer); hard bounces and orders are only in the other; revenue is net of tax there.
    assert sends.ask(COLUMNS) == [("a1b2c3d4e5", 1751, 1742, 9, 1, 150, 20, 3, 10)]
    # Versions of one send: 141 opens at first, 9 more by the report.
    versions = sends.ask("reported_from::varchar, opens, opens_gained, orders", "fct_email_campaign_version")
    assert versions == [("2026-05-01 06:00:00", 141, 141, 3), ("2026-05-03 06:00:00", 150, 9, 3)]


@pytest.mark.parametrize("first", ["all campaigns", "report"])
def test_a_newer_export_of_all_campaigns_takes_over_from_the_report(sends: Sends, first: str) -> None:
    loads = [lambda: sends.all_campaigns(LATE), lambda: sends.report(EARLY)]
    for load in loads if first == "all campaigns" else loads[::-1]:
        load()
    assert sends.ask(COLUMNS) == [("a1b2c3d4e5", 1751, 1742, 9, 1, 141, 20, 3, 10)]
    versions = sends.ask("send_id, opens, revenue_native", "fct_email_campaign_version")
    assert versions == [("a1b2c3d4e5", 141, 10), ("a1b2c3d4e5", 150, 12.5)]


def test_between_two_sends_of_one_title_and_minute_the_subject_decides(sends: Sends) -> None:
    german = SPRING.replace("Spring, at last", "Endlich").replace("a1b2c3d4e5", "f6a7b8c9d0")
    sends.all_campaigns(EARLY, SPRING + german).report(LATE)
    assert sends.ask("send_id, opens_reported") == [("a1b2c3d4e5", 150), ("f6a7b8c9d0", 141)]


def test_another_minute_is_another_send(sends: Sends) -> None:
    sends.all_campaigns(EARLY).report(LATE, REPORT.replace("12:25", "12:26"))
    assert [row[1] for row in sends.ask("send_id, opens_reported")] == [150, 141]
