"""The service levels, in words, with what each would promise now."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View

from partners import clock
from support.models import ServiceLevel


@method_decorator(login_not_required, name="dispatch")
class ServiceLevels(View):
    """What a HiCare or CoCare contract can promise today."""

    def get(self, request: HttpRequest) -> HttpResponse:
        at = clock.now()
        levels = ServiceLevel.objects.offered_on(clock.business_day(at)).for_list()
        rows = [
            {"level": level, "promise": level.promise(at), "zone": level.calendar.around(at).zone}
            for level in levels
        ]
        context = {"rows": rows, "at": at, "page": "policies"}
        return render(request, "support/service_levels.html", context)
