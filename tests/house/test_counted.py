"""One is no plural."""

import pytest

from digitize.machine.text import pluralize


@pytest.mark.parametrize(
    ("n", "said"),
    [(0, ("0 pages", "0 batches", "0 pages wait")), (1, ("1 page", "1 batch", "1 page waits")),
     (2, ("2 pages", "2 batches", "2 pages wait"))],
)  # fmt: skip
def test_one_is_no_plural(n, said):
    assert (pluralize(n, "page"), pluralize(n, "batch"), pluralize(n, "page waits", "pages wait")) == said
