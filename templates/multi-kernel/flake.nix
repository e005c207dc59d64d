{
  description = "A Jupyter environment by jupyflake";

  inputs.jupyflake.url = "path:/path/to/jupyflake";
  inputs.nixpkgs.follows = "jupyflake";

  outputs = { jupyflake, ... }: jupyflake.lib.mkFlake { src = ./.; };
}
