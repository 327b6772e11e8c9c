"""Uses a running Compose project as a company would, breaks it, and compares what it publishes with a plain local run.

Called by run.sh. Ends with a table of figures, or with the first thing that is not as it must be.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from funnelhouse.store.batches import read_batches
from tests.compose.airflow_api import Stack, wait_for
from tests.compose.numbers import Delivery, deliver, equal_tables

BUILDING = {"check_raw", "build", "check_marts", "publish"}
MONTHS, SCALE = 3, 0.3
FIGURES: list[tuple[str, str]] = []


def say(text: str) -> None:
    sys.stderr.write(f"[{time.strftime('%H:%M:%S')}] {text}\n")


def figure(name: str, value: str) -> None:
    """A line of the table at the end."""
    FIGURES.append((name, value))
    say(f"{name}: {value}")


def instant(text: str) -> float:
    """Seconds since the epoch of a time as Airflow's API writes it."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


@dataclass(frozen=True)
class Plain:
    """What a plain run on the machine itself made of a delivery: its file, the channels with new data, seconds."""

    file: Path
    channels: set[str]
    seconds: float


def plain_run(work: Path, delivery: Delivery, key: str) -> Plain:
    """`funnelhouse run` of this delivery after the ones before it, with the services' key."""
    home = work / "plain"
    shutil.copytree(delivery.kept, work / "plain-exports" / delivery.kept.name)
    before = {batch.batch_id for batch in read_batches(home / "raw")} if home.exists() else set()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FUNNELHOUSE")}
    command = [
        sys.executable,
        "-m",
        "funnelhouse.cli",
        "run",
        "--home",
        str(home),
        "--inbox",
        str(work / "plain-exports"),
    ]
    began = time.monotonic()
    done = subprocess.run(
        command, env={**environment, "FUNNELHOUSE_PII_KEY": key}, capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - began
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    file = work / f"plain-{delivery.kept.name}.duckdb"
    shutil.copy2(home / "published/warehouse.duckdb", file)
    new = {batch.channel for batch in read_batches(home / "raw") if batch.batch_id not in before}
    say(f"plain run of {delivery.files} files: {seconds:.0f} s, new data in {', '.join(sorted(new))}")
    return Plain(file, new, seconds)


def compare(stack: Stack, plain: Plain) -> None:
    """Compare the current version, copied out of the volume, with what the plain run published."""
    folder = stack.compose("exec", "-T", "api-server", "readlink", "-f", "/data/published/current").decode().strip()
    copy = stack.work / "published.duckdb"
    copy.write_bytes(stack.compose("exec", "-T", "api-server", "cat", f"{folder}/warehouse.duckdb"))
    tables, rows = equal_tables(copy, plain.file)
    figure(f"version {Path(folder).name}", f"{tables} tables with {rows:,} rows equal to the plain run's")


def settled(stack: Stack, seen: set[int], channels: set[str]) -> list[dict[str, Any]] | None:
    """The new events, once the exports of all these channels went the whole way: each event is built and published.

    Airflow lists no run for an event that comes while an earlier one of its asset still waits for the same run, so an
    event is followed by any run of the DAG it is for that began after it. Raises AssertionError if a run failed.
    """
    new = [event for event in stack.events() if event["id"] not in seen]
    arrived = {event["name"].removeprefix("raw/") for event in new if event["name"].startswith("raw/")}
    if not channels <= arrived:
        return None
    began = min(instant(event["timestamp"]) for event in new)
    runs = [run for run in stack.runs() if run["start_date"] and instant(run["start_date"]) >= began]
    failed = [run for run in runs if run["state"] == "failed"]
    assert not failed, failed
    if any(run["state"] != "success" for run in runs):
        return None
    last: dict[str, float] = {}
    for run in runs:
        last[run["dag_id"]] = max(last.get(run["dag_id"], 0.0), instant(run["start_date"]))
    for event in new:
        kind, _, channel = event["name"].partition("/")
        follows = {"raw": "build_warehouse", "archive": f"extract_{channel}"}.get(kind)
        if follows and last.get(follows, 0.0) < instant(event["timestamp"]):
            return None
    return new


def finished(stack: Stack, dag_id: str, run_id: str) -> bool | None:
    """True once the run succeeded. Raises AssertionError if it failed."""
    state = stack.call(f"dags/{dag_id}/dagRuns/{run_id}")["state"]
    assert state != "failed", (dag_id, run_id)
    return True if state == "success" else None


@contextmanager
def reading(stack: Stack) -> Iterator[dict[str, Any]]:
    """A reader that never stops looking while the block runs; what it saw is in the yielded dict after it."""
    script = Path(__file__).with_name("reader.py").read_bytes()
    result: dict[str, Any] = {}

    def read() -> None:
        said = stack.compose("exec", "-T", "api-server", "python", "-", stdin=script)
        result.update(json.loads(said.splitlines()[-1]))

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield result
    finally:
        stack.compose("exec", "-T", "api-server", "touch", "/tmp/stop-reading")
        thread.join(60)


@contextmanager
def memory_watched(stack: Stack, peaks: Counter[str]) -> Iterator[None]:
    """The most memory of each service in MB, as docker counts it, looked at every few seconds."""
    over = threading.Event()

    def watch() -> None:
        names = stack.containers()
        while not over.wait(2):
            with suppress(AssertionError):  # a container that is killed at that moment
                for line in stack.docker("stats", "--no-stream", "--format", "{{.ID}} {{.MemUsage}}").splitlines():
                    container, used, *_ = line.split()
                    if container in names and (size := re.fullmatch(r"([\d.]+)([MG])iB", used)):
                        megabytes = round(float(size[1]) * (1024 if size[2] == "G" else 1))
                        peaks[names[container]] = max(peaks[names[container]], megabytes)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(30)


def where_tasks_ran(stack: Stack) -> dict[str, set[str]]:
    """Containers by kind of task: `extract`, and `build` for whatever writes the build file."""
    names = stack.containers()
    found: dict[str, set[str]] = {"extract": set(), "build": set()}
    for task in stack.tasks():
        kind = "extract" if task["task_id"] == "extract" else "build" if task["task_id"] in BUILDING else None
        if kind and task["hostname"]:
            found[kind].add(names[task["hostname"]])
    return found


@dataclass(frozen=True)
class Kill:
    """A task instance whose worker was killed, and when, in seconds since the epoch."""

    task: dict[str, Any]
    at: float


def kill_worker_of(stack: Stack, task_id: str, past: set[str]) -> Kill:
    """SIGKILL to the worker of the first such task that is seen running and is not among `past` task instances."""

    def running() -> dict[str, Any] | None:
        for task in stack.tasks(state="running"):
            if task["task_id"] == task_id and task["hostname"] and task["id"] not in past:
                return task
        return None

    task = wait_for(f"a running task {task_id}", running, every=0.2)
    stack.kill(task["hostname"])
    at = time.time()
    name = stack.containers()[task["hostname"]]
    say(f"killed {name} in {task['dag_id']}.{task['task_id']}, try {task['try_number']}")
    return Kill(task, at)


def recovered(stack: Stack, kill: Kill) -> None:
    """When the next try of a task began and ended, and where. Raises AssertionError if the kill was too late for it."""
    killed, *later = [one for one in stack.tries(kill.task) if one["try_number"] >= kill.task["try_number"]]
    assert killed["state"] == "failed" and later, f"the kill came too late, or nothing tried again: {killed}"
    assert later[-1]["state"] == "success", later
    names = stack.containers()
    again, ended = instant(later[-1]["start_date"]) - kill.at, instant(later[-1]["end_date"]) - kill.at
    figure(
        f"{names[kill.task['hostname']]} killed in {kill.task['dag_id']}.{kill.task['task_id']}",
        f"again after {again:.0f} s on {names[later[-1]['hostname']]}, done after {ended:.0f} s",
    )


def first_delivery(stack: Stack, delivery: Delivery, plain: Plain) -> set[int]:
    """Everything as usual: published and equal, extracted by both workers, built by the writer; the events it made."""
    began = time.monotonic()
    delivery.arrive(stack.work / "exports")
    stack.trigger("receive_exports")
    events = wait_for("the first delivery", lambda: settled(stack, set(), plain.channels))
    figure(f"{delivery.files} files to a published version", f"{time.monotonic() - began:.0f} s")
    figure("the same by a plain local run", f"{plain.seconds:.0f} s")
    compare(stack, plain)
    ran = where_tasks_ran(stack)
    assert len(ran["extract"]) >= 2 and all(name.startswith("worker-") for name in ran["extract"]), ran
    assert ran["build"] == {"writer-1"}, ran
    figure("extraction ran on", ", ".join(sorted(ran["extract"])))
    (*_, extract) = (task for task in stack.tasks() if task["task_id"] == "extract")
    assert "extract: first/" in stack.log_of(extract), stack.log_of(extract)[:2000]
    return {event["id"] for event in events}


def second_delivery(stack: Stack, delivery: Delivery, plain: Plain, seen: set[int]) -> None:
    """A worker and the writer die in mid-task and the scheduler starts anew: published and equal all the same."""
    past = {task["id"] for task in stack.tasks()}
    began = time.monotonic()
    delivery.arrive(stack.work / "exports")
    stack.trigger("receive_exports")
    killed = [kill_worker_of(stack, "extract", past)]
    stack.compose("restart", "--timeout", "0", "scheduler")
    say("restarted the scheduler")
    killed.append(kill_worker_of(stack, "build", past))
    wait_for("the second delivery", lambda: settled(stack, seen, plain.channels))
    figure(f"{delivery.files} more files, two kills, one restart", f"{time.monotonic() - began:.0f} s")
    figure("the same by a plain local run, undisturbed", f"{plain.seconds:.0f} s")
    compare(stack, plain)
    for kill in killed:
        recovered(stack, kill)


def care_without_redis(stack: Stack) -> None:
    """Redis loses all it had; then the nightly care runs on both kinds of workers, and looks at every version."""
    (redis,) = (host for host, name in stack.containers().items() if name == "redis-1")
    stack.kill(redis)
    say("killed redis-1")
    began = time.monotonic()
    run = stack.trigger("maintain_warehouse")
    wait_for("the nightly care", lambda: finished(stack, "maintain_warehouse", run))
    figure("nightly care after redis-1 was killed", f"{time.monotonic() - began:.0f} s")


def restored(stack: Stack, plain: Plain) -> None:
    """A home that never was, filled from the object store by a command, has the current version."""
    home = "/tmp/restored"
    began = time.monotonic()
    stack.compose("exec", "-T", "-e", f"FUNNELHOUSE_HOME={home}", "writer", "funnelhouse", "publish", "--list")
    figure("a home restored from the object store", f"{time.monotonic() - began:.0f} s")
    copy = stack.work / "restored.duckdb"
    copy.write_bytes(stack.compose("exec", "-T", "writer", "cat", f"{home}/published/warehouse.duckdb"))
    tables, rows = equal_tables(copy, plain.file)
    figure("its version", f"{tables} tables with {rows:,} rows equal to the plain run's")


def main() -> None:
    """The whole use; see run.sh."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--project", required=True)
    parser.add_argument("--compose", required=True)
    parser.add_argument("--brought-up", type=int, required=True)
    parser.add_argument("--objects", action="store_true", help="the services have an object store")
    given = parser.parse_args()
    stack = Stack(given.compose.split(), given.project, given.work)
    key = dict(line.split("=", 1) for line in (given.work / "env").read_text().splitlines())["FUNNELHOUSE_PII_KEY"]
    figure("all services healthy after", f"{given.brought_up} s")
    wait_for("parsing of the DAGs", lambda: stack.call("dags/~/dagVersions?limit=1")["total_entries"] >= 10 or None)
    idle, peaks = Counter[str](), Counter[str]()
    with memory_watched(stack, idle):
        first, second = deliver(given.work, months=MONTHS, scale=SCALE)
        plain = [plain_run(given.work, delivery, key) for delivery in (first, second)]
    with reading(stack) as read, memory_watched(stack, peaks):
        seen = first_delivery(stack, first, plain[0])
        second_delivery(stack, second, plain[1], seen)
        care_without_redis(stack)
    if given.objects:
        restored(stack, plain[1])
    report(read, idle, peaks)


def report(read: dict[str, Any], idle: Counter[str], peaks: Counter[str]) -> None:
    """The table, with what the reader saw and what memory was used. Raises AssertionError if it saw half a version."""
    assert not read["wrong"], read["wrong"]
    assert len(read["versions"]) >= 2, read
    figure("reads of the published file", f"{read['reads']}, {len(read['versions'])} versions, none half")
    for name in sorted(peaks):
        figure(f"memory of {name}", f"{idle[name]} MB idle, {peaks[name]} MB at most")
    figure("memory of all", f"{sum(idle.values())} MB idle")
    sys.stdout.write("".join(f"{name:60} {value}\n" for name, value in FIGURES))


if __name__ == "__main__":
    main()
