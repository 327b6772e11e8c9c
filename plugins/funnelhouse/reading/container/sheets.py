"""Sheets of workbooks as rows of texts, through python-calamine.

Numbers become texts that mean the same in every locale: no grouping, and never exactly three decimals (`1.234` could
be a grouped thousand). Whole numbers of 16 and more digits were rounded by the workbook: they are written in E
notation, so that an id among them is recognised as damaged.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any

from funnelhouse.contracts.reasons import Refused
from funnelhouse.reading.bounds import check_sheet, check_time
from funnelhouse.reading.container.compound import check_compound
from funnelhouse.reading.container.normalise import CHECKED_ROWS

_FIRST_ROWS = 64
"""Rows that are made into texts at first: enough for a look at the header."""
_ROUNDED = 10**15
"""Whole numbers from here on were rounded by the workbook."""
REMEMBERED = 100_000
"""Numbers whose texts are kept at a time: most stand in a sheet more than once."""


def open_workbook(path: Path, kind: str, *, is_checked: bool = False) -> Any:
    """The workbook; `is_checked` says that it is known to be safe. Raises Refused if it is damaged or locked."""
    from python_calamine import CalamineWorkbook

    if kind == "xls" and not is_checked:
        check_compound(path)
    try:
        with path.open("rb") as handle, _silent(kind == "xls"):
            return CalamineWorkbook.from_filelike(handle)
    except BaseException as error:
        if not _is_of_the_file(error):
            raise
        raise Refused(
            "damaged_file", f"the {kind} workbook cannot be read ({error}); export it again, or as CSV"
        ) from None


_one_at_a_time = threading.Lock()


@contextmanager
def _silent(is_old: bool) -> Iterator[None]:
    """While an old workbook is opened, keep from the screen what the reader's panics print about it.

    They print below Python. What anybody else says at the same time is said afterwards.
    """
    if not is_old:
        yield
        return
    with _one_at_a_time, tempfile.TemporaryFile() as said:
        screen = os.dup(2)
        panicked = False
        try:
            os.dup2(said.fileno(), 2)
            yield
        except BaseException as error:
            panicked = type(error).__name__ == "PanicException"
            raise
        finally:
            os.dup2(screen, 2)
            os.close(screen)
            said.seek(0)
            if not panicked and (text := said.read()):
                os.write(2, text)


def _is_of_the_file(error: BaseException) -> bool:
    """True for every error of the reader: they share no base, and its panics are not an `Exception`."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def hidden_sheets(workbook: Any) -> set[str]:
    """Names of the sheets that a person who opens the workbook does not see."""
    return {sheet.name for sheet in workbook.sheets_metadata if not str(sheet.visible).endswith(".Visible")}


def open_sheet(workbook: Any, name: str, *, is_old: bool = False) -> Any:
    """One sheet, parsed; `is_old` says it is of an .xls. Raises Refused if it is damaged or beyond the limits."""
    try:
        with _silent(is_old):
            sheet = workbook.get_sheet_by_name(name)
    except BaseException as error:
        if not _is_of_the_file(error):
            raise
        raise _unreadable(name, error) from None
    check_sheet(sheet.total_height, sheet.total_width, f"sheet {name!r}")
    return sheet


class _Numbers(dict[float, str]):
    """Texts of numbers, each made once. Equal numbers have one text, whichever type they came in."""

    def __missing__(self, number: float) -> str:
        if len(self) >= REMEMBERED:
            self.clear()
        text = self[number] = _number_text(number)
        return text


def _texts(column: tuple[object, ...], numbers: _Numbers) -> Iterable[str]:
    kinds = set(map(type, column))
    if kinds == {str}:
        return column  # type: ignore[return-value]
    if kinds <= {int, float}:
        whole = list(map(int, column))  # type: ignore[arg-type]
        if whole == list(column) and min(whole) > -_ROUNDED and max(whole) < _ROUNDED:
            return map(str, whole)
        return map(numbers.__getitem__, column)  # type: ignore[arg-type]
    return [
        cell if (kind := type(cell)) is str else numbers[cell] if kind in (int, float) else cell_text(cell)  # type: ignore
        for cell in column
    ]


def sheet_rows(sheet: Any) -> Iterator[list[str]]:
    """Rows of a sheet as texts; empty rows above the data included. They may be asked for again."""
    return chain.from_iterable(_row_blocks(sheet))


def _row_blocks(sheet: Any) -> Iterator[Iterable[list[str]]]:
    numbers, rows = _Numbers(), iter(sheet.iter_rows())
    try:
        size = _FIRST_ROWS
        while block := list(islice(rows, size)):
            check_time()
            # By columns: most hold texts alone or numbers alone, and need no look at each cell.
            yield map(list, zip(*(list(_texts(column, numbers)) for column in zip(*block, strict=True)), strict=True))
            size = CHECKED_ROWS
    except BaseException as error:
        if isinstance(error, Refused) or not _is_of_the_file(error):
            raise
        raise _unreadable(sheet.name, error) from None


def _unreadable(name: str, error: BaseException) -> Refused:
    return Refused("damaged_file", f"sheet {name!r} cannot be read ({error}); export it again, or as CSV")


def cell_text(cell: object) -> str:
    """A cell as text."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return _number_text(cell)
    if isinstance(cell, datetime):
        midnight = (cell.hour, cell.minute, cell.second, cell.microsecond) == (0, 0, 0, 0)
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return "" if cell is None else str(cell)


def _number_text(number: float) -> str:
    if number == (whole := int(number)):
        return str(whole) if abs(number) < _ROUNDED else f"{number:.14E}"
    text = repr(number)
    if "e" in text:
        text = f"{number:.12f}".rstrip("0")
    return text + "0" if text.find(".") == len(text) - 4 else text
