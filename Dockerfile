# One image for the web, the worker, beat and the commands; compose says which one it is.
FROM python:3.11-slim-bookworm AS build
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /opt/parvis \
    && /opt/parvis/bin/pip install --no-cache-dir --no-deps --require-hashes -r /tmp/base.txt

FROM python:3.11-slim-bookworm
# A number that stays the same, for the owner of the files of secrets on the host.
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin parvis
COPY --from=build /opt/parvis /opt/parvis
WORKDIR /srv/parvis
COPY . .
ENV PATH=/opt/parvis/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=portal.settings \
    PARVIS_STATIC_ROOT=/srv/static
# The settings are checked as a whole even here: values that nothing of the image keeps.
RUN DATABASE_URL=postgres://construction/aucune REDIS_URL=redis://construction/0 \
    PARVIS_SECRET_KEY=construction-de-l-image-aucun-secret-ne-vient-d-ici-0000 \
    PARVIS_PUBLIC_URL=http://localhost PARVIS_EMAIL_URL=demo: \
    python manage.py collectstatic --noinput \
    && chown -R parvis: /srv/static
USER parvis
EXPOSE 8000
# Asked with the site's own name, the only one that the settings allow.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-c", "import os, urllib.parse as p, urllib.request as r; host = p.urlsplit(os.environ['PARVIS_PUBLIC_URL']).netloc; r.urlopen(r.Request('http://127.0.0.1:8000/sante/pret/', headers={'Host': host}), timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "16", "--respawn-failed-workers", "--workers-kill-timeout", "30", "portal.wsgi:application"]
