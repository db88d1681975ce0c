"""What counts as a problem of a page: everything but what is known to be harmless."""

import pytest

from tests.browser.conftest import HARMLESS, is_harmless, watched
from tests.browser.lab import until

SLOW = "[anywidget] Failed to initialize model."
COMPLAIN = """(text) => {
  Promise.reject(new Error(text));
  console.error(text);
  console.error(new Error(text));
}"""


@pytest.fixture
def page(chromium):
    page = watched(chromium.new_page())
    yield page
    page.close()


def test_a_slow_start_is_harmless_however_the_page_says_it(page):
    page.evaluate(COMPLAIN, SLOW)
    page.evaluate(COMPLAIN, "the last one")
    until(lambda: not page.title() and len(page.problems) == 3, "the page is heard")
    assert ["the last one" in problem for problem in page.problems] == [True] * 3


@pytest.mark.parametrize("prefix", ["", "Error: ", "Uncaught Error: ", "Uncaught (in promise) "])
def test_a_prefix_of_the_browser_changes_nothing(prefix):
    assert all(is_harmless(prefix + text) for text in HARMLESS)
    assert not is_harmless(f"{prefix}TypeError: {SLOW} is no function")
    assert not is_harmless(f"{prefix}what of {SLOW}")
