let
  mock = import ./mock.nix;
  environment = import ./mock-environment.nix;
  functions = import ../../nix/scope.nix { base = mock; };
  inherit (functions) mkKernel languages;
  minimal = {
    name = "k";
    displayName = "K";
    language = "k";
    argv = [ "/bin/k" ];
  };
  specOf = kernel: builtins.fromJSON kernel.attributes.spec;
  python = languages.python {
    name = "py";
    inherit environment;
    tools = [ mock.cacert ];
  };
in
{
  testFieldsOfAKernelspec = {
    expr = specOf (mkKernel minimal);
    expected = {
      argv = [ "/bin/k" ];
      display_name = "K";
      env = { };
      interrupt_mode = "signal";
      language = "k";
      metadata = { };
    };
  };
  # jupyter_client substitutes $ in env, so a literal one must be doubled.
  testDollarIsLiteral = {
    expr = (specOf (mkKernel (minimal // { env.PRICE = "5 $ or \${HOME}"; }))).env.PRICE;
    expected = "5 $$ or $\${HOME}";
  };
  testPathKeepsTheServers = {
    expr = (specOf (mkKernel (minimal // { path = [ mock.coreutils ]; }))).env.PATH;
    expected = "/mock/coreutils/bin:\${PATH}";
  };
  testRelativeProgramIsRefused.fails = mkKernel (minimal // { argv = [ "python" ]; });
  testNoProgramIsRefused.fails = mkKernel (minimal // { argv = [ ]; });
  testIllegalNameIsRefused.fails = mkKernel (minimal // { name = "../x"; });
  testUpperCaseNameIsRefused.fails = mkKernel (minimal // { name = "R"; });
  # jupyter_client replaces this name by that of its own Python's kernel, which isn't there.
  testNameThatJupyterReplacesIsRefused.fails = mkKernel (minimal // { name = "python"; });
  testIllegalInterruptModeIsRefused.fails = mkKernel (minimal // { interruptMode = "kill"; });
  testPythonIsAbsolute = {
    expr = builtins.head (specOf python).argv;
    expected = "/mock/environment/bin/python3.13";
  };
  # The 2015 pattern: nothing of another Python leaks in.
  testPythonPathIsEmpty = {
    expr = (specOf python).env.PYTHONPATH;
    expected = "";
  };
  testOwnProgramsComeFirst = {
    expr = (specOf python).env.PATH;
    expected = "/mock/environment/bin:/mock/cacert/bin:/mock/inside/bin:/mock/coreutils/bin:/mock/bash/bin:\${PATH}";
  };
  testRBringsItsKernel = {
    expr = map (package: package.name) (languages.r { name = "r"; }).environment.packages;
    expected = [ "irkernel" ];
  };
  testREnvironmentIsPassed = {
    expr = (specOf (languages.r { name = "r"; })).env.R_HOME;
    expected = "/mock/r";
  };
}
