from django.apps import AppConfig


class DoaConfig(AppConfig):
    name = "doa"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Dead on arrival"
