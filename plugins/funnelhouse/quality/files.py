"""Which loaded files count, by the rules of `store.standing` and the threshold of `gate.yml`."""

from __future__ import annotations

from datetime import UTC, datetime

from funnelhouse.quality.suites import load_gate
from funnelhouse.settings import Settings
from funnelhouse.store.archive import list_records, load_record
from funnelhouse.store.batches import announce, read_batches
from funnelhouse.store.decisions import standing_decisions
from funnelhouse.store.standing import Arrival, LeftOut, judge
from funnelhouse.transform.raw_views import expose_raw


def left_out(settings: Settings) -> list[LeftOut]:
    """The loaded tables that do not count now, in the order of their batches. Raises SuiteError."""

    def arrival(sha256: str) -> Arrival:
        record = load_record(settings, sha256)
        return Arrival(record.last_received_at, record.times_received > 1) if record else Arrival()

    lost_share = load_gate(settings.expectations).lost_share
    return judge(read_batches(settings.raw), standing_decisions(settings), lost_share, arrival)


def announce_settled(settings: Settings, since: datetime) -> None:
    """Have a build follow if a file that was dropped again since then replaces a suspended one. Raises SuiteError.

    No batch is new then, and still the marts say another thing of the suspended file.
    """
    moment = since.astimezone(UTC).isoformat(timespec="microseconds")
    channels = {
        record.channel
        for record in list_records(settings)
        if record.times_received > 1 and record.last_received_at >= moment
    }
    if not channels:
        return
    for channel in sorted({one.batch.channel for one in left_out(settings) if one.standing == "replaced"} & channels):
        announce(settings.raw, channel)


def expose_files(settings: Settings) -> dict[str, int]:
    """Show the files that count to the build file; rows per entity. Raises SuiteError."""
    return expose_raw(settings.build_file, settings.raw, left_out(settings))
