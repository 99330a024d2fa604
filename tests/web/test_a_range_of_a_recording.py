"""Which bytes a player asks for (RFC 9110, section 14): what is understood, what is passed over, what is refused."""
import pytest

from consult import api as consult
from web.playing import part_of


@pytest.mark.parametrize("header, part", [
    ("bytes=0-", (0, 100)), ("bytes=0-0", (0, 1)), ("bytes=10-19", (10, 20)), ("bytes=90-500", (90, 100)),
    ("bytes=-10", (90, 100)), ("bytes=-500", (0, 100)), ("bytes=99-", (99, 100)),
])
def test_one_range_is_understood(header, part):
    assert part_of(header, 100) == part


@pytest.mark.parametrize("header", ["", "bytes=-", "bytes=20-10", "bytes=1-2,4-5", "items=1-2", "bytes=a-b",
                                    "bytes=0-99999999999999999999"])
def test_what_makes_no_sense_is_passed_over(header):
    assert part_of(header, 100) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=500-600", "bytes=-0"])
def test_bytes_that_are_not_there_are_refused(header):
    with pytest.raises(consult.RangeNotThere):
        part_of(header, 100)
