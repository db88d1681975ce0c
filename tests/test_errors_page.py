"""The page of errors explains what the source can say, and nothing that it cannot say any more."""

import re

from tests.messages import messages, patterns
from tests.pages import ROOT

PAGE = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
KNOWN = patterns(PAGE)
SAID = [*messages()]
LEAST = 4  # letters; with fewer it would explain nearly everything


def test_every_message_is_explained():
    missing = [
        f"{place}: {text}"
        for place, text in SAID
        if not any(pattern.match(text) for pattern in KNOWN.values())
    ]
    told = "add them to a table of docs/errors.md, with what to do:\n" + "\n".join(missing)
    assert not missing, told


def test_nothing_is_explained_that_nobody_says():
    texts = [text for _, text in SAID]
    idle = [name for name, pattern in KNOWN.items() if not any(map(pattern.match, texts))]
    assert not idle, f"take them out of docs/errors.md: {idle}"


def test_a_pattern_says_something():
    assert [name for name in KNOWN if len(re.findall("[A-Za-z]", name)) < LEAST] == []


def test_few_patterns_explain_few_messages():
    most = max(sum(bool(pattern.match(text)) for _, text in SAID) for pattern in KNOWN.values())
    assert most < len(SAID) / 15
