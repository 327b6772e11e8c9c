"""A small German firm that keeps everything in HubSpot: its exports and the truth about them."""
