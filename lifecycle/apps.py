from django.apps import AppConfig


class LifecycleConfig(AppConfig):
    name = "lifecycle"
    verbose_name = "life cycle"
    default_auto_field = "django.db.models.BigAutoField"
