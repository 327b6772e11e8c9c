"""Facts of `funnelhouse status`."""

from __future__ import annotations

import json
from typing import Any

from funnelhouse.publish import publisher
from funnelhouse.publish.summary import unknown_values
from funnelhouse.quality.files import left_out
from funnelhouse.receive.inbox import waiting_channels
from funnelhouse.settings import Settings
from funnelhouse.store.ledger import is_loaded_in_part
from funnelhouse.store.standing import LeftOut
from funnelhouse.transform.build_state import is_build_due


def house_status(settings: Settings) -> dict[str, Any]:
    """Home, current version, what waits in inbox and archive, whether a build is due, files that do not count.

    `unknown_values` is how many words in the exports no rule of the published version knows.
    """
    current = next((version for version in publisher.versions(settings) if version.is_current), None)
    waiting = [path for path in settings.inbox.rglob("*") if path.is_file() and not path.name.startswith(("_", "."))]
    records = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted((settings.raw / "_files").glob("*.json"))
    ]
    excluded = left_out(settings)
    return {
        "home": str(settings.home),
        "published_version": current.version if current else None,
        "published_at": current.created_at.isoformat(sep=" ", timespec="seconds") if current else None,
        "files_in_inbox": len(waiting),
        "channels_to_extract": waiting_channels(settings),
        "build_is_due": is_build_due(settings),
        "files_received": len(records),
        "files_loaded_in_part": [
            f"{record['file_name']}: {record['message']}" for record in records if is_loaded_in_part(record)
        ],
        "files_refused": sum(record.get("outcome") == "refused" for record in records),
        "files_suspended": _files(excluded, "suspended"),
        "files_withdrawn": _files(excluded, "withdrawn"),
        "unknown_values": len(unknown_values(settings)),
    }


def _files(excluded: list[LeftOut], standing: str) -> list[str]:
    """Name, why it does not count and what to do: files of several days are often called the same."""
    return sorted(
        {f"{one.batch.file_name}: {one.message}; {one.advice}" for one in excluded if one.standing == standing}
    )


def shown(value: Any) -> str:
    """A fact as a person reads it: none, yes, no, names with commas."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)
