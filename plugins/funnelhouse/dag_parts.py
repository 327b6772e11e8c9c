"""What the DAG files are made of: shared arguments, and task functions that call the library.

Besides `assets.py` the only module that imports Airflow. Task functions import the library's heavy parts when they
run, so that parsing a DAG file stays cheap.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from funnelhouse.assets import ARCHIVE, ARCHIVED, EXTRACTED, RAW
from funnelhouse.interruption import Interrupted, is_interrupted
from funnelhouse.progress import report
from funnelhouse.settings import Settings, load_settings
from funnelhouse.space import NoSpace, is_no_space, no_space

log = logging.getLogger("funnelhouse")

WRITER_POOL = "warehouse_writer"
"""One slot: DuckDB has one writer. Created by `funnelhouse ui` and by the compose set-up."""

WRITER = {"pool": WRITER_POOL, "queue": WRITER_POOL}
"""Arguments of tasks that write the build file. The queue is that of the one worker with the memory of a build, where
there are workers; executors without queues ignore it."""

READER = {"pool": "default_pool", "queue": "default"}
"""Arguments that take a task out of WRITER again."""


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


def reports_failure(function: Callable[P, R]) -> Callable[P, R]:
    """Report a failure before it is raised, so that whoever watches the run can say why it stopped.

    After a Ctrl-C of a run in this process nothing is started any more and nothing tried again.
    """

    @functools.wraps(function)
    def wrapper(*arguments: P.args, **named: P.kwargs) -> R:
        if is_interrupted():
            raise Interrupted("stopped")
        try:
            return function(*arguments, **named)
        except (Exception, KeyboardInterrupt) as error:
            if is_interrupted():
                raise Interrupted("stopped") from None
            if is_no_space(error):
                error = no_space(load_settings(), function.__name__)
            report("failure", function.__name__, outcome="failed", error=error)
            if isinstance(error, NoSpace):
                raise error from None
            raise

    return wrapper


def prepared() -> Settings:
    """Settings with the home folder's rooms in place."""
    settings = load_settings()
    settings.make_folders()
    return settings


@reports_failure
def receive(inbox: str | None, outlet_events: Any) -> dict[str, int]:
    """Archive what is in the inbox and announce each channel that has files to extract; new files per channel."""
    from funnelhouse.quality.files import announce_settled
    from funnelhouse.receive.front_door import receive_exports
    from funnelhouse.receive.inbox import waiting_channels
    from funnelhouse.store.integrity import remove_unreadable_records

    settings, began = prepared(), datetime.now(UTC)
    remove_unreadable_records(settings.raw)
    archived = receive_exports(settings, Path(inbox) if inbox else None)
    announce_settled(settings, began)
    # Also what an earlier, killed extraction left undone: announcing it again is all the repair it needs.
    for channel in waiting_channels(settings):
        outlet_events[ARCHIVED].add(ARCHIVE[channel], extra={"files": len(archived.get(channel, []))})
    return {channel: len(files) for channel, files in archived.items()}


@reports_failure
def extract(channel: str, params: Any, outlet_events: Any) -> dict[str, Any]:
    """Turn the archived files of one channel into batches; announce them if there are new ones.

    With `replay` the files that today's contracts would read differently, else those without an outcome.
    """
    from funnelhouse.extract.extraction import extract_channel
    from funnelhouse.store.batches import announced

    if params["replay"]:
        return replay({"channel": channel, "files": params["only"]}, outlet_events)
    settings = prepared()
    summary = extract_channel(settings, channel, params["only"])
    facts: dict[str, Any] = summary.to_dict()
    if summary.new_batches or channel in announced(settings.raw):
        outlet_events[EXTRACTED].add(RAW[channel], extra=facts)
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
def replay(params: Mapping[str, Any], outlet_events: Any) -> dict[str, Any]:
    """Read affected archived files again and announce the channels that changed; files looked at and what became."""
    from funnelhouse.extract.replay import Selection
    from funnelhouse.extract.replay import replay as read_again

    selection = Selection(
        channel=params.get("channel"), source=params.get("source"), contract=params.get("contract"),
        files=tuple(params.get("files") or ()), since=params.get("since"), until=params.get("until"),
        everything=bool(params.get("everything")),
    )  # fmt: skip
    result = read_again(prepared(), selection, dry_run=bool(params.get("dry_run")))
    for change in result.changes:
        log.info("%s: %s; %s -> %s", change.file, change.why, change.before, change.after)
    if result.by_earlier_reader and not selection.everything:
        log.info("%d files were read by an earlier version of the reader: `everything` reads them again",
                 result.by_earlier_reader)  # fmt: skip
    if not result.changes:
        log.info("nothing to replay: %d files are as today's contracts read them", result.looked_at)
    facts: dict[str, Any] = {"looked_at": result.looked_at, "affected": len(result.changes), **result.summary.to_dict()}
    for channel in result.channels:
        outlet_events[EXTRACTED].add(RAW[channel], extra=facts)
    return facts


