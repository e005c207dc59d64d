let
  bytecode =
    {
      name,
      python,
      wheels,
    }:
    "${python}/${name}/${toString (map (wheel: wheel.pname) wheels)}";
  buckets = import ../../../nix/python/buckets.nix { inherit bytecode; };
  wheel = pname: size: {
    inherit pname size;
    name = "${pname}-1";
  };
  deal =
    wheels:
    buckets {
      python = "py";
      inherit wheels;
    };
in
{
  testBigWheelStandsAlone = {
    expr = deal [ (wheel "numpy" 1000000) ];
    expected.numpy = "py/numpy-1/numpy/numpy";
  };
  testSmallWheelGoesWhereItsNameSays = {
    expr = deal [ (wheel "idna" 999999) ];
    expected.idna = "py/bytecode-6/idna/idna";
  };
  testBucketIsSortedWhateverTheOrder = {
    expr = deal [
      (wheel "six" 1)
      (wheel "idna" 1)
    ];
    expected = deal [
      (wheel "idna" 1)
      (wheel "six" 1)
    ];
  };
  testAnotherWheelLeavesOtherBucketsAlone = {
    expr =
      (deal [
        (wheel "idna" 1)
        (wheel "six" 1)
        (wheel "numpy" 2000000)
      ]).idna;
    expected = (deal [ (wheel "idna" 1) ]).idna;
  };
  testNoWheels = {
    expr = deal [ ];
    expected = { };
  };
}
