"""What is wrong with a page: read as HTML, read aloud, and laid out on three screens."""

import html5lib
from axe_playwright_python.sync_playwright import Axe, AxeResults

VIEWS = ((1280, "light"), (390, "dark"), (320, "light"))
"""Widths and schemes; what a page says is the same in each, so that it is loaded once."""
AXE = Axe()
COME_TO_REST = "Promise.allSettled(document.getAnimations().map(a => a.finished)).then(() => 0)"
"""Waits for colours on their way from one scheme to the other."""

SPACED = """(() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
  const isMeant = e => e.matches("input, select, textarea, .vh, .vh *");
  const isCut = e => !isMeant(e) && ["hidden", "clip"].includes(getComputedStyle(e).overflowX)
    && e.clientWidth > 9 && e.scrollWidth > e.clientWidth + 1;
  const cut = [...document.querySelectorAll("main *")].filter(isCut).map(e => e.outerHTML);
  const wide = document.documentElement.scrollWidth;
  document.adoptedStyleSheets = [];
  return [wide, cut.map(html => html.slice(0, 120))];
})()"""
"""Sets text as wide as a reader may (WCAG 1.4.12); says how wide the page is and what is cut."""


def faults(page, url, *, within="document", status=200):
    """Open a page and return what is wrong with it, a line each; leave the view as it was."""
    thrown = []

    def listen(error):
        thrown.append(error)

    page.on("pageerror", listen)
    answer = page.goto(url)
    assert answer is not None and answer.status == status, f"{url}: {answer and answer.status}"
    wrong = [*_faults_of_html(url, answer.text()), *faults_in_view(page, within=within)]
    page.remove_listener("pageerror", listen)
    return [*(f"{url}: its script says {error}" for error in thrown), *wrong]


def faults_in_view(page, *, within="document"):
    """Return what is wrong with the page that stands open; it has to run scripts."""
    before = page.viewport_size
    page.evaluate(AXE.axe_script)
    wrong = []
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(COME_TO_REST)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{page.url} scrolls sideways at {width}")
        wide, cut = page.evaluate(SPACED)
        if wide > width or cut:
            wrong.append(f"{page.url} at {width} with wide text is {wide} wide and cuts {cut}")
        found = AxeResults(page.evaluate(_question(within)))
        if found.violations_count:
            wrong.append(f"{page.url} at {width} {scheme}: {found.generate_report()}")
    page.set_viewport_size(before)
    return wrong


def _question(within):
    where = "document" if within == "document" else f"'{within}'"
    # nothing is loaded before: that serves rules on sound and on screens that turn
    return f"axe.run({where}, {{resultTypes: ['violations'], preload: false}})"


def _faults_of_html(url, text):
    """Return what an independent reader of HTML finds, and ids that stand twice."""
    reader = html5lib.HTMLParser()
    tree = reader.parse(text)
    wrong = [f"{url}: {code} at {place} {told}" for place, code, told in reader.errors]
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    twice = {name for name in ids if ids.count(name) > 1}
    return [*wrong, *(f"{url}: the id {name} stands twice" for name in sorted(twice))]
