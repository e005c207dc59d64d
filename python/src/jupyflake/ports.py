"""Ports of this machine."""

from __future__ import annotations

import socket

from jupyflake.errors import JupyflakeError

FIRST_PORT = 8888
_PORTS = 100


def free_port(wanted: int | None) -> int:
    """Give the wanted port, which must be free; without a wish the first free one from 8888 on, as Jupyter does."""
    candidates = range(FIRST_PORT, FIRST_PORT + _PORTS)
    if wanted is None:
        free = next((port for port in candidates if _is_free(port)), None)
        if free is None:
            message = f"all ports from {FIRST_PORT} to {FIRST_PORT + _PORTS - 1} are in use"
            raise JupyflakeError("JF506", message, hint="--port with a free one")
        return free
    if not _is_free(wanted):
        other = next((port for port in range(wanted + 1, min(wanted + _PORTS, 65536)) if _is_free(port)), FIRST_PORT)
        raise JupyflakeError("JF506", f"port {wanted} is in use", hint=f"--port {other}")
    return wanted


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise JupyflakeError(
                "JF506", f"port {port} is for root only", hint=f"--port {FIRST_PORT}, or another above 1023"
            ) from error
        except OSError:
            return False
    return True
