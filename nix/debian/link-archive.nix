/**
  A tar archive that holds one symbolic link, as text: base64 in uuencode's frame, which Nix'
  unpacker reads. Nix strings have no NUL bytes, so the archive can't be written as it is.

  # Example

  ```nix
  linkArchive { name = "x"; target = "/somewhere"; }
  => "begin-base64 644 link.tar\neAAA…\n====\n"
  ```
*/
{ lib }:
{ name, target }:
let
  # Bytes as numbers. Paths of a store have no characters but these.
  printable = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
  codes = lib.listToAttrs (
    lib.imap0 (i: character: lib.nameValuePair character (i + 32)) (lib.stringToCharacters printable)
  );
  bytes = text: map (character: codes.${character}) (lib.stringToCharacters text);
  zeros = count: lib.genList (_: 0) count;

  field =
    width: text:
    let
      content = bytes text;
    in
    if lib.length content >= width then
      throw "${text} is too long for a link in an archive (${toString (width - 1)} characters)"
    else
      content ++ zeros (width - lib.length content);

  octal =
    digits: number:
    if digits == 0 then
      ""
    else
      octal (digits - 1) (number / 8) + toString (number - number / 8 * 8);

  # The header of the ustar format: name, mode, owner, group, size, time, checksum, type "link",
  # target, magic.
  header =
    checksum:
    field 100 name
    ++ field 8 "0000777"
    ++ field 8 "0000000"
    ++ field 8 "0000000"
    ++ field 12 "00000000000"
    ++ field 12 "00000000001"
    ++ checksum
    ++ bytes "2"
    ++ field 100 target
    ++ field 6 "ustar"
    ++ bytes "00"
    ++ zeros 247;

  # The checksum counts itself as eight spaces.
  sum = lib.foldl' (a: b: a + b) 0 (header (bytes "        "));
  archive = header (field 7 (octal 6 sum) ++ bytes " ") ++ zeros 1024;

  digits = lib.stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  digit = number: lib.elemAt digits (builtins.bitAnd number 63);
  group =
    i:
    let
      at = offset: lib.elemAt archive (i * 3 + offset);
      number = (at 0) * 65536 + (at 1) * 256 + at 2;
    in
    digit (number / 262144) + digit (number / 4096) + digit (number / 64) + digit number;

  # Both 1536 bytes and 512 groups divide evenly, so there is no rest to pad.
  line = i: lib.concatStrings (lib.genList (j: group (i * 16 + j)) 16);
in
"begin-base64 644 link.tar\n" + lib.concatLines (lib.genList line 32) + "====\n"
