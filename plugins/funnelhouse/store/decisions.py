"""What people decided about archived files: to accept one that is suspended, or to withdraw one that counts.

The decisions are kept beside the bytes in the archive, so that they hold after everything else was rebuilt from it.
Nothing is ever removed from the list: a decision that was undone says when.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from funnelhouse.files import write_json
from funnelhouse.settings import Settings
from funnelhouse.store.archive import folder_of

Verb = Literal["accept", "withdraw"]


@dataclass(frozen=True)
class Decision:
    """One decision; times are ISO 8601 UTC texts."""

    verb: Verb
    decided_at: str
    undone_at: str | None = None


def decisions_path(settings: Settings, sha256: str) -> Path:
    """Where the decisions about a file are."""
    return folder_of(settings, sha256) / "decisions.json"


def read_decisions(settings: Settings, sha256: str) -> list[Decision]:
    """Every decision about a file, oldest first."""
    try:
        text = decisions_path(settings, sha256).read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [Decision(**entry) for entry in json.loads(text)]


def standing_decision(settings: Settings, sha256: str) -> Decision | None:
    """The newest decision about a file that was not undone."""
    return next((one for one in reversed(read_decisions(settings, sha256)) if one.undone_at is None), None)


def standing_decisions(settings: Settings) -> dict[str, Decision]:
    """The decision that holds of each file about which one was taken."""
    files = (path.parent.name for path in sorted(settings.archive.glob("??/*/decisions.json")))
    found = {sha256: standing_decision(settings, sha256) for sha256 in files}
    return {sha256: decision for sha256, decision in found.items() if decision}


def decide(settings: Settings, sha256: str, verb: Verb) -> bool:
    """Note a decision about an archived file; False if the same one holds already."""
    standing = standing_decision(settings, sha256)
    if standing and standing.verb == verb:
        return False
    decided = [*read_decisions(settings, sha256), Decision(verb, _now())]
    write_json(decisions_path(settings, sha256), [asdict(one) for one in decided])
    return True


def undo(settings: Settings, sha256: str, verb: Verb) -> bool:
    """Undo the decision that holds, if it is this one; the one before it holds again. False if it is not."""
    decided = read_decisions(settings, sha256)
    place = next((n for n in reversed(range(len(decided))) if decided[n].undone_at is None), None)
    if place is None or decided[place].verb != verb:
        return False
    decided[place] = replace(decided[place], undone_at=_now())
    write_json(decisions_path(settings, sha256), [asdict(one) for one in decided])
    return True


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
