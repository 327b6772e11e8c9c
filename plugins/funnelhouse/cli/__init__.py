"""The `funnelhouse` command. Every command says what it did; exit codes: 0 success, 1 failure, 2 usage error."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from funnelhouse import __version__
from funnelhouse.cli.contracts import contracts
from funnelhouse.cli.explain import explanations
from funnelhouse.cli.installation import tenants, ui
from funnelhouse.cli.pages import pages, site
from funnelhouse.cli.parts import (
    AsJson,
    Format,
    Home,
    asked_tenant,
    chosen,
    complaints,
    console,
    honest,
    prepared,
    uploaded,
)
from funnelhouse.errors import Verdict
from funnelhouse.store.decisions import Verb
from funnelhouse.store.locks import run_lock

EVERY_DAY, EXPORTS, PUBLISHED, TRYING = "Every day", "Export files", "What is published", "Trying it out"

app = typer.Typer(
    help="Funnelhouse: exports of marketing and sales platforms in, a published measurement warehouse out.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(contracts, name="contract", rich_help_panel=EXPORTS)
app.add_typer(explanations, name="explain", rich_help_panel=PUBLISHED)
app.command(rich_help_panel=EVERY_DAY)(ui)
app.command(rich_help_panel=EVERY_DAY)(tenants)
app.command(rich_help_panel=EVERY_DAY)(pages)
app.command(rich_help_panel=PUBLISHED)(site)


@app.command(rich_help_panel=EVERY_DAY)
def run(
    inbox: Annotated[Path | None, typer.Option(help="Folder with your exports; it is only read")] = None,
    home: Home = None,
) -> None:
    """Receive, extract, build, check and publish whatever is new, then print what the warehouse says."""
    from funnelhouse.progress import listening
    from funnelhouse.running.console_summary import print_summary
    from funnelhouse.running.display import Display, own_terminal
    from funnelhouse.running.estimate import read_usual, remember
    from funnelhouse.running.run_once import carry_out, make_plan
    from funnelhouse.space import full_disk_said

    with honest():
        settings = prepared(home)
        with full_disk_said(settings, "run"), run_lock(settings, "funnelhouse run"):
            plan = make_plan(settings, inbox.expanduser().absolute() if inbox else None)
            if not plan.write_sample and not plan.first_dag:
                uploaded(settings)  # what an earlier, killed run left to do
                console.print("Nothing new since the last run.")
            else:
                log = settings.logs / "run.log"
                durations = settings.cache / "stage_seconds.json"
                try:
                    with (
                        own_terminal(log) as screen,
                        Display(screen, read_usual(durations)).running() as display,
                        listening(display),
                        full_disk_said(settings, "run"),
                    ):
                        carry_out(settings, plan)
                    remember(durations, display.seconds())
                except Verdict:
                    complaints.print(f"The last good version stays published. The log: {log}")
                    raise
        print_summary(console, settings)


@app.command(rich_help_panel=EXPORTS)
def extract(
    files: Annotated[list[Path], typer.Argument(help="Export files", metavar="FILE...")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be recognised, and why")] = False,
    as_json: AsJson = False,
    source: Annotated[str | None, typer.Option(help="Platform, if the file does not say which")] = None,
    account: Annotated[str | None, typer.Option(help="Account, page or org id")] = None,
    timezone: Annotated[str | None, typer.Option(help="Time zone of the account, e.g. Europe/Berlin")] = None,
    currency: Annotated[str | None, typer.Option(help="Currency of the account, e.g. EUR")] = None,
    exported_at: Annotated[str | None, typer.Option(help="When the export was made, ISO 8601")] = None,
    period_start: Annotated[str | None, typer.Option(help="First day the file covers, ISO")] = None,
    period_end: Annotated[str | None, typer.Option(help="Last day the file covers, ISO")] = None,
    platform: Annotated[str | None, typer.Option(help="facebook, instagram, ..., if the file does not say")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the labels, to override what was found")] = None,
    home: Home = None,
) -> None:
    """Read single export files: archive and load them, or with --dry-run only explain what they are."""
    from funnelhouse.commands.extract_files import explain, inspect_files

    facts = {
        "source": source, "account_id": account, "timezone": timezone, "currency": currency,
        "exported_at": exported_at, "period_start": period_start, "period_end": period_end,
        "platform": platform, "language": language,
    }  # fmt: skip
    given = {name: value for name, value in facts.items() if value}
    with honest():
        if dry_run:
            results = inspect_files(chosen(home), files, given)
        else:
            from funnelhouse.commands.load_files import load_files

            settings = prepared(home)
            results = load_files(settings, files, given)
            uploaded(settings)
        if as_json:
            print(json.dumps(results, ensure_ascii=False, indent=1, default=str))  # noqa: T201 - for machines
        else:
            for result in results:
                explain(console, result)
            if not dry_run and any(result["rows"]["loaded"] for result in results):
                console.print("Next: `funnelhouse run` builds and publishes what was loaded.", highlight=False)
        if any(result["outcome"] == "refused" for result in results):
            raise typer.Exit(1)


@app.command(rich_help_panel=EXPORTS)
def replay(
    channel: Annotated[str | None, typer.Option(help="Only this channel: ads, email, social, web, crm, plans")] = None,
    source: Annotated[str | None, typer.Option(help="Only files of this platform")] = None,
    contract: Annotated[str | None, typer.Option(help="Only files this contract claims or claimed")] = None,
    file: Annotated[
        list[str] | None, typer.Option("--file", help="Name, pattern of names, or sha256; may be given again")
    ] = None,
    since: Annotated[str | None, typer.Option(help="Only files received on or after this day, ISO")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also files that no change asks for")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be read again, and why")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Read archived files again after a change of contracts: only those that are affected."""
    from funnelhouse.commands.replay import replay_files

    with honest():
        if since is not None:
            try:
                date.fromisoformat(since)
            except ValueError:
                raise Verdict(f"--since {since!r} is not a date; example: 2026-10-31") from None
        settings = prepared(home)
        asked = {"channel": channel, "source": source, "contract": contract, "files": tuple(file or ()),
                 "since": since, "everything": everything}  # fmt: skip
        replay_files(console, settings, asked, dry_run=dry_run, as_json=as_json)
        uploaded(settings)


