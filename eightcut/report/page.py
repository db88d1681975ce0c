"""One self-contained HTML page: no network, no scripts, everything escaped.

The same values give the same bytes.
"""

import base64
import io
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("eightcut.report", "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, **values: Any) -> str:
    """Fill a template of ``report/templates`` with values; text in them is escaped.

    Raises:
        jinja2.UndefinedError: the template asks for a value that was not given.
    """
    return _TEMPLATES.get_template(template).render(**values)


def picture(axes: "Axes", description: str) -> Markup:
    """A plot as an inline image that a screen reader can describe."""
    content = io.BytesIO()
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("these axes are in no figure")
    figure.savefig(content, format="png", dpi=110, metadata={"Software": None})
    data = base64.b64encode(content.getvalue()).decode()
    return Markup('<img alt="{}" src="data:image/png;base64,{}">').format(description, data)
