"""The addresses of shipments and of the files they come from."""

from django.urls import path

from warranty.views import uploads

urlpatterns = [
    path("upload/", uploads.Upload.as_view(), name="shipment-upload"),
    path("uploads/", uploads.Uploads.as_view(), name="shipment-uploads"),
    path("upload/shipments.csv", uploads.TemplateCsv.as_view(), name="shipment-template-csv"),
    path("upload/shipments.xlsx", uploads.TemplateXlsx.as_view(), name="shipment-template-xlsx"),
    path("upload/<uuid:reference>/", uploads.UploadJob.as_view(), name="shipment-job"),
]
