"""The diagram shows each bin where it belongs."""

import xml.etree.ElementTree as ET

from tests.bench.reliability_diagram import MARGIN, SIDE, SIZE, diagram

SVG = "{http://www.w3.org/2000/svg}"


def test_a_bin_that_tells_the_truth_lies_on_the_line() -> None:
    root = ET.fromstring(diagram([(0.25, 0.25, 300), (0.5, 1.0, 3)], 3))  # noqa: S314  # made above
    true, better = root.findall(f"{SVG}circle")
    assert float(true.get("cx", "")) - MARGIN == SIZE - MARGIN - float(true.get("cy", "")) == SIDE / 4
    assert (float(better.get("cx", "")), float(better.get("cy", ""))) == (SIZE / 2, MARGIN)
    assert [mark.findtext(f"{SVG}title") for mark in (true, better)] == ["100", "1"]
