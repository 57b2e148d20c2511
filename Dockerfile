# The image of RaidBot. docs/operating.md says how to run it; tests/deploy/ runs these steps without Docker.

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY requirements/run.txt requirements/build.txt requirements/
RUN python -m venv --without-pip /opt/raidbot \
    && python -m pip install --no-cache-dir --only-binary=:all: --require-hashes -r requirements/build.txt \
    && python -m pip --python /opt/raidbot/bin/python install \
        --no-cache-dir --only-binary=:all: --require-hashes -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY raidbot/ raidbot/
COPY discord_sandbox/ discord_sandbox/
RUN python -m hatchling build --target wheel --directory dist \
    && python -m pip --python /opt/raidbot/bin/python install --no-cache-dir --no-deps --no-index dist/*.whl

FROM python:3.11-slim-bookworm
RUN python -m pip uninstall --yes --root-user-action=ignore pip setuptools wheel \
    && install -d -m 700 -o 10001 -g 10001 /data
COPY --from=build /opt/raidbot /opt/raidbot
ENV PATH=/opt/raidbot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    RAIDBOT_DATABASE=/data/raidbot.db \
    RAIDBOT_WEB_PORT=9464
WORKDIR /data
USER 10001:10001
VOLUME /data
# It asks whether the process lives. A bot that waits for Discord is healthy: a restart would not help it.
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s --retries=3 \
    CMD ["python", "-m", "raidbot.web.health"]
ENTRYPOINT ["raidbot"]
CMD ["run"]
