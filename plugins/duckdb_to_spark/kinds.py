"""DuckDB's types, as far as the rewriting asks for them: sqlglot's name, digits of decimals, parts of lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp


@dataclass(frozen=True, slots=True)
class Type:
    """One type. `element` is what a list holds; `fields` are the names and types of a struct."""

    name: str
    width: int = 0
    scale: int = 0
    element: Type | None = None
    fields: tuple[tuple[str, Type], ...] = ()

    @property
    def is_integer(self) -> bool:
        """Whether it holds whole numbers."""
        return self.name in INTEGERS


UNKNOWN = Type("UNKNOWN")
NULL = Type("NULL")
BOOLEAN = Type("BOOLEAN")
INTEGER = Type("INT")
BIGINT = Type("BIGINT")
HUGEINT = Type("INT128")
DOUBLE = Type("DOUBLE")
TEXT = Type("TEXT")
DATE = Type("DATE")
TIMESTAMP = Type("TIMESTAMP")
TIMESTAMPTZ = Type("TIMESTAMPTZ")
INTERVAL = Type("INTERVAL")

INTEGERS = ("TINYINT", "UTINYINT", "SMALLINT", "USMALLINT", "INT", "UINT", "BIGINT", "UBIGINT", "INT128", "UINT128")
_DIGITS = {"TINYINT": 3, "SMALLINT": 5, "INT": 10, "BIGINT": 19, "INT128": 38}
_DIGITS_OF_64_BITS = 18
FLOATS = ("DOUBLE", "FLOAT")


def decimal(width: int, scale: int) -> Type:
    """A decimal; DuckDB's widest has 38 digits."""
    return Type("DECIMAL", min(width, 38), scale)


def list_of(element: Type) -> Type:
    """A list of values of one type."""
    return Type("LIST", element=element)


def struct_of(fields: Iterable[tuple[str, Type]]) -> Type:
    """A struct."""
    return Type("STRUCT", fields=tuple(fields))


@lru_cache(maxsize=4096)
def of_text(text: str) -> Type:
    """The type that DuckDB calls `text`, as its catalogue writes it."""
    return of_node(exp.DataType.build(text, dialect="duckdb"))


def of_node(node: exp.DataType) -> Type:
    """The type that a syntax tree names, in a cast for instance."""
    name = node.this.value if isinstance(node.this, exp.DType) else str(node.this)
    parts = node.expressions
    if name == "DECIMAL":
        digits = [int(part.name) for part in parts]
        return decimal(digits[0], digits[1] if digits[1:] else 0) if digits else decimal(18, 3)
    if name in ("ARRAY", "LIST"):
        return list_of(of_node(parts[0]) if parts else UNKNOWN)
    if name == "STRUCT":
        return struct_of((part.name, of_node(part.args["kind"])) for part in parts if isinstance(part, exp.ColumnDef))
    return Type({"VARCHAR": "TEXT", "CHAR": "TEXT", "TIMESTAMPNTZ": "TIMESTAMP"}.get(name, name))


def common(types: Iterable[Type]) -> Type:
    """The type that holds values of all of them (branches of a CASE, rows of a UNION); UNKNOWN as soon as one is."""
    found = NULL
    for one in types:
        if one is UNKNOWN or one.name == "UNKNOWN":
            return UNKNOWN
        found = _wider(found, one)
    return found


def _wider(a: Type, b: Type) -> Type:
    if a.name == "NULL" or a == b:
        return b
    if b.name == "NULL":
        return a
    for floating in FLOATS:
        if floating in (a.name, b.name):
            return Type("DOUBLE") if "DOUBLE" in (a.name, b.name) else Type(floating)
    if "DECIMAL" in (a.name, b.name) and (_is_exact(a) and _is_exact(b)):
        scale = max(a.scale, b.scale)
        return decimal(max(_whole_digits(a), _whole_digits(b)) + scale, scale)
    if a.is_integer and b.is_integer:
        return max(a, b, key=lambda one: INTEGERS.index(one.name))
    names = {a.name, b.name}
    if names == {"DATE", "TIMESTAMP"}:
        return TIMESTAMP
    if "TEXT" in names:
        return TEXT
    if a.name == "LIST" == b.name and a.element and b.element:
        return list_of(_wider(a.element, b.element))
    if a.name == "STRUCT" == b.name and len(a.fields) == len(b.fields):
        return struct_of((name, _wider(x, y)) for (name, x), (_, y) in zip(a.fields, b.fields, strict=True))
    return UNKNOWN


def _is_exact(one: Type) -> bool:
    return one.is_integer or one.name == "DECIMAL"


def _whole_digits(one: Type) -> int:
    return one.width - one.scale if one.name == "DECIMAL" else _DIGITS.get(one.name, 19)


def _of_decimals(operator: type[exp.Expr], left: Type, right: Type) -> Type:
    """A sum has a digit more than its parts, a product the digits of both; what fits in 64 bits stays there."""
    whole = (_whole_digits(left), _whole_digits(right))
    if operator is exp.Mul:
        scale, digits = left.scale + right.scale, sum(whole)
    else:
        scale, digits = max(left.scale, right.scale), max(whole) + (operator in (exp.Add, exp.Sub))
    widest = max(whole[0] + left.scale, whole[1] + right.scale)
    most = _DIGITS_OF_64_BITS if widest <= _DIGITS_OF_64_BITS and scale < _DIGITS_OF_64_BITS else 38
    return decimal(min(digits + scale, most), scale)


def arithmetic(operator: type[exp.Expr], left: Type, right: Type) -> Type:
    """Type of a sum, difference, product or remainder."""
    names = {left.name, right.name}
    if "UNKNOWN" in names:
        return UNKNOWN
    if "INTERVAL" in names:
        return TIMESTAMP if names & {"DATE", "TIMESTAMP"} else TIMESTAMPTZ if "TIMESTAMPTZ" in names else INTERVAL
    if left.name == "DATE":
        return BIGINT if right.name == "DATE" else DATE if right.is_integer or right.name == "NULL" else INTERVAL
    if right.name == "DATE":
        return DATE if left.is_integer else INTERVAL
    if names & {"TIMESTAMP", "TIMESTAMPTZ"}:
        return INTERVAL
    if "DECIMAL" in names and not names & set(FLOATS):
        return _of_decimals(operator, left, right)
    if names == {"TEXT", "INT"} or names == {"TEXT"}:
        return UNKNOWN
    return common((left, right))
