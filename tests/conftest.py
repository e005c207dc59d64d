"""What all tests need."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Let ^C be heard by what the tests start; whoever runs in the background, as a CI may, was told to ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
