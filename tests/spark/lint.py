"""`make lint`: models and data tests whose SQL the renderer for Spark refuses whatever its columns are, by name.

Compiles the project without a warehouse, so no types are known: what depends on them is refused when Spark builds.
Exit code 1 if anything is refused.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from duckdb_to_spark import unknown_constructs
from tests.spark.compiled import PROJECT, compile_project, data_tests, models


def refusals(target: Path, project: Path = PROJECT) -> list[str]:
    """A line per refused construct: the model or test, and what is wrong with it."""
    nodes = compile_project(target, project=project)
    return [
        f"{node['original_file_path']}: {node['name']}: {sentence}"
        for node in [*models(nodes), *data_tests(nodes)]
        for sentence in unknown_constructs(node["compiled_code"])
    ]


def main() -> int:
    """Print what is refused."""
    parser = argparse.ArgumentParser(prog="python -m tests.spark.lint", description=__doc__)
    parser.add_argument("--project", type=Path, default=PROJECT, help="folder of the dbt project")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spark-lint-") as folder:
        found = refusals(Path(folder), asked.project)
    if found:
        print("\n".join(found))  # noqa: T201
        print("Known constructs: plugins/duckdb_to_spark/allowed.py says how to add one.")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
