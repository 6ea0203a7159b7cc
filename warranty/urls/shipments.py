"""The addresses of shipments and of the files they come from."""

from django.urls import path

from warranty.views import onward, shipments, sites, uploads

urlpatterns = [
    path("", shipments.Shipments.as_view(), name="shipments"),
    path("new/", onward.OnwardShipment.as_view(), name="shipment-new"),
    path("upload/", uploads.Upload.as_view(), name="shipment-upload"),
    path("uploads/", uploads.Uploads.as_view(), name="shipment-uploads"),
    path("upload/shipments.csv", uploads.TemplateCsv.as_view(), name="shipment-template-csv"),
    path("upload/shipments.xlsx", uploads.TemplateXlsx.as_view(), name="shipment-template-xlsx"),
    path("upload/<uuid:reference>/", uploads.UploadJob.as_view(), name="shipment-job"),
    path("<uuid:reference>/", shipments.ShipmentPage.as_view(), name="shipment"),
    path("<uuid:reference>/site/", sites.ShipmentSite.as_view(), name="shipment-site"),
]
