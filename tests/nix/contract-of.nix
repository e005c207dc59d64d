/**
  The contract test: what a base lacks, or has in another form than `nix/contract.nix` says. The same for every base.

  # Example

  ```nix
  (import ./contract-of.nix) { base = mock; }
  => [ ]
  ```

  # Arguments

  - `base`: the set
  - `python`: attribute name of an interpreter that it must have
  - `without`: names that are passed over, for a base that is known not to have them
*/
{
  base,
  python ? "python313",
  without ? [ ],
}:
let
  inherit (builtins)
    attrNames
    concatMap
    elem
    filter
    isAttrs
    isFunction
    isList
    isString
    typeOf
    ;

  contract = import ../../nix/contract.nix;
  isPackage = value: isAttrs value && isString (value.outPath or null);

  kinds = {
    function = value: isFunction value || isAttrs value && value ? __functor;
    interpreter =
      value:
      isPackage value
      && builtins.match "3[.][0-9]+" value.pythonVersion != null
      && isList value.libraryDirs
      && builtins.all isString value.libraryDirs
      && isPackage (value.withLibraries [ ])
      && isPackage (value.withLibraries [ base.cacert ])
      && (value.withLibraries [ base.cacert ]).pythonVersion == value.pythonVersion
      && isList (value.withLibraries [ base.cacert ]).libraryDirs;
    list = isList;
    optional = value: value == null || isPackage value;
    package = isPackage;
    set = isAttrs;
    string = isString;
  };

  attributes = contract.attributes // {
    ${python} = contract.interpreter;
  };

  form = concatMap (
    name:
    let
      inherit (attributes.${name}) kind;
      value = base.${name};
    in
    if elem name without then
      [ ]
    else if !(base ? ${name}) then
      [ "${name} is missing" ]
    else if !kinds.${kind} value then
      [ "${name} is a ${typeOf value}, not a ${kind}" ]
    else
      [ ]
  ) (attrNames attributes);

  library = map (name: "lib.${name} is missing") (
    filter (name: !(base.lib ? ${name})) contract.lib
  );

  # What signatures say, by calling.
  called = {
    "runCommand's passthru and meta" =
      let
        made = base.runCommand "contract" {
          passthru.mark = 1;
          list = [ base.cacert ];
          passAsFile = [ "text" ];
          text = "x";
        } "true";
      in
      isPackage made && made.mark == 1;
    "writeText" = isPackage (base.writeText "contract" "text");
    "makeFontsConf" = isString "${base.makeFontsConf { fontDirectories = [ base.dejavu_fonts ]; }}";
    "fetchWheel" = isPackage (
      base.fetchWheel {
        file = "idna-3.10-py3-none-any.whl";
        path = null;
        sha256 = "946d195a0d259cbba61165e88e65941f16e9b36ea6ddb97f00452bae8b1287d3";
      }
    );
    "buildTools" =
      let
        made = base.buildTools {
          names = [ ];
          python = base.${python};
        };
      in
      isAttrs made.attributes
      && isList made.libraries
      && isList made.libraryDirs
      && isString made.setUp
      && isPackage made.python;
    "compilers" = isList (base.compilers [ ]);
    "wheelInputs" =
      isAttrs base.wheelInputs.attributes
      && isString base.wheelInputs.relink
      && isAttrs base.wheelInputs.environment;
    "rPackages.IRkernel" = elem "rPackages" without || isPackage base.rPackages.IRkernel;
    "rWrapper.override" =
      elem "rWrapper" without
      || (
        let
          R = base.rWrapper.override { packages = [ base.rPackages.IRkernel ]; };
        in
        isPackage R && isString R.program && isAttrs R.environment && isString R.version
      );
    "dockerTools.buildLayeredImage" =
      elem "dockerTools" without
      || (
        let
          image = base.dockerTools.buildLayeredImage {
            name = "contract";
            tag = "1";
            created = "1970-01-01T00:00:01Z";
            maxLayers = 10;
            config.Cmd = [ "/bin/sh" ];
            files = {
              "/etc/motd".text = "text";
              "/bin".links = [ "${base.coreutils}/bin" ];
              "/tmp" = {
                directory = true;
                mode = "1777";
              };
              "/link".link = "etc/motd";
            };
          };
        in
        isPackage image && isPackage image.stream
      );
  };
  calls = map (name: "${name}: another result than the contract says") (
    filter (name: !called.${name}) (attrNames called)
  );
in
# Calling takes that all is there.
if form ++ library != [ ] then form ++ library else calls
