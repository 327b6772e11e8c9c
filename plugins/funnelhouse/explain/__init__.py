"""Why a file was read as it was: every decision with its evidence, for people, for machines and beside quarantine."""