File = Annotated[str, typer.Argument(help="Path, name or beginning of the sha256 of a received file", metavar="FILE")]
Undo = Annotated[bool, typer.Option("--undo", help="Take the decision back")]


@app.command(rich_help_panel=EXPORTS)
def accept(file: File, is_undone: Undo = False, home: Home = None) -> None:
    """Let a suspended file count: it is right as it is."""
    _decide("accept", file, home, is_undone=is_undone)


@app.command(rich_help_panel=EXPORTS)
def withdraw(file: File, is_undone: Undo = False, home: Home = None) -> None:
    """Leave a loaded file out, for example one of another company: older exports count instead."""
    _decide("withdraw", file, home, is_undone=is_undone)


def _decide(verb: Verb, file: str, home: Path | None, *, is_undone: bool) -> None:
    from funnelhouse.commands.decide import decide_file

    with honest():
        settings = prepared(home)
        console.print(escape(decide_file(settings, verb, file, undone=is_undone)), highlight=False, soft_wrap=True)
        uploaded(settings)
        console.print("Next: `funnelhouse run` builds and publishes it (running Airflow services do it by themselves).")


@app.command(rich_help_panel=EVERY_DAY)
def status(home: Home = None, as_json: AsJson = False) -> None:
    """What is published, how fresh it is, and what waits or was refused."""
    from funnelhouse.commands.status import house_status, shown
    from funnelhouse.publish.summary import unknown_values
    from funnelhouse.running.console_summary import print_summary

    with honest():
        settings = chosen(home)
        facts = house_status(settings)
        if as_json:
            facts["unknown_values_listed"] = unknown_values(settings)
            print(json.dumps(facts, ensure_ascii=False, indent=1, default=str))  # noqa: T201 - for machines
            return
        for name, value in facts.items():
            console.print(f"[bold]{escape(name.replace('_', ' '))}[/]: {escape(shown(value))}", highlight=False)
        print_summary(console, settings)


@app.command(rich_help_panel=TRYING)
def sample(
    folder: Annotated[Path, typer.Argument(help="Folder to write the exports to")],
    truth: Annotated[Path | None, typer.Option(help="Folder for the ground truth as CSV")] = None,
    company: Annotated[
        str,
        typer.Option(
            help="software: worldwide, on Salesforce; firm: small, German, on HubSpot; shop: on Shopify alone"
        ),
    ] = "software",
    months: Annotated[int, typer.Option(min=2, help="Months of history")] = 24,
    end: Annotated[str, typer.Option(help="Last day of the history, ISO")] = "2026-10-31",
    scale: Annotated[float, typer.Option(min=0.01, help="1 is the demo; 100 is millions of rows")] = 1.0,
    seed: Annotated[int, typer.Option(help="Another seed is another company history")] = 20261031,
) -> None:
    """Write a sample company's export files in their platforms' true formats."""
    from sample_company.generate import COMPANIES, write_sample

    with honest():
        try:
            last = date.fromisoformat(end)
        except ValueError:
            raise Verdict(f"--end {end!r} is not a date; example: 2026-10-31") from None
        if company not in COMPANIES:
            raise Verdict(f"--company {company!r} is not known; choose one of {', '.join(COMPANIES)}")
        summary = write_sample(folder, truth, company=company, months=months, end=last, scale=scale, seed=seed)
        console.print(f"{summary.files} files, {summary.rows:,} rows, {summary.bytes / 1e6:,.1f} MB in {folder}")


