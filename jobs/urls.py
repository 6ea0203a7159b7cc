"""The addresses of what people keep of their lists."""

from django.urls import path

from jobs import views

urlpatterns = [
    path("views/<int:pk>/", views.ChangeSavedView.as_view(), name="saved-view"),
    path("<slug:name>/views/new/", views.NewSavedView.as_view(), name="saved-view-new"),
]
