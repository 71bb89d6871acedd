"""containerd, started for one benchmark."""

import contextlib
import os
import subprocess
import time

PATIENCE = 30  # seconds for containerd to answer


@contextlib.contextmanager
def containerd_daemon(directory):
    """One that shares nothing with another that may be running; gives its client's command."""
    home = os.path.join(directory, "containerd")
    os.makedirs(home, exist_ok=True)
    socket = os.path.join(home, "containerd.sock")
    config = os.path.join(home, "config.toml")
    with open(config, "w", encoding="utf-8") as file:
        file.write('version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n')
    command = ["containerd", "-c", config, "--root", os.path.join(home, "root"), "--state", os.path.join(home, "state")]
    with open(os.path.join(home, "log"), "w", encoding="utf-8") as log:
        with subprocess.Popen([*command, "-a", socket], stdin=subprocess.DEVNULL, stdout=log, stderr=log) as process:
            client = ["ctr", "-a", socket]
            try:
                deadline = time.monotonic() + PATIENCE
                while subprocess.run([*client, "version"], capture_output=True, check=False).returncode != 0:
                    if process.poll() is not None or time.monotonic() > deadline:
                        raise SystemExit("bench: containerd does not answer")
                    time.sleep(0.1)
                yield client
            finally:
                process.terminate()
