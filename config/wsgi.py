"""What the web server calls. Being loaded is what makes a process a web process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("NINETY_PROCESS", "web")

application = get_wsgi_application()
