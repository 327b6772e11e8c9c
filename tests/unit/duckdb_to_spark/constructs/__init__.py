"""All constructs that are rewritten, by topic."""

from tests.unit.duckdb_to_spark.constructs.aggregates import AGGREGATES
from tests.unit.duckdb_to_spark.constructs.days import DAYS
from tests.unit.duckdb_to_spark.constructs.lists import LISTS
from tests.unit.duckdb_to_spark.constructs.numbers import NUMBERS
from tests.unit.duckdb_to_spark.constructs.queries import QUERIES
from tests.unit.duckdb_to_spark.constructs.rows import ROWS
from tests.unit.duckdb_to_spark.constructs.texts import TEXTS

CONSTRUCTS = [*QUERIES, *NUMBERS, *DAYS, *AGGREGATES, *ROWS, *TEXTS, *LISTS]