@reports_failure
def check_raw() -> dict[str, Any]:
    """Make damaged batches again, show the files that count to the build file, check them, keep odd rows aside.

    Raises GateFailed.
    """
    from funnelhouse.extract.mend import mend_batches
    from funnelhouse.quality.files import expose_files
    from funnelhouse.quality.gate import check
    from funnelhouse.store.locks import writer_lock

    settings = prepared()
    with writer_lock(settings, "check_raw"):
        mend_batches(settings)
        rows = expose_files(settings)
        check(settings, "raw")
    return {entity: count for entity, count in rows.items() if count}


@reports_failure
def build(params: Mapping[str, Any]) -> dict[str, int]:
    """Build and test what is due, with parameter `full` everything. Raises BuildFailed."""
    from funnelhouse.store.locks import writer_lock
    from funnelhouse.transform import dbt_runner

    settings = prepared()
    with writer_lock(settings, "build"):
        result = dbt_runner.build(settings, full=bool(params.get("full")))
    return {"nodes": len(result.nodes), "warnings": len(result.warnings)}


@reports_failure
def check_marts() -> dict[str, Any]:
    """Check the promises to the readers. Raises GateFailed; the last good version stays published."""
    from funnelhouse.quality.gate import check
    from funnelhouse.store.locks import writer_lock

    settings = prepared()
    with writer_lock(settings, "check_marts"):
        check(settings, "marts")
    return {}


@reports_failure
def publish() -> dict[str, Any]:
    """Publish the checked build as a new version."""
    from funnelhouse.pages.site import site_of_version
    from funnelhouse.publish.publisher import publish as publish_build
    from funnelhouse.store.locks import writer_lock
    from funnelhouse.transform.build_state import remember_built

    settings = prepared()
    with writer_lock(settings, "publish"):
        version = publish_build(settings, require_gate=True, beside=site_of_version(settings))
        remember_built(settings)
    report("publish", version.version, 1, 1, "ok")
    return {"version": version.version, "tables": len(version.tables)}


@reports_failure
def digest() -> dict[str, Any]:
    """Write the digest of the published version in every language to `reports/`."""
    from funnelhouse.digest.pages import write_digests

    paths = write_digests(load_settings())
    report("digest", str(paths[0]), 1, 1, "ok")
    return {"page": str(paths[0]), "pages": len(paths)}


@reports_failure
def verify_archive() -> dict[str, int]:
    """Hash every archived file again. Raises ArchiveDamaged naming each whose bytes changed."""
    from funnelhouse.maintenance import verify_archive as verify

    return {"files": verify(prepared())}


@reports_failure
def verify_batches() -> dict[str, Any]:
    """Compare every raw batch with its digest and make damaged ones again from the archive. Raises RawDamaged."""
    from funnelhouse.extract.mend import mend_batches
    from funnelhouse.store.locks import writer_lock

    settings = prepared()
    with writer_lock(settings, "verify_batches"):
        mended = mend_batches(settings)
    return {"made_again": [f"{found.file}: {found.wrong}" for found in mended]}


@reports_failure
def restore_drill() -> dict[str, Any]:
    """Prove that every kept version opens and holds what its manifest says. Raises VersionDamaged."""
    from funnelhouse.maintenance import restore_drill as drill

    return {"versions": drill(prepared())}


@reports_failure
def freshness() -> dict[str, Any]:
    """Log the sources whose newest data is older than allowed; their names and ages in days."""
    from funnelhouse.maintenance import stale_sources

    stale = stale_sources(prepared())
    for name, age in stale.items():
        log.warning("%s: newest data is %d days older than the newest export of the house", name, age)
    return stale


@reports_failure
def remove_leftovers() -> dict[str, int]:
    """Delete unfinished files of killed processes, and rows that a replay replaced a day ago or earlier."""
    from funnelhouse.maintenance import remove_old_leftovers, remove_superseded

    settings = prepared()
    return {"removed": remove_old_leftovers(settings), "superseded_batches": remove_superseded(settings)}
