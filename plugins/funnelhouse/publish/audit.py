"""What the gate said about the very build that is to be published."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from funnelhouse.publish.errors import PublishRefused
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
    from funnelhouse.quality.gate import build_subject

    subject = build_subject(settings)
    marts = _results(settings, "marts")
    if marts is None or marts.get("subject") != subject:
        if require_gate:
            raise PublishRefused("the marts were not checked since they were built: run the gate first")
        return Audit(NOT_CHECKED)
    if marts["status"] == "fail":
        broken = [c["check"] for c in marts["checks"] if c["severity"] == "critical" and c["outcome"] != "passed"]
        raise PublishRefused(f"the gate refused this build ({', '.join(broken[:5])}); see {settings.reports}")
    raw = _results(settings, "raw")
    checks = [{**check, "boundary": "marts"} for check in marts["checks"]]
    warned = marts["status"] == "warn"
    if raw is not None and raw.get("subject", {}).get("batches") == subject["batches"]:
        checks = [{**check, "boundary": "raw"} for check in raw["checks"]] + checks
        warned = warned or raw["status"] == "warn"
    return Audit("warn" if warned else "pass", marts["started_at"], checks)


def _results(settings: Settings, boundary: str) -> dict[str, Any] | None:
    try:
        text = (settings.reports / f"checks-{boundary}.json").read_text(encoding="utf-8")
        document: dict[str, Any] = json.loads(text)
    except (OSError, ValueError):
        return None
    return document
