"""Known vulnerabilities of a lock: `osv` reads advisories, `match` finds, `sources` gets them from places."""
