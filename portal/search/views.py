"""The page behind the search in the header."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from partners.enums import Permission
from partners.pages import OrganizationPage
from portal.search import look

LONGEST = 200


class Search(OrganizationPage):
    """Whatever was typed or scanned: a number in full leads straight to what it names."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest) -> HttpResponse:
        given = "".join(c for c in request.GET.get("q", "")[:LONGEST] if c.isprintable())
        typed = " ".join(given.split())
        if url := look.unit_url(look.serial_of(typed), self.organization):
            return HttpResponseRedirect(url)
        groups = look.groups(typed, self.organization)
        if url := look.only_exact(groups):
            return HttpResponseRedirect(url)
        context = {
            "typed": typed,
            "groups": groups,
            "suggestions": [] if groups else look.meant(typed, self.organization),
            "shortest": look.SHORTEST,
            "shortest_serial": look.SHORTEST_SERIAL,
        }
        return render(request, "portal/search.html", context)
