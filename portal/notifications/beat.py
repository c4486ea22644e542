"""When the outbox is looked at."""

from celery.schedules import crontab

SCHEDULE = {
    # Expires with its period: a worker that comes back finds one order, not an hour of them.
    "notifications.drain": {
        "task": "notifications.drain",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "notifications.purge": {"task": "notifications.purge", "schedule": crontab(hour=3, minute=10)},
}
