"""Walking by keyboard: every stop on the way shows its focus and stands in view."""

STOP = """(asked => {
  const here = document.activeElement;
  const box = here.getBoundingClientRect();
  const seen = getComputedStyle(here);
  return {
    arrived: here.matches(asked),
    away: here === document.body,
    ring: parseFloat(seen.outlineWidth) >= 2 && seen.outlineStyle !== "none",
    shown: box.bottom > 0 && box.top < innerHeight,
    words: here.tagName + " " + (here.id || here.name || here.innerText || ""),
  };
})"""
MOST_STOPS = 90


def tab_to(page, selector, *, key="Tab"):
    """Press Tab, or Shift+Tab, until what a selector names has the focus."""
    page.wait_for_load_state()
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        stop = page.evaluate(STOP, selector)
        if stop["away"]:  # in the browser's own frame, between the end and the start
            continue
        assert stop["shown"], f"{page.url}: {stop['words']} has the focus out of view."
        assert stop["ring"], f"{page.url}: {stop['words']} does not show its focus."
        if stop["arrived"]:
            return
    raise AssertionError(f"{page.url}: {key} does not reach {selector}.")


def is_led_to_the_problem(page, words, selector):
    """Hold that the summary of the problems has the focus, and leads to the field."""
    page.locator("#errors:focus").wait_for()
    assert page.title().startswith("Error: ")
    assert words in page.inner_text("#errors")
    if selector:
        tab_to(page, f"#errors a[href='{selector}']")
        page.keyboard.press("Enter")
        page.wait_for_function("s => document.activeElement.matches(s)", arg=selector)
