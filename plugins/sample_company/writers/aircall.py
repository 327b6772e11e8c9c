"""Aircall: the classic calls export; neighbouring exports overlap, so calls repeat."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from sample_company.company import AIRCALL
from sample_company.story import ads
from sample_company.story.calls import LINES, ZONES, Call, calls
from sample_company.world import World, midnight
from sample_company.writers.output import Output, csv_line

HEADER = (
    "line", "date (TZ offset incl.)", "time (TZ offset incl.)", "number timezone", "datetime (UTC)", "country_code",
    "direction", "from", "to", "answered", "missed_call_reason", "user", "duration (total)", "duration (in call)",
    "via", "voicemail", "tags",
)  # fmt: skip
_NUMBERS = {"Sales AMER": "+12125550299", "Sales EMEA": "+4930231250", "Sales APAC": "+842855590000"}
_COUNTRY = {"Sales AMER": "US", "Sales EMEA": "DE", "Sales APAC": "VN"}


def write(world: World, output: Output) -> None:
    """One CSV per export."""
    for export in ads.exports(world, overlap=7):
        at = midnight(export.exported) + timedelta(hours=4)
        folder = output.folder(AIRCALL, at, has_currency=False)
        name = f"calls_{export.first:%Y-%m-%d}_{export.last:%Y-%m-%d}.csv"
        with output.writing(folder / name, exported=at) as target:
            target.text(csv_line(HEADER))
            for call in calls(world, export.first, export.last):
                target.row(csv_line(_cells(call)))


def _cells(call: Call) -> list[str]:
    local = call.started_at.astimezone(ZoneInfo(ZONES[call.team]))
    ours, theirs = _NUMBERS[call.team], call.other.phone
    return [
        LINES[call.team], f"{local:%Y-%m-%d}", f"{local:%H:%M:%S}", ZONES[call.team],
        f"{call.started_at:%Y-%m-%d %H:%M:%S}", _COUNTRY[call.team], "inbound" if call.inbound else "outbound",
        theirs if call.inbound else ours, ours if call.inbound else theirs, "Yes" if call.answered else "No",
        call.missed_reason, call.rep.name if call.rep else "[No associated user]",
        str(call.ringing_seconds + call.talk_seconds), str(call.talk_seconds), "", "", "",
    ]  # fmt: skip
