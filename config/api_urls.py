"""The addresses of the API, version 1."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from config.api import NothingHere
from doa.api import AnswerCase, CaseFiles, Cases, OneCase, SendBack, SubmitCase
from lifecycle.api import Announcements, OneAnnouncement
from portal import api, lifecycle_api
from portal.checks import api as checks_api
from support.api import Contracts, OneContract
from warranty.api import OneReport, Reports, Shipments

app_name = "api"
document = SpectacularJSONAPIView.as_view(
    authentication_classes=(), permission_classes=(AllowAny,), throttle_classes=()
)

urlpatterns = [
    path("openapi.json", document, name="openapi"),
    path("cases", Cases.as_view(), name="cases"),
    path("cases/<str:reference>", OneCase.as_view(), name="case"),
    path("cases/<str:reference>/submit", SubmitCase.as_view(), name="case-submit"),
    path("cases/<str:reference>/files", CaseFiles.as_view(), name="case-files"),
    path("cases/<str:reference>/answer", AnswerCase.as_view(), name="case-answer"),
    path("cases/<str:reference>/send-back", SendBack.as_view(), name="case-send-back"),
    path("checks", checks_api.Checks.as_view(), name="checks"),
    path("checks/<uuid:id>", checks_api.OneCheck.as_view(), name="check"),
    path("checks/<uuid:id>/result.csv", checks_api.CheckResult.as_view(), name="check-result"),
    path("units/<str:serial>", api.UnitAnswer.as_view(), name="unit"),
    path("announcements", Announcements.as_view(), name="announcements"),
    path("announcements/<str:number>", OneAnnouncement.as_view(), name="announcement"),
    path("contracts", Contracts.as_view(), name="contracts"),
    path("contracts/<path:reference>", OneContract.as_view(), name="contract"),
    path(
        "products/<str:part_number>/lifecycle",
        lifecycle_api.ProductLifecycle.as_view(),
        name="product-lifecycle",
    ),
    path("lifecycle-changes", lifecycle_api.LifecycleChanges.as_view(), name="lifecycle-changes"),
    path("reports", Reports.as_view(), name="reports"),
    path("reports/<path:number>", OneReport.as_view(), name="report"),
    path("shipments", Shipments.as_view(), name="shipments"),
    path("what-if", api.WhatIfView.as_view(), name="what-if"),
    re_path(r"", NothingHere.as_view(), name="nothing-here"),
]
