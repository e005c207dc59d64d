{ runCommand }:

/**
  Byte-compile some unpacked wheels for one Python, in one process.

  The result holds `<pname>/<directory>/__pycache__/*.pyc` for each wheel.
  Starting Python costs as much as compiling a small wheel, so small wheels come
  several at a time (see `buckets.nix`), big ones alone.

  Directories called `tests` are left out: nobody imports them outside of the
  package's own test run, and they are a third of all files. What is imported
  from one all the same works, only slower.

  # Example

  ```nix
  bytecode {
    name = "bytecode-3";
    python = python313;
    wheels = [ attrs idna ];
  }
  ```

  # Type

  ```
  bytecode :: { name :: String; python :: Derivation; wheels :: [ Derivation ]; } -> Derivation
  ```

  # Arguments

  name
  : What the store path is called; the Python version is put before it.

  python
  : The interpreter; its version decides the format.

  wheels
  : Results of `wheel`, each with another `pname`.
*/
{
  name,
  python,
  wheels,
}:

runCommand "python${python.pythonVersion}-${name}"
  {
    script = ./bytecode.py;
    interpreter = "${python}/bin/python${python.pythonVersion}";
    trees = map (wheel: "${wheel.pname}=${wheel}") wheels;
    # -I would ignore the seed; -s, -S and -P keep the rest of it.
    PYTHONHASHSEED = "0";
  }
  ''
    # $trees is a list of words, and no word holds a blank.
    "$interpreter" -B -s -S -P -W ignore "$script" "$out" $trees
  ''
