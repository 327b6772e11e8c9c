# One image for every service of docker-compose.yml: the locked packages and this repository.
# The base has no default: name it with its digest, so that the same image is built tomorrow (.env.example says how).
ARG PYTHON_IMAGE
FROM ${PYTHON_IMAGE}

RUN useradd --create-home --uid 50000 funnelhouse
WORKDIR /opt/funnelhouse

COPY requirements.lock charts.lock pyproject.toml bootstrap.sh README.md ./
COPY plugins plugins
RUN ./bootstrap.sh && rm -rf .cache
# Extras go into a layer of their own: the image without them is as small as if there were none.
ARG EXTRAS=
COPY scale.lock objects.lock ./
RUN test -z "$EXTRAS" || ./bootstrap.sh
COPY dags dags
COPY dbt_project dbt_project
COPY expectations expectations
RUN mkdir /data && chown funnelhouse /data

ENV PATH="/opt/funnelhouse/.venv/bin:$PATH" \
    FUNNELHOUSE_HOME=/data \
    AIRFLOW_HOME=/data/airflow/compose \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/funnelhouse/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/funnelhouse/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION=False \
    GX_ANALYTICS_ENABLED=false \
    DO_NOT_TRACK=1
USER funnelhouse
VOLUME /data
