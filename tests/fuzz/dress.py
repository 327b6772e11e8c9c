"""A table in many dresses: the same rows under another delimiter, encoding, quoting, container or order of columns."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from dataclasses import dataclass, field

EXTRA_LABEL = "Internal remark"
"""Label of a column that no contract knows."""


@dataclass(frozen=True)
class Dress:
    """How a table is written. The defaults are a plain UTF-8 comma file; nothing here changes what the rows mean."""

    delimiter: str = ","
    encoding: str = "utf-8"
    mark: bytes = b""
    eol: str = "\n"
    quote_all: bool = False
    sep_line: bool = False
    preamble: tuple[str, ...] = ()
    blank_lines: tuple[int, ...] = ()  # before these data rows
    padding: int = 0  # blank cells behind every row
    spaces: bool = False  # around every cell
    upper_labels: bool = False
    extra_column: bool = False
    wrapped: bool = False  # each row is one quoted cell
    columns: tuple[int, ...] = ()  # order of columns; empty: as they are
    rows: tuple[int, ...] = ()  # order of rows; empty: as they are
    container: str = "text"  # text, zip, zip in zip, gzip, xlsx, xls
    names: list[str] = field(default_factory=list, compare=False)

    def shown(self) -> str:
        """What differs from a plain file, for messages."""
        plain = Dress()
        return ", ".join(
            f"{name}={value!r}"
            for name, value in vars(self).items()
            if name != "names" and value != getattr(plain, name)
        )


MARKS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


def write(rows: list[list[str]], header: int, dress: Dress, name: str) -> tuple[str, bytes]:
    """File name and bytes. `header` is the index of the header row in `rows`."""
    above, labels, data = rows[:header], list(rows[header]), [list(row) for row in rows[header + 1 :]]
    width = len(labels)
    if dress.rows:
        data = [data[index] for index in dress.rows]
    if dress.upper_labels:
        labels = [label.upper() for label in labels]
    if dress.columns:
        labels = [labels[index] for index in dress.columns]
        data = [[row[index] for index in dress.columns] if len(row) == width else row for row in data]
    if dress.extra_column:
        labels.append(EXTRA_LABEL)
        data = [
            [*row, "checked by hand"] if len(row) == width and sum(bool(c.strip()) for c in row) > 1 else row
            for row in data
        ]
    if dress.spaces:
        labels = [f" {label} " for label in labels]
        data = [[f" {cell} " if cell.strip() else cell for cell in row] for row in data]
    lines = [*([line] for line in dress.preamble), *above, labels]
    for index, row in enumerate(data):
        if index in dress.blank_lines:
            lines.append([])
        lines.append(row)
    if dress.padding:
        lines = [[*row, *[""] * (dress.padding + (width - len(row) if len(row) == 1 else 0))] for row in lines]
    if dress.container in ("xlsx", "xls"):
        return _workbook(lines, dress.container, name)
    return _packed(_text(lines, dress), dress.container, name)


def _text(lines: list[list[str]], dress: Dress) -> bytes:
    if dress.wrapped:
        inner = [one_line(row, ",", quote_all=dress.quote_all) for row in lines]
        text = "".join('"' + line.replace('"', '""') + '"' + dress.eol for line in inner)
    else:
        text = "".join(one_line(row, dress.delimiter, quote_all=dress.quote_all) + dress.eol for row in lines)
    if dress.sep_line:
        text = f"sep={dress.delimiter}{dress.eol}" + text
    return dress.mark + text.encode(dress.encoding)


def one_line(row: list[str], delimiter: str, *, quote_all: bool = False) -> str:
    """A row as one CSV record without its end."""
    sink = io.StringIO()
    csv.writer(sink, delimiter=delimiter, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL).writerow(row)
    return sink.getvalue().removesuffix("\r\n")


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip whose directory has no times."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return sink.getvalue()


def _packed(content: bytes, container: str, name: str) -> tuple[str, bytes]:
    if container == "zip":
        return name + ".zip", zipped({name: content})
    if container == "zip in zip":
        return name + ".zip", zipped({"inner.zip": zipped({name: content})})
    if container == "gzip":
        return name + ".gz", gzip.compress(content, mtime=0)
    return name, content


def _workbook(lines: list[list[str]], container: str, name: str) -> tuple[str, bytes]:
    sink = io.BytesIO()
    if container == "xls":
        import xlwt

        book = xlwt.Workbook()
        page = book.add_sheet("Report")
        for row, cells in enumerate(lines):
            for column, cell in enumerate(cells):
                page.write(row, column, cell)
        book.save(sink)
    else:
        import xlsxwriter

        with xlsxwriter.Workbook(sink, {"in_memory": True}) as workbook:
            sheet = workbook.add_worksheet("Report")
            for row, cells in enumerate(lines):
                for column, cell in enumerate(cells):
                    if cell:
                        sheet.write_string(row, column, cell)
    return f"{name.rpartition('.')[0] or name}.{container}", sink.getvalue()
