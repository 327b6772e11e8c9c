"""Beside a refused file and beside rejected rows stands every decision that led there, without a person in it."""

from __future__ import annotations

import json

from tests.unit.reading.conftest import GOOD, HEADER, Home, home

__all__ = ["home"]


def test_a_refused_file_keeps_the_explanation_of_how_it_was_read(home: Home) -> None:
    home.drop("odd.csv", "Date;Campaign;Taps;Paid\n2026-10-03;Autumn;12;3,50\n").load()
    text = (home.kept("odd.csv") / "explanation.txt").read_text(encoding="utf-8")
    assert "How it was read" in text
    assert "semicolon" in text
    assert "Near miss" in text
    kept = json.loads((home.kept("odd.csv") / "explanation.json").read_text(encoding="utf-8"))
    assert kept["decisions"]["members"][0]["header"]["labels"] == ["Date", "Campaign", "Taps", "Paid"]


def test_a_file_refused_for_its_rows_says_which_cells_were_unreadable(home: Home) -> None:
    home.drop("dates.csv", HEADER + "31/31/2026,ann@example.com,1,EUR,1,2,3\n" * 3).load()
    text = (home.kept("dates.csv") / "explanation.txt").read_text(encoding="utf-8")
    assert "bad_date" in text
    assert "99/99/9999" in text  # the shape of 31/31/2026
    assert "example.com" not in text


def test_rejected_rows_have_the_explanation_beside_them_and_it_does_not_change(home: Home) -> None:
    home.drop("rows.csv", GOOD + "2026-10-03,Brand,101,EUR,ann@example.com,3,1\n").load()
    (batch,) = home.batches()
    path = home.settings.quarantine / "rows" / f"{batch['batch_id']}.explanation.txt"
    text = path.read_text(encoding="utf-8")
    assert "bad_number" in text
    assert "3 = 2 loaded + 1 rejected + 0 dropped" in text
    assert "ann@" not in text
    (home.settings.raw / "_files").glob("*.json").__next__().unlink()  # extract it again
    home.load()
    assert path.read_text(encoding="utf-8") == text
    assert not (home.settings.quarantine / "files").exists()
