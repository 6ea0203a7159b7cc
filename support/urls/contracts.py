"""The addresses of contracts."""

from django.urls import path

from support.views import (
    contract_batches,
    contract_list,
    contracts,
    papers,
    register,
    registering,
    steps,
)

urlpatterns = [
    path("", contract_list.Contracts.as_view(), name="contracts"),
    path("contracts.csv", contract_list.ContractsCsv.as_view(), name="contracts-csv"),
    path("contracts.xlsx", contract_list.ContractsXlsx.as_view(), name="contracts-xlsx"),
    path("renew/", contract_batches.RenewSeveral.as_view(), name="contracts-renew"),
    path("check/", contract_batches.CheckUnits.as_view(), name="contracts-check"),
    path("register/", register.RegisterContract.as_view(), name="contract-new"),
    path("register/<uuid:reference>/", registering.RegistrationJob.as_view(), name="contract-job"),
    path("documents/", papers.ServicePapers.as_view(), name="service-papers"),
    path("documents/add/", papers.AddPaper.as_view(), name="service-paper-new"),
    path("<slug:reference>/", contracts.ContractPage.as_view(), name="contract"),
    path("<slug:reference>/ends.ics", contracts.Ends.as_view(), name="contract-ends"),
    path("<slug:reference>/start/", steps.ChooseStart.as_view(), name="contract-start"),
    path("<slug:reference>/renew/", steps.Renew.as_view(), name="contract-renew"),
    path("<slug:reference>/cancel/", steps.Cancel.as_view(), name="contract-cancel"),
]
