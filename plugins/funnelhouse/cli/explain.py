"""`funnelhouse explain ...`: where a published number comes from."""

from __future__ import annotations

from typing import Annotated

import typer

from funnelhouse.cli.parts import Format, Home, chosen, console, honest

explanations = typer.Typer(help="Where a number comes from.", no_args_is_help=True)


@explanations.callback()
def _group() -> None:
    """Keep the name of the only command: `explain opportunity`."""


@explanations.command("opportunity")
def explain_opportunity(
    opportunity: Annotated[str, typer.Argument(help="Id of the deal, as published or as the CRM has it", metavar="ID")],
    model: Annotated[
        str, typer.Option(help="An attribution model, or points for all models made of points, or all")
    ] = "points",
    output: Format = "table",
    home: Home = None,
) -> None:
    """What each touch of a deal is credited with, by which rule, and the sum."""
    from funnelhouse.commands.explain_credit import explain_credit

    with honest():
        explain_credit(console, chosen(home), opportunity, model, output)
