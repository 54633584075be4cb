"""The web application. It refuses to serve as a role that could step over row security."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "npcs.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from jurisdictions.checks import refuse_privileged_role

refuse_privileged_role()
