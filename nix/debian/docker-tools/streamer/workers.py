"""Processes for what is to be done with several layers at a time."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context


def pool() -> ProcessPoolExecutor:
    """Give a process for each processor that we may use."""
    # Forked: the program's modules lie in a directory that only this process has on its path.
    return ProcessPoolExecutor(len(os.sched_getaffinity(0)), mp_context=get_context("fork"))
