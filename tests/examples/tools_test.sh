#!/bin/bash
# Three more shapes that Dockerfiles have: an environment file as conda's, with a shell that is inside of it; a C++ program
# built in one stage and alone in the next; and Jupyter as a user of its own.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=images.sh
. "$(dirname "$0")/images.sh"
need_root
need mmdebstrap aictr
shared_store
base_image python:3.9
base_image debian:trixie
at_exit 'aictr rmi -f test-environment test-cpp test-jupyter >/dev/null 2>&1'

mkdir "$work/environment" && cd "$work/environment"
cat >environment.yml <<'END'
name: train
dependencies:
  - pip
  - pip:
      - idna==3.10
      - certifi
END
cat >create-environment <<'END'
#!/bin/sh -e
# What `conda env create` does with the pip part of a file: a prefix named as the file says.
name=$(sed -n 's/^name: *//p' "$1")
python -m venv "/opt/envs/$name"
sed -n 's/^ \{6\}- //p' "$1" >/tmp/requirements.txt
"/opt/envs/$name/bin/pip" install --no-cache-dir -r /tmp/requirements.txt
rm /tmp/requirements.txt
END
chmod +x create-environment
cat >Dockerfile <<'END'
FROM python:3.9
ARG ENVIRONMENT=train
COPY environment.yml create-environment /tmp/
RUN /tmp/create-environment /tmp/environment.yml
ENV PATH=/opt/envs/${ENVIRONMENT}/bin:$PATH VIRTUAL_ENV=/opt/envs/${ENVIRONMENT}
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN python -c 'import idna; print(idna.__version__)' | tee /idna-version
RUN ! (false | true)
ENTRYPOINT ["python"]
CMD ["-c", "import sys, idna, certifi; print(sys.prefix, idna.__version__)"]
END
run aictr build --progress plain -t test-environment .
check "an environment is made from its file" equals 0 "$status"
run aictr run --rm --network none test-environment
check "and commands run inside of it" equals "/opt/envs/train 3.10" "$output"
run aictr run --rm --network none --entrypoint cat test-environment /idna-version
check "as the steps after it did" equals 3.10 "$output"

mkdir -p "$work/cpp" && cd "$work/cpp"
cat >main.cpp <<'END'
#include <cstdio>
#include <numeric>
#include <thread>
#include <vector>
int main() {
  std::vector<double> values(1000, 0.5);
  double sum = 0;
  std::thread([&] { sum = std::accumulate(values.begin(), values.end(), 0.0); }).join();
  std::printf("sum %.1f, built for %s\n", sum, TARGET);
}
END
cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.18)
project(demo CXX)
add_executable(demo main.cpp)
target_compile_definitions(demo PRIVATE TARGET="${TARGET}")
target_link_options(demo PRIVATE -static)
install(TARGETS demo)
END
cat >Dockerfile <<'END'
# syntax=docker/dockerfile:1
ARG RELEASE=trixie
FROM debian:${RELEASE} AS build
ARG TARGETARCH
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked \
    apt-get update && apt-get install -y --no-install-recommends g++ cmake make
WORKDIR /src
COPY CMakeLists.txt main.cpp ./
RUN --mount=type=cache,target=/build <<SCRIPT
set -e
cmake -S . -B /build -DCMAKE_BUILD_TYPE=Release -DTARGET="$TARGETARCH"
cmake --build /build
DESTDIR=/out cmake --install /build
SCRIPT

FROM scratch
COPY --from=build /out/usr/local/bin/demo /demo
USER 65534:65534
ENTRYPOINT ["/demo"]
END
run aictr build --progress plain -t test-cpp .
check "a C++ program is built in one stage and alone in the next" equals 0 "$status"
run aictr run --rm --network none test-cpp
check "and runs" matches "sum 500.0, built for (amd64|arm64)" "$output"
check "the image holds nothing else" at_most 10000000 "$(aictr inspect --format '{{.Size}}' test-cpp)"
echo '// edited' >>main.cpp
run aictr build --progress plain -t test-cpp .
check "after an edit the compiler is not installed again" lacks "Unpacking g++" "$errors"
check "but the program is built again" contains "Building CXX object" "$errors"

mkdir -p "$work/jupyter" && cd "$work/jupyter"
cat >Dockerfile <<'END'
FROM python:3.9
ARG NB_USER=jovyan NB_UID=1000
ENV HOME=/home/$NB_USER PIP_NO_CACHE_DIR=1
RUN useradd --create-home --uid "$NB_UID" "$NB_USER" || adduser --disabled-password --uid "$NB_UID" "$NB_USER"
RUN pip install nbconvert ipykernel
USER $NB_UID
WORKDIR $HOME/work
COPY --chown=$NB_UID:$NB_UID *.ipynb ./
EXPOSE 8888
HEALTHCHECK --interval=5s --timeout=3s CMD python -c "import sys"
CMD ["jupyter", "nbconvert", "--to", "markdown", "--stdout", "--execute", "demo.ipynb"]
END
cat >demo.ipynb <<'END'
{"cells": [{"cell_type": "code", "execution_count": null, "id": "a", "metadata": {}, "outputs": [],
  "source": ["import getpass, os\n", "print('cell ran as', os.getuid(), 'makes', sum(range(10)))"]}],
 "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
 "nbformat": 4, "nbformat_minor": 5}
END
run aictr build --progress plain -t test-jupyter .
check "Jupyter is installed for a user" equals 0 "$status"
run aictr run --rm --network none test-jupyter
check "and runs the cells of a notebook" contains "cell ran as 1000 makes 45" "$output"
