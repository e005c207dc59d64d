/**
  Changes to single wheels, by normalised name: shell commands that run in the unpacked wheel.

  Only for what no setting can do. Each looks first whether the text that it changes is there, so another version of the
  package stays as it is.

  - `jupyterlab`: at every import it asks Node.js, where there is one, for an address that only its own builds need. It asks
    when it builds (jupyterlab/commands.py, `_AppHandler`).
  - `rfc3987-syntax`: at import it makes some forty parsers, a second or more of every start of Lab. They are made at
    the first look at an IRI, so validation stays the same (rfc3987_syntax/syntax_helpers.py).

  # Example

  ```nix
  fixes.rfc3987-syntax
  => ./fixes/rfc3987-syntax.sh
  ```
*/
{
  jupyterlab = ./fixes/jupyterlab.sh;
  rfc3987-syntax = ./fixes/rfc3987-syntax.sh;
}
