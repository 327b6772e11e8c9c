"""What `funnelhouse query` prints stays readable, however many columns a row has."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from funnelhouse.commands.query import print_result


def _printed(columns: int) -> list[str]:
    console = Console(file=StringIO(), width=80)
    names = [f"column_{number}" for number in range(columns)]
    print_result(console, names, [[f"a value [{number}]" for number in range(columns)]] * 2, "table")
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


def test_few_columns_are_a_table() -> None:
    lines = _printed(3)
    assert lines[0].split() == ["column_0", "column_1", "column_2"]
    assert len(lines) == 3


def test_more_columns_than_fit_are_a_line_each() -> None:
    lines = _printed(12)
    assert [line.strip() for line in lines if line.startswith("row")] == ["row 1", "row 2"]
    assert sum(line.split() == ["column_11", "a", "value", "[11]"] for line in lines) == 2
