"""The manifest `jupyter.toml`: reading it, checking it, editing it."""
