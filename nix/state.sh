# shellcheck shell=sh
# What Jupyter writes goes to .jupyter in the project's directory, found upwards from here: never to the user's home, whose
# ~/.jupyter, ~/.local/share/jupyter and ~/.ipython stay unread. Whoever has set JUPYFLAKE_STATE has decided that already.
if [ -z "${JUPYFLAKE_STATE-}" ]; then
  jupyflake_root=$PWD
  while [ "$jupyflake_root" != / ] && [ ! -e "$jupyflake_root/jupyter.toml" ]; do
    jupyflake_root=$(dirname -- "$jupyflake_root")
  done
  [ -e "$jupyflake_root/jupyter.toml" ] || jupyflake_root=$PWD
  export JUPYFLAKE_STATE="$jupyflake_root/.jupyter"
  # Where editable packages are imported from.
  export JUPYFLAKE_PROJECT="$jupyflake_root"
  unset jupyflake_root
  if [ ! -e "$JUPYFLAKE_STATE/config/migrated" ]; then
    # The marker keeps Jupyter from copying an old ~/.ipython over at its first start.
    (umask 077 && mkdir -p "$JUPYFLAKE_STATE/config" && : > "$JUPYFLAKE_STATE/config/migrated")
  fi
  [ -e "$JUPYFLAKE_STATE/.gitignore" ] || echo '*' > "$JUPYFLAKE_STATE/.gitignore"
  export JUPYTER_CONFIG_DIR="$JUPYFLAKE_STATE/config"
  export JUPYTER_DATA_DIR="$JUPYFLAKE_STATE/data"
  export JUPYTER_RUNTIME_DIR="$JUPYFLAKE_STATE/runtime"
  export JUPYTERLAB_SETTINGS_DIR="$JUPYFLAKE_STATE/lab/user-settings"
  export JUPYTERLAB_WORKSPACES_DIR="$JUPYFLAKE_STATE/lab/workspaces"
  export IPYTHONDIR="$JUPYFLAKE_STATE/ipython"
fi
