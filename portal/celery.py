"""Celery: beat says when, the worker does. Redis is the broker and nothing else; rows are the
memory.
"""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("parvis")
app.config_from_object("django.conf:settings", namespace="CELERY")


@setup_logging.connect
def keep_our_logging(**kwargs: object) -> None:
    """Celery would replace the handlers of the settings; this receiver keeps ours."""
    import logging.config

    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@app.on_after_finalize.connect
def schedule(sender: Celery, **kwargs: object) -> None:
    """Collect each app's schedule."""
    from accounts.beat import SCHEDULE as accounts
    from demarches.beat import SCHEDULE as demarches
    from portal.home.beat import SCHEDULE as home
    from portal.notifications.beat import SCHEDULE as notifications

    sender.conf.beat_schedule = {**notifications, **accounts, **demarches, **home}


app.autodiscover_tasks(
    ["portal.notifications", "accounts", "demarches", "portal.home"],
    related_name="tasks",
    force=False,
)
