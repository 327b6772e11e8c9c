"""`funnelhouse contract list`: every export kind that is understood."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from funnelhouse.contracts.loader import load_contracts
from funnelhouse.settings import Settings


def print_contracts(console: Console, settings: Settings, *, quiet: bool = False) -> None:
    """Load every contract, the user's own included, and list them. Raises ContractError naming file, field and fix."""
    loaded = load_contracts(settings.user_contracts)
    if quiet:
        return
    table = Table(header_style="bold", box=None, pad_edge=False)
    for name in ("contract", "version", "export", "channel", "entities", "restatement", "evidence"):
        table.add_column(name, overflow="fold")
    for contract in sorted(loaded.values(), key=lambda item: (item.kind_channel, item.contract)):
        facts = contract.identity()
        table.add_row(
            facts["contract"], str(facts["version"]), escape(facts["title"]), facts["channel"],
            ", ".join(dict.fromkeys(facts["entities"])) or "refused", facts["restatement"], facts["evidence"],
        )  # fmt: skip
    console.print(table)
    console.print(f"{len(loaded)} contracts; your own go into {settings.user_contracts}", highlight=False)
