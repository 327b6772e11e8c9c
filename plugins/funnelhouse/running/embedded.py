"""The real DAGs in this one process: `dag.test()` for each DAG that is due, by Airflow's own asset queue.

No server, no scheduler, an Airflow home of its own that is made anew for each run, so that no stray asset event waits
for a later scheduler. The exit is honest: the first DAG run that fails ends the chain.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from funnelhouse.errors import Verdict
from funnelhouse.interruption import interruptible, is_interrupted
from funnelhouse.progress import Report, listening, report
from funnelhouse.running.airflow_home import environment, fresh_home
from funnelhouse.settings import Settings
from funnelhouse.tenants import dag_prefix, writer_pool

_RANKS = ("archive/", "raw/", "warehouse/")


class RunFailed(Verdict):
    """A DAG run failed; the message is the failing task's own."""


@dataclass
class RunResult:
    """The DAGs that ran, in order, without the prefix of a tenant."""

    dag_ids: list[str] = field(default_factory=list)


def run_dags(
    settings: Settings,
    first: str,
    *,
    conf: dict[str, Any] | None = None,
    catch_up: Callable[[list[str]], str | None] = lambda _: None,
) -> RunResult:
    """Run `first`, then every DAG its asset events make due, until nothing is due any more.

    DAGs are named without the prefix of a tenant, here and in `catch_up` and the result.
    `catch_up` gets the DAGs that ran and may name one more that an earlier, killed run left undone.
    Must be called before Airflow is imported in this process. Raises RunFailed.
    """
    home = fresh_home(settings, "run")
    try:
        os.environ.update(environment(settings, home))
        os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "WARNING"
        with interruptible():
            return _run_chain(settings, first, conf or {}, catch_up)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _run_chain(
    settings: Settings, first: str, conf: dict[str, Any], catch_up: Callable[[list[str]], str | None]
) -> RunResult:
    report("start", "loading the DAGs")
    from airflow.dag_processing.dagbag import DagBag
    from airflow.models.pool import Pool
    from airflow.utils.session import create_session

    bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    if bag.import_errors:
        raise RunFailed("\n".join(f"{path}: {error}" for path, error in bag.import_errors.items()))
    with create_session() as session:
        Pool.create_or_update_pool(
            writer_pool(settings.tenant), 1, "one writer of the build file", False, session=session
        )

    result = RunResult()
    failures: list[Report] = []

    def note_failure(entry: Report) -> None:
        if entry.stage == "failure":
            failures.append(entry)

    due: str | None = first
    with listening(note_failure):
        while due:
            report("dag", due)
            run = bag.dags[dag_prefix(settings.tenant) + due].test(run_conf=conf if due == first else None)
            if is_interrupted():
                raise KeyboardInterrupt
            result.dag_ids.append(due)
            if run.state != "success":
                error = failures[-1].facts["error"] if failures else None
                raise RunFailed(str(error) or f"DAG {due} ended as {run.state}") from error
            due = _next_due(bag, settings.tenant) or catch_up(result.dag_ids)
    return result


def _next_due(bag: Any, tenant: str | None) -> str | None:
    """Take the DAG that is due and earliest on the way from archive to warehouse off Airflow's queue."""
    from airflow.models.asset import AssetDagRunQueue, AssetModel
    from airflow.utils.session import create_session
    from sqlalchemy import delete, select

    ranks: dict[str, int] = {}
    with create_session() as session:
        queued = select(AssetDagRunQueue.target_dag_id, AssetModel.name).join(
            AssetModel, AssetModel.id == AssetDagRunQueue.asset_id
        )
        for dag_id, asset in session.execute(queued):
            if dag_id in bag.dags:
                ranks[dag_id] = max(ranks.get(dag_id, 0), _rank(asset.removeprefix(f"{tenant}/")))
        if not ranks:
            return None
        due = min(ranks, key=lambda dag_id: (ranks[dag_id], dag_id))
        session.execute(delete(AssetDagRunQueue).where(AssetDagRunQueue.target_dag_id == due))
    return due.removeprefix(dag_prefix(tenant))


def _rank(asset: str) -> int:
    return next((rank for rank, prefix in enumerate(_RANKS) if asset.startswith(prefix)), len(_RANKS))
