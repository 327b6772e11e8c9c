"""What the gate said about the very build that is to be published."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from funnelhouse.publish.errors import PublishRefused
from funnelhouse.quality.gate import build_subject
from funnelhouse.settings import Settings

NOT_CHECKED = "not checked"


@dataclass(frozen=True)
class Audit:
    """`status` is pass, warn or `not checked`; `checks` are the single results of both boundaries."""

    status: str
    checked_at: str | None = None
    checks: list[dict[str, Any]] = field(default_factory=list)

    def of_table(self, table: str) -> list[dict[str, Any]]:
        """The checks of one table (schema.table)."""
        return [check for check in self.checks if check["table"] == table]

    def broken(self) -> list[str]:
        """What readers should know about, as stable texts."""
        return sorted(f"{c['table']}:{c['check']}" for c in self.checks if c["outcome"] in ("failed", "raised"))


def read_audit(settings: Settings, *, require_gate: bool) -> Audit:
    """The gate's verdict on the present build file.

    Raises PublishRefused if it was no; with `require_gate` also if this build was not checked.
    """
    subject = build_subject(settings)
    raw = gate_results(settings, "raw")
    if raw is not None and raw.get("subject", {}).get("batches") != subject["batches"]:
        raw = None
    marts = gate_results(settings, "marts")
    if marts is not None and marts.get("subject") != subject:
        marts = None
    for found in (raw, marts):
        if found is not None and found["status"] == "fail":
            raise PublishRefused(
                f"the gate refused this build at the {found['boundary']} boundary ({_critical(found)}); "
                f"see {settings.reports / 'checks-'}{found['boundary']}.html"
            )
    if marts is None:
        if require_gate:
            raise PublishRefused("the marts were not checked since they were built: run the gate first")
        return Audit(NOT_CHECKED)
    both = [found for found in (raw, marts) if found is not None]
    checks = [{**check, "boundary": found["boundary"]} for found in both for check in found["checks"]]
    warned = any(found["status"] == "warn" for found in both)
    return Audit("warn" if warned else "pass", marts["started_at"], checks)


def _critical(found: dict[str, Any]) -> str:
    broken = [
        c["check"] for c in found["checks"]
        if (c["severity"] == "critical" and c["outcome"] in ("failed", "raised"))
        or (c.get("keep_aside") and c["outcome"] == "raised")
    ]  # fmt: skip
    return ", ".join(broken[:5])


def gate_results(settings: Settings, boundary: str) -> dict[str, Any] | None:
    """What the gate last said at a boundary (raw or marts); None if it said nothing yet."""
    try:
        text = (settings.reports / f"checks-{boundary}.json").read_text(encoding="utf-8")
        document: dict[str, Any] = json.loads(text)
    except (OSError, ValueError):
        return None
    return document
