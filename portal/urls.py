"""The addresses of the pages."""

from django.urls import path

from portal import distributors, figures, policy_pages, views
from portal.calendar import views as calendar
from portal.check import refer
from portal.check import views as check
from portal.export import views as export
from portal.mailing import views as mailing
from portal.search import views as search
from portal.statement import views as statement
from portal.units import views as units

urlpatterns = [
    path("", views.Start.as_view(), name="start"),
    path("check/", check.Check.as_view(), name="check"),
    path("check/contact/", check.Contact.as_view(), name="check-contact"),
    path("check/contact/sent/", check.ContactSent.as_view(), name="check-contact-sent"),
    path("check/refer/", refer.Refer.as_view(), name="check-refer"),
    path("check/refer/sent/", refer.ReferSent.as_view(), name="check-refer-sent"),
    path(
        "referrals/confirm/<str:token>/", refer.ConfirmReferral.as_view(), name="referral-confirm"
    ),
    path("referrals/follow/<str:token>/", refer.FollowReferral.as_view(), name="referral-follow"),
    path("day-90/", calendar.DayNinety.as_view(), name="day-90"),
    path("day-90.ics", calendar.DayNinetyFile.as_view(), name="day-90-ics"),
    path("day-90/address/", calendar.DayNinetyAddress.as_view(), name="day-90-address"),
    path("day-90/<str:token>.ics", calendar.DayNinetyFeed.as_view(), name="day-90-feed"),
    path("distributors/", distributors.Distributors.as_view(), name="distributors"),
    path("home/", views.Home.as_view(), name="home"),
    path("home/figures/", figures.Figures.as_view(), name="figures"),
    path("home/figures/<slug:name>.csv", figures.FigureTable.as_view(), name="figure-csv"),
    path("policies/", policy_pages.PolicyPage.as_view(), name="policies"),
    path("policies/<str:effective_from>/", policy_pages.PolicyPage.as_view(), name="policy"),
    path("search/", search.Search.as_view(), name="search"),
    path("units/", units.Units.as_view(), name="units"),
    path("units.csv", units.UnitsCsv.as_view(), name="units-csv"),
    path("units.xlsx", units.UnitsXlsx.as_view(), name="units-xlsx"),
    path("units/selected/", units.SelectedUnits.as_view(), name="units-selected"),
    path("units/<str:serial>/", views.UnitPage.as_view(), name="unit"),
    path("units/<str:serial>/dates.ics", calendar.UnitDates.as_view(), name="unit-dates"),
    path("units/<str:serial>/statement/", statement.Statement.as_view(), name="statement"),
    path("verify/<str:code>/", statement.Verify.as_view(), name="statement-verify"),
    path("organization/mail/", mailing.Mailing.as_view(), name="mailing"),
    path("organization/mail/mail.csv", mailing.MailingCsv.as_view(), name="mailing-csv"),
    path("organization/export/", export.Export.as_view(), name="export"),
    path("organization/export/<uuid:reference>/", export.ExportFile.as_view(), name="export-file"),
    path("what-if/", views.WhatIfPage.as_view(), name="what-if"),
]
