"""Commands for a whole installation: Airflow's services, and the list of its tenants."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from funnelhouse.cli.parts import AsJson, Home, complaints, console, honest, prepared
from funnelhouse.files import private_folder
from funnelhouse.settings import Settings, SettingsError, load_settings
from funnelhouse.store.locks import Busy, run_lock
from funnelhouse.tenants import chosen_settings, pools, read_tenants, tenants_folder

if TYPE_CHECKING:
    from funnelhouse.running.services import Services


def ui(
    port: Annotated[int | None, typer.Option(help="Port on 127.0.0.1 (default 8080, or a free one)")] = None,
    home: Home = None,
) -> None:
    """Start Airflow on this machine: scheduler, api-server and a login that is printed. Ctrl-C stops it."""
    from funnelhouse.interruption import ended_by_signals
    from funnelhouse.progress import listening
    from funnelhouse.running.display import Display
    from funnelhouse.running.services import USER, airflow_services

    with honest(), ended_by_signals(), contextlib.ExitStack() as held:
        several = tenants_folder() is not None
        settings = _installation(home) if several else prepared(home)
        held.enter_context(run_lock(settings, "funnelhouse ui"))
        held.enter_context(listening(Display(console)))
        services = held.enter_context(airflow_services(settings, port))
        console.print(f"\nAirflow: [bold]{services.url}[/]   user {USER}   password {services.password}")
        if several:
            console.print("Tenants: `funnelhouse tenants` lists them and their inboxes", highlight=False)
            console.print("Pages:   `funnelhouse --tenant NAME pages`, not in Airflow", highlight=False)
        else:
            console.print(
                f"Inbox:   {settings.inbox}   (files are taken every {settings.receive_minutes} minutes, or trigger "
                "receive_exports)"
            )
            console.print(f"Pages:   {services.url}/plugin/marketing   (the same login)", highlight=False)
        console.print("Ctrl-C stops it.")
        tended = Tended()
        while True:
            services.check()
            if several:
                tended.look(services, held)
            time.sleep(2)


class Tended:
    """The tenants that running services work for: each home is theirs as long as they run, and each has its pool."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._said: set[str] = set()

    def look(self, services: Services, held: contextlib.ExitStack) -> None:
        """Take in tenants that are new. One whose home is in use waits without a pool, so that it builds nothing."""
        try:
            found = read_tenants()
        except SettingsError as problem:  # the folder itself: it may be back at the next look
            self._say(str(problem))
            return
        new = []
        for tenant in sorted(set(found.settings) - self._known):
            try:
                found.settings[tenant].make_folders()
                held.enter_context(run_lock(found.settings[tenant], "funnelhouse ui"))
            except (Busy, OSError, SettingsError) as problem:
                self._say(f"{tenant}: {problem}")
            else:
                new.append(tenant)
        if new:
            services.make_pools(new)
            self._known |= set(new)
            console.print(f"Working for {', '.join(new)}", highlight=False)
        for said in found.refused.values():
            self._say(said)

    def _say(self, problem: str) -> None:
        if problem not in self._said:
            self._said.add(problem)
            complaints.print(escape(problem), highlight=False, soft_wrap=True)


def _installation(home: Path | None) -> Settings:
    """Settings of an installation with tenants: of its home only Airflow and the logs are used."""
    settings = load_settings(home)
    settings.logs.mkdir(parents=True, exist_ok=True)
    private_folder(settings.airflow)
    return settings


def tenants(
    as_json: AsJson = False,
    as_pools: Annotated[
        bool, typer.Option("--pools", help="Print their pools for `airflow pools import` instead")
    ] = False,
) -> None:
    """List the companies of this installation: home, published version, waiting files, and which files are refused."""
    from funnelhouse.commands.tenants import print_tenants, tenant_facts

    with honest():
        if tenants_folder() is None:
            chosen_settings()
            console.print("One company: FUNNELHOUSE_TENANTS names no folder.", highlight=False)
            return
        found = read_tenants()
        if as_pools:
            print(json.dumps(pools(list(found.settings)), indent=1))  # noqa: T201 - for machines
        else:
            facts = [tenant_facts(settings) for settings in found.settings.values()]
            if as_json:
                print(json.dumps({"tenants": facts, "refused": found.refused}, indent=1))  # noqa: T201 - for machines
            else:
                print_tenants(console, facts)
        for problem in found.refused.values():
            complaints.print(f"[bold red]Refused:[/] {escape(problem)}", highlight=False, soft_wrap=True)
        if found.refused:
            raise typer.Exit(1)
