/**
  The name in a list that is nearest to a misspelt one, or null where none is near.

  # Example

  ```nix
  nearest "displayNme" [ "displayName" "name" ]
  => "displayName"
  ```

  # Type

  ```
  nearest :: String -> [String] -> String | Null
  ```
*/
let
  inherit (builtins)
    elemAt
    filter
    foldl'
    genList
    head
    length
    sort
    stringLength
    substring
    ;

  characters = text: genList (i: substring i 1 text) (stringLength text);
  last = list: elemAt list (length list - 1);
  least = a: b: if a < b then a else b;

  # Levenshtein's distance, row by row.
  distance =
    left: right:
    let
      columns = characters right;
      first = genList (i: i) (length columns + 1);
      next =
        row: character:
        foldl' (
          done: i:
          let
            changed = elemAt row i + (if elemAt columns i == character then 0 else 1);
          in
          done ++ [ (least changed (least (elemAt row (i + 1)) (last done) + 1)) ]
        ) [ (head row + 1) ] (genList (i: i) (length columns));
    in
    last (foldl' next first (characters left));
in
name: known:
let
  near = sort (a: b: a.distance < b.distance) (
    filter (candidate: candidate.distance * 2 <= stringLength name + 1) (
      map (candidate: {
        inherit candidate;
        distance = distance name candidate;
      }) known
    )
  );
in
if near == [ ] then null else (head near).candidate
