"""Showing a mail's HTML on our own site, as a page that can do nothing here."""

from django.http import HttpResponse

POLICY = (
    "sandbox{ways}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
"""Mail has its styles inline, as mail programs want them. Nothing runs, nothing is loaded."""
FOLLOW = " allow-top-navigation-by-user-activation"


def page(html: str, *, follow_links: bool = False) -> HttpResponse:
    """Answer with a mail's HTML, to be framed by a page of ours.

    `follow_links`: a click leads the whole window there; else it leads nowhere.
    """
    if follow_links:
        html = html.replace("<head>", '<head><base target="_top">', 1)
    response = HttpResponse(html)
    response.headers["Content-Security-Policy"] = POLICY.format(ways=FOLLOW if follow_links else "")
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
