"""The rectangle that the filled cells of a sheet span, by a real parser of its XML.

Slower than the look at what the XML declares: only for sheets that are beyond the limits by that.
"""

from __future__ import annotations

import re
import zipfile
from xml.parsers import expat

from funnelhouse.contracts.reasons import Refused
from funnelhouse.reading.bounds import check_time

_PLACE = re.compile(r"([A-Za-z]{1,4})(\d{1,9})$")
_VALUES = {"v", "is", "t"}


class _Cells:
    """Follows the parser from cell to cell; a cell without a place stands behind the one before."""

    def __init__(self) -> None:
        self.rows = self.columns = 1
        self.row = self.column = self.named_row = 0
        self.is_inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        name = name.rpartition(":")[2]
        if name == "row":
            place = attributes.get("r", "")
            self.row = self.named_row = int(place) if place.isdigit() else self.row + 1
            self.column = 0
        elif name == "c":
            self.is_inside = True
            self.column += 1
            if found := _PLACE.match(attributes.get("r", "").strip()):
                self.column, self.row = _number(found[1]), int(found[2])
        elif name in _VALUES and self.is_inside:
            # A reader may believe the row or the cell: the further one counts.
            self.rows = max(self.rows, self.row, self.named_row)
            self.columns = max(self.columns, self.column)

    def end(self, name: str) -> None:
        """An element ends."""
        if name.rpartition(":")[2] == "c":
            self.is_inside = False


def filled_extent(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[int, int]:
    """Rows and columns from the first cell to the last one that holds a value. Raises Refused(damaged_file)."""
    cells = _Cells()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = cells.start, cells.end
    try:
        with archive.open(info) as source:
            while chunk := source.read(1 << 20):
                check_time()
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Refused("damaged_file", f"{info.filename} is not XML ({error}); save the workbook again") from None
    return cells.rows, cells.columns


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
