"""Filled pages of the IIF-I in Marathi, Gujarati, Punjabi, Assamese and Urdu, read by the program itself."""

import pytest
from language_pages import MARKS, check_reading

pytestmark = MARKS


@pytest.mark.parametrize("language", ("mr", "gu", "pa", "as", "ur"))
def test_the_form_is_known_its_zones_found_and_sure_items_read(digitize, language, tmp_path):
    check_reading(digitize, language, tmp_path)
