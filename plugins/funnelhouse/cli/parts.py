"""What the commands share: consoles, options, and how a failure becomes one message and an exit code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from funnelhouse.errors import Verdict
from funnelhouse.settings import Settings
from funnelhouse.store.locks import Busy
from funnelhouse.tenants import chosen_settings

console = Console()
complaints = Console(stderr=True)

asked_tenant: ContextVar[str | None] = ContextVar("asked_tenant", default=None)
"""What `--tenant` says, which stands before the command."""

Home = Annotated[Path | None, typer.Option("--home", help="Home folder (default: FUNNELHOUSE_HOME or ./data)")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines")]
Format = Annotated[str, typer.Option("--format", help="table, csv or json")]


@contextmanager
def honest() -> Iterator[None]:
    """Turn a verdict into one message and exit code 1; anything else is a bug and keeps its traceback."""
    try:
        yield
    except (Verdict, Busy) as problem:
        complaints.print(f"[bold red]Failed:[/] {escape(str(problem))}", highlight=False)
        raise typer.Exit(1) from problem
    except Exception as problem:
        from funnelhouse.space import is_no_space

        if not is_no_space(problem):
            raise
        complaints.print(
            "[bold red]Failed:[/] no space left on the disk. Free some and run the same command again; nothing is lost."
        )
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        complaints.print("[yellow]Stopped. Nothing is lost: run it again to go on.[/]")
        raise typer.Exit(130) from None


def prepared(home: Path | None) -> Settings:
    """The settings of a home whose folders exist and hold what its object stores hold."""
    settings = chosen(home)
    settings.make_folders()
    if settings.has_stores:
        from funnelhouse.running.stores import fetch

        fetch(settings)
    return settings


def uploaded(settings: Settings) -> None:
    """Keep what a command changed in the house's object stores."""
    if settings.has_stores:
        from funnelhouse.running.stores import upload

        upload(settings)


def chosen(home: Path | None) -> Settings:
    """The settings of the company the command is for: of `--tenant`, else of `--home`, else of the environment."""
    return chosen_settings(home, asked_tenant.get())
