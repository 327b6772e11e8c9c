"""What a service started ends with the parent of the service, however the parent ends."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from funnelhouse.running.services import _nothing_left_of_earlier_services

STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1] + "/" + str(os.getpid()), "w").close()
if int(sys.argv[2]):
    subprocess.Popen([sys.executable, "-c", sys.argv[3], sys.argv[1], str(int(sys.argv[2]) - 1), sys.argv[3]],
                     start_new_session=True)
time.sleep(600)
"""
"""Three generations that ignore what can be ignored; each is in a session of its own, as Airflow's tasks are."""

PARENT = """
import signal, subprocess, sys, time
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):  # nohup and a shell's & make them ignored
    signal.signal(number, signal.SIG_DFL)
child = subprocess.Popen([sys.executable, "-m", "funnelhouse.running.supervised", sys.argv[1], sys.executable, "-c",
                          sys.argv[2], sys.argv[3], "2", sys.argv[2]], stdin=subprocess.PIPE, start_new_session=True)
print(child.pid, flush=True)
time.sleep(600)
"""


def _wait(what: str, reached: object, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not reached():  # type: ignore[operator]
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_all_generations_end_with_the_parent(tmp_path: Path, number: signal.Signals) -> None:
    started, lock = tmp_path / "pids", tmp_path / "services.lock"
    started.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(lock), STUBBORN, str(started)],
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as parent:  # fmt: skip
        _wait("three generations", lambda: len(list(started.iterdir())) == 3)
        pids = [int(path.name) for path in started.iterdir()]
        assert all(map(_is_running, pids))
        parent.send_signal(number)
        try:
            parent.wait(30)
        finally:
            parent.kill()
    _wait(f"{pids} still run", lambda: not any(map(_is_running, pids)))


def test_services_wait_until_earlier_ones_have_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("funnelhouse.running.services.LAST_SERVICES_SECONDS", 0)
    path = _nothing_left_of_earlier_services(tmp_path)
    with path.open("r+b") as earlier:
        fcntl.flock(earlier, fcntl.LOCK_SH)
        with pytest.raises(RuntimeError, match=r"earlier `funnelhouse ui` still run .* stop"):
            _nothing_left_of_earlier_services(tmp_path)
    assert _nothing_left_of_earlier_services(tmp_path) == path
