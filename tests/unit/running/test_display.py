"""What `funnelhouse run` prints where there is no terminal: a line when a stage begins and one when it is over."""

from __future__ import annotations

import io

from rich.console import Console

from funnelhouse.progress import Report
from funnelhouse.running.display import Display


def printed(reports: list[Report]) -> list[str]:
    out = io.StringIO()
    display = Display(Console(file=out, force_terminal=False, width=100))
    with display.running():
        for entry in reports:
            display(entry)
    return out.getvalue().splitlines()


def test_a_stage_says_how_much_it_did_and_what_needs_a_look() -> None:
    assert printed(
        [
            Report("build", "starting dbt"),
            Report("build", "stg_leads", 1, 3, "ok"),
            Report("build", "rows_of_staging_crm", 2, 3, "warning"),
            Report("build", "stg_deals", 3, 3, "ok"),
            Report("publish", "writing", 1, 1, "ok"),
        ]
    ) == [
        "Build the warehouse ...",
        "  warning: rows_of_staging_crm",
        "  3 done in 0 s",
        "Publish ...",
        "  1 done in 0 s",
    ]


def test_each_channel_is_extracted_on_its_own_line() -> None:
    assert printed(
        [
            Report("extract", "a.csv", 2, 2, "ok", {"channel": "ads"}),
            Report("extract", "b.csv", 1, 1, "ok", {"channel": "crm"}),
        ]
    ) == ["Extract ads ...", "  2 done in 0 s", "Extract crm ...", "  1 done in 0 s"]


def test_a_stage_begins_with_how_long_the_rest_will_take() -> None:
    """A run that goes as the last one did: after 15 s there are 140 s left of 155."""
    now = 0.0
    out = io.StringIO()
    usual = {"receive": 5.0, "extract": 10.0, "build": 120.0, "publish": 20.0}
    display = Display(Console(file=out, force_terminal=False, width=100), usual, clock=lambda: now)
    with display.running():
        for now, entry in (  # noqa: B007 - the clock reads it
            (0, Report("receive", "a.csv", 0, 1)),
            (5, Report("receive", "a.csv", 1, 1, "ok")),
            (5, Report("extract", "a.csv", 0, 1, "", {"channel": "ads"})),
            (15, Report("extract", "a.csv", 1, 1, "ok", {"channel": "ads"})),
            (15, Report("build", "starting dbt")),
            (135, Report("publish", "writing")),
            (155, Report("publish", "20261129T000000Z-000000", 1, 1, "ok")),
        ):
            display(entry)
    assert out.getvalue().splitlines() == [
        "Receive exports ... (about 3 min left)",
        "  1 done in 5 s",
        "Extract ads ... (about 2 min left)",
        "  1 done in 10 s",
        "Build the warehouse ... (about 2 min left)",
        "  done in 120 s",
        "Publish ... (about 20 s left)",
        "  1 done in 20 s",
    ]
    assert display.seconds() == usual
