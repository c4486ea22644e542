"""When drafts that ended are removed."""

from celery.schedules import crontab

SCHEDULE = {
    "demarches.purger_brouillons": {
        "task": "demarches.purger_brouillons",
        "schedule": crontab(hour="*", minute=20),
    },
}
