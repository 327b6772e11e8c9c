"""Airflow's own services on this machine: api-server, dag-processor and scheduler, on 127.0.0.1, with a login.

Started in that order, since a scheduler with work and no api-server fails tasks. Each runs below a process that ends
it, and everything it started, when this process ends in whatever way (module `supervised`). Airflow's log server
listens on all addresses whatever its settings say: it is not started, the api-server reads the logs from the disk.
"""

from __future__ import annotations

import contextlib
import fcntl
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
from typing import IO

from funnelhouse.errors import Verdict
from funnelhouse.files import create_once, make_private, private_folder, write_bytes
from funnelhouse.progress import report
from funnelhouse.running import supervised
from funnelhouse.running.airflow_home import environment, migrated_database
from funnelhouse.settings import Settings
from funnelhouse.tenants import POOL, pools, tenants_folder

USER = "admin"
LAST_SERVICES_SECONDS = 40
"""Longer than services take to end by themselves."""


class ServiceFailed(Verdict):
    """A service did not start or ended by itself; the message says which and where its log is."""


@dataclass
class Services:
    """Running services; `password` belongs to `USER`."""

    url: str
    password: str
    logs: Path
    lock: Path
    environment: dict[str, str] = field(repr=False)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def check(self) -> None:
        """Raise ServiceFailed if a service has ended."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise ServiceFailed(f"{name} ended with {process.returncode}; see {self.logs / name}.log")

    def make_pools(self, tenants: list[str]) -> None:
        """Make the pools of these tenants: Airflow starts no task whose pool is not there. Raises ServiceFailed."""
        path = self.logs / "pools.json"
        write_bytes(path, json.dumps(pools(tenants)).encode())
        _pools(self, "import", str(path))


@contextlib.contextmanager
def airflow_services(settings: Settings, port: int | None = None, timeout: float = 180) -> Iterator[Services]:
    """Start the services, yield when they are healthy, stop them all at the end.

    `port` None: 8080 if free, else any free one. Raises ServiceFailed, or Verdict if the port is taken.
    """
    chosen = free_port(port, 8080, "funnelhouse ui --port 8090")
    home = settings.airflow / "ui"
    private_folder(home)
    lock = _nothing_left_of_earlier_services(home)
    if not (home / "airflow.db").exists():
        report("start", "creating Airflow's database")
        write_bytes(home / "airflow.db", migrated_database(settings).read_bytes(), mode=0o600)
    password = _password(home)
    logs = settings.logs / "services"
    logs.mkdir(parents=True, exist_ok=True)
    env = _environment(settings, home, chosen)
    services = Services(f"http://127.0.0.1:{chosen}", password, logs, lock, env)
    try:
        _start(services, "api-server", "api-server")
        _wait_for(services, f"{services.url}/api/v2/version", timeout)
        # The first request to the execution API builds its versions (nine seconds): before any task needs it.
        _wait_for(services, f"{services.url}/execution/health", timeout)
        if tenants_folder() is None:
            _pools(services, "set", POOL, "1", "one writer of the build file")
        _start(services, "dag-processor", "dag-processor")
        _start(services, "scheduler", "scheduler", "--skip-serve-logs")
        _wait_for(services, f"{services.url}/api/v2/monitor/health", timeout, healthy=True)
        make_private(home)
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
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
    }


def _password(home: Path) -> str:
    path = home / "passwords.json"
    create_once(path, json.dumps({USER: secrets.token_urlsafe(12)}).encode(), mode=0o600)
    return str(json.loads(path.read_text(encoding="utf-8"))[USER])


def free_port(wanted: int | None, start: int, other: str) -> int:
    """The wanted port, or the first free one from `start` on, else any. Raises Verdict with the command for another."""
    for candidate in [wanted] if wanted else [*range(start, start + 20), 0]:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Verdict(f"Port {wanted} of 127.0.0.1 is taken. Choose another: {other}")


def _nothing_left_of_earlier_services(home: Path) -> Path:
    """Wait until services of a parent that was killed have ended; the lock that each service holds while it lives."""
    path = home / "services.lock"
    deadline = time.monotonic() + LAST_SERVICES_SECONDS
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise ServiceFailed(
                        f"Services of an earlier `funnelhouse ui` still run on {home}. Wait for them to end, or stop "
                        f"them; `fuser {path}` shows which they are."
                    ) from None
                time.sleep(0.2)
            else:
                return path
    finally:
        os.close(descriptor)


def _start(services: Services, name: str, *arguments: str) -> None:
    report("start", name)
    with (services.logs / f"{name}.log").open("wb") as log:
        services.processes[name] = _airflow(services, log, *arguments)


def _airflow(services: Services, log: IO[bytes], *arguments: str) -> subprocess.Popen[bytes]:
    """A command of Airflow that ends with this process."""
    return subprocess.Popen(
        [sys.executable, "-m", "funnelhouse.running.supervised", str(services.lock),
         sys.executable, "-m", "airflow", *arguments],
        # The other end of its standard input is ours alone: it is closed when this process ends.
        env=services.environment, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


def _pools(services: Services, *arguments: str) -> None:
    path = services.logs / "pools.log"
    with path.open("wb") as log:
        if code := _airflow(services, log, "pools", *arguments).wait():
            raise ServiceFailed(f"the pool could not be made, `airflow pools` ended with {code}; see {path}")


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
    """Each supervising process ends its service and all that the service started."""
    for process in reversed(services.processes.values()):
        if process.stdin is not None:
            process.stdin.close()
    deadline = time.monotonic() + 2 * supervised.GRACE_SECONDS
    for process in services.processes.values():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
