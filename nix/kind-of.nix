/**
  What a value is, in the words of a message.

  # Example

  ```nix
  kindOf 5
  => "a number"
  ```
*/
value:
{
  bool = "true or false";
  float = "a number";
  int = "a number";
  lambda = "a function";
  list = "a list";
  null = "null";
  path = "a path";
  set = if value ? outPath then "a package" else "an attribute set";
  string = "a string";
}
.${builtins.typeOf value}
