"""What must hold before a key or the pointer is used; a busy machine is slow to get there.

A key that is pressed while the focus is elsewhere goes to JupyterLab, and one that finds the
widget of the test before goes nowhere.
"""

from tests.browser.lab import until

VIEWPORT = {"width": 1280, "height": 1000}
LIGHT = "JupyterLab Light"
MODIFIERS = ("Shift", "Control", "Alt", "Meta")
SPLASH = "#jupyterlab-splash"
EMPTY = "document.querySelector('.t-host')?.childElementCount === 0"
OLD = """() => {
  const shown = document.querySelectorAll(".ec-view, .ec-panel");
  for (const old of shown) old.dataset.old = "";
  return shown.length;
}"""
PLACED = """(selector) => new Promise((done) => {
  let before = "", same = 0;
  const look = () => {
    const box = document.querySelector(selector)?.getBoundingClientRect();
    const now = box ? [box.x, box.y, box.width, box.height].join() : "";
    same = now && now === before ? same + 1 : 0;
    before = now;
    same < 3 ? requestAnimationFrame(look) : done();
  };
  look();
})"""


def focus(page, selector, place=0):
    """Put the focus there, and see that it is."""
    target = page.locator(selector).nth(place)

    def has_it():
        target.focus()
        return target.evaluate("(element) => element === document.activeElement")

    until(has_it, f"{selector} has the focus")


def steady(page, selector):
    """In sight, and where it stays: what a test knows of its place holds."""
    page.locator(selector).first.scroll_into_view_if_needed()
    page.evaluate(PLACED, selector)


def emptied(page):
    """Nothing that was shown before can be found any more."""
    page.wait_for_function(EMPTY)


def at_rest(page):
    """The page as every test finds it, whatever the one before left: also one that failed."""
    page.mouse.up()
    for key in MODIFIERS:
        page.keyboard.up(key)
    if page.viewport_size != VIEWPORT:
        page.set_viewport_size(VIEWPORT)
    if page.evaluate("document.body.dataset.jpThemeName") != LIGHT:
        use_theme(page, LIGHT)
    page.mouse.move(0, 0)
    emptied(page)


def use_theme(page, theme):
    change = "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
    page.wait_for_selector(SPLASH, state="detached")  # else the change fails
    page.evaluate(change, theme)
    page.wait_for_function(f"document.body.dataset.jpThemeName === '{theme}'")
    page.wait_for_selector(SPLASH, state="detached")


def run_again(page):
    """Run all cells of the notebook; what they had shown before is gone from the page."""
    assert page.evaluate(OLD), "nothing was shown before"
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function("!document.querySelector('[data-old]')")
