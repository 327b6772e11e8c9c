"""Any one changed cell, missing line or doubled line of an export stops nothing, and the right file makes it right.

Ten changes; FUNNELHOUSE_TEST_CHANGES asks for more, `python -m tests.one_cell` prints as it goes.
"""

from __future__ import annotations

import os
import random
import zipfile
from pathlib import Path

import pytest

from funnelhouse.settings import Settings
from sample_company.generate import write_sample
from tests.one_cell.campaign import Campaign
from tests.one_cell.changes import Place, apply, places

CHANGES = int(os.environ.get("FUNNELHOUSE_TEST_CHANGES", "10"))
SEED = int(os.environ.get("FUNNELHOUSE_TEST_SEED", "20261129"))


@pytest.mark.slow
def test_no_change_of_one_line_stops_publication(empty_warehouse: Settings, tmp_path: Path) -> None:
    write_sample(tmp_path / "inbox", months=2, scale=0.01)
    made, stops = Campaign(tmp_path / "inbox", empty_warehouse, tmp_path, SEED).run(CHANGES)
    assert made >= CHANGES
    assert stops == [], "\n\n".join(f"{stop.change}\n{stop.why}" for stop in stops)


def test_a_change_is_one_line_and_leaves_everything_else(tmp_path: Path) -> None:
    text = '# made on 1 May\nDay;Spend;Name\n2026-05-01;1,5;"a; b"\n2026-05-02;2;c\n2026-05-03;3;d\nTotal;6,5\n'
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as packed:
        packed.writestr("in.csv", text)
        packed.writestr("readme.txt", "as it was")
    assert places(tmp_path) == [Place(Path("a.csv")), Place(Path("b.zip"), "in.csv")]
    for seed in range(60):
        (tmp_path / "a.csv").write_text(text, encoding="utf-8")
        change = apply(tmp_path, Place(Path("a.csv")), random.Random(seed))
        now = (tmp_path / "a.csv").read_text(encoding="utf-8")
        assert change and now != text
        lines, before = now.splitlines(), text.splitlines()
        assert lines[:2] == before[:2] and lines[-1] == before[-1]
        assert len(lines) - len(before) == {"dropped": -1, "doubled": 1}.get(change.what, 0)
        assert len([line for line in before if line not in lines]) == (0 if change.what == "doubled" else 1)
    apply(tmp_path, Place(Path("b.zip"), "in.csv"), random.Random(1))
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        assert packed.read("in.csv").decode() != text and packed.read("readme.txt") == b"as it was"
