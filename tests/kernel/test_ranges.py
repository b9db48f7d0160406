"""A Range header means what RFC 9110 says, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carestation.kernel.ranges import Span, UnsatisfiableRangeError, span_of

SIZES = st.integers(1, 1000)
PLACES = st.integers(0, 1200)


@given(PLACES, PLACES, SIZES)
def test_first_and_last_are_both_meant(first: int, last: int, size: int) -> None:
    asked, data = f"bytes={first}-{last}", bytes(size % 256 for _ in range(size))
    if last < first:
        assert span_of(asked, size) == Span(start=0, stop=size, is_part=False)
    elif first >= size:
        with pytest.raises(UnsatisfiableRangeError):
            span_of(asked, size)
    else:
        span = span_of(asked, size)
        assert data[span.start : span.stop] == data[first : last + 1]
        assert span.length == len(data[first : last + 1])


@given(PLACES, SIZES)
def test_an_open_end_is_the_end(first: int, size: int) -> None:
    if first >= size:
        with pytest.raises(UnsatisfiableRangeError):
            span_of(f"bytes={first}-", size)
    else:
        assert span_of(f"bytes={first}-", size) == Span(start=first, stop=size, is_part=True)


@given(st.integers(1, 1200), SIZES)
def test_a_suffix_is_the_last_of_it(length: int, size: int) -> None:
    span = span_of(f"bytes=-{length}", size)

    assert (span.stop, span.length) == (size, min(length, size))


def test_the_last_none_bytes_do_not_exist() -> None:
    with pytest.raises(UnsatisfiableRangeError):
        span_of("bytes=-0", 10)


@given(st.text(max_size=30))
def test_nonsense_is_the_whole_or_a_part_and_never_more(asked: str) -> None:
    span = span_of(asked, 10)

    assert 0 <= span.start < span.stop <= 10


@given(st.text(alphabet="0123456789-, =bytes", max_size=30))
def test_what_looks_like_a_range_never_reaches_past_the_end(rest: str) -> None:
    try:
        span = span_of(f"bytes={rest}", 10)
    except UnsatisfiableRangeError:
        return
    assert 0 <= span.start < span.stop <= 10
