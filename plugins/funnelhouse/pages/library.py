"""The drawing library of the pages: Apache ECharts, put into the environment at set-up (charts.lock, bootstrap.sh)."""

from __future__ import annotations

import sys
from pathlib import Path

from funnelhouse.pages.parts import N_

PLACE = Path(sys.prefix) / "share" / "funnelhouse" / "echarts.min.js"
MISSING = N_("Charts need the drawing library, which the set-up fetches (`make setup`); tables are whole without it.")


def library() -> str:
    """The library's text; empty if the set-up did not put it there, which pages survive: every chart has its table."""
    try:
        return PLACE.read_text(encoding="utf-8")
    except OSError:
        return ""
