"""The canonical entities of `entities.yml`: names, columns and DuckDB types of the raw tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

SQL_TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18,6)",
    "precise": "DECIMAL(28,12)",
    "rate": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
    "json": "VARCHAR",
}
"""DuckDB type of each entity type. JSON stays text, so that Parquet readers need no extension."""


@dataclass(frozen=True)
class Column:
    """One column of an entity; `type` is a key of `SQL_TYPES`."""

    name: str
    type: str
    description: str = ""

    @property
    def sql_type(self) -> str:
        """DuckDB type of the column."""
        return SQL_TYPES[self.type]


@dataclass(frozen=True)
class Entity:
    """One raw table. `columns` leaves the lineage columns out; `all_columns` has them in front."""

    name: str
    channel: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    period_twin: str | None = None

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Lineage columns first, then the entity's own."""
        return (*lineage_columns(), *self.columns)

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


def _columns(described: dict[str, dict[str, str] | None]) -> tuple[Column, ...]:
    return tuple(
        Column(name, facts["type"], facts.get("description", ""))
        for name, facts in described.items()
        if facts is not None
    )


_kept: list[dict[str, Any]] = []


def document() -> dict[str, Any]:
    """The content of `entities.yml`."""
    return _document()


def use_document(known: dict[str, Any]) -> None:
    """Take the content of this very `entities.yml` from where it was kept: parsing it costs more than a small file."""
    _kept[:] = [known]


@cache
def _document() -> dict[str, dict[str, dict[str, object]]]:
    if _kept:
        return _kept[0]
    import yaml

    text = files(__package__).joinpath("entities.yml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: dict[str, dict[str, dict[str, object]]] = yaml.load(text, Loader=loader)  # noqa: S506 (a safe loader)
    return document


@cache
def lineage_columns() -> tuple[Column, ...]:
    """The columns every raw row carries in front of its entity's own."""
    return _columns(_document()["lineage"])  # type: ignore[arg-type]


@cache
def entities() -> dict[str, Entity]:
    """Every canonical entity by name, in the order of `entities.yml`."""
    return {
        name: Entity(
            name=name,
            channel=str(facts["channel"]),
            description=str(facts["description"]),
            key=tuple(facts["key"]),  # type: ignore[arg-type]
            columns=_columns(facts["columns"]),  # type: ignore[arg-type]
            period_twin=facts.get("period_twin"),  # type: ignore[arg-type]
        )
        for name, facts in _document()["entities"].items()
    }


def channels() -> tuple[str, ...]:
    """Channels in the order files are received: each has its own extract DAG."""
    return ("email", "ads", "social", "web", "crm", "plans")
