from pathlib import Path
from typing import Any

import pytest

from dictionary import editions
from dictionary.schema import Edition, load

SMALL = Path(__file__).parent / "small"


@pytest.fixture
def document() -> dict[str, Any]:
    """A fresh copy of the small edition's document, to be spoiled at will."""
    return editions.read_folder(SMALL)


@pytest.fixture
def edition(document: dict[str, Any]) -> Edition:
    return load(document)
