"""From jupyter.lock to the Nix store: what is missing, and getting it."""
