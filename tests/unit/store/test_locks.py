"""A lock keeps other processes out, names its holder, and is free once the holder is killed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from funnelhouse.settings import Settings
from funnelhouse.store.locks import Busy, held, run_lock

HOLD = """
import sys, time
from pathlib import Path
from funnelhouse.store.locks import held
with held(Path(sys.argv[1]), "a holder", wait=False):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_killed_holder_keeps_nobody_out(settings: Settings) -> None:
    path = settings.home / "run.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        with pytest.raises(Busy, match=rf"^a holder \(process {holder.pid}\) is at work in "), run_lock(settings, "me"):
            pass
    finally:
        holder.kill()
        holder.wait()
    with held(path, "the next", wait=False):
        assert path.read_text(encoding="utf-8") == f"the next (process {os.getpid()})"


def test_a_lock_is_free_after_its_block_failed(settings: Settings) -> None:
    with pytest.raises(ZeroDivisionError), run_lock(settings, "one"):
        raise ZeroDivisionError
    with run_lock(settings, "another"):
        pass
