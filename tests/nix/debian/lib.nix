let
  lib = import ../../../nix/debian/lib.nix;
in
{
  testUniqueKeepsTheFirst = {
    expr = lib.unique [
      "b"
      "a"
      "b"
    ];
    expected = [
      "b"
      "a"
    ];
  };

  testEscapeShellArg = {
    expr = map lib.escapeShellArg [
      "plain-1.0/x"
      "it's"
      "a b"
      ""
      1
    ];
    expected = [
      "plain-1.0/x"
      "'it'\\''s'"
      "'a b'"
      "''"
      "1"
    ];
  };

  testHasInfixTakesNoRegularExpression = {
    expr = [
      (lib.hasInfix "a.c" "abc")
      (lib.hasInfix "a.c" "xa.cx")
    ];
    expected = [
      false
      true
    ];
  };

  testPrefixAndSuffix = {
    expr = [
      (lib.removePrefix "lib" "libz")
      (lib.removeSuffix ".deb" "x.deb")
      (lib.removeSuffix ".deb" "x")
      (lib.hasSuffix "long" "g")
    ];
    expected = [
      "z"
      "x"
      "x"
      false
    ];
  };

  testRecursiveUpdate = {
    expr = lib.recursiveUpdate {
      a.b = 1;
      a.c = 2;
    } { a.c = 3; };
    expected = {
      a.b = 1;
      a.c = 3;
    };
  };

  testSplitString = {
    expr = lib.splitString "." "a..b";
    expected = [
      "a"
      ""
      "b"
    ];
  };

  testGroupBy = {
    expr = lib.groupBy (n: if n > 1 then "big" else "small") [
      1
      2
      3
    ];
    expected = {
      big = [
        2
        3
      ];
      small = [ 1 ];
    };
  };

  testStoreNameReplacesWhatNixRefuses = {
    expr = map lib.storeName [
      "libc6_2.41-12+deb13u5~1.deb"
      "busybox-static_1%3a1.37:x"
      ".hidden"
    ];
    expected = [
      "libc6_2.41-12+deb13u5-1.deb"
      "busybox-static_1-3a1.37-x"
      "_hidden"
    ];
  };

  testCallPackageFillsAndOverrides = {
    expr = lib.callPackageWith {
      a = 1;
      b = 2;
    } ({ a, b, c ? 3 }: [ a b c ]) { b = 4; };
    expected = [
      1
      4
      3
    ];
  };
}
