# syntax=docker/dockerfile:1
# One image; the command picks what a container does: `serve` (the default), `init`, `seed`, `run`, `staff add`, …
ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS build
WORKDIR /source
COPY . .
# A virtual environment is copied as a whole, so that pip's cache and the build tools stay behind in this stage.
# All dependencies come as wheels: no compiler is needed here either.
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv /opt/matcher \
    && /opt/matcher/bin/pip install --disable-pip-version-check ".[redis]"

FROM python:${PYTHON}
# What a container keeps lies in one volume: the secret key, and the SQLite database unless MATCHER_DATABASE_URL is set.
ENV MATCHER_DATA_DIR=/var/lib/matcher \
    MATCHER_HOST=0.0.0.0 \
    MATCHER_PORT=8000 \
    PATH=/opt/matcher/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONUTF8=1
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /var/lib/matcher matcher \
    && install --directory --owner=matcher --group=matcher --mode=0750 /var/lib/matcher
COPY --from=build /opt/matcher /opt/matcher
USER matcher
WORKDIR /var/lib/matcher
VOLUME /var/lib/matcher
EXPOSE 8000
# For the web container; others switch it off in compose.yaml. The image has no curl, Python is there anyway.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['MATCHER_PORT']}/health/live\", timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["matcher"]
CMD ["serve"]
