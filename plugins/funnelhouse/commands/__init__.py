"""What the commands of `funnelhouse` do, one module each; `cli.py` only reads arguments."""
