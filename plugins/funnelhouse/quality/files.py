"""Which loaded files count, by the rules of `store.standing` and the threshold of `gate.yml`."""

from __future__ import annotations

from funnelhouse.quality.suites import load_gate
from funnelhouse.settings import Settings
from funnelhouse.store.batches import read_batches
from funnelhouse.store.decisions import standing_decisions
from funnelhouse.store.standing import LeftOut, judge
from funnelhouse.transform.raw_views import expose_raw


def left_out(settings: Settings) -> list[LeftOut]:
    """The loaded tables that do not count now, in the order of their batches. Raises SuiteError."""
    return judge(read_batches(settings.raw), standing_decisions(settings), load_gate(settings.expectations).lost_share)


def expose_files(settings: Settings) -> dict[str, int]:
    """Show the files that count to the build file; rows per entity. Raises SuiteError."""
    return expose_raw(settings.build_file, settings.raw, left_out(settings))
