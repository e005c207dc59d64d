let
  mock = import ./mock.nix;
  environment = import ./mock-environment.nix;
  functions = import ../../nix/scope.nix { base = mock; };
  kernel =
    name:
    functions.mkKernel {
      inherit name;
      displayName = name;
      language = "k";
      argv = [ "/bin/k" ];
    };
  configWith =
    arguments:
    functions.mkJupyterConfig (
      {
        inherit environment;
        kernels = [
          (kernel "a")
          (kernel "b")
        ];
      }
      // arguments
    );
  common = config: builtins.fromJSON config.attributes.common;
  server = config: builtins.fromJSON config.attributes.server;
in
{
  testOnlyTheManifestsKernelsShow = {
    expr = (common (configWith { })).KernelSpecManager;
    expected = {
      allowed_kernelspecs = [
        "a"
        "b"
      ];
      ensure_native_kernel = false;
    };
  };
  testFirstKernelIsTheDefault = {
    expr = (common (configWith { })).MultiKernelManager.default_kernel_name;
    expected = "a";
  };
  testDottedSettingAndTableAreTheSame = {
    expr = server (configWith { settings."ServerApp.root_dir" = "notebooks"; });
    expected = server (configWith { settings.ServerApp.root_dir = "notebooks"; });
  };
  testSettingKeepsItsType = {
    expr = (server (configWith { settings."ServerApp.port" = 9000; })).ServerApp.port;
    expected = 9000;
  };
  testSettingJoinsTheDefaults = {
    expr = (server (configWith { settings."LabApp.news_url" = "x"; })).LabApp;
    expected = {
      check_for_updates_class = "jupyterlab.NeverCheckForUpdate";
      extension_manager = "readonly";
      news_url = "x";
    };
  };
  testSettingWithoutAClassIsRefused.fails = (configWith { settings.root_dir = "x"; }).attributes.server;
  # What their packages have for the browser is looked for there.
  testEnvironmentsOfKernelsAreLookedInto = {
    expr =
      (configWith {
        kernels = [
          (kernel "a" // { inherit environment; })
          (kernel "b" // { inherit environment; })
          (kernel "c")
        ];
      }).attributes.environments;
    expected = [ "/mock/environment" ];
  };
  testNoKernelIsRefused.fails = configWith { kernels = [ ]; };
  testOneNameTwiceIsRefused.fails = configWith {
    kernels = [
      (kernel "a")
      (kernel "a")
    ];
  };
}
