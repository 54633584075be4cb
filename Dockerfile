# The site and its workers. No database, no broker and no demo data are in it.

FROM python:3.13-slim-bookworm AS build
COPY script/lib/uv.txt requirements/app.txt /tmp/
RUN pip install --no-cache-dir --require-hashes -r /tmp/uv.txt \
    && uv venv /opt/npcs \
    && uv pip install --python /opt/npcs/bin/python --require-hashes --compile-bytecode -r /tmp/app.txt

FROM python:3.13-slim-bookworm
# WeasyPrint draws the review report with these.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /srv/npcs --shell /usr/sbin/nologin npcs \
    && install -d -o npcs -g npcs -m 0700 /var/lib/npcs/files
COPY --from=build /opt/npcs /opt/npcs
COPY . /srv/npcs
WORKDIR /srv/npcs
ENV PATH=/opt/npcs/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=npcs.settings \
    NPCS_MODE=production \
    FILES_ROOT=/var/lib/npcs/files \
    STATIC_ROOT=/srv/static
# The settings insist on real values. These are for this one step and reach nothing.
RUN SECRET_KEY=for-collecting-static-files-only-for-collecting-static-files-only \
    MFA_KEY=for-collecting-static-files-only \
    DATABASE_URL=postgresql://npcs_app@nowhere/npcs REDIS_URL=redis://nowhere \
    ALLOWED_HOSTS=npcs.example.org BASE_URL=https://npcs.example.org \
    EMAIL_URL=smtp://nowhere:25 DEFAULT_FROM_EMAIL=npcs@example.org \
    python manage.py collectstatic --no-input
USER npcs
VOLUME /var/lib/npcs/files
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--http", "1", "--no-ws", \
     "--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", "npcs.wsgi:application"]
