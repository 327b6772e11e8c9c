"""One recognised table to Parquet files: decide, type, count, check. `extract/commit.py` makes them count."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import duckdb

from funnelhouse.contracts.entities import Entity, entities
from funnelhouse.contracts.facts import Facts
from funnelhouse.contracts.reasons import EmptyReport, Refused
from funnelhouse.contracts.schema import Output
from funnelhouse.masks import mask_emails
from funnelhouse.reading.cells.sql_values import day as cell_day
from funnelhouse.reading.cells.sql_values import plan_for
from funnelhouse.reading.facts import check_facts, date_order, exported_at, period_of
from funnelhouse.reading.rows.at_once import only_output, write_at_once
from funnelhouse.reading.rows.checks import by_issue, count_bad, count_issues, look_at, summarise
from funnelhouse.reading.rows.duplicates import keep_apart
from funnelhouse.reading.rows.entity_rows import output_query, target_entity
from funnelhouse.reading.rows.grain import GrainChoice, choose_grain
from funnelhouse.reading.rows.joined_cells import joined_cells
from funnelhouse.reading.rows.lineage import lineage, scope, table_facts, zone_of
from funnelhouse.reading.rows.loaded import FileFacts, Loaded, Part
from funnelhouse.reading.rows.newest_day import newest_at_ends, newest_column, newest_field, record_fields
from funnelhouse.reading.rows.plain import DOUBT, Plain, plain_plan
from funnelhouse.reading.rows.profile import SAMPLE_ROWS, currency_of_cells, profile_table, text_columns
from funnelhouse.reading.rows.quick import quick_plan
from funnelhouse.reading.rows.said import after_the_export, doubled_labels, not_a_number
from funnelhouse.reading.rows.typed_rows import Plan, drop_conditions, typed_query
from funnelhouse.reading.tables.table import BUFFER_BYTES, Table, line_and_buffer, normalised
from funnelhouse.reading.version import batch_id, reading
from funnelhouse.reading.workspace import use_threads
from funnelhouse.sql import sql_name, sql_text

SMALL_BYTES = 8 * 2**20
"""Up to this size a table is read once into memory and every question is asked there."""
FEW_BYTES = 2**20
"""Up to this size the exact way to type a table costs less than to look for a quicker one."""
_SAMPLED = "select * from {} where st <> 'below'"
"""What decisions look at: not the rows of another table below."""

MONEY = {"spend", "revenue", "amount"}
"""Fields whose sums mean nothing without a currency."""


AroundTyping: TypeAlias = Callable[[duckdb.DuckDBPyConnection, Plan, str, Loaded], AbstractContextManager[None]]
"""What is entered around the typing of a table: its plan, the relation of its rows, and what it is loaded into."""


def _nothing_around(
    connection: duckdb.DuckDBPyConnection, plan: Plan, relation: str, loaded: Loaded
) -> AbstractContextManager[None]:
    return nullcontext()


class Loader:
    """Loads tables with one connection. `workspace` holds scratch files; parts are written there too."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, workspace: Path, around_typing: AroundTyping = _nothing_around
    ) -> None:  # fmt: skip
        self.connection = connection
        self.around_typing = around_typing
        self.workspace = workspace
        self._count = 0
        self._has_few = True

    def load(self, table: Table, file: FileFacts) -> Loaded:
        """Type and write one table. Raises Refused or EmptyReport."""
        notes = list(table.notes)
        relation, is_small = self._relation(table, notes, file)
        try:
            return self._load(table, file, relation, is_small, notes)
        except (duckdb.Error, UnicodeDecodeError) as error:
            if table.clean is not None or not _is_csv_trouble(error):
                raise
            notes = [*table.notes, "read by: streaming normaliser (DuckDB refused a later row)"]
            relation, is_small = self._clean_relation(table, file)
            return self._load(table, file, relation, is_small, notes)

    # --- where the rows come from ---

    def _relation(self, table: Table, notes: list[str], file: FileFacts) -> tuple[str, bool]:
        is_joined = any(spec.joined for spec in table.contract.fields.values())
        direct = table.direct.relation(table.width) if table.direct and table.clean is None and not is_joined else None
        if direct is None:
            notes.append("read by: streaming normaliser")
            return self._clean_relation(table, file)
        source = f"(select row_number() over () as rn, 'ok' as st, * from {direct})"
        try:
            found = self._sampled(source, table.direct.member.stat().st_size)  # type: ignore[union-attr]
        except (duckdb.Error, UnicodeDecodeError) as error:
            if not _is_csv_trouble(error):
                raise
            notes.append("read by: streaming normaliser (rows are not rectangular)")
            return self._clean_relation(table, file)
        notes.append("read by: DuckDB directly")
        return found

    def _clean_relation(self, table: Table, file: FileFacts) -> tuple[str, bool]:
        clean = normalised(table)
        columns = ", ".join(["'rn': 'bigint'", "'st': 'varchar'", *(f"'c{i}': 'varchar'" for i in range(clean.width))])
        source = (
            f"read_csv({sql_text(str(clean.path))}, auto_detect = false, header = false, delim = ',', quote = '\"', "
            f"escape = '\"', new_line = '\\r\\n', columns = {{{columns}}}, nullstr = '', "
            f"{line_and_buffer(clean.path, BUFFER_BYTES)})"
        )
        if joined := joined_cells(table.binding, table_facts(table, file.given)):
            source = f"(select * replace ({', '.join(joined)}) from {source})"
        return self._sampled(source, clean.path.stat().st_size)

    def _sampled(self, source: str, size: int) -> tuple[str, bool]:
        use_threads(self.connection, are_many=False)
        self._has_few = size <= min(FEW_BYTES, SMALL_BYTES)
        plan_for(self.connection, is_small=self._has_few)
        if size <= SMALL_BYTES:
            self.connection.execute(f"create or replace temp table fh_rows as select * from {source}")
            self.connection.execute(f"create or replace temp view fh_sample as {_SAMPLED.format('fh_rows')}")
            return "fh_rows", True
        self.connection.execute("drop view if exists fh_sample")
        self.connection.execute(f"create or replace temp table fh_first as select * from {source} limit {SAMPLE_ROWS}")
        self.connection.execute(f"create or replace temp view fh_sample as {_SAMPLED.format('fh_first')}")
        return source, False

    # --- the load itself ---

    def _load(
        self, table: Table, file: FileFacts, relation: str, is_small: bool, known_notes: list[str],
        newest: date | None = None,
    ) -> Loaded:  # fmt: skip
        """`newest` is the newest day in the rows, where an earlier attempt has seen it."""
        contract, binding, notes = table.contract, table.binding, [*known_notes]
        if not self._one("select count(*) from (from fh_sample limit 1)"):
            raise EmptyReport(f"{contract.title}: the export has a header and no rows")
        facts = table_facts(table, file.given)
        check_facts(contract, facts, have_columns=set(binding.columns))
        if "currency" not in binding.columns and not facts.get("currency"):
            facts.offer("the cells", {"currency": currency_of_cells(self.connection, binding)})
            rule = contract.facts.get("currency")
            if rule and rule.advice and not facts.get("currency") and MONEY & set(binding.columns):
                notes.append(f"the currency is not known: {rule.advice}")
        order = date_order(contract, binding.language)
        is_sheet = table.names.container != "text"
        reference = self._reference_day(table, file, facts, order)
        profile = profile_table(
            self.connection, binding, relation, reference, is_sheet=is_sheet, span=period_of(facts, order)
        )
        bare = Plan(binding, facts, profile, GrainChoice(), is_sheet, None)
        dropped = " or ".join(f"coalesce({condition}, false)" for _, condition in drop_conditions(bare, table.cells))
        grain = choose_grain(
            self.connection, binding, facts, profile,
            is_sheet=is_sheet, sampled=not is_small, relation=relation, dropped=dropped,
        )  # fmt: skip
        zone = zone_of(contract.zone, facts.get("timezone"), notes)
        plan = Plan(binding, facts, profile, grain, is_sheet, zone)
        if contract.reading.unknown_texts == "dimension":
            plan.unnamed = text_columns(self.connection, binding)
        name = f"{table.names.member.rsplit('/', 1)[-1]} {file.file_name}".strip()
        moment, evidence = exported_at(facts, order, name, packed_at=table.packed_at, newest_day=None, mtime=None)
        guess = None
        if evidence.startswith("none"):
            if newest is None:
                newest, guess = self._newest(table, plan, relation, is_small=is_small)
                newest = newest or self._newest_of_records(plan, relation, file.mtime)
            moment, evidence = exported_at(facts, order, name, packed_at=None, newest_day=newest, mtime=file.mtime)
        facts.offer("contract", {"account_id": "default"})
        identifier = batch_id(
            file.sha256, table.name, contract.contract, reading(contract), {**facts.values, "exported_at": moment}
        )
        loaded_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        plan.lineage = lineage(plan, identifier, moment, loaded_at)
        notes += profile.notes
        if grain.note:
            notes.append(f"grain: {grain.note}")
        notes.append(f"exported at {moment} ({evidence})")
        if facts.values:
            notes.append(f"facts: {mask_emails(facts.evidence())}")
        result = Loaded(
            identifier, table, facts, scope(plan), moment, evidence, loaded_at, [], notes=notes,
            account_id=facts.get("account_id") or "",
        )  # fmt: skip
        with self.around_typing(self.connection, plan, relation, result):
            found = self._write(plan, relation, is_small, result, guess)
        self._say(table, plan, relation, result)
        if guess and found != newest:
            for part in result.parts:
                part.path.unlink(missing_ok=True)
            return self._load(table, file, relation, is_small, known_notes, found)
        return result

    def _say(self, table: Table, plan: Plan, relation: str, result: Loaded) -> None:
        """Note what a person should know of how the rows were read."""
        result.notes += doubled_labels(table.binding)
        if table.clean is not None:
            result.notes += not_a_number(self.connection, plan, relation, table.clean.path, ",")
        elif table.direct is not None:
            result.notes += not_a_number(self.connection, plan, relation, table.direct.text(), table.direct.delimiter)
        result.notes += after_the_export(self.connection, plan, result)

    def _reference_day(self, table: Table, file: FileFacts, facts: Facts, order: str) -> date | None:
        """Day that year-less dates count back from; None if only weak evidence is there."""
        if not any(spec.yearless and name in table.binding.columns for name, spec in table.contract.fields.items()):
            return None
        moment, evidence = exported_at(
            facts, order, file.file_name, packed_at=table.packed_at, newest_day=None, mtime=file.mtime
        )
        if evidence.startswith("none"):
            raise Refused(
                "missing_fact", "dates without a year need exported_at: write it into a _manifest.yml beside the file"
            )
        return date.fromisoformat(moment[:10])

    def _newest(
        self, table: Table, plan: Plan, relation: str, *, is_small: bool
    ) -> tuple[date | None, str | None]:  # fmt: skip
        """The newest day in the rows, and the field it was guessed from, if the rows must be compared with it."""
        name = newest_field(table.contract, table.binding)
        if name is None or name in plan.profile.mapped:
            return None, None
        cell = plan.cell(name)
        value = cell_day(cell, plan.profile.formats.get(name, []), plan.is_sheet)
        if not is_small and table.clean is None and table.direct and only_output(plan):
            path, delimiter = table.direct.text(), table.direct.delimiter
            if guess := newest_at_ends(self.connection, path, delimiter, table.width, cell, value):
                return guess, name
        found: date | None = self._one(f"select max({value}) from {relation}")
        return found, None

    def _newest_of_records(self, plan: Plan, relation: str, mtime: float | None) -> date | None:
        """The newest day on which something happened to a record, none after the file was last written."""
        names = [name for name in record_fields(plan.contract, plan.binding) if name not in plan.profile.mapped]
        if not names:
            return None
        days = [cell_day(plan.cell(name), plan.profile.formats.get(name, []), plan.is_sheet) for name in names]
        until = "" if mtime is None else f" where day <= date '{datetime.fromtimestamp(mtime, UTC).date()}'"
        found: date | None = self._one(
            f"select max(day) from (select unnest([{', '.join(days)}]) as day from {relation}){until}"
        )
        return found

    def _write(self, plan: Plan, relation: str, is_small: bool, result: Loaded, guess: str | None) -> date | None:
        """Write and check the parts. Returns the newest day of field `guess`, if one is given."""
        width, newest = result.table.cells, None
        connection = self.connection
        output = None if self._has_few else only_output(plan)
        # Rows of a normalised file have their numbers, and tables of several outputs are joined and sorted.
        # One thread reads what fits into its buffers.
        clean = result.table.clean
        is_long = clean is not None and clean.path.stat().st_size > 2 * BUFFER_BYTES
        use_threads(self.connection, are_many=not is_small and (is_long or (output is None and clean is None)))
        if output:
            newest, judged = self._write_at_once(plan, output, relation, result, guess)
        else:
            stage, plain, counts = self._stage(plan, relation, is_small, width)
            judged = stage
            count_issues(connection, plan, stage, relation, result, counts)
            queries: dict[str, list[str]] = {}
            for output in plan.contract.outputs:
                bare = plain.written_bare(output) if plain else ()
                if query := output_query(plan, output, stage, bare=bare):
                    queries.setdefault(target_entity(plan, output).name, []).append(query)
            for name, parts in queries.items():
                self._part(" union all ".join(parts), entities()[name], result)
        self._doubt_the_end(result, judged)
        looks = [look_at(connection, plan, part) for part in result.parts]
        for part, look in zip(result.parts, looks, strict=True):
            part.path, notes = keep_apart(connection, part, look.keys, relation, width)
            result.notes += notes
        summarise(plan, result, looks)
        return newest

    def _stage(
        self, plan: Plan, relation: str, is_small: bool, width: int
    ) -> tuple[str, Plain | None, dict[str | None, int]]:
        """The typed rows of a table of several outputs or of few rows, how many there are of each issue.

        Between them the plain way, if all rows could be read so.
        """
        if not is_small:
            path = self._path("stage")
            typed = typed_query(plan, relation, width, quick_plan(self.connection, plan, None))
            self.connection.execute(f"copy ({typed}) to {sql_text(str(path))} (format parquet, compression snappy)")
            stage = f"read_parquet({sql_text(str(path))})"
            return stage, None, by_issue(self.connection, stage)
        plain = plain_plan(plan) if self._has_few else None
        if plain:
            typed = typed_query(plan, relation, width, plain)
            self.connection.execute(f"create or replace temp table fh_typed as {typed}")
            counts = by_issue(self.connection, "fh_typed")
            if DOUBT not in counts:
                return "fh_typed", plain, counts
        self.connection.execute(f"create or replace temp table fh_typed as {typed_query(plan, relation, width)}")
        return "fh_typed", None, by_issue(self.connection, "fh_typed")

    def _write_at_once(
        self, plan: Plan, output: Output, relation: str, result: Loaded, guess: str | None
    ) -> tuple[date | None, str]:  # fmt: skip
        """The newest day of field `guess`, and the table of the bad rows if there are any."""
        table = result.table
        rows = table.clean.rows if table.clean else None
        if rows is None and relation == "fh_rows":
            rows = self._one("select count(*) from fh_rows")
        part, bad = write_at_once(
            self.connection, plan, output, relation, table.cells, rows, lambda: self._path(output.entity),
            table.direct if rows is None else None,
        )  # fmt: skip
        if part.rows:
            result.parts.append(part)
        count_bad(self.connection, plan, bad, part.rows, result)
        if guess is None:
            return None, bad
        column = newest_column(plan, guess)
        if column is None:
            value = cell_day(plan.cell(guess), plan.profile.formats.get(guess, []), plan.is_sheet)
            day: date | None = self._one(f"select max({value}) from {relation}")
            return day, bad
        found = [self._one(f"select max({column}) from read_parquet({sql_text(str(part.path))})")]
        found += [self._one(f"select max({sql_name('f_' + guess)}) from {bad}")] if bad else []
        return max((day for day in found if day), default=None), bad

    def _doubt_the_end(self, result: Loaded, judged: str) -> None:
        """Note what looks as if the file had been cut; `judged` is the relation with the issues of rows (rn, issue)."""
        table, clean = result.table, result.table.clean
        if table.direct:
            result.has_open_end = table.direct.has_open_end()
        if clean is None:
            return
        if clean.is_unclosed:
            result.doubts.append("a quote that its last row opens is never closed: the file was cut; export it again")
        elif clean.last_cells and sum(clean.states.get(state, 0) for state in ("short", "mixed")) == 1:
            issue = self._one(f"select max(issue) from {judged} where rn = {clean.rows}") if judged else None
            is_footer = str(issue).startswith("drop:")
            if is_footer and not (result.has_open_end and clean.last_cells > 1):
                return
            result.doubts.append(
                f"its last row ({clean.rows}) has {clean.last_cells} of {table.width} cells and every other row has "
                "all of them: the file was cut; export it again"
            )

    def _part(self, query: str, entity: Entity, result: Loaded) -> None:
        path = self._path(entity.name)
        done = self.connection.execute(
            f"copy ({query}) to {sql_text(str(path))} (format parquet, compression snappy)"
        ).fetchone()
        rows = int(done[0]) if done else 0
        if rows:
            result.parts.append(Part(entity.name, path, rows))

    def _path(self, name: str) -> Path:
        self._count += 1
        return self.workspace / f"{name}.{self._count}.parquet"

    def _one(self, query: str) -> Any:
        row = self.connection.execute(query).fetchone()
        return row[0] if row else None


def _is_csv_trouble(error: duckdb.Error | UnicodeDecodeError) -> bool:
    text = str(error)
    return (
        # The engine quotes the line that it refuses, and cuts a long one inside of a character.
        isinstance(error, duckdb.InvalidInputException | duckdb.ConversionException | UnicodeDecodeError)
        or "CSV" in text
        or "utf-8" in text.lower()
    )
