"""Raw batches made from plain rows, so that models can be tested without any export file.

raw = RawFactory(settings)
raw.add("crm_leads", [{"record_id": "L1", "status": "New"}], source="salesforce", exported_at="2026-10-31T00:00:00")
bare_build.build(raw.settings)
raw.rows("select * from marts.dim_person")
"""

from __future__ import annotations

from typing import Any

import duckdb

from funnelhouse.contracts.entities import entities
from funnelhouse.reading.version import batch_id
from funnelhouse.settings import Settings
from funnelhouse.sql import sql_text
from funnelhouse.store.batches import Batch, BatchOutput, commit_batch, entity_path


class RawFactory:
    """Writes batches below `settings.raw` and reads the warehouse made of them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        settings.make_folders()

    def add(
        self,
        entity: str,
        rows: list[dict[str, Any]],
        *,
        source: str = "salesforce",
        account_id: str = "A1",
        scope: str = "",
        restatement: str = "upsert",
        exported_at: str = "2026-10-31T00:00:00",
        period: tuple[str, str] | None = None,
        is_provisional: bool = False,
        contract: str | None = None,
    ) -> str:
        """Commit one batch of one entity; its id. Columns that a row leaves out are NULL."""
        described = entities()[entity]
        contract = contract or f"{source}_{entity}"
        identifier = batch_id(repr((rows, exported_at, account_id, scope)), entity, contract, 1, {"source": source})
        known = {column.name for column in described.columns} | {"extra"}
        for row in rows:
            if unknown := set(row) - known:
                raise KeyError(f"{entity} has no column {sorted(unknown)}")
        path = entity_path(self.settings.raw, entity, identifier)
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            typed = ", ".join(f'"{column.name}" {column.sql_type}' for column in described.all_columns)
            connection.execute(f"create table t ({typed})")
            for number, row in enumerate(rows, 1):
                values = {
                    "source": source, "account_id": account_id, "_batch_id": identifier, "_row_number": number,
                    "_exported_at": exported_at, "_loaded_at": "2026-11-01T00:00:00", **row,
                }  # fmt: skip
                names = ", ".join(f'"{name}"' for name in values)
                marks = ", ".join("?" * len(values))
                connection.execute(f"insert into t ({names}) values ({marks})", list(values.values()))
            connection.execute(f"copy t to {sql_text(str(path))} (format parquet)")
        commit_batch(
            self.settings.raw,
            Batch(
                batch_id=identifier,
                file_sha256=identifier * 4,
                file_name=f"{contract}.csv",
                table=entity,
                contract=contract,
                contract_version=1,
                channel=described.channel,
                source=source,
                account_id=account_id,
                scope=scope,
                restatement=restatement,
                exported_at=exported_at,
                exported_at_evidence="test",
                loaded_at="2026-11-01T00:00:00",
                period_start=period[0] if period else None,
                period_end=period[1] if period else None,
                is_provisional=is_provisional,
                rows_in=len(rows),
                rows_loaded=len(rows),
                rows_rejected=0,
                outputs=[BatchOutput(entity, len(rows))],
            ),
        )
        return identifier

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Rows of a query on the build file, as dictionaries."""
        with duckdb.connect(str(self.settings.build_file), read_only=True) as connection:
            cursor = connection.execute(query)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
