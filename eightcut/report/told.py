"""A result in a notebook: what it comes to in words, and its rows behind a click."""

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def told(text: str, table: "pd.DataFrame", what: str = "rows") -> str:
    """HTML of a text and a folded table, with every name in it escaped."""
    words = "<br>".join(html.escape(line) for line in text.splitlines())
    if table.empty:
        return f"<p>{words}</p>"
    rows = table.astype(object).where(table.notna(), "").to_html(index=False, escape=True)
    return f"<p>{words}</p><details><summary>{len(table)} {what}</summary>{rows}</details>"
