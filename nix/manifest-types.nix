/**
  What is wrong with the type of a manifest's value, or null. A key's name means the same in every table.

  # Example

  ```nix
  wrongType "[kernels.a]" "packages" "numpy"
  => "jupyter.toml: packages in [kernels.a] must be a list of texts, as in packages = [\"…\"], not a text"
  ```

  # Type

  ```
  wrongType :: String -> String -> Any -> String | Null
  ```
*/
let
  inherit (builtins)
    all
    attrValues
    elem
    filter
    head
    isAttrs
    isInt
    isList
    isString
    ;

  # In the words of TOML.
  kindOf =
    value:
    {
      list = "a list";
      set = "a table";
      string = "a text";
    }
    .${builtins.typeOf value} or (import ./kind-of.nix value);
  strange = values: head (filter (value: !isString value) values);

  texts = {
    keys = [
      "argv"
      "build-requires"
      "build-tools"
      "compare"
      "constraints"
      "missing-libraries"
      "notebooks"
      "packages"
      "sdists"
      "systems"
      "tools"
    ];
    expected = key: "a list of texts, as in ${key} = [\"…\"]";
    check = value: isList value && all isString value;
    inside = value: if isList value then " with ${kindOf (strange value)} in it" else "";
  };
  text = {
    keys = [
      "base"
      "compression"
      "created"
      "display-name"
      "interrupt-mode"
      "language"
      "name"
      "python"
      "tag"
      "user"
    ];
    expected = key: "a text in quotes, as in ${key} = \"…\"";
    check = isString;
    inside = _: "";
  };
  variables = {
    keys = [
      "env"
      "extra-paths"
      "labels"
    ];
    expected = key: "a table of texts, as in ${key}.NAME = \"…\"";
    check = value: isAttrs value && all isString (attrValues value);
    inside = value: if isAttrs value then " with ${kindOf (strange (attrValues value))} in it" else "";
  };
  table = {
    keys = [
      "metadata"
      "overrides"
      "settings"
    ];
    expected = key: "a table, as in ${key}.\"…\" = …";
    check = isAttrs;
    inside = _: "";
  };
  flag = {
    keys = [
      "hub"
      "package-tests"
    ];
    expected = key: "true or false, as in ${key} = true";
    check = builtins.isBool;
    inside = _: "";
  };
  number = {
    keys = [
      "max-layers"
      "timeout"
    ];
    expected = key: "a whole number, as in ${key} = 100";
    check = isInt;
    inside = _: "";
  };
  numbers = {
    keys = [ "ports" ];
    expected = key: "a list of whole numbers, as in ${key} = [8050]";
    check = value: isList value && all isInt value;
    inside = _: "";
  };
in
where: key: value:
let
  wrong = filter (type: elem key type.keys && !type.check value) [
    texts
    text
    variables
    table
    flag
    number
    numbers
  ];
  type = head wrong;
in
if wrong == [ ] then
  null
else
  "jupyter.toml: ${key} in ${where} must be ${type.expected key}, not ${kindOf value}${type.inside value}"
