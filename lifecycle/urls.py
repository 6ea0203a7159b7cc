"""The addresses of announcements."""

from django.urls import path

from lifecycle.views import acknowledging, desk, holders, listing, planning, products, public

urlpatterns = [
    path("", listing.Announcements.as_view(), name="announcements"),
    path("announcements.csv", listing.AnnouncementsCsv.as_view(), name="announcements-csv"),
    path("announcements.xlsx", listing.AnnouncementsXlsx.as_view(), name="announcements-xlsx"),
    path("products/", products.ProductMilestones.as_view(), name="product-milestones"),
    path("write/", desk.Write.as_view(), name="announcement-new"),
    path("works/", desk.Works.as_view(), name="announcement-works"),
    path("subscription/", holders.Subscribe.as_view(), name="announcement-subscription"),
    path("acknowledge/", acknowledging.AcknowledgeSeveral.as_view(), name="announcements-read"),
    path("<slug:slug>/", public.AnnouncementPage.as_view(), name="announcement"),
    path("<slug:slug>/units.csv", holders.UnitsTable.as_view(), name="announcement-units-csv"),
    path("<slug:slug>/plan/", planning.PlanPage.as_view(), name="announcement-plan"),
    path("<slug:slug>/plan.csv", planning.PlanTable.as_view(), name="announcement-plan-csv"),
    path(
        "<slug:slug>/acknowledge/", holders.Acknowledge.as_view(), name="announcement-acknowledge"
    ),
    path(
        "<slug:slug>/files/<str:reference>/",
        public.AttachedFile.as_view(),
        name="announcement-file",
    ),
    path(
        "<slug:slug>/<int:version>/", public.AnnouncementPage.as_view(), name="announcement-version"
    ),
    path("<slug:slug>/<int:version>/desk/", desk.Desk.as_view(), name="announcement-desk"),
    path("<slug:slug>/<int:version>/write/", desk.Change.as_view(), name="announcement-write"),
    path("<slug:slug>/<int:version>/preview/", desk.Preview.as_view(), name="announcement-preview"),
    path(
        "<slug:slug>/<int:version>/impact.csv",
        desk.ImpactTable.as_view(),
        name="announcement-impact-csv",
    ),
    path(
        "<slug:slug>/<int:version>/<slug:step>/", desk.StepPage.as_view(), name="announcement-step"
    ),
]
