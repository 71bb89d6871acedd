#!/bin/bash
# Two shapes that Dockerfiles of Python projects have: dependencies by uv from cache mounts, and wheels of one stage installed
# in another.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=images.sh
. "$(dirname "$0")/images.sh"
need_root
need mmdebstrap aictr
shared_store
base_image python:3.9
at_exit 'aictr rmi -f test-uv test-wheels >/dev/null 2>&1'

mkdir "$work/uv" && cd "$work/uv"
cat >Dockerfile <<'END'
# syntax=docker/dockerfile:1
FROM python:3.9 AS builder
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN --mount=type=cache,target=/root/.cache/pip pip install uv
WORKDIR /app
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml \
    uv venv /app/.venv \
    # as `uv sync` does, for a project without a lock file
    && uv pip install --python /app/.venv/bin/python -r pyproject.toml
COPY . /app

FROM python:3.9
COPY --from=builder --chown=1000:1000 /app /app
ENV PATH="/app/.venv/bin:$PATH"
USER 1000
CMD ["python", "/app/main.py"]
END
cat >pyproject.toml <<'END'
[project]
name = "demo"
version = "0.1"
requires-python = ">=3.9"
dependencies = ["idna==3.10"]
END
echo 'import idna, os, sys; print(idna.__version__, sys.prefix, os.getuid())' >main.py
run aictr build --progress plain -t test-uv .
check "a project with uv is built" equals 0 "$status"
run aictr run --rm --network none test-uv
check "and runs from its virtual environment, as its user" equals "3.10 /app/.venv 1000" "$output"
run aictr run --rm --network none --entrypoint sh test-uv -c 'find / -xdev -path "*/.cache/*" | head -n 1; ls /app'
check "the caches are not in the image" equals $'Dockerfile\nmain.py\npyproject.toml' "$output"
echo '# edited' >>main.py
run aictr build --progress plain -t test-uv .
check "an edited program installs nothing again" equals 2 "$(grep -c ' DONE ' <<<"$errors")"

mkdir -p "$work/wheels/demo" && cd "$work/wheels"
cat >Dockerfile <<'END'
ARG PYTHON=none
FROM python:${PYTHON} AS base
ENV PIP_DISABLE_PIP_VERSION_CHECK=1

FROM base AS wheels
WORKDIR /src
COPY pyproject.toml ./
COPY demo ./demo
RUN --mount=type=cache,target=/root/.cache/pip pip wheel --wheel-dir /wheels .

FROM base AS test
COPY --from=wheels /wheels /wheels
RUN exit 1

FROM base
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels pip install --no-index --find-links /wheels demo
LABEL org.opencontainers.image.title=demo
CMD ["python", "-m", "demo"]
END
cat >pyproject.toml <<'END'
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "demo"
version = "1.0"
dependencies = ["idna==3.10"]
[tool.setuptools]
packages = ["demo"]
END
touch demo/__init__.py
echo 'import idna; print("demo with", idna.__version__)' >demo/__main__.py
run aictr build --progress plain --build-arg PYTHON=3.9 -t test-wheels .
check "wheels are built in one stage and installed in another" equals 0 "$status"
check "a stage that is not needed is not built" lacks "exit 1" "$errors"
run aictr run --rm --network none test-wheels
check "what was installed runs" equals "demo with 3.10" "$output"
run aictr run --rm --network none --entrypoint sh test-wheels -c 'ls -d /wheels /src'
check "neither wheels nor sources are in the image" equals "" "$output"
