"""When accounts that are due are closed, and those that never served removed."""

from celery.schedules import crontab

SCHEDULE = {
    "accounts.purger_comptes": {
        "task": "accounts.purger_comptes",
        "schedule": crontab(hour=3, minute=40),
    },
}
