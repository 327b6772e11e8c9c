"""Entry point of the dbt process: dbt's own runner, in a process that ends when its parent does.

A build that is killed must not leave a dbt behind that still writes, and locks, the build file. What dbt reports from
level info on is written to the standard output, one JSON object a line. dbt's own log writers are off (`--log-level
none`): they format every debug event too, a seventh of the CPU time of a build.
"""

from __future__ import annotations

import ctypes
import json
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


def main() -> int:
    """`python -m funnelhouse.transform.dbt_child PARENT_PID DBT_ARGUMENT...`; exit codes as of dbt: 0, 1, 2."""
    end_with_parent(int(sys.argv.pop(1)))
    from dbt.cli.main import dbtRunner
    from dbt_common.events.base_types import EventMsg
    from dbt_common.events.functions import msg_to_dict

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def write(event: EventMsg) -> None:
        if event.info.level in ("info", "warn", "error"):
            say(json.dumps(msg_to_dict(event)))

    result = dbtRunner(callbacks=[write]).invoke(sys.argv[1:])
    if result.exception is not None:
        say(str(result.exception))
        return 2
    return 0 if result.success else 1


if __name__ == "__main__":
    sys.exit(main())
