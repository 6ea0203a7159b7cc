"""The addresses of cases."""

from django.urls import path

from doa.views import (
    acts,
    application,
    case,
    case_batches,
    evidence,
    files,
    lists,
    paper,
    summary,
    units,
)

urlpatterns = [
    path("", lists.Cases.as_view(), name="cases"),
    path("cases.csv", lists.CasesCsv.as_view(), name="cases-csv"),
    path("cases.xlsx", lists.CasesXlsx.as_view(), name="cases-xlsx"),
    path("send-back/", case_batches.SendParcel.as_view(), name="cases-send-back"),
    path("delete/", case_batches.DeleteDrafts.as_view(), name="cases-delete"),
    path("new/", units.NewCase.as_view(), name="case-new"),
    path("new/<slug:reference>/units/", units.UnitsQuestion.as_view(), name="case-units"),
    path(
        "new/<slug:reference>/failure/",
        application.SymptomQuestion.as_view(),
        name="case-symptom",
    ),
    path("new/<slug:reference>/when/", application.TimesQuestion.as_view(), name="case-times"),
    path(
        "new/<slug:reference>/equipment/",
        application.EquipmentQuestion.as_view(),
        name="case-equipment",
    ),
    path(
        "new/<slug:reference>/project/",
        application.ProjectQuestion.as_view(),
        name="case-project",
    ),
    path(
        "new/<slug:reference>/evidence/",
        evidence.EvidenceQuestion.as_view(),
        name="case-evidence",
    ),
    path(
        "new/<slug:reference>/delivery/",
        application.DeliveryQuestion.as_view(),
        name="case-delivery",
    ),
    path("new/<slug:reference>/check/", summary.CheckAnswers.as_view(), name="case-check"),
    path("new/<slug:reference>/delete/", summary.Discard.as_view(), name="case-discard"),
    path("files/<str:reference>/", files.CaseFileDownload.as_view(), name="case-file"),
    path("<slug:reference>/", case.CasePage.as_view(), name="case"),
    path("<slug:reference>/call/", summary.CallSheet.as_view(), name="case-call"),
    path("<slug:reference>/reply/", acts.Reply.as_view(), name="case-reply"),
    path("<slug:reference>/message/", acts.Write.as_view(), name="case-message"),
    path("<slug:reference>/follow/", acts.Follow.as_view(), name="case-follow"),
    path("<slug:reference>/cancel/", acts.Cancel.as_view(), name="case-cancel"),
    path("<slug:reference>/delivered/", acts.ConfirmDelivery.as_view(), name="case-delivered"),
    path("<slug:reference>/send-back/", acts.SendBack.as_view(), name="case-send-back"),
    path("<slug:reference>/return-slip/", paper.ReturnSlip.as_view(), name="case-return-slip"),
]
