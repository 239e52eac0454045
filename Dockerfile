# wasync in a container: small, not root, and nothing of it is written to when it runs.
#   docker build -t wasync . && docker run --rm -v "$PWD:/project:ro" wasync validate
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY wasync wasync
COPY schemas schemas
COPY examples/kinds/templates examples/kinds/templates
RUN python -m venv /opt/wasync && /opt/wasync/bin/pip install --no-cache-dir '.[cloud]'

FROM python:3.12-slim
COPY --from=build /opt/wasync /opt/wasync
ENV PATH=/opt/wasync/bin:$PATH PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /project
ENTRYPOINT ["wasync"]
CMD ["--help"]
