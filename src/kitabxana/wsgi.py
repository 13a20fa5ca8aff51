"""The web server's door (granian). `kitabxana serve` prepares the environment before it is imported."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from kitabxana.kernel.memory import collect_seldom

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kitabxana.settings")
application = get_wsgi_application()
collect_seldom()
