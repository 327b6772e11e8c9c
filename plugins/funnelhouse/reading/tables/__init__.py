"""From a text or sheet to the tables in it: header found, kind recognised."""
