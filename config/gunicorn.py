"""How the web is served: `gunicorn -c config/gunicorn.py config.wsgi`."""

import gc
import os
from typing import Any

from django.urls import get_resolver

os.environ["NINETY_PROCESS"] = "web"  # before the settings are read: short timeouts, a pool

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
preload_app = True  # a refused setting stops the start instead of every worker
timeout = 60
graceful_timeout = 10
keepalive = 5
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190


def when_ready(server: Any) -> None:
    """Import what a first request would, and never look for garbage in any of it.

    A page leaves some two thousand objects in circles. They are looked for after each
    page: left to gather, one page in twenty waited 50 to 70 ms for all of them.
    """
    server.log.debug("%d addresses", len(get_resolver().reverse_dict))
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 10, 50)
