"""Every address of the house, and one whose page fails."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from config import urls


@login_not_required
def fault(request):
    """Fail as a page of ours might."""
    raise ZeroDivisionError


@login_not_required
def form(request):
    """Read what was sent."""
    raise AssertionError(request.POST)


urlpatterns = [path("fault/", fault), path("form/", form), *urls.urlpatterns]
handler400, handler500 = urls.handler400, urls.handler500
