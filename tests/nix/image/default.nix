# What mkImage and dockerTools decide before anything is built; ../default.nix runs these.
let
  inherit (builtins)
    attrNames
    elem
    filter
    fromJSON
    head
    match
    ;

  mock = import ../mock.nix;
  package = name: {
    inherit name;
    type = "derivation";
    outPath = "/mock/${name}";
  };

  # A base whose dockerTools give back what they are asked for.
  base = mock // {
    base = "debian/trixie";
    busybox = package "busybox";
    locales = package "locales";
    terminfo = package "terminfo";
    tini = package "tini";
    tzdata = package "tzdata";
    dockerTools.buildLayeredImage = arguments: arguments;
  };
  functions = import ../../../nix/scope.nix { inherit base; };
  config = functions.mkJupyterConfig {
    environment = import ../mock-environment.nix;
    kernels = [ kernel ];
  };
  kernel = functions.mkKernel {
    name = "k";
    displayName = "K";
    language = "k";
    argv = [ "/bin/k" ];
  };
  jupyter = functions.mkJupyter {
    environment = import ../mock-environment.nix;
    inherit config;
  };
  imageWith =
    arguments:
    functions.mkImage (
      {
        inherit config jupyter;
        name = "demo";
      }
      // arguments
    );
  valueOf =
    name: image: head (head (filter (found: found != null) (map (match "${name}=(.*)") image.config.Env)));

  tools = import ../../../nix/debian/docker-tools {
    inherit (mock) lib writeText runCommand;
    busybox = package "busybox";
    getDeb = package;
    pythonVersion = "3.13";
    stdenv.hostPlatform.system = "aarch64-linux";
    writeTextFile = { name, text, ... }: package name // { inherit text; };
  };
  stream = arguments: tools.streamLayeredImage ({ name = "demo"; } // arguments);
  specOf = image: fromJSON image.plan.attributes.spec.text;
in
{
  testUserIsNumbers = {
    expr = (imageWith { user = "ada"; }).config.User;
    expected = "1000:100";
  };
  testUsersNameIsItsHome = {
    expr =
      let
        image = imageWith { user = "ada"; };
      in
      [
        image.config.WorkingDir
        (valueOf "HOME" image)
        (image.files ? "/home/ada/work")
      ];
    expected = [
      "/home/ada"
      "/home/ada"
      true
    ];
  };
  testRootIsNoUser.fails = imageWith { user = "root"; };
  testUsersNameWithASpaceIsRefused.fails = imageWith { user = "a b"; };
  testServersAddressIsThatOf2015 = {
    expr = valueOf "JUPYTER_NOTEBOOK_IP" (imageWith { });
    expected = "*";
  };
  testConfigurationIsFound = {
    expr = valueOf "JUPYTER_CONFIG_PATH" (imageWith { });
    expected = "${config}/etc/jupyter";
  };
  testVariablesAreAddedAsTheyAre = {
    expr = elem ''MOTTO=a "b" $HOME'' (imageWith { env.MOTTO = ''a "b" $HOME''; }).config.Env;
    expected = true;
  };
  testVariablesWin = {
    expr = valueOf "LANG" (imageWith { env.LANG = "fi_FI.UTF-8"; });
    expected = "fi_FI.UTF-8";
  };
  testVariableThatIsNoTextIsRefused.fails = imageWith { env.OMP_NUM_THREADS = 2; };
  testVariableWithAnIllegalNameIsRefused.fails = imageWith { env."A=B" = "c"; };
  testLabelsJoinTheDefaults = {
    expr = (imageWith { labels.a = "b"; }).config.Labels;
    expected = {
      a = "b";
      "org.opencontainers.image.created" = "1970-01-01T00:00:01Z";
      "org.opencontainers.image.title" = "demo";
      "org.opencontainers.image.version" = "latest";
    };
  };
  testPortsJoinJupyters = {
    expr = attrNames (imageWith { ports = [ 8050 ]; }).config.ExposedPorts;
    expected = [
      "8050/tcp"
      "8888/tcp"
    ];
  };
  testPortThatIsNoNumberIsRefused.fails = imageWith { ports = [ "8050" ]; };
  testPortThatIsTooHighIsRefused.fails = imageWith { ports = [ 65536 ]; };
  testExtraPathsAreLinks = {
    expr = (imageWith { extraPaths."/srv/course" = package "course"; }).files."/srv/course".link.name;
    expected = "course";
  };
  testExtraPathOfTheImagesOwnIsRefused.fails = imageWith { extraPaths."/etc/passwd" = package "x"; };
  testExtraPathWithStepsIsRefused.fails = imageWith { extraPaths."/srv/../etc" = package "x"; };
  testExtraPathThatIsRelativeIsRefused.fails = imageWith { extraPaths.course = package "x"; };
  testCompressionAndLayersReachDockerTools = {
    expr =
      let
        image = imageWith {
          compression = "gzip";
          maxLayers = 20;
        };
      in
      [
        image.compression
        image.maxLayers
      ];
    expected = [
      "gzip"
      20
    ];
  };
  testKernelsAreAtTheSystemsPlaceToo = {
    expr = (imageWith { kernels = [ kernel ]; }).files."/usr/share/jupyter/kernels/k".link;
    expected = kernel;
  };
  testToolsComeFirst = {
    expr = head (imageWith { tools = [ (package "git") ]; }).files."/usr/bin".links;
    expected = "/mock/git/bin";
  };

  testArchitectureIsTheTargets = {
    expr = (specOf (stream { })).architecture;
    expected = "arm64";
  };
  testStreamKnowsItsName = {
    expr = [
      (stream { tag = "1.0"; }).imageName
      (stream { tag = "1.0"; }).imageTag
    ];
    expected = [
      "demo"
      "1.0"
    ];
  };
  testNameWithARegistryIsAllowed = {
    expr = (stream { name = "registry.example:5000/team/demo"; }).imageName;
    expected = "registry.example:5000/team/demo";
  };
  testNameInCapitalsIsRefused.fails = stream { name = "Demo"; };
  testTagWithAColonIsRefused.fails = stream { tag = "a:b"; };
  testNowIsRefused.fails = stream { created = "now"; };
  testUnknownCompressionIsRefused.fails = stream { compression = "xz"; };
  testZstdIsTheSuites = {
    expr = match ".*/mock/zstd/bin/zstd.*" (stream { compression = "zstd"; }).plan.script != null;
    expected = true;
  };
  testTooManyLayersAreRefused.fails = stream { maxLayers = 126; };
}
