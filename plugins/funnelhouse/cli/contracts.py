"""`funnelhouse contract ...`: the export kinds that are understood."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from funnelhouse.cli.parts import AsJson, Home, chosen, console, honest, prepared

contracts = typer.Typer(help="Source contracts: how each export kind is recognised and read.", no_args_is_help=True)


@contracts.command("list")
def list_contracts(
    quiet: Annotated[bool, typer.Option("--quiet", help="Only validate; print nothing if all is well")] = False,
    home: Home = None,
) -> None:
    """Every export kind that is understood, with its entities and how it is restated."""
    from funnelhouse.commands.contracts import print_contracts

    with honest():
        print_contracts(console, chosen(home), quiet=quiet)


@contracts.command("new")
def new_contract(
    file: Annotated[Path, typer.Argument(help="An export that no contract knows", metavar="FILE")],
    entity: Annotated[str | None, typer.Option(help="What one row is, e.g. ads_performance (default: guessed)")] = None,
    output: Annotated[Path | None, typer.Option(help="Where to write it (default: the contracts of the home)")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file; draft for recognised kinds too")] = False,
    home: Home = None,
) -> None:
    """Draft a contract for an unknown export: guesses with their reasons, questions where you decide."""
    from funnelhouse.commands.new_contract import new

    with honest():
        new(console, prepared(home), file, entity, output, force=force)


@contracts.command("check")
def check_contract(
    file: Annotated[Path, typer.Argument(help="An export file", metavar="FILE")],
    as_json: AsJson = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Also each table without trouble, where there are many")
    ] = False,
    source: Annotated[str | None, typer.Option(help="Platform, if the file does not say which")] = None,
    fact: Annotated[
        list[str] | None, typer.Option(help="What a manifest would say, e.g. --fact currency=EUR; may be repeated")
    ] = None,
    home: Home = None,
) -> None:
    """Explain every decision of reading a file, column by column. Nothing is loaded; exit code 0 if it would load."""
    from funnelhouse.commands.check_contract import check, given_facts

    with honest():
        facts = given_facts(fact or [], source)
        if not check(console, chosen(home), file, facts, as_json=as_json, everything=everything):
            raise typer.Exit(1)
