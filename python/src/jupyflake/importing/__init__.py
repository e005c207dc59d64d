"""Other tools' files become parts of a manifest: one module reads one kind of file, and `merge` puts them together."""
