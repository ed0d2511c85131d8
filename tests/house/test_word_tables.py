"""Texts of the interface by language: what a language lacks is English, and the gap can be listed."""

from digitize.machine.word_tables import list_languages, load_own_words, load_words, merge_tables


def list_missing_words(package, language, folder="words", prefix=""):
    """List the keys ("group.key") that English has and the language lacks."""
    own = set(_list_keys(load_own_words(package, language, folder, prefix)))
    return [key for key in _list_keys(load_own_words(package, "en", folder, prefix)) if key not in own]


def _list_keys(table, above=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _list_keys(value, f"{above}{key}.")
        else:
            yield f"{above}{key}"


def test_a_text_that_a_language_lacks_is_english():
    assert merge_tables({"a": "one", "g": {"b": "two", "c": "three"}}, {"g": {"b": "दो"}}) == {
        "a": "one",
        "g": {"b": "दो", "c": "three"},
    }


def test_a_language_without_a_file_is_english():
    assert load_words("digitize.serving", "xx") == load_own_words("digitize.serving", "en")


def test_files_with_a_prefix_are_no_languages_of_the_files_without_one():
    assert list_languages("digitize.serving") == ("en", "hi")
    assert list_languages("digitize.serving", prefix="services_") == ("en", "hi")


def test_hindi_has_all_texts_of_the_station():
    assert list_missing_words("digitize.review.station", "hi") == []
