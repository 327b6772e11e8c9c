"""Folders of a house that lie in an S3 bucket: mounted by s3fs, so that every process reads and writes them as files.

Spark's own way to S3 needs jars that Python's package index does not have.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.objects.server import BUCKET, Server, serving


def missing() -> str | None:
    """What this machine lacks for it, and what to do; None if nothing."""
    if shutil.which("s3fs") is None:
        return "s3fs is not installed (Debian and Ubuntu: apt-get install s3fs)"
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "/dev/fuse cannot be opened, as mounting needs: be root, or start the container with --device /dev/fuse"
    return None


@contextlib.contextmanager
def in_bucket(folder: Path, mounts: Sequence[Path]) -> Iterator[Server]:
    """A real S3 server in `folder` while the block runs; each of `mounts` is a prefix of its bucket."""
    with serving(folder) as server, contextlib.ExitStack() as mounted:
        passwords = folder / "s3fs.password"
        passwords.touch(mode=0o600)
        passwords.write_text(f"{server.key}:{server.secret}", encoding="utf-8")
        for place in mounts:
            mounted.enter_context(_mounted(place, server, passwords, folder / f"{place.name}.s3fs.log"))
        yield server


@contextlib.contextmanager
def _mounted(place: Path, server: Server, passwords: Path, log: Path) -> Iterator[None]:
    place.mkdir(parents=True, exist_ok=True)
    options = [
        f"passwd_file={passwords}", f"url=http://{server.endpoint}", "use_path_request_style",
        f"logfile={log}",
    ]  # fmt: skip
    flags = [part for option in options for part in ("-o", option)]
    subprocess.run(["s3fs", f"{BUCKET}:/{place.name}", str(place), *flags], check=True)
    try:
        yield
    finally:
        _unmount(place)


def unmount_below(folder: Path) -> None:
    """Unmount what a killed run has left below `folder`, so that deleting it deletes no bucket."""
    for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        place = Path(line.split()[1])
        if folder in place.parents:
            _unmount(place)


def _unmount(place: Path) -> None:
    # Lazily: a process that is just being killed may still have a file open.
    subprocess.run(["fusermount", "-u", "-z", str(place)], check=False)
