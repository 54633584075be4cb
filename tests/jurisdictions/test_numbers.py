"""One is said as one, and long numbers can be read."""

import pytest

from jurisdictions.numbers import number_of


@pytest.mark.parametrize(
    ("count", "words", "said"),
    [
        (0, ["review"], "0 reviews"),
        (1, ["review"], "1 review"),
        (2, ["review"], "2 reviews"),
        (1, ["entry", "entries"], "1 entry"),
        (1200, ["entry", "entries"], "1,200 entries"),
        (1, ["mail is", "mails are"], "1 mail is"),
    ],
)
def test_a_number_takes_the_word_that_fits_it(count: int, words: list[str], said: str) -> None:
    assert number_of(count, *words) == said
