"""Walking by keyboard: every stop on the way shows its focus and stands in view."""

# A field of a day or a time has a button within it, which shows its focus by itself.
STOP = """(asked => {
  const here = document.activeElement;
  const box = here.getBoundingClientRect();
  const seen = getComputedStyle(here);
  const isInside = ["date", "time"].includes(here.type) && !here.matches(":focus-visible");
  return {
    arrived: here.matches(asked),
    away: here === document.body,
    ring: isInside || parseFloat(seen.outlineWidth) >= 2 && seen.outlineStyle !== "none",
    shown: box.bottom > 0 && box.top < innerHeight,
    words: here.tagName + " " + (here.id || here.name || here.innerText || ""),
  };
})"""
MOST_STOPS = 90


def tab_to(page, goal, *, key="Tab"):
    """Press Tab, or Shift+Tab, until what a selector names, or a locator finds, has the focus."""
    page.wait_for_load_state()
    is_selector = isinstance(goal, str)
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        stop = page.evaluate(STOP, goal if is_selector else "*")
        if stop["away"]:  # in the browser's own frame, between the end and the start
            continue
        assert stop["shown"], f"{page.url}: {stop['words']} has the focus out of view."
        assert stop["ring"], f"{page.url}: {stop['words']} does not show its focus."
        if stop["arrived"] and (is_selector or has_focus(goal)):
            return
    raise AssertionError(f"{page.url}: {key} does not reach {goal}.")


def has_focus(locator):
    return locator.evaluate("one => one === document.activeElement")


def press(page, goal):
    """Go to a link or a button by Tab, press it, and arrive at the page it opens."""
    tab_to(page, goal)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page, goal, words):
    tab_to(page, goal)
    page.keyboard.type(words)


def choose(page, option):
    """Go to a group of radio buttons by Tab, and to one of them by its arrows."""
    tab_to(page, f"[name='{option.get_attribute('name')}']")
    for _ in range(MOST_STOPS):
        if has_focus(option):
            return page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{page.url}: the arrows do not reach {option}.")


def is_led_to_the_problem(page, words, selector):
    """Hold that the summary of the problems has the focus, and leads to the field."""
    page.locator("#errors:focus").wait_for()
    assert page.title().startswith("Error: ")
    assert words in page.inner_text("#errors")
    if selector:
        tab_to(page, f"#errors a[href='{selector}']")
        page.keyboard.press("Enter")
        page.wait_for_function("s => document.activeElement.matches(s)", arg=selector)
