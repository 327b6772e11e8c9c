"""The companies of an installation, for `funnelhouse tenants`."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from funnelhouse.publish import publisher
from funnelhouse.receive.inbox import is_seen, read_seen, scan
from funnelhouse.settings import Settings


def tenant_facts(settings: Settings) -> dict[str, Any]:
    """Name, home, inbox, current version (`published_at` in UTC) and how many files wait in the inbox."""
    current = next((version for version in publisher.versions(settings) if version.is_current), None)
    seen = read_seen(settings)
    return {
        "tenant": settings.tenant,
        "home": str(settings.home),
        "inbox": str(settings.inbox),
        "published_version": current.version if current else None,
        "published_at": current.created_at.isoformat(sep=" ", timespec="seconds") if current else None,
        "files_waiting": sum(not is_seen(seen, entry) for entry in scan(settings.inbox)),
    }


def print_tenants(console: Console, facts: list[dict[str, Any]]) -> None:
    """A line per company."""
    table = Table(box=None, header_style="bold")
    for label in ("tenant", "published version", "waiting files", "home"):
        table.add_column(label, overflow="fold")
    for fact in facts:
        table.add_row(
            escape(fact["tenant"]),
            fact["published_version"] or "none",
            str(fact["files_waiting"]),
            escape(fact["home"]),
        )
    console.print(table)
