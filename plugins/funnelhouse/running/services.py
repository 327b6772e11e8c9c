"""Airflow's own services on this machine: api-server, dag-processor and scheduler, on 127.0.0.1, with a login.

Started in that order, since a scheduler with work and no api-server fails tasks. Each has a session of its own; all
of them end with this process.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from funnelhouse.errors import Verdict
from funnelhouse.files import create_once, write_bytes
from funnelhouse.progress import report
from funnelhouse.running.airflow_home import environment, migrated_database
from funnelhouse.settings import Settings

USER = "admin"


class ServiceFailed(Verdict):
    """A service did not start or ended by itself; the message says which and where its log is."""


@dataclass
class Services:
    """Running services; `password` belongs to `USER`."""

    url: str
    password: str
    logs: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def check(self) -> None:
        """Raise ServiceFailed if a service has ended."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise ServiceFailed(f"{name} ended with {process.returncode}; see {self.logs / name}.log")


@contextlib.contextmanager
def airflow_services(settings: Settings, port: int | None = None, timeout: float = 180) -> Iterator[Services]:
    """Start the services, yield when they are healthy, stop them all at the end.

    `port` None: 8080 if free, else any free one. Raises ServiceFailed, or Verdict if the port is taken.
    """
    chosen = _free_port(port)
    home = settings.home / "airflow" / "ui"
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "airflow.db").exists():
        report("start", "creating Airflow's database")
        write_bytes(home / "airflow.db", migrated_database(settings).read_bytes())
    password = _password(home)
    logs = settings.logs / "services"
    logs.mkdir(parents=True, exist_ok=True)
    services = Services(f"http://127.0.0.1:{chosen}", password, logs)
    env = _environment(settings, home, chosen)
    try:
        _start(services, "api-server", env, "api-server")
        _wait_for(services, f"{services.url}/api/v2/version", timeout)
        # The first request to the execution API builds its versions (nine seconds): before any task needs it.
        _wait_for(services, f"{services.url}/execution/health", timeout)
        _create_pool(env)
        _start(services, "dag-processor", env, "dag-processor")
        _start(services, "scheduler", env, "scheduler")
        _wait_for(services, f"{services.url}/api/v2/monitor/health", timeout, healthy=True)
        yield services
    finally:
        _stop(services)


def token(services: Services) -> str:
    """A JWT of the generated user, for calls of the REST API."""
    body = json.dumps({"username": USER, "password": services.password}).encode()
    request = urllib.request.Request(
        f"{services.url}/auth/token", data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(json.load(answer)["access_token"])


def _environment(settings: Settings, home: Path, port: int) -> dict[str, str]:
    secret = home / "jwt.secret"
    create_once(secret, secrets.token_hex(32).encode(), mode=0o600)
    return {
        **environment(settings, home),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__API_AUTH__JWT_SECRET": secret.read_text(encoding="ascii"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(_free_port(None, start=18793)),
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
    }


def _password(home: Path) -> str:
    path = home / "passwords.json"
    create_once(path, json.dumps({USER: secrets.token_urlsafe(12)}).encode(), mode=0o600)
    return str(json.loads(path.read_text(encoding="utf-8"))[USER])


def _free_port(wanted: int | None, start: int = 8080) -> int:
    for candidate in [wanted] if wanted else [*range(start, start + 20), 0]:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Verdict(f"Port {wanted} of 127.0.0.1 is taken. Choose another: funnelhouse ui --port 8090")


def _start(services: Services, name: str, env: dict[str, str], *arguments: str) -> None:
    report("start", name)
    with (services.logs / f"{name}.log").open("wb") as log:
        services.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "airflow", *arguments],
            env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip


def _create_pool(env: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "airflow", "pools", "set", "warehouse_writer", "1", "one writer of the build file"],
        env=env, check=True, capture_output=True,
    )  # fmt: skip


def _wait_for(services: Services, url: str, timeout: float, *, healthy: bool = False) -> None:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        services.check()
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                body = json.load(answer)
            if not healthy or _is_healthy(body):
                return
        except (urllib.error.URLError, OSError, ValueError):
            pass
        time.sleep(0.5)
    raise ServiceFailed(f"{url} did not answer within {timeout:.0f} s; see {services.logs}")


def _is_healthy(body: dict[str, dict[str, str]]) -> bool:
    return all(body[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor"))


def _stop(services: Services) -> None:
    """SIGINT lets Airflow stop its children; whoever is left after that is killed with its whole session."""
    for process in reversed(services.processes.values()):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
    deadline = time.monotonic() + 20
    for process in services.processes.values():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
