"""What the DAG files are made of: shared arguments, and task functions that call the library.

Besides `assets.py` the only module that imports Airflow. Task functions import the library's heavy parts when they
run, so that parsing a DAG file stays cheap.
"""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule, get_parsing_context

from funnelhouse.assets import Assets, assets_of
from funnelhouse.interruption import Interrupted, is_interrupted
from funnelhouse.progress import report
from funnelhouse.settings import Settings, SettingsError
from funnelhouse.space import NoSpace, is_no_space, no_space
from funnelhouse.tenants import (
    CHOSEN,
    POOL,
    chosen_settings,
    dag_prefix,
    read_tenants,
    refuse_folder_of_others,
    tenants_folder,
    writer_pool,
)

log = logging.getLogger("funnelhouse")

WRITER_QUEUE = POOL
"""Queue of tasks that write a build file: that of the one worker with the memory of a build, where there are workers.
Executors without queues ignore it."""

READER = {"pool": "default_pool", "queue": "default"}
"""Arguments that take a task out of those of a writer again."""


class Tag(StrEnum):
    """The only tags DAGs may have; the meaning is for the person on call."""

    RECEIVE = "receive"  # files stay in the inbox until it works again; nothing is lost
    EXTRACT = "extract"  # one channel's new files wait in the archive
    BUILD = "build"  # readers keep the last good version
    MAINTAIN = "maintain"  # can wait for working hours


RETRY_POLICY = ExceptionRetryPolicy(
    rules=[RetryRule(exception="funnelhouse.errors.Verdict", action=RetryAction.FAIL)],
)
"""Verdicts on the data fail at once, since trying again only hides them; the rest (locks, disks) is tried again."""


def notify_failure(context: Any) -> None:
    """Hook for a failed task: one log line that names the DAG, the task and the error. Replace it to page someone."""
    instance = context["task_instance"]
    log.error("%s.%s failed: %s", instance.dag_id, instance.task_id, context.get("exception"))


DEFAULT_ARGUMENTS: dict[str, Any] = {
    "owner": "data-engineering",
    "retries": 2,
    "retry_delay": timedelta(seconds=20),
    "retry_policy": RETRY_POLICY,
    "on_failure_callback": notify_failure,
}

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class House:
    """The company that a set of DAGs works for; `tenant` is None if this installation has one only.

    Every task gets the tenant as its first argument and reads the settings by it: nothing depends on what else happened
    in its process.
    """

    tenant: str | None
    receive_minutes: int

    @property
    def assets(self) -> Assets:
        """The company's own assets: an event of one never makes a DAG of another due."""
        return assets_of(self.tenant)

    @property
    def writer(self) -> dict[str, str]:
        """Arguments of tasks that write the build file.

        The pool has one slot, since DuckDB has one writer: `funnelhouse ui` and the compose set-up create it.
        """
        return {"pool": writer_pool(self.tenant), "queue": WRITER_QUEUE}

    def dag_id(self, name: str) -> str:
        """Id of the company's DAG of this name."""
        return dag_prefix(self.tenant) + name

    def tags(self, tag: Tag) -> list[str]:
        """Tags of a DAG."""
        return [tag, f"tenant:{self.tenant}"] if self.tenant else [tag]


def for_each_house(define: Callable[[House], None]) -> None:
    """Define a DAG for the only company, or for each tenant; a process that runs a task gets its tenant's only."""
    needed = get_parsing_context().dag_id
    for house in _houses():
        if needed is None or needed.startswith(dag_prefix(house.tenant)):
            define(house)


def _houses() -> list[House]:
    if tenants_folder() is None or os.environ.get(CHOSEN):
        found = [chosen_settings()]
    else:
        found = list(read_tenants().settings.values())
    return [House(settings.tenant, settings.receive_minutes) for settings in found]


def say_refused_tenants() -> None:
    """Raise SettingsError with what is wrong in files of tenants, unless this process works for one tenant only."""
    if tenants_folder() is not None and not os.environ.get(CHOSEN) and (refused := read_tenants().refused):
        raise SettingsError("These tenants have no DAGs:\n" + "\n".join(refused.values()))


