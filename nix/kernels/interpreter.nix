{
  lib,
  runCommand,
  writeText,
  bashInteractive,
}:
/**
  The command line of a kernel whose cells an interpreter runs, by a program of `interpreters/` in its own language.

  # Example

  ```nix
  interpreterCommand "tcl" file.interpreter { displayName = "Tcl"; inherit environment; tools = [ tcl ]; }
  => [ "python" "-P" "/nix/store/…-kernel.py" "/nix/store/…-tcl.json" "-f" "{connection_file}" ]
  ```

  # Arguments

  - the language's name
  - the table `[interpreter]` of its file: `command`, with `@program@` for the file named by `program`; `word`, which letters a name
    is made of; `language-info`, as in Jupyter's protocol; `search`, variable → directories of packages where the interpreter looks for
    modules, joined by `separator`
  - `displayName`, `environment`, `tools`
*/
language: interpreter:
{
  displayName,
  environment,
  tools,
}:
let
  inherit (builtins)
    concatMap
    concatStringsSep
    head
    replaceStrings
    tail
    toJSON
    ;

  program = "${./interpreters + "/${interpreter.program}"}";
  launcher = runCommand "interpreter-${language}" {
    inherit language;
    program = head interpreter.command;
    path = lib.makeBinPath tools;
    # Modules are in what packages depend on, too.
    closure = lib.unique (map toString (concatMap (tool: tool.debClosure or [ tool ]) tools));
    searchPath = concatStringsSep "" (
      concatMap (variable: map (pattern: "${variable} ${pattern}\n") interpreter.search.${variable}) (
        builtins.attrNames (interpreter.search or { })
      )
    );
    passAsFile = [ "searchPath" ];
    separator = interpreter.separator or ":";
    shell = "${bashInteractive}/bin/bash";
  } ''searchPath=$searchPathPath; . ${./interpreters/launcher.sh}'';
in
[
  "python"
  "-P"
  "${./interpreters/kernel.py}"
  "${writeText "${language}.json" (toJSON {
    command = [
      (
        if head interpreter.command == "python" then
          "${environment}/bin/python${environment.pythonVersion}"
        else
          "${launcher}/bin/${head interpreter.command}"
      )
    ]
    ++ map (replaceStrings [ "@program@" ] [ program ]) (tail interpreter.command);
    display-name = displayName;
    inherit (interpreter) word language-info;
  })}"
  "-f"
  "{connection_file}"
]
