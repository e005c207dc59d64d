let
  mock = import ./mock.nix;
  functions = import ../../nix/scope.nix { base = mock // { base = "debian/trixie"; }; };
  inherit (functions) languages mkProgramKernel;
  wheel = pname: {
    inherit pname;
    version = "7.4.0";
    outPath = "/mock/wheels/${pname}";
  };
  environment = import ./mock-environment.nix // {
    wheels = map wheel [
      "ipykernel"
      "bash-kernel"
    ];
  };
  specOf = kernel: builtins.fromJSON (builtins.unsafeDiscardStringContext kernel.attributes.spec);
  bash = languages.bash {
    name = "sh";
    inherit environment;
    tools = [ mock.tini ];
    env.GREETING = "hello";
  };
  tcl = languages.tcl {
    name = "tcl";
    inherit environment;
  };
  own =
    more:
    mkProgramKernel (
      {
        name = "forth";
        language = "forth";
        argv = [
          "gforth"
          "@bash-kernel@/x"
          "{connection_file}"
        ];
        inherit environment;
        tools = [ mock.tini ];
      }
      // more
    );
  files = (import ../../nix/functions.nix).languageNames;
  tables = map (name: builtins.fromTOML (builtins.readFile (../../nix/kernels + "/${name}.toml"))) files;
in
{
  testEachFileIsALanguage = {
    expr = builtins.attrNames languages;
    expected = files;
  };
  # All that a file must say, so that no kernel fails for the lack of it on a base that nobody has here.
  testEachFileIsComplete = {
    expr = builtins.filter (
      table: !(table ? display-name && table ? about && table.tools != { } && builtins.all builtins.isList (builtins.attrValues table.tools))
    ) tables;
    expected = [ ];
  };
  testBashIsStartedByItsOwnPython = {
    expr = (specOf bash).argv;
    expected = [
      "/mock/environment/bin/python3.13"
      "-P"
      "${../../nix/kernels/patches/bash.py}"
      "-f"
      "{connection_file}"
    ];
  };
  testProgramsOfTheLanguageAreOnThePath = {
    expr = (specOf bash).env.PATH;
    expected = "/mock/environment/bin:/mock/tini/bin:/mock/bash/bin:/mock/coreutils/bin:/mock/bash/bin:\${PATH}";
  };
  testVariablesOfThePersonAreAdded = {
    expr = (specOf bash).env.GREETING;
    expected = "hello";
  };
  testLogoIsThatOfTheWheel = {
    expr = bash.logos;
    expected = [ "/mock/wheels/bash-kernel/site-packages/bash_kernel/resources/logo-svg.svg" ];
  };
  testEncryptionIsSaidWhereIpykernelCan = {
    expr = bash.metadata;
    expected.supported_encryption = [ "curve" ];
  };
  testLanguageWithoutPictureHasATile = {
    expr = (languages.javascript { name = "js"; inherit environment; }).logos;
    expected = [ "/mock/logo-javascript/logo-svg.svg" ];
  };
  testDenoIsInterruptedByMessage = {
    expr = (languages.typescript { name = "ts"; inherit environment; }).interruptMode;
    expected = "message";
  };
  testInterpreterIsStartedByOurKernel = {
    expr = map builtins.unsafeDiscardStringContext tcl.argv;
    expected = [
      "/mock/environment/bin/python3.13"
      "-P"
      "${../../nix/kernels/interpreters/kernel.py}"
      "/mock/tcl.json"
      "-f"
      "{connection_file}"
    ];
  };
  # Each has its program, and what the kernel says of its language.
  testEachInterpreterIsComplete = {
    expr = builtins.filter (
      table:
      table ? interpreter
      && !(
        builtins.pathExists (../../nix/kernels/interpreters + "/${table.interpreter.program}")
        && builtins.elem "@program@" table.interpreter.command
        && table.interpreter ? word
        && builtins.attrNames table.interpreter.language-info == [
          "codemirror_mode"
          "file_extension"
          "mimetype"
          "name"
          "pygments_lexer"
        ]
      )
    ) tables;
    expected = [ ];
  };
  # mkProgramKernel
  testProgramIsLookedUpByName = {
    expr = (own { }).argv;
    expected = [
      "/mock/program-forth/bin/gforth"
      "/mock/wheels/bash-kernel/x"
      "{connection_file}"
    ];
  };
  testAbsoluteProgramIsTaken = {
    expr = builtins.head (own { argv = [ "/bin/forth" ]; }).argv;
    expected = "/bin/forth";
  };
  testOwnKernelWithoutPython = {
    expr = (specOf (own { environment = null; })).env;
    expected.PATH = "/mock/tini/bin:/mock/coreutils/bin:/mock/bash/bin:\${PATH}";
  };
  testPythonNeedsAnEnvironment.fails = own {
    environment = null;
    argv = [ "python3" ];
  };
  testRelativeProgramIsRefused.fails = own { argv = [ "./forth" ]; };
  testNothingToStartIsRefused.fails = own { argv = [ ]; };
  testLanguageThatTheBaseLacksIsRefused.fails =
    (import ../../nix/scope.nix { base = mock; }).languages.bash { name = "sh"; };
}