def reports_failure(
    function: Callable[Concatenate[str | None, P], R],
) -> Callable[Concatenate[str | None, P], R]:
    """Keep what a task changed in the house's object stores, and report a failure before it is raised.

    So whoever watches the run can say why it stopped.
    After a Ctrl-C of a run in this process nothing is started any more and nothing tried again.
    """

    @functools.wraps(function)
    def wrapper(tenant: str | None, /, *arguments: P.args, **named: P.kwargs) -> R:
        if is_interrupted():
            raise Interrupted("stopped")
        try:
            result = function(tenant, *arguments, **named)
            settings = chosen_settings(tenant=tenant)
            if settings.has_stores:
                from funnelhouse.objects.through import upload_changes

                upload_changes(settings)
            return result
        except (Exception, KeyboardInterrupt) as error:
            if is_interrupted():
                raise Interrupted("stopped") from None
            if is_no_space(error):
                error = no_space(chosen_settings(tenant=tenant), function.__name__)
            report("failure", function.__name__, outcome="failed", error=error)
            if isinstance(error, NoSpace):
                raise error from None
            raise

    return wrapper


def prepared(tenant: str | None) -> Settings:
    """Settings with the home folder's rooms in place, and in them what its object stores hold."""
    settings = chosen_settings(tenant=tenant)
    settings.make_folders()
    if settings.has_stores:
        from funnelhouse.objects.through import fetch_missing

        fetch_missing(settings)
    return settings


@reports_failure
def receive(tenant: str | None, inbox: str | None, outlet_events: Any) -> dict[str, int]:
    """Archive what is in the inbox and announce each channel that has files to extract; new files per channel."""
    from funnelhouse.quality.files import announce_settled
    from funnelhouse.receive.front_door import receive_exports
    from funnelhouse.receive.inbox import waiting_channels
    from funnelhouse.store.integrity import remove_unreadable_records

    settings, began, assets = prepared(tenant), datetime.now(UTC), assets_of(tenant)
    if inbox:
        refuse_folder_of_others(settings, Path(inbox))
    remove_unreadable_records(settings.raw)
    archived = receive_exports(settings, Path(inbox) if inbox else None)
    announce_settled(settings, began)
    # Also what an earlier, killed extraction left undone: announcing it again is all the repair it needs.
    for channel in waiting_channels(settings):
        outlet_events[assets.archived].add(assets.archive[channel], extra={"files": len(archived.get(channel, []))})
    return {channel: len(files) for channel, files in archived.items()}


@reports_failure
def extract(tenant: str | None, channel: str, params: Any, outlet_events: Any) -> dict[str, Any]:
    """Turn the archived files of one channel into batches; announce them if there are new ones.

    With `replay` the files that today's contracts would read differently, else those without an outcome.
    """
    from funnelhouse.extract.extraction import extract_channel
    from funnelhouse.store.batches import announced

    if params["replay"]:
        return replay(tenant, {"channel": channel, "files": params["only"]}, outlet_events)
    settings = prepared(tenant)
    summary = extract_channel(settings, channel, params["only"])
    facts: dict[str, Any] = summary.to_dict()
    if summary.new_batches or channel in announced(settings.raw):
        outlet_events[assets_of(tenant).extracted].add(assets_of(tenant).raw[channel], extra=facts)
    return facts


def replay_asked(params: dict[str, Any], run_type: str, start: datetime | None, end: datetime | None) -> dict[str, Any]:
    """What a run of `replay_archive` is asked for.

    A backfill run: the files received in its interval. The nightly run only looks. A run by hand: as its parameters
    say.
    """
    kind = str(getattr(run_type, "value", run_type))
    if kind == "scheduled":
        return {**params, "dry_run": True}
    if kind == "backfill" and start is not None and end is not None:
        return {**params, "since": start.date().isoformat(), "until": end.date().isoformat()}
    return params


@reports_failure
def replay(tenant: str | None, params: Mapping[str, Any], outlet_events: Any) -> dict[str, Any]:
    """Read affected archived files again and announce the channels that changed; files looked at and what became."""
    from funnelhouse.extract.replay import Selection
    from funnelhouse.extract.replay import replay as read_again

    selection = Selection(
        channel=params.get("channel"), source=params.get("source"), contract=params.get("contract"),
        files=tuple(params.get("files") or ()), since=params.get("since"), until=params.get("until"),
        everything=bool(params.get("everything")),
    )  # fmt: skip
    result = read_again(prepared(tenant), selection, dry_run=bool(params.get("dry_run")))
    for change in result.changes:
        log.info("%s: %s; %s -> %s", change.file, change.why, change.before, change.after)
    if result.by_earlier_reader and not selection.everything:
        log.info("%d files were read by an earlier version of the reader: `everything` reads them again",
                 result.by_earlier_reader)  # fmt: skip
    if not result.changes:
        log.info("nothing to replay: %d files are as today's contracts read them", result.looked_at)
    facts: dict[str, Any] = {"looked_at": result.looked_at, "affected": len(result.changes), **result.summary.to_dict()}
    for channel in result.channels:
        outlet_events[assets_of(tenant).extracted].add(assets_of(tenant).raw[channel], extra=facts)
    return facts


