"""`funnelhouse run`: from whatever waits to a published version, in this process, exactly as much as is needed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from funnelhouse.digest.written import is_digest_due
from funnelhouse.errors import Verdict
from funnelhouse.files import remove_leftovers
from funnelhouse.progress import report
from funnelhouse.receive.inbox import pending, waiting_channels
from funnelhouse.settings import Settings
from funnelhouse.store.integrity import remove_unreadable_records
from funnelhouse.tenants import refuse_folder_of_others
from funnelhouse.transform.build_state import is_build_due


@dataclass(frozen=True)
class Plan:
    """What there is to do. `inbox` None is the home inbox."""

    inbox: Path | None
    write_sample: bool
    first_dag: str | None


def make_plan(settings: Settings, inbox: Path | None) -> Plan:
    """Decide without importing Airflow or dbt. Raises Verdict if `inbox` is not a folder, or another company's."""
    if inbox is not None and not inbox.is_dir():
        raise Verdict(
            f"INBOX={inbox} is not a folder. Give the folder that holds your exports, e.g. make run INBOX=~/exports"
        )
    if inbox is not None:
        refuse_folder_of_others(settings, inbox)
    remove_leftovers(settings.home)
    remove_unreadable_records(settings.raw)
    # Never into the home of one company among several: whoever looks would take it for that company's data.
    if settings.tenant is None and inbox is None and settings.given_inbox is None and is_empty(settings):
        return Plan(None, True, "receive_exports")
    if pending(settings, inbox):
        return Plan(inbox, False, "receive_exports")
    return Plan(inbox, False, _left_undone(settings, []))


def is_empty(settings: Settings) -> bool:
    """True if this home never held anything.

    The inbox and the record of outcomes are not enough to know: whoever rebuilds the warehouse from the archive has
    deleted the record. Any stage that holds something says that somebody's data was here.
    """
    inbox = (path for path in settings.inbox.rglob("*") if not path.is_dir() and not path.name.startswith("."))
    held = (
        (settings.archive, "??/*"),
        (settings.archive, "incoming/*"),  # somebody loads a first file at this moment
        (settings.quarantine, "files/*"),
        (settings.raw, "_files/*.json"),
        (settings.raw, "_batches/*.json"),
        (settings.published, "versions/[!.]*"),
    )
    return not any(inbox) and not any(True for folder, pattern in held for _ in folder.glob(pattern))


def carry_out(settings: Settings, plan: Plan) -> None:
    """Do what the plan says. Raises Verdict (RunFailed) with the failing task's message."""
    from funnelhouse.running.embedded import run_dags

    if plan.write_sample:
        from sample_company.generate import write_sample

        report("sample", "two years of exports")
        write_sample(settings.inbox, settings.home / "sample_truth")
    if plan.first_dag:
        run_dags(
            settings,
            plan.first_dag,
            conf={"inbox": str(plan.inbox)} if plan.inbox else None,
            catch_up=lambda ran: _left_undone(settings, ran),
        )


def _left_undone(settings: Settings, ran: list[str]) -> str | None:
    """The DAG that a killed run still owes: an extraction first, then the build."""
    for channel in waiting_channels(settings):
        if (dag_id := f"extract_{channel}") not in ran:
            return dag_id
    if "build_warehouse" not in ran and (is_build_due(settings) or is_digest_due(settings)):
        return "build_warehouse"
    return None
