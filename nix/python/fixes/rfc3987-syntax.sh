# shellcheck shell=sh
# The module's names come from syntax_helpers as before, but that is imported when one is asked for.
init=site-packages/rfc3987_syntax/__init__.py
if [ "$(cat "$init" 2> /dev/null)" = 'from .syntax_helpers import *' ]; then
  cat > "$init" << 'PYTHON'
"""All of syntax_helpers, imported at first use: it makes its parsers then."""

from importlib import import_module as _import_module


def is_valid_syntax(term, value):
    return _import_module(".syntax_helpers", __name__).is_valid_syntax(term, value)


def __getattr__(name):
    # A submodule that was not imported is no attribute.
    if name in {"syntax_helpers", "utils", "__path__", "__spec__"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    helpers = _import_module(".syntax_helpers", __name__)
    if name == "__all__":
        return [each for each in vars(helpers) if not each.startswith("_")]
    try:
        return getattr(helpers, name)
    except AttributeError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
PYTHON
fi
