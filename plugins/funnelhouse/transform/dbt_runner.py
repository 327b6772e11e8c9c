"""Running dbt on the build file: one child process per build, its events turned into progress.

A child process, because dbt keeps the DuckDB file open until its process ends.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from funnelhouse.errors import Verdict
from funnelhouse.progress import report
from funnelhouse.settings import Settings
from funnelhouse.transform import due
from funnelhouse.transform.failing_rows import problems
from funnelhouse.transform.own_pipelines import own_pipelines
from funnelhouse.transform.spark import engine
from funnelhouse.transform.spark.raw_tables import write_raw_statements

STAGE = "build"
"""Name of the stage in progress reports and in the log of dbt."""


class BuildFailed(Verdict):
    """A dbt model or test failed; the message names each and says what dbt said."""


@dataclass(frozen=True)
class NodeResult:
    """What became of one model, seed or test."""

    name: str
    kind: str
    status: str
    seconds: float
    message: str = ""


@dataclass
class BuildResult:
    """Results of one build; no nodes if nothing was due."""

    nodes: list[NodeResult] = field(default_factory=list)

    @property
    def failures(self) -> list[NodeResult]:
        """Nodes that stop the build."""
        return [node for node in self.nodes if node.status in ("error", "fail", "skipped")]

    @property
    def warnings(self) -> list[NodeResult]:
        """Tests that failed with severity warn."""
        return [node for node in self.nodes if node.status == "warn"]


def as_of_date(settings: Settings) -> date:
    """The reporting date: FUNNELHOUSE_AS_OF, else that of what was loaded (view `raw._reporting_date`)."""
    if settings.as_of:
        return settings.as_of
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        row = connection.execute("select as_of from raw._reporting_date").fetchone()
    return row[0] if row else date(1970, 1, 1)


def build(settings: Settings, *, full: bool = False) -> BuildResult:
    """Build and test what is due (module `due`), with `full` everything, in one dbt process; without due work, in none.

    Unit tests are left out: they test the SQL, not the data, and belong to `make test`. Raises BuildFailed if any model
    or test failed.
    """
    day = as_of_date(settings)
    due_now = due.begin(settings, day, full=full)
    if not due_now:
        report(STAGE, "nothing changed", outcome="ok")
        return BuildResult()
    if settings.engine == "spark":
        write_raw_statements(settings)
    else:
        engine.leave(settings)
    result = BuildResult(
        run_dbt(settings, ["build", *due_now.arguments, "--exclude-resource-type", "unit_test"], stage=STAGE, as_of=day)
    )
    if settings.engine == "spark" and due_now.everything and not result.failures:
        # Functions of the published file are DuckDB's, over the tables that Spark has built.
        result.nodes += run_dbt(
            replace(settings, engine="duckdb"),
            ["run", "--select", due.FUNCTIONS, "--target-path", str(settings.build / "dbt_functions")],
            stage="functions",
            as_of=day,
        )
    if result.failures:
        listed = "\n".join(f"  {n.kind} {n.name}: {n.status}. {n.message}".rstrip() for n in result.failures[:20])
        raise BuildFailed(f"{len(result.failures)} of {len(result.nodes)} models and tests failed:\n{listed}")
    due.complete(settings)
    return result


def dbt_command(settings: Settings, arguments: list[str], as_of: date) -> tuple[list[str], dict[str, str]]:
    """Command line and environment of one dbt invocation, to be run in the folder of the build file.

    Raises PipelineError if own pipelines cannot be used.
    """
    variables: dict[str, Any] = {
        "reporting_currency": settings.currency,
        "business_timezone": settings.timezone,
    }
    on_spark = settings.engine == "spark"
    if on_spark:
        engine.check_installed(settings)
    verb = list(itertools.takewhile(lambda word: not word.startswith("-"), arguments))  # build, or docs generate
    command = [
        sys.executable, "-m", "funnelhouse.transform.dbt_child", str(os.getpid()),
        "--log-level", "none", "--log-level-file", "none", "--no-use-colors",
        *verb,
        "--project-dir", str(settings.dbt_project),
        "--profiles-dir", str(settings.dbt_project),
        "--target-path", str(target_folder(settings)),
        "--log-path", str(settings.logs / "dbt"),
        "--vars", json.dumps(variables),
        *(["--target", engine.target(settings)] if on_spark else []),
        *arguments[len(verb) :],
    ]  # fmt: skip
    environment = {
        # All that dbt is told of the house stands below: nothing of another one, and never the key of the hashes.
        **{
            name: value
            for name, value in os.environ.items()
            if name != "PYTHONDONTWRITEBYTECODE" and not name.startswith(("FUNNELHOUSE_", "AIRFLOW_"))
        },
        "WAREHOUSE_AS_OF_DATE": as_of.isoformat(),
        "WAREHOUSE_OWN_PIPELINES": json.dumps(own_pipelines(settings)),
        # Relative to the working directory, so that dbt's kept parse is good for a house that was moved or copied.
        "WAREHOUSE_BUILD_PATH": settings.build_file.name,
        "WAREHOUSE_MEMORY_LIMIT": settings.memory_limit,
        "WAREHOUSE_THREADS": str(settings.threads),
        "WAREHOUSE_TEMP": "duckdb_temp",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        **(engine.environment(settings) if on_spark else {}),
    }
    return command, environment


def run_dbt(settings: Settings, arguments: list[str], *, stage: str, as_of: date) -> list[NodeResult]:
    """Run dbt and report each node as it finishes; a failed test's message says what its rows say.

    Raises BuildFailed if dbt could not even start building.
    """
    target_folder(settings).mkdir(parents=True, exist_ok=True)
    command, environment = dbt_command(settings, arguments, as_of)
    nodes: list[NodeResult] = []
    said: list[str] = []
    compiled: dict[str, Path] = {}
    report(stage, "starting dbt")
    began = time.time() - 2  # some file systems know whole seconds only
    with subprocess.Popen(
        command,
        env=environment,
        cwd=settings.build_file.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - PIPE was asked for
            for line in process.stdout:
                _take_event(line, stage, nodes, said, compiled)
        except BaseException:
            process.kill()  # a half-written build file is repaired by its log; dbt has nothing else to tidy up
            process.wait()
            raise
    if settings.engine == "spark" and nodes:
        built = any(node.kind == "model" and node.status == "ok" for node in nodes)
        engine.bring_home(settings, began if built else None)
    for position, node in enumerate(nodes):
        if node.kind == "test" and node.name in compiled:
            found = problems(settings, settings.dbt_project / compiled[node.name])
            nodes[position] = replace(node, message="; ".join(found) or node.message)
            said += [f"{node.name}: {problem}" for problem in found]
    (settings.logs / "dbt").mkdir(parents=True, exist_ok=True)
    (settings.logs / "dbt" / f"{stage.replace(' ', '_')}.log").write_text("\n".join(said) + "\n", encoding="utf-8")
    if process.returncode and not any(node.status in ("error", "fail") for node in nodes):
        raise BuildFailed(f"dbt ended with {process.returncode} before it built anything:\n" + "\n".join(said[-15:]))
    return nodes


def _take_event(line: str, stage: str, nodes: list[NodeResult], said: list[str], compiled: dict[str, Path]) -> None:
    try:
        event: dict[str, Any] = json.loads(line)
        info, data = event["info"], event.get("data", {})
    except (ValueError, KeyError, TypeError):
        said.append(line.rstrip())
        return
    if info.get("msg"):
        said.append(str(info["msg"]))
    node = data.get("node_info") or {}
    if info.get("name") == "LogStartLine":
        report(
            stage,
            str(node.get("node_name", "")),
            int(data.get("index", 1)) - 1,
            int(data.get("total", 0)) or None,
        )
    elif info.get("name") in ("LogModelResult", "LogTestResult", "LogSeedResult", "LogSnapshotResult"):
        status = str(data.get("status", node.get("node_status", ""))).lower().split(" ")[0]
        name = str(node.get("node_name") or data.get("name", ""))
        kind = str(node.get("resource_type", ""))
        seconds = float(data.get("execution_time", 0) or 0)
        status = {"success": "ok", "pass": "ok"}.get(status, status)
        nodes.append(NodeResult(name, kind, status, seconds, _message(data)))
        outcome = {"ok": "ok", "warn": "warning"}.get(status, "failed" if status in ("error", "fail") else "ok")
        done, total = int(data.get("index", 0)), int(data.get("total", 0)) or None
        report(stage, name, done, total, outcome)
    elif info.get("name") == "SQLCompiledPath":  # comes only for what failed or warned
        compiled[str(node.get("node_name", ""))] = Path(str(data.get("path", "")))
    elif info.get("name") in ("RunResultError", "RunResultFailure", "RunResultWarningMessage") and nodes:
        _attach(nodes, str(data.get("msg", "")))


def _message(data: dict[str, Any]) -> str:
    failures = data.get("num_failures")
    return f"{failures} failing rows" if failures else ""


def _attach(nodes: list[NodeResult], message: str) -> None:
    """Add dbt's error text, which comes at the end and names no node, to the first failure without one."""
    for position, node in enumerate(nodes):
        if node.status in ("error", "fail") and "\n" not in node.message and message not in node.message:
            nodes[position] = NodeResult(node.name, node.kind, node.status, node.seconds,
                                         f"{node.message} {message}".strip() + "\n")  # fmt: skip
            return


def target_folder(settings: Settings) -> Path:
    """Where dbt's artifacts (manifest.json, run_results.json) are."""
    return settings.build / "dbt_target"
