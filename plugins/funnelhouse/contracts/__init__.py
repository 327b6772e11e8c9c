"""Source contracts: how an export is recognised and turned into rows of a canonical entity."""
