/**
  What single packages need beyond unpacking and relinking: mostly what their maintainer scripts
  would do.

  - `packages.<name>.scripts`: shell files that run in the finished prefix (see `deb/main.sh`);
  - `packages.<name>.environment`: environment variables for them;
  - `packages.<name>.depends`: packages beyond `Depends`, taken where the lock has them;
  - `packages.<name>.programLibraries`: packages whose libraries every program here finds (through
    its RPATH);
  - `packages.<name>.allowMissing`: libraries that may be missing, since only an unused plug-in
    wants them;
  - `packages.<name>.variables`: environment variables, each with a path in the package, for programs
    that load its libraries or data and know `/usr` only;
  - `packages.<name>.keep`: what would be pruned otherwise (a directory, or `static` for static
    libraries);
  - `ignored`: dependencies that only maintainer scripts have a use for, and none of these runs
    here;
  - `alternatives.<name>`: who serves those that depend on `<name>`, best first;
  - `groups.<name>`: packages that must share a prefix.

  # Example

  ```nix
  fixups.packages.libc6.scripts
  => [ ./libc6.sh ]
  ```
*/
{ lib, pythonVersions }:
let
  blas = [
    "libopenblas0-pthread"
    "libopenblas0-openmp"
    "libopenblas0-serial"
  ];

  # Compiler and runtime are one directory to Java.
  javaVersions = [
    "17"
    "21"
    "25"
  ];

  python = version: {
    depends = [
      "libgcc-s1"
      "libstdc++6"
      "tzdata"
      "zlib1g"
    ];
    # Wheels take these from the system; numpy and its like would not load without.
    programLibraries = [
      "libc6"
      "libgcc-s1"
      "libstdc++6"
      "zlib1g"
    ];
    scripts = [ ./python.sh ];
    environment = {
      pythonVersion = version;
      compileScript = ./python_compile.py;
      storeLibraries = ./python_store_libraries.py;
      driver = "/run/opengl-driver/lib";
    };
  };
  alternatives = names: {
    scripts = [ ./alternatives.sh ];
    environment.alternatives = names;
  };
in
{
  ignored = [
    "debconf"
    "dpkg"
    "init-system-helpers"
    "lsb-base"
    "ucf"
  ];

  alternatives = {
    libblas3 = blas;
    liblapack3 = blas;
  };

  groups = {
    # From forky on the converters are apart, and name no C library that they belong to.
    libc6 = [
      "libc-gconv-modules-extra"
      "libc6"
    ];
    # The toplevel looks for all of them in one directory.
    ocaml-interp = [
      "libcompiler-libs-ocaml-dev"
      "libstdlib-ocaml"
      "libstdlib-ocaml-dev"
      "ocaml-base"
      "ocaml-compiler-libs"
      "ocaml-interp"
    ];
    octave = [
      "octave"
      "octave-common"
    ];
    # Prolog's library is one directory.
    swi-prolog-nox = [
      "swi-prolog-core"
      "swi-prolog-core-packages"
      "swi-prolog-nox"
    ];
    tzdata = [
      "tzdata"
      "tzdata-legacy"
    ];
  }
  // lib.listToAttrs (
    map (
      version:
      lib.nameValuePair "python${version}" [
        "libpython${version}-minimal"
        "libpython${version}-stdlib"
        "python${version}"
        "python${version}-minimal"
      ]
    ) pythonVersions
  )
  // lib.listToAttrs (
    map (
      version:
      lib.nameValuePair "openjdk-${version}-jre-headless" [
        "openjdk-${version}-jdk-headless"
        "openjdk-${version}-jre-headless"
      ]
    ) javaVersions
  );

  packages = {
    file.scripts = [ ./file.sh ];
    ghostscript.scripts = [ ./ghostscript.sh ];
    gnuplot-nox.scripts = [ ./gnuplot-nox.sh ];
    "guile-3.0" = alternatives "guile=guile-3.0";
    graphviz.scripts = [ ./graphviz.sh ];
    libc6.scripts = [ ./libc6.sh ];
    libmagic-mgc.variables.MAGIC = "lib/file/magic.mgc";
    "lua5.4" = alternatives "lua=lua5.4";
    ncurses-base.scripts = [ ./ncurses-base.sh ];
    octave = {
      # Its maintainers only recommend it.
      depends = [ "fonts-freefont-otf" ];
      scripts = [ ./octave.sh ];
    };
    perl-base.scripts = [ ./perl-base.sh ];
    # Of modules that zsh does without.
    zsh.allowMissing = [
      "libgdbm.so.6"
      "libncursesw.so.6"
      "libpcre2-8.so.0"
    ];
    swi-prolog-nox.scripts = [ ./swi-prolog-nox.sh ];
    "tcl8.6" = alternatives "tclsh=tclsh8.6";
    r-base-core = {
      # Its front end is a bash script.
      depends = [ "bash" ];
      scripts = [ ./r-base-core.sh ];
      environment.sysWhich = ./sys-which.R;
    };
  }
  // lib.listToAttrs (
    map (version: lib.nameValuePair "python${version}" (python version)) pythonVersions
  )
  // lib.listToAttrs (
    map (
      version:
      lib.nameValuePair "openjdk-${version}-jre-headless" {
        scripts = [ ./openjdk.sh ];
        # Of pictures, sound and cards: who uses those lists them in `tools`.
        allowMissing = [
          "libasound.so.2"
          "libcups.so.2"
          "libfreetype.so.6"
          "libgif.so.7"
          "libharfbuzz.so.0"
          "libjpeg.so.62"
          "liblcms2.so.2"
          "libpcsclite.so.1"
          "libpng16.so.16"
        ];
      }
    ) javaVersions
  );
}
