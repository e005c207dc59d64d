/**
  A Python environment that builds nothing, for the tests of kernels and configurations.
*/
{
  name = "environment";
  type = "derivation";
  outPath = "/mock/environment";
  pythonVersion = "3.13";
}
