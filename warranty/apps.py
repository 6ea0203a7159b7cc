from django.apps import AppConfig


class WarrantyConfig(AppConfig):
    name = "warranty"
    default_auto_field = "django.db.models.BigAutoField"
