"""Keeps what a signed-in person saw out of every cache, and public pages free of sessions."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from config.api import PROBLEM, is_api, problem_of

PERMISSIONS_POLICY = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"


class RequestSizeMiddleware:
    """Refuse a request that says it is too large, before anybody reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdecimal() and int(announced) > settings.LARGEST_REQUEST:
            if is_api(request):
                problem = problem_of(413, "The request is too large. Send less at a time.")
                return JsonResponse(problem, status=413, content_type=PROBLEM)
            return render(None, "413.html", status=413)
        return self.get_response(request)


class PrivatePagesMiddleware:
    """Mark every answer that read the session or a token as not to be stored."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = getattr(request, "session", None)
        if "Authorization" in request.headers or (session is not None and session.accessed):
            response.headers["Cache-Control"] = "no-store, private"
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class SignInMiddleware(LoginRequiredMiddleware):
    """Ask who somebody is only where that matters: a public page needs no database."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> Any:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)