@reports_failure
def check_raw(tenant: str | None) -> dict[str, Any]:
    """Make damaged batches again, show the files that count to the build file, check them, keep odd rows aside.

    Raises GateFailed.
    """
    from funnelhouse.extract.mend import mend_batches
    from funnelhouse.quality.files import expose_files
    from funnelhouse.quality.gate import check
    from funnelhouse.store.locks import writer_lock

    settings = prepared(tenant)
    with writer_lock(settings, "check_raw"):
        mend_batches(settings)
        rows = expose_files(settings)
        check(settings, "raw")
    return {entity: count for entity, count in rows.items() if count}


@reports_failure
def build(tenant: str | None, params: Mapping[str, Any]) -> dict[str, int]:
    """Build and test what is due, with parameter `full` everything. Raises BuildFailed."""
    from funnelhouse.store.locks import writer_lock
    from funnelhouse.transform import dbt_runner

    settings = prepared(tenant)
    with writer_lock(settings, "build"):
        result = dbt_runner.build(settings, full=bool(params.get("full")))
    return {"nodes": len(result.nodes), "warnings": len(result.warnings)}


@reports_failure
def check_marts(tenant: str | None) -> dict[str, Any]:
    """Check the promises to the readers. Raises GateFailed; the last good version stays published."""
    from funnelhouse.quality.gate import check
    from funnelhouse.store.locks import writer_lock

    settings = prepared(tenant)
    with writer_lock(settings, "check_marts"):
        check(settings, "marts")
    return {}


@reports_failure
def publish(tenant: str | None) -> dict[str, Any]:
    """Publish the checked build as a new version."""
    from funnelhouse.pages.site import site_of_version
    from funnelhouse.publish.publisher import publish as publish_build
    from funnelhouse.store.locks import writer_lock
    from funnelhouse.transform.build_state import remember_built

    settings = prepared(tenant)
    with writer_lock(settings, "publish"):
        version = publish_build(settings, require_gate=True, beside=site_of_version(settings))
        remember_built(settings)
    report("publish", version.version, 1, 1, "ok")
    return {"version": version.version, "tables": len(version.tables)}


@reports_failure
def digest(tenant: str | None) -> dict[str, Any]:
    """Write the digest of the published version in every language to `reports/`."""
    from funnelhouse.digest.pages import write_digests

    paths = write_digests(chosen_settings(tenant=tenant))
    report("digest", str(paths[0]), 1, 1, "ok")
    return {"page": str(paths[0]), "pages": len(paths)}


@reports_failure
def verify_archive(tenant: str | None) -> dict[str, int]:
    """Hash every archived file again. Raises ArchiveDamaged naming each whose bytes changed."""
    from funnelhouse.maintenance import verify_archive as verify

    return {"files": verify(prepared(tenant))}


@reports_failure
def verify_batches(tenant: str | None) -> dict[str, Any]:
    """Compare every raw batch with its digest and make damaged ones again from the archive. Raises RawDamaged."""
    from funnelhouse.extract.mend import mend_batches
    from funnelhouse.store.locks import writer_lock

    settings = prepared(tenant)
    with writer_lock(settings, "verify_batches"):
        mended = mend_batches(settings)
    return {"made_again": [f"{found.file}: {found.wrong}" for found in mended]}


@reports_failure
def restore_drill(tenant: str | None) -> dict[str, Any]:
    """Prove that every kept version opens and holds what its manifest says. Raises VersionDamaged."""
    from funnelhouse.maintenance import restore_drill as drill

    return {"versions": drill(prepared(tenant))}


@reports_failure
def freshness(tenant: str | None) -> dict[str, Any]:
    """Log the sources whose newest data is older than allowed; their names and ages in days."""
    from funnelhouse.maintenance import stale_sources

    stale = stale_sources(prepared(tenant))
    for name, age in stale.items():
        log.warning("%s: newest data is %d days older than the newest export of the house", name, age)
    return stale


@reports_failure
def remove_leftovers(tenant: str | None) -> dict[str, int]:
    """Delete unfinished files of killed processes, and rows that a replay replaced a day ago or earlier."""
    from funnelhouse.maintenance import remove_old_leftovers, remove_superseded

    settings = prepared(tenant)
    return {"removed": remove_old_leftovers(settings), "superseded_batches": remove_superseded(settings)}