@app.command(rich_help_panel=PUBLISHED)
def publish(
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Go back to the version before, or to --version")
    ] = False,
    version: Annotated[str | None, typer.Option(help="Version to roll back to (see --list)")] = None,
    list_versions: Annotated[bool, typer.Option("--list", help="List the kept versions")] = False,
    home: Home = None,
) -> None:
    """Publish the present build after its checks, list the kept versions, or roll back."""
    from funnelhouse.publish import publisher

    with honest():
        settings = prepared(home)
        if list_versions:
            for known in publisher.versions(settings):
                mark = "[green]current[/]" if known.is_current else ""
                console.print(
                    f"{known.version}  {known.created_at:%Y-%m-%d %H:%M} UTC  {len(known.tables)} tables  {mark}",
                    highlight=False,
                )
            return
        if rollback:  # only the link that readers follow moves: a run or the services may be at work meanwhile
            restored = publisher.rollback(settings, version)
        else:
            from funnelhouse.pages.site import site_of_version
            from funnelhouse.quality.gate import check
            from funnelhouse.space import full_disk_said

            with full_disk_said(settings, "publish"), run_lock(settings, "funnelhouse publish"):
                check(settings, "marts")
                restored = publisher.publish(settings, require_gate=True, beside=site_of_version(settings))
        uploaded(settings)
        console.print(
            f"Readers now get version {restored.version}, data as of {restored.as_of} ({restored.path}).",
            highlight=False,
        )
        if rollback:
            console.print("The next build that is published replaces it.")


@app.command(rich_help_panel=EVERY_DAY)
def query(
    sql: Annotated[str, typer.Argument(help='For example: "select * from marts.mart_channel_kpi_period limit 10"')],
    output: Format = "table",
    home: Home = None,
) -> None:
    """Query the published warehouse, read-only."""
    from funnelhouse.commands.query import print_result
    from funnelhouse.publish import reader

    with honest():
        columns, rows = reader.query(chosen(home), sql)
        print_result(console, columns, rows, output)


@app.command(rich_help_panel=EVERY_DAY)
def goals(
    goal: Annotated[str | None, typer.Argument(help="Id of a goal: why it stands as it does")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="A day such as 2026-09-30 (default: the newest)")] = None,
    output: Format = "table",
    home: Home = None,
) -> None:
    """Show how the goals stand on a day, or why one of them does."""
    from funnelhouse.commands.goals import explain_goal, print_goals

    with honest():
        settings = chosen(home)
        if goal is None:
            print_goals(console, settings, _day(as_of), output)
        else:
            explain_goal(console, settings, goal)


@app.command(rich_help_panel=EVERY_DAY)
def digest(
    as_of: Annotated[str | None, typer.Option("--as-of", help="A day such as 2026-09-30 (default: the newest)")] = None,
    language: Annotated[str, typer.Option(help="en, vi or am")] = "en",
    output: Annotated[str, typer.Option(help="md (Markdown) or html")] = "md",
    to: Annotated[Path | None, typer.Option(help="File to write instead of printing")] = None,
    home: Home = None,
) -> None:
    """One page about a day: what changed, goals at risk, leaks, stuck leads, what to do, what to be careful with."""
    from funnelhouse.digest.pages import digest_page
    from funnelhouse.files import write_bytes

    with honest():
        page = digest_page(chosen(home), _day(as_of), language, output)
        if to is None:
            typer.echo(page, nl=False)
        else:
            write_bytes(to, page.encode())
            console.print(f"Wrote {to}", highlight=False)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Verdict(f"{text!r} is not a day; write it as 2026-09-30") from None


@app.command(rich_help_panel=PUBLISHED)
def docs(
    home: Home = None,
    dbt: Annotated[
        bool, typer.Option("--dbt", help="dbt's own pages of the build in this home instead, as one HTML file")
    ] = False,
) -> None:
    """Write docs/marts.md, the glossary of every published table and column, and the list of all checks."""
    from funnelhouse.commands.check_list import write_check_list
    from funnelhouse.commands.dbt_docs import write_dbt_docs
    from funnelhouse.commands.glossary import write_glossary

    with honest():
        settings = chosen(home)
        if dbt:
            console.print(f"Wrote {write_dbt_docs(settings)}")
            return
        console.print(f"Wrote {write_glossary(settings)}")
        console.print(f"Wrote {write_check_list(settings)}")


def _version(shown: bool) -> None:
    if shown:
        console.print(__version__)
        raise typer.Exit()


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version")
    ] = False,
    tenant: Annotated[
        str | None,
        typer.Option(help="The company to work for, where there are several (default: FUNNELHOUSE_TENANT)"),
    ] = None,
) -> None:
    del version
    asked_tenant.set(tenant)


def main(arguments: list[str] | None = None) -> Any:
    """Entry point of the `funnelhouse` script."""
    return app(args=arguments, prog_name="funnelhouse") if arguments is not None else app(prog_name="funnelhouse")
