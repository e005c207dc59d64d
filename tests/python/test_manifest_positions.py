"""Where keys and values of a TOML text stand."""

from __future__ import annotations

from jupyflake.manifest.positions import scan


def test_lines_and_columns() -> None:
    """Keys, values, elements, and the nearest place for what is not there."""
    text = '# é\r\n[kernels.r]\r\npackages = [\r\n  "a", # b\r\n  "c",\r\n]\r\nenv = { A = "é", B = 1 }\r\n'
    source = scan(text)
    assert source.locate(("kernels", "r"), key=True) == (2, 10)
    assert source.locate(("kernels", "r", "packages", 1)) == (5, 3)
    assert source.locate(("kernels", "r", "env", "B"), key=True) == (7, 18)
    assert source.locate(("kernels", "r", "env", "B")) == (7, 22)
    assert source.locate(("kernels", "r", "missing")) == (2, 10)
    assert source.locate(("nothing",)) == (1, 1)
