"""Spark's own processes: a standalone master, workers and a Thrift server, all on 127.0.0.1.

The package has no start scripts for them, so their classes are run as the scripts do. They end with the block, and with
this process.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyspark

from funnelhouse.transform.spark.engine import java_home
from tests.processes import resident_tree, tree

LOCAL = "127.0.0.1"
START_SECONDS = 180


@dataclass
class Cluster:
    """A running cluster. `server` is host:port of its Thrift server."""

    folder: Path
    tables: Path
    catalogue: Path
    memory: str = "2g"
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    @property
    def server(self) -> str:
        """Address of the Thrift server."""
        return f"{LOCAL}:{self.ports['thrift']}"

    def start(self, workers: int) -> None:
        """Start everything; returns when the Thrift server answers. Raises RuntimeError with the log of what failed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.ports = {name: free_port() for name in ("master", "page", "thrift")}
        self._run(
            "master", "spark-class", "org.apache.spark.deploy.master.Master",
            "--host", LOCAL, "--port", str(self.ports["master"]), "--webui-port", str(self.ports["page"]),
        )  # fmt: skip
        self._wait("master", lambda: self.state()["status"] == "ALIVE")
        for number in range(1, workers + 1):
            self._run(
                f"worker {number}", "spark-class", "org.apache.spark.deploy.worker.Worker",
                "--host", LOCAL, "--webui-port", str(free_port()), "--cores", "1", "--memory", self.memory,
                "--work-dir", str(self.folder / f"work{number}"), self._master,
            )  # fmt: skip
        self._wait("worker 1", lambda: len(self.alive()) == workers)
        self._run("thrift server", "spark-submit", *self._thrift())
        self._wait("thrift server", lambda: answers(self.ports["thrift"]))

    @property
    def _master(self) -> str:
        return f"spark://{LOCAL}:{self.ports['master']}"

    def _thrift(self) -> list[str]:
        # Nothing here decides a number: the adapter has to see to that in its own sessions.
        settings = {
            "spark.sql.warehouse.dir": str(self.tables),
            "spark.driver.host": LOCAL,
            "spark.driver.bindAddress": LOCAL,
            "spark.driver.extraJavaOptions": f"-Duser.timezone=UTC -Dderby.system.home={self.catalogue}",
            "spark.ui.enabled": "false",
            "spark.executor.memory": "1g",
            "spark.executor.extraJavaOptions": "-Duser.timezone=UTC",
            "spark.sql.shuffle.partitions": "4",
            "spark.buffer.pageSize": "2m",
            "spark.sql.legacy.allowNonEmptyLocationInCTAS": "true",
            "spark.sql.sources.parallelPartitionDiscovery.threshold": "10000",
        }
        listed = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
        return [
            "--master", self._master, "--driver-memory", "4g",
            "--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2", *listed, "spark-internal",
            "--hiveconf", f"hive.server2.thrift.port={self.ports['thrift']}",
            "--hiveconf", f"hive.server2.thrift.bind.host={LOCAL}",
        ]  # fmt: skip

    def state(self) -> dict[str, Any]:
        """What the master says of itself and its workers."""
        with urllib.request.urlopen(f"http://{LOCAL}:{self.ports['page']}/json/", timeout=10) as answer:
            document: dict[str, Any] = json.load(answer)
            return document

    def alive(self) -> list[str]:
        """Ids of the workers that the master counts on."""
        return [worker["id"] for worker in self.state()["workers"] if worker["state"] == "ALIVE"]

    def kill_worker(self, number: int) -> None:
        """SIGKILL a worker and the executors it has started, as a machine that is gone."""
        process = self.processes[f"worker {number}"]
        for pid in list(tree(process.pid)):
            os.kill(pid, signal.SIGKILL)
        process.wait()

    def memory_bytes(self) -> dict[str, int]:
        """Resident memory of each process with those it has started, by name."""
        return {name: resident_tree(process.pid) for name, process in self.processes.items() if process.poll() is None}

    def stop(self) -> None:
        """End every process of the cluster and those they have started."""
        for process in reversed(self.processes.values()):
            for pid in list(tree(process.pid)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _run(self, name: str, script: str, *arguments: str) -> None:
        home = Path(pyspark.__file__).parent
        environment = {
            **os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": LOCAL, "SPARK_PUBLIC_DNS": LOCAL,
            "SPARK_LOCAL_DIRS": str(self.folder / "scratch"), "SPARK_LOG_DIR": str(self.folder),
            "JAVA_HOME": java_home() or "",
        }  # fmt: skip
        with self._log(name).open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [str(home / "bin" / script), *arguments], env=environment, stdout=log, stderr=log, cwd=self.folder
            )

    def _log(self, name: str) -> Path:
        return self.folder / f"{name.replace(' ', '_')}.log"

    def _wait(self, name: str, is_ready: Callable[[], bool]) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.processes[name].poll() is not None:
                break
            with contextlib.suppress(OSError, ValueError, KeyError):
                if is_ready():
                    return
            time.sleep(0.3)
        said = self._log(name).read_text(encoding="utf-8", errors="replace")[-3000:]
        raise RuntimeError(f"Spark's {name} does not answer after {START_SECONDS} s:\n{said}")


@contextlib.contextmanager
def running(folder: Path, tables: Path, catalogue: Path, workers: int = 2) -> Iterator[Cluster]:
    """A cluster while the block runs."""
    cluster = Cluster(folder, tables, catalogue)
    try:
        cluster.start(workers)
        yield cluster
    finally:
        cluster.stop()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens on a port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((LOCAL, port)) == 0
