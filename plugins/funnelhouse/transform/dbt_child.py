"""Entry point of the dbt process: dbt's own command line, in a process that ends when its parent does.

A build that is killed must not leave a dbt behind that still writes, and locks, the build file.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent ends (Linux; elsewhere nothing happens)."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # the parent ended before the kernel was asked
        os._exit(1)


def main() -> None:
    """`python -m funnelhouse.transform.dbt_child PARENT_PID DBT_ARGUMENT...`."""
    end_with_parent(int(sys.argv.pop(1)))
    from dbt.cli.main import cli

    cli()


if __name__ == "__main__":
    main()
