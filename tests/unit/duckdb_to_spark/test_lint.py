"""`make lint` says by name which model or data test Spark would not know."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spark.lint import refusals

PROJECT = {
    "dbt_project.yml": "name: small\nversion: '1.0'\nprofile: small\n",
    "profiles.yml": "small:\n  target: build\n  outputs:\n    build:\n      type: duckdb\n"
    "      path: \"{{ env_var('WAREHOUSE_BUILD_PATH') }}\"\n",
    "models/known.sql": "select max_by(name, day) as newest from (values ('a', 1)) as t (name, day)",
    "models/unknown.sql": "select levenshtein('Meyer', 'Maier') as steps",
    "models/by_chance.sql": "select string_agg(newest, ',') as names from {{ ref('known') }} as k",
    "models/needs_types.sql": "select cast(newest as varchar) as a, len(newest) as b from {{ ref('known') }}",
    "models/inlined.sql": "{{ config(materialized='ephemeral') }} select my_function(1) as x",
    "models/reads_inlined.sql": "{{ config(materialized='table') }} select x from {{ ref('inlined') }}",
    "models/function_of_the_file.sql": "{{ config(materialized='table_function') }} select other_function(1) as x",
    "tests/names_are_known.sql": "select * from {{ ref('known') }} where my_test_function(newest)",
}


@pytest.mark.slow
def test_models_and_data_tests_are_refused_by_name(tmp_path: Path):
    for name, text in PROJECT.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert sorted(refusals(tmp_path / "target", tmp_path)) == [
        "models/by_chance.sql: by_chance: LISTAGG(newest, ','): without an order the text is by chance. Add ORDER BY.",
        "models/reads_inlined.sql: reads_inlined: Function my_function() is not known to be the same in Spark.",
        "models/unknown.sql: unknown: Function levenshtein() is not known to be the same in Spark.",
        "tests/names_are_known.sql: names_are_known: Function my_test_function() is not known to be the same in Spark.",
    ]
