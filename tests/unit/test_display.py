"""What `funnelhouse run` prints where there is no terminal: a line when a stage begins and one when it is over."""

from __future__ import annotations

import io

from rich.console import Console

from funnelhouse.progress import Report
from funnelhouse.running.display import Display


def test_a_stage_says_how_much_it_did_what_stood_as_it_was_and_what_needs_a_look() -> None:
    out = io.StringIO()
    display = Display(Console(file=out, force_terminal=False, width=100))
    with display.running():
        display(Report("build staging", "starting dbt"))
        display(Report("build staging", "stg_leads", 1, 3, "ok"))
        display(Report("build staging", "stg_deals", 2, 3, "ok", {"unchanged": True}))
        display(Report("build staging", "rows_of_staging_crm", 3, 3, "warning"))
        display(Report("publish", "writing", 1, 1, "ok"))

    assert out.getvalue().splitlines() == [
        "Build staging ...",
        "  warning: rows_of_staging_crm",
        "  3 done in 0 s, 1 of them unchanged",
        "Publish ...",
        "  1 done in 0 s",
    ]
