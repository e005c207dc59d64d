/**
  nixpkgs' interpreter with what environments here ask of one.

  Wheels are relinked to the manylinux libraries (`wheel-inputs.nix`); what a kernel's `tools` add for its native modules goes on the
  DT_RPATH of a copy of the interpreter, which every module without a RUNPATH of its own looks at. Last there is the place where NixOS
  has the driver of a graphics card.

  # Example

  ```nix
  (python { inherit pkgs; } pkgs.python313).withLibraries [ pkgs.libGL ]
  ```
*/
{ pkgs }:
package:
let
  inherit (pkgs) lib;
  inherit (package) pythonVersion;
  inherit (pkgs.stdenv.hostPlatform) isLinux;

  directories = map (library: "${lib.getLib library}/lib");

  own = {
    inherit pythonVersion withLibraries;
    libraryDirs = lib.optionals isLinux (directories pkgs.pythonManylinuxPackages.manylinux2014);
  };

  withLibraries =
    libraries:
    # Wheels for macOS bring their libraries or name the system's: there is nothing to relink.
    if !isLinux then
      python
    else
      pkgs.runCommand "${package.name}-with-libraries"
        {
          nativeBuildInputs = [ pkgs.patchelf ];
          python = package;
          more = lib.concatStringsSep ":" (directories libraries ++ [ "/run/opengl-driver/lib" ]);
          inherit pythonVersion;
          passthru = own // {
            libraryDirs = lib.unique (own.libraryDirs ++ directories libraries);
          };
        }
        ''
          mkdir -p "$out/bin"
          for entry in "$python"/*; do
            [ "''${entry##*/}" = bin ] || ln -s "$entry" "$out/''${entry##*/}"
          done
          program=$out/bin/python$pythonVersion
          cp "$python/bin/python$pythonVersion" "$program"
          chmod u+w "$program"
          for name in python3 python; do
            ln -s "python$pythonVersion" "$out/bin/$name"
          done
          rpath=$(patchelf --print-rpath "$program")
          patchelf --force-rpath --set-rpath "''${rpath:+$rpath:}$more" "$program"
        '';

  python = package // own;
in
python
