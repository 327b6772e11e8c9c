"""A sample company's exports in two deliveries, and published files compared row by row."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from sample_company.generate import write_sample

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Delivery:
    """`fresh`: the folder with the files that arrive; `kept`: a copy of it that stays."""

    fresh: Path
    kept: Path
    files: int

    def arrive(self, exports: Path) -> None:
        """Into the exports folder by one rename, so that nobody sees a part."""
        self.fresh.rename(exports / self.fresh.name)


def deliver(work: Path, *, months: int, scale: float) -> tuple[Delivery, Delivery]:
    """Two deliveries of a sample company: what was exported before the last week of October 2026, and the rest."""
    sample = work / "sample"
    write_sample(sample / "inbox", sample / "truth", months=months, scale=scale)
    (sample / "later").mkdir()
    for folder in sorted(sample.glob("inbox/*/*/*")):
        if folder.is_dir() and DAY.fullmatch(folder.name) and folder.name >= "2026-10-25":
            target = sample / "later" / folder.relative_to(sample / "inbox")
            target.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(target)
    made = []
    for name, source in (("first", sample / "inbox"), ("second", sample / "later")):
        fresh, kept = work / "to-come" / name, work / "kept" / name
        for target in (fresh, kept):
            shutil.copytree(source, target)
        made.append(Delivery(fresh, kept, sum(path.is_file() for path in fresh.rglob("*"))))
    return made[0], made[1]


def equal_tables(ours: Path, plain: Path) -> tuple[int, int]:
    """How many marts, and rows in them, are the same in both files. Raises AssertionError that names what differs.

    Every value exactly, but a DOUBLE by its first seven digits, as versions are compared (`publish/tables.py`): the
    last ones depend on the order in which threads add up.
    """
    with duckdb.connect() as connection:
        connection.execute(f"attach '{ours}' as ours (read_only)")
        connection.execute(f"attach '{plain}' as plain (read_only)")
        columns: dict[str, dict[str, list[tuple[str, str]]]] = {"ours": {}, "plain": {}}
        for file, table, column, kind in connection.execute(
            "select database_name, table_name, column_name, data_type from duckdb_columns() "
            "where schema_name = 'marts' and database_name in ('ours', 'plain') order by column_index"
        ).fetchall():
            columns[file].setdefault(table, []).append((column, kind))
        assert columns["ours"] == columns["plain"] and columns["ours"], "the files have other tables or columns"
        found, rows = [], 0
        for table, names in sorted(columns["ours"].items()):
            compared = ", ".join(
                f'"{name}"::float as "{name}"' if kind == "DOUBLE" else f'"{name}"' for name, kind in names
            )
            one, other = (f'(select {compared} from {file}.marts."{table}")' for file in ("ours", "plain"))
            ((here, there, count),) = connection.execute(
                f"select (select count(*) from ({one} except all {other})), "
                f"(select count(*) from ({other} except all {one})), (select count(*) from {one})"
            ).fetchall()
            rows += count
            if here or there:
                found.append(f"{table}: {here} rows only in the services' file, {there} only in the plain run's")
        assert not found, "\n".join(found)
        assert rows, "every table is empty"
        return len(columns["ours"]), rows
