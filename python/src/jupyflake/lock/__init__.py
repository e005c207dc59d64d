"""jupyter.lock: what was decided, for every target system."""

from jupyflake.lock.model import FORMAT, Bootstrap, Deb, Environment, Lock, Wheel
from jupyflake.lock.serialise import dumps, loads

__all__ = ["FORMAT", "Bootstrap", "Deb", "Environment", "Lock", "Wheel", "dumps", "loads"]
