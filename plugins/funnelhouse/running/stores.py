"""Fetching from and uploading to the object stores for a command, in a process of its own.

The stores are reached through Airflow, which reads its set-up once when it is imported: a command that runs DAGs
afterwards in its own process must not have imported it before.
"""

from __future__ import annotations

import subprocess
import sys

from funnelhouse.errors import Verdict
from funnelhouse.files import private_folder
from funnelhouse.progress import report
from funnelhouse.running.airflow_home import environment
from funnelhouse.settings import Settings
from funnelhouse.tenants import chosen_settings

REFUSED, MARK = 3, "\0"
"""Exit code of a verdict, and what stands before its message in the standard output, where Airflow writes, too."""


def fetch(settings: Settings) -> None:
    """Bring the home to what its object stores hold, if it has any. Raises Verdict."""
    _carry_out(settings, "fetch")


def upload(settings: Settings) -> None:
    """Keep in the object stores what changed in the home, if it has any. Raises Verdict."""
    _carry_out(settings, "upload")


def _carry_out(settings: Settings, what: str) -> None:
    if not settings.has_stores:
        return
    report("start", f"object stores: {what}")
    home = settings.airflow / "stores"
    private_folder(home)
    command = [sys.executable, "-m", "funnelhouse.running.stores", what]
    done = subprocess.run(command, env=environment(settings, home), capture_output=True, text=True, check=False)
    if done.returncode == REFUSED:
        raise Verdict(done.stdout.rpartition(MARK)[2].strip())
    if done.returncode:
        raise Verdict(f"The object stores of {settings.home} could not be reached ({what}):\n{done.stderr[-2000:]}")


def main() -> int:
    """`python -m funnelhouse.running.stores fetch|upload`, for the house that the environment names."""
    from funnelhouse.objects.through import fetch_missing, upload_changes

    act = {"fetch": fetch_missing, "upload": upload_changes}[sys.argv[1]]
    try:
        act(chosen_settings())
    except Verdict as verdict:
        sys.stdout.write(f"{MARK}{verdict}\n")
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
