{
  lib,
  mkProgramKernel,
  compilers,
  getPackage,
  runCommand,
  wheelIsAtLeast,
  writeText,
  bashInteractive,
  base,
}:
/**
  The kernel of a language that a file of this folder describes.

  # Example

  ```nix
  languages.octave { name = "octave"; environment = mkPythonEnvironment { … }; }
  ```

  # Arguments

  - `language`: name of the file, without `.toml`
  - `environment`: a Python environment with the packages that the file lists
  - `tools`: packages whose programs the kernel finds on `PATH`, beside those that the file lists
  - the rest: see `mkKernel`
*/
language:
let
  inherit (builtins)
    attrNames
    concatStringsSep
    fromTOML
    head
    readFile
    split
    ;

  file = fromTOML (readFile (./. + "/${language}.toml"));

  # `debian` stands for all suites.
  family = head (split "/" base);
  programs =
    file.tools.${base} or (file.tools.${family}
      or (throw "${base} has no kernel for ${language}: take base = \"${concatStringsSep "\" or \"" (attrNames file.tools)}\""));

  interpreterCommand = import ./interpreter.nix {
    inherit
      lib
      runCommand
      writeText
      bashInteractive
      ;
  };

  # A program that starts the kernel with its faults put right.
  patch = "${./patches + "/${language}.py"}";

  # Where the kernel brings no picture: its letters on a tile.
  tile =
    { text, color }:
    runCommand "logo-${language}"
      {
        svg = ''
          <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
          <rect width="64" height="64" rx="8" fill="${color}"/>
          <text x="32" y="43" font-family="DejaVu Sans, Verdana, sans-serif" font-size="${
            if builtins.stringLength text > 2 then "22" else "30"
          }" font-weight="bold" text-anchor="middle" fill="#fff">${text}</text>
          </svg>
        '';
        passAsFile = [ "svg" ];
      }
      ''
        mkdir -p "$out"
        cp "$svgPath" "$out/logo-svg.svg"
      '';
in
{
  name,
  displayName ? file.display-name,
  environment ? null,
  tools ? [ ],
  env ? { },
  metadata ? { },
}:
let
  allTools = tools ++ (if file.compiler or false then compilers programs else map getPackage programs);
in
mkProgramKernel {
  inherit name displayName environment;
  language = file.language or language;
  argv =
    if file ? interpreter then
      interpreterCommand language file.interpreter {
        displayName = file.display-name;
        inherit environment;
        tools = allTools;
      }
    else
      map (word: if word == "@patch@" then patch else word) file.argv;
  tools = allTools;
  env = file.env or { } // env;
  # ipykernel, which many kernels are built on, says this of itself since then.
  metadata =
    lib.optionalAttrs
      (
        (file.on-ipykernel or (file ? interpreter))
        && environment != null
        && wheelIsAtLeast "ipykernel" "7.4" environment
      )
      {
        supported_encryption = [ "curve" ];
      }
    // file.metadata or { }
    // metadata;
  interruptMode = file.interrupt-mode or "signal";
  logos = file.logos or [ ] ++ (if file ? logo then [ "${tile file.logo}/logo-svg.svg" ] else [ ]);
}
