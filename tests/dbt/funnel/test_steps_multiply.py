"""The data test that the steps of the funnel multiply to the whole: it finds a step that is wrong or gone."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.bare_build import BareBuild
from tests.dbt.funnel.conftest import Told

pytestmark = pytest.mark.slow

TEST = "mart_funnel_conversion_steps_multiply_to_the_whole"
OF_STEP = "basis = 'cohort' and window_days is null and metric ="


@pytest.fixture
def connection(told: Told) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of the story; what a test changes in it is rolled back."""
    with duckdb.connect(str(told.raw.settings.build_file)) as connection:
        connection.begin()
        yield connection
        connection.rollback()


def test_the_steps_of_the_story_multiply(bare_build: BareBuild, connection: duckdb.DuckDBPyConnection) -> None:
    assert bare_build.failing_rows(connection, TEST) == []


@pytest.mark.parametrize("metric", ["lead_to_mql", "mql_to_sal", "sal_to_opportunity", "opportunity_to_customer"])
def test_a_step_that_is_not_published_is_found(
    bare_build: BareBuild, connection: duckdb.DuckDBPyConnection, metric: str
) -> None:
    connection.execute(f"delete from marts.mart_funnel_conversion where {OF_STEP} '{metric}'")
    assert [row[-1] for row in bare_build.failing_rows(connection, TEST)] == [metric]


def test_a_step_that_lets_through_too_many_is_found(
    bare_build: BareBuild, connection: duckdb.DuckDBPyConnection
) -> None:
    connection.execute(f"update marts.mart_funnel_conversion set numerator = denominator where {OF_STEP} 'mql_to_sal'")
    assert len(bare_build.failing_rows(connection, TEST)) == 1
