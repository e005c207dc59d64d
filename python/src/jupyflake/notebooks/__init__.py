"""Executing a project's notebooks: which ones, how each went, and the report of it."""
