"""The addresses of shipments and of the files they come from."""

from django.urls import path

from warranty.views import (
    onward,
    shipment_list,
    shipments,
    shipments_selected,
    sites,
    upload_list,
    uploads,
)

urlpatterns = [
    path("", shipment_list.Shipments.as_view(), name="shipments"),
    path("shipments.csv", shipment_list.ShipmentsCsv.as_view(), name="shipments-csv"),
    path("shipments.xlsx", shipment_list.ShipmentsXlsx.as_view(), name="shipments-xlsx"),
    path("selected/", shipments_selected.SelectedShipments.as_view(), name="shipments-selected"),
    path(
        "selected/units.csv",
        shipments_selected.UnitsOfShipmentsCsv.as_view(),
        name="shipments-selected-csv",
    ),
    path("new/", onward.OnwardShipment.as_view(), name="shipment-new"),
    path("upload/", uploads.Upload.as_view(), name="shipment-upload"),
    path("uploads/", upload_list.Uploads.as_view(), name="shipment-uploads"),
    path("uploads/uploads.csv", upload_list.UploadsCsv.as_view(), name="shipment-uploads-csv"),
    path("uploads/uploads.xlsx", upload_list.UploadsXlsx.as_view(), name="shipment-uploads-xlsx"),
    path("upload/shipments.csv", uploads.TemplateCsv.as_view(), name="shipment-template-csv"),
    path("upload/shipments.xlsx", uploads.TemplateXlsx.as_view(), name="shipment-template-xlsx"),
    path("upload/<uuid:reference>/", uploads.UploadJob.as_view(), name="shipment-job"),
    path("<uuid:reference>/", shipments.ShipmentPage.as_view(), name="shipment"),
    path("<uuid:reference>/site/", sites.ShipmentSite.as_view(), name="shipment-site"),
]
