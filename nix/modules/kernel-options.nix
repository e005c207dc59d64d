/**
  A kernel in the form that nixpkgs' `kernels` options take (`services.jupyter`, `services.jupyterhub`, `jupyter-kernel.create`).

  # Example

  ```nix
  services.jupyter.kernels = lib.mapAttrs (_: import ./kernel-options.nix) project.kernels;
  ```

  Source: nixpkgs, nixos/modules/services/development/jupyter/kernel-options.nix.
*/
kernel:
let
  inherit (builtins)
    filter
    head
    match
    ;
  logo =
    size:
    let
      found = filter (file: match ".*logo-${size}x${size}[.]png" "${file}" != null) kernel.logos;
    in
    if found == [ ] then null else head found;
in
if !(kernel ? argv) then
  throw "kernel \"${kernel.kernelName}\" comes from a package's own kernelspec, whose text Nix doesn't know: add the package where that option's kernels are, or write the kernel with mkKernel"
else
  {
    inherit (kernel)
      argv
      displayName
      env
      language
      ;
    logo32 = logo "32";
    logo64 = logo "64";
  }
