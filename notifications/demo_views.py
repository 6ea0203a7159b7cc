"""What was sent, for the demonstration: an invitation can be followed without a mail server."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.views import View

from notifications import sandbox, sent_files
from notifications.enums import MessageStatus
from notifications.models import Message
from notifications.sent_files import SentMail
from partners import clock


@method_decorator(login_not_required, name="dispatch")
class DemoPage(View):
    """A page that is there in the demonstration alone: elsewhere its mail is secret."""

    http_method_names = ["get", "head"]

    def dispatch(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return super().dispatch(request, **kwargs)

    def mail(self, name: str) -> SentMail:
        found = sent_files.read(name)
        if found is None:
            raise Http404
        return found


class DemoMailList(DemoPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = Message.unscoped.filter(status=MessageStatus.QUEUED, due_at__gt=clock.now())
        context = {"mails": sent_files.newest(), "waiting": waiting.order_by("due_at").count()}
        return render(request, "notifications/demo_mail_list.html", context)


class DemoMail(DemoPage):
    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        return render(request, "notifications/demo_mail.html", {"mail": self.mail(name)})


class DemoMailHtml(DemoPage):
    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        return sandbox.page(self.mail(name).html, follow_links=True)


class DemoMailFile(DemoPage):
    def get(self, request: HttpRequest, name: str, number: int) -> HttpResponse:
        files = self.mail(name).files
        if number >= len(files):
            raise Http404
        file = files[number]
        response = HttpResponse(file.body, content_type=file.type)
        response.headers["Content-Disposition"] = content_disposition_header(True, file.name)
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response
