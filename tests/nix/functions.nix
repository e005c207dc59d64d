let
  mock = import ./mock.nix;
  functions = import ../../nix/scope.nix { base = mock; };
  environment = import ./mock-environment.nix // {
    wheels = [
      {
        pname = "ipykernel";
        version = "7.10.0";
      }
    ];
  };
  config = functions.mkJupyterConfig {
    inherit environment;
    kernels = [ from ];
  };
  from = functions.mkKernelFrom {
    name = "graph";
    package = mock.cacert;
    kernelspec = "share/jupyter/kernels/graph";
  };
  jupyter = functions.mkJupyter { inherit environment config; };
  # derivation takes what Nix knows: the mock's paths are plain strings.
  shell = functions.mkShell {
    inherit jupyter;
    tools = [ mock.tini ];
    env.GREETING = "it's";
  };
  checks =
    more:
    functions.mkChecks (
      {
        inherit jupyter;
        src = ./projects/agrees;
      }
      // more
    );
  editable = functions.mkEditable {
    name = "my-lib";
    version = "1.0";
    project = {
      name = "My.Lib";
      requires-python = ">=3.11";
      dependencies = [ "a<2" ];
      optional-dependencies.x = [
        "b"
        "c; python_version > '3'"
      ];
      scripts.hello = "my_lib:main";
      entry-points.group.point = "my_lib:point";
    };
    directories = [
      "libs/my/src"
      "."
    ];
  };
in
{
  testEditableKnowsNoMachine = {
    expr = editable.attributes.code;
    expected = "import os, sys; root = os.environ.get(\"JUPYFLAKE_PROJECT\"); root and sys.path.extend([root + \"/libs/my/src\", root + \"\"])\n";
  };
  testEditableHasMetadata = {
    expr = editable.attributes.metadata;
    expected = ''
      Metadata-Version: 2.1
      Name: My.Lib
      Version: 1.0
      Requires-Python: >=3.11
      Requires-Dist: a<2
      Provides-Extra: x
      Requires-Dist: b; extra == "x"
      Requires-Dist: c; ( python_version > '3') and extra == "x"
    '';
  };
  testEditableHasEntryPoints = {
    expr = editable.attributes.entryPoints;
    expected = ''
      [console_scripts]
      hello = my_lib:main

      [group]
      point = my_lib:point
    '';
  };
  testShellsProgramsComeBeforeTheUsers = {
    expr = shell.activate.attributes.path;
    expected = "/mock/jupyter/bin:/mock/tini/bin";
  };
  testShellsVariablesAreQuoted = {
    expr = builtins.match ".*export GREETING='it'\\\\''s'.*" shell.activate.attributes.exports != null;
    expected = true;
  };
  testShellIsWhatNixDevelopSources = {
    expr = [
      shell.shellHook
      shell.builder
    ];
    expected = [
      ". \"$activate\""
      "/mock/bash/bin/bash"
    ];
  };

  testKernelOfAPackage = {
    expr = [
      from.kernelName
      from.environment.name
      from.attributes.kernelspec
    ];
    expected = [
      "graph"
      "cacert"
      "share/jupyter/kernels/graph"
    ];
  };
  testKernelOfAPackageNeedsALegalName.fails = functions.mkKernelFrom {
    name = "A B";
    package = mock.cacert;
  };

  # By version, not by text: 7.10 is after 7.4.
  testWheelIsAtLeast = {
    expr = map (version: functions.wheelIsAtLeast "ipykernel" version environment) [
      "7.4"
      "7.10.0"
      "7.11"
    ];
    expected = [
      true
      true
      false
    ];
  };
  testWheelThatIsNotThere = {
    expr = functions.wheelIsAtLeast "numpy" "1" environment;
    expected = false;
  };

  testAllChecksAreThere = {
    expr = builtins.attrNames (checks { });
    expected = [
      "config"
      "kernels"
      "notebooks"
    ];
  };
  testChecksAreTheServers = {
    expr = (checks { }).kernels.attributes.python;
    expected = "/mock/environment/bin/python3";
  };
  testNotebooksArePassedAsTheyAreListed = {
    expr = builtins.fromJSON (checks { notebooks = [ "b c.ipynb" "a.ipynb" ]; }).notebooks.attributes.notebooks;
    expected = [
      "b c.ipynb"
      "a.ipynb"
    ];
  };
  testComparingWhatIsNotExecutedIsRefused.fails = (checks { compare = [ "a.ipynb" ]; }).notebooks;

  testDistance = {
    expr = map (import ../../nix/nearest.nix "displayNme") [
      [
        "name"
        "displayName"
      ]
      [ "argv" ]
      [ ]
    ];
    expected = [
      "displayName"
      null
      null
    ];
  };
}
