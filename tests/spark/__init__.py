"""The models on Spark: what needs Java and the packages of the extra `spark`, and runs outside the suite."""
