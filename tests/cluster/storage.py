"""A folder of a house that lies in an S3 bucket: mounted by rclone, so that every process reads it as files.

Spark's own way to S3 needs jars that Python's package index does not have. This one is for what is written once: of files
that were renamed right after they were written, as Spark does with its tables, some were missing.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.objects.server import BUCKET, Server, serving


def missing() -> str | None:
    """What this machine lacks for it, and what to do; None if nothing."""
    if absent := [program for program in ("rclone", "fusermount3") if shutil.which(program) is None]:
        return f"there is no {' and no '.join(absent)} (Debian and Ubuntu: apt-get install rclone fuse3)"
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "/dev/fuse cannot be opened, as mounting needs: be root, or start the container with --device /dev/fuse"
    return None


@contextlib.contextmanager
def in_bucket(folder: Path, source: Path, place: Path) -> Iterator[Server]:
    """A real S3 server in `folder` while the block runs, `source` copied into its bucket and mounted as `place`."""
    with serving(folder) as server:
        # Nothing of whoever starts it: rclone would read the settings of his own S3 account, too.
        own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "RCLONE_"))}
        environment = {
            **own, "RCLONE_S3_PROVIDER": "Other", "RCLONE_S3_ENDPOINT": f"http://{server.endpoint}",
            "RCLONE_S3_ACCESS_KEY_ID": server.key, "RCLONE_S3_SECRET_ACCESS_KEY": server.secret,
            "RCLONE_CONFIG": str(folder / "no.conf"), "RCLONE_CACHE_DIR": str(folder / "cache"),
            "RCLONE_LOG_FILE": str(folder / "rclone.log"),
        }  # fmt: skip
        prefix = f":s3:{BUCKET}/{place.name}"
        subprocess.run(["rclone", "copy", str(source), prefix], env=environment, check=True)
        place.mkdir(parents=True)
        command = ["rclone", "mount", prefix, str(place), "--vfs-cache-mode", "writes", "--daemon"]
        subprocess.run(command, env=environment, check=True)
        try:
            yield server
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
    subprocess.run(["fusermount3", "-u", "-z", str(place)], check=False)
