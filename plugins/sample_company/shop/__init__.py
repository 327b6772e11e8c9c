"""Wren & Row: two web shops and a store in Brooklyn that sell things for the home, without any CRM."""
