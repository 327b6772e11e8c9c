"""What a run of docker-compose.yml tells about itself: Airflow's REST API, and the containers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 1200
"""Seconds after which something has not happened; a guard against waiting for ever."""


def wait_for(what: str, condition: Callable[[], T | None], *, seconds: float = PATIENCE, every: float = 1.0) -> T:
    """The first value of `condition` that is not None."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (value := condition()) is not None:
            return value
        time.sleep(every)
    raise AssertionError(f"{what} did not happen within {seconds:.0f} s")


@dataclass
class Stack:
    """The services of one Compose project that is up."""

    command: list[str]
    project: str
    work: Path
    _token: str = field(default="", repr=False)

    def compose(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        """Standard output of a Compose command."""
        done = subprocess.run(
            [*self.command, "-p", self.project, "--env-file", str(self.work / "env"), *arguments],
            input=stdin, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (arguments, done.stderr.decode()[-3000:])
        return done.stdout

    @staticmethod
    def docker(*arguments: str) -> str:
        """Standard output of a docker command."""
        done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, (arguments, done.stderr[-3000:])
        return done.stdout.strip()

    @cached_property
    def url(self) -> str:
        """Where the api-server answers on this machine."""
        address = self.compose("port", "api-server", "8080").decode().strip()
        assert address.startswith("127.0.0.1:"), address
        return f"http://{address}"

    # --- Airflow's API ---

    def call(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer of the API. A connection that breaks is tried again; anything else is an error."""
        if not self._token:
            passwords = "/data/airflow/compose/simple_auth_manager_passwords.json.generated"
            login = json.loads(self.compose("exec", "-T", "api-server", "cat", passwords))
            self._token = self._ask("/auth/token", {"username": "admin", "password": login["admin"]})["access_token"]
        return self._ask(f"/api/v2/{path}", body)

    def _ask(self, path: str, body: dict[str, Any] | None) -> Any:
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        for attempt in range(5):
            try:
                with urllib.request.urlopen(
                    urllib.request.Request(self.url + path, data=data, headers=headers), timeout=120
                ) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as refused:
                raise AssertionError(f"{path} answered {refused.code}: {refused.read()[:2000]!r}") from refused
            except OSError:
                if attempt == 4:
                    raise
                time.sleep(1)
        raise AssertionError(path)

    def trigger(self, dag_id: str) -> str:
        """Start a DAG; the id of its run."""
        return str(self.call(f"dags/{dag_id}/dagRuns", {"logical_date": None})["dag_run_id"])

    def tasks(self, **query: str) -> list[dict[str, Any]]:
        """Task instances of every DAG, newest first."""
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        path = f"dags/~/dagRuns/~/taskInstances?limit=100&order_by=-start_date&{asked}"
        return list(self.call(path)["task_instances"])

    def tries(self, task: dict[str, Any]) -> list[dict[str, Any]]:
        """Every attempt at a task, first to last."""
        path = f"dags/{task['dag_id']}/dagRuns/{task['dag_run_id']}/taskInstances/{task['task_id']}/tries"
        return sorted(self.call(path)["task_instances"], key=lambda one: one["try_number"])

    def log_of(self, task: dict[str, Any]) -> str:
        """What the task of this attempt wrote, as Airflow's page shows it."""
        path = f"dags/{task['dag_id']}/dagRuns/{task['dag_run_id']}/taskInstances/{task['task_id']}"
        return json.dumps(self.call(f"{path}/logs/{task['try_number']}"))

    def events(self) -> list[dict[str, Any]]:
        """Events of assets, newest first."""
        return list(self.call("assets/events?limit=100&order_by=-timestamp")["asset_events"])

    def runs(self) -> list[dict[str, Any]]:
        """Runs of every DAG, newest first."""
        return list(self.call("dags/~/dagRuns?limit=100&order_by=-run_after")["dag_runs"])

    # --- containers ---

    def containers(self) -> dict[str, str]:
        """Name of the service's container (`worker-1`), by host name, which is what a task instance knows."""
        label = f"label=com.docker.compose.project={self.project}"
        found = {}
        for line in self.docker("ps", "-a", "--filter", label, "--format", "{{.ID}} {{.Names}}").splitlines():
            container, name = line.split()
            host = self.docker("inspect", "--format", "{{.Config.Hostname}}", container)
            found[host] = name.removeprefix(f"{self.project}-")
        return found

    def kill(self, host: str) -> None:
        """SIGKILL to a container's main process; its restart policy brings it back, as after running out of memory.

        Who may not signal processes of this machine asks docker to kill it, which takes that for a wish to stop it.
        """
        pid = int(self.docker("inspect", "--format", "{{.State.Pid}}", host))
        try:
            os.kill(pid, signal.SIGKILL)
        except (PermissionError, ProcessLookupError):
            self.docker("kill", host)
            self.docker("start", host)

    def started_at(self, host: str) -> str:
        """When the container's main process was started last."""
        return self.docker("inspect", "--format", "{{.State.StartedAt}}", host)
