"""Docker, started for one benchmark."""

import contextlib
import os
import subprocess
import time

from . import machine

# The distribution's own client builds with BuildKit by itself; others want a plugin.
CLIENT = "/usr/bin/docker" if os.path.exists("/usr/bin/docker") else "docker"
DAEMON_PATIENCE = 30  # seconds for dockerd to answer


def stop(process, containerd_pid_file):
    """Ends the daemon and the containerd it started."""
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with contextlib.suppress(OSError, ValueError):
        with open(containerd_pid_file, encoding="utf-8") as file:
            os.kill(int(file.read()), 15)


@contextlib.contextmanager
def docker_daemon(directory, bridge=False):
    """A dockerd that shares nothing with one that may be running; gives its address. A bridge is for a private network."""
    socket = "unix://" + os.path.join(directory, "docker.sock")
    exec_root = os.path.join(directory, "docker-exec")
    command = ["dockerd", "-H", socket, "--data-root", os.path.join(directory, "docker"), "--exec-root", exec_root]
    command += ["--pidfile", os.path.join(directory, "docker.pid"), "--storage-driver", "overlay2"]
    command += ["--cgroup-parent", f"/{machine.CGROUP}/docker"]
    if not bridge:
        command += ["--bridge", "none", "--iptables=false", "--ip-forward=false", "--ip-masq=false"]
    log_path = os.path.join(directory, "docker.log")
    with open(log_path, "w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + DAEMON_PATIENCE
        while subprocess.run([CLIENT, "-H", socket, "info"], capture_output=True, check=False).returncode != 0:
            if process.poll() is not None or time.monotonic() > deadline:
                with open(log_path, encoding="utf-8") as log:
                    raise SystemExit("bench: dockerd does not answer:\n" + "".join(log.readlines()[-5:]))
            time.sleep(0.1)
        yield socket
    finally:
        stop(process, os.path.join(exec_root, "containerd/containerd.pid"))
