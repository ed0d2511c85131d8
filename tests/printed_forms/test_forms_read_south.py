"""Filled pages of the IIF-I in Dravidian languages and Odia, read by the program itself."""

import pytest
from language_pages import MARKS, check_reading

pytestmark = MARKS


@pytest.mark.parametrize("language", ("te", "kn", "ml", "or"))
def test_the_form_is_known_its_zones_found_and_sure_items_read(digitize, language, tmp_path):
    check_reading(digitize, language, tmp_path)
