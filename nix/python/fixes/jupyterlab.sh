# shellcheck shell=sh
# The address of the registry of JavaScript packages is found out when it is asked for.
handler=site-packages/jupyterlab/commands.py
if grep -q '^class _AppHandler:$' "$handler" 2> /dev/null && grep -q '^        self\.registry = options\.registry$' "$handler" &&
  grep -q '^        self\._options = options$' "$handler"; then
  sed -i \
    -e '/^        self\.registry = options\.registry$/d' \
    -e 's/^class _AppHandler:$/&\n    registry = property(lambda self: self._options.registry)\n/' \
    "$handler"
fi

# The read-only extension manager says where extensions come from.
readonly=site-packages/jupyterlab/extensions/readonly.py
if [ -e "$readonly" ]; then
  sed -i 's/ExtensionManagerMetadata("read-only",/ExtensionManagerMetadata("jupyflake add --server NAME: read-only",/' "$readonly"
fi
