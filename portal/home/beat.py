"""When technical rows are tidied."""

from celery.schedules import crontab

SCHEDULE = {
    "home.entretien": {"task": "home.entretien", "schedule": crontab(hour="*", minute=40)},
}
