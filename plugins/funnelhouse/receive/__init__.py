"""The front door: recognise, archive, quarantine."""
