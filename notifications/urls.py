"""The addresses of choosing mail, and of the demonstration's mailbox."""

from django.urls import path

from notifications import demo_views, views

urlpatterns = [
    path("account/notifications/", views.Preferences.as_view(), name="preferences"),
    path("notifications/u/<str:token>/", views.Unsubscribe.as_view(), name="unsubscribe"),
    path("notifications/m/<str:token>/", views.Mute.as_view(), name="mute"),
    path("demo/mail/", demo_views.DemoMailList.as_view(), name="demo-mails"),
    path("demo/mail/<str:name>/", demo_views.DemoMail.as_view(), name="demo-mail"),
    path("demo/mail/<str:name>/html/", demo_views.DemoMailHtml.as_view(), name="demo-mail-html"),
    path(
        "demo/mail/<str:name>/files/<int:number>/",
        demo_views.DemoMailFile.as_view(),
        name="demo-mail-file",
    ),
]
