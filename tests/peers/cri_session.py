#!/usr/bin/python3
"""A pod's life as the kubelet has it: cri_session.py SOCKET HANDLER CGROUP LOGS.

Prints every step with what came of it, in words that are the same whichever runtime the handler stands for.
"""

import os
import sys
import time

import grpc

from cri import Runtime, decode

IMAGE = "docker.io/library/busybox:test"
NODE = 2  # of NamespaceMode: the host's
STATES = ["created", "running", "exited", "unknown"]

socket, handler, cgroup, logs = sys.argv[1:]
runtime = Runtime(socket)


def step(words, what):
    try:
        print("$", words)
        print(what())
    except grpc.RpcError as error:
        print("refused:", error.code().name)


NAMESPACES = {1: NODE}  # the host's network: no plugin is needed
POD = {
    1: {1: "pod", 2: "uid-" + handler, 3: "test", 4: 0},
    3: logs,
    8: {1: cgroup, 2: {1: NAMESPACES}},
}


def container_config(name, script, resources=None, security=None):
    return {
        1: {1: name},
        2: {1: IMAGE},
        3: ["sh", "-c"],
        4: [script],
        6: [{1: "GREETING", 2: "hello"}],
        7: [{1: "/logs", 2: logs, 3: True}],
        11: name + ".log",
        15: {1: resources or {}, 2: {3: NAMESPACES, **(security or {})}},
    }


def create(pod, *arguments, **more):
    made = runtime.call("CreateContainer", {1: pod, 2: container_config(*arguments, **more), 3: POD})
    return made[1][0].decode()


def start(container):
    runtime.call("StartContainer", {1: container})
    return "started"


def status(container):
    found = decode(runtime.call("ContainerStatus", {1: container})[1][0])
    state = STATES[found.get(3, [0])[0]]
    return f"{state} {found.get(7, [0])[0]}" if state == "exited" else state


def becomes(container, wanted):
    for _ in range(200):
        if status(container).startswith(wanted):
            break
        time.sleep(0.05)
    return status(container)


def run_inside(container, *command):
    result = runtime.call("ExecSync", {1: container, 2: list(command), 3: 20})
    out, err = (result.get(field, [b""])[0].decode() for field in (1, 2))
    return f"{out}{'(and errors)' if err else ''}[{result.get(3, [0])[0]}]"


def log_of(name, lines):
    path = os.path.join(logs, name + ".log")
    for _ in range(200):
        text = open(path).read().splitlines() if os.path.exists(path) else []
        if len(text) >= lines:
            break
        time.sleep(0.05)
    # Without the time, and in no order: the streams have none among each other.
    return "\n".join(sorted(line.split(" ", 1)[1] for line in text))


def pod_state(pod):
    found = decode(runtime.call("PodSandboxStatus", {1: pod})[1][0])
    return "not ready" if found.get(3, [0])[0] else "ready"


def listed(method):
    return len(runtime.call(method, {}).get(1, []))


def life_of_a_pod():
    pod = runtime.call("RunPodSandbox", {1: POD, 2: handler})[1][0].decode()
    step("the pod", lambda: pod_state(pod))
    one = create(
        pod,
        "one",
        "echo out $GREETING; echo err >&2; trap 'exit 9' TERM; while :; do sleep 0.1; done",
        resources={1: 100000, 2: 50000, 3: 512, 4: 50 << 20, 5: 500},
    )
    two = create(
        pod,
        "two",
        "id; touch /x; grep -E 'NoNewPrivs|CapEff|Seccomp:' /proc/self/status; sleep 100",
        security={5: {1: 1000}, 7: True, 8: [7], 11: True, 15: {1: 0}},
    )
    step("created", lambda: status(one))
    step("start one", lambda: start(one))
    step("start two", lambda: start(two))
    step("start one again", lambda: start(one))
    step("one", lambda: becomes(one, "running"))
    step("logs of one", lambda: log_of("one", 2))
    step("logs of two", lambda: log_of("two", 5))
    step("exec", lambda: run_inside(one, "sh", "-c", "echo $GREETING; ls / | tr '\\n' ' '; exit 3"))
    step("exec with errors", lambda: run_inside(one, "ls", "/none"))
    step("exec of nothing", lambda: run_inside(one, "no-such-program"))
    step("a read-only mount", lambda: run_inside(one, "touch", "/logs/x"))
    step("who runs", lambda: run_inside(one, "cat", "/proc/1/comm"))
    step("memory limit", lambda: run_inside(one, "cat", "/sys/fs/cgroup/memory/memory.limit_in_bytes"))
    step("cpu limit", lambda: run_inside(one, "sh", "-c", "cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu/cpu.shares"))
    step("badness", lambda: run_inside(one, "cat", "/proc/1/oom_score_adj"))
    step("update", lambda: runtime.call("UpdateContainerResources", {1: one, 2: {4: 60 << 20}}))
    step("the new limit", lambda: run_inside(one, "cat", "/sys/fs/cgroup/memory/memory.limit_in_bytes"))
    step("exec as the user of two", lambda: run_inside(two, "id"))
    step("stats", lambda: sorted(decode(runtime.call("ContainerStats", {1: one})[1][0])))
    step("containers", lambda: listed("ListContainers"))
    step("stop one", lambda: runtime.call("StopContainer", {1: one, 2: 5}))
    step("one", lambda: becomes(one, "exited"))
    step("exec in one", lambda: run_inside(one, "true"))
    step("remove one", lambda: runtime.call("RemoveContainer", {1: one}))
    killed = create(pod, "hungry", "tail /dev/zero", resources={4: 20 << 20, 10: 20 << 20})
    step("start one that wants too much", lambda: start(killed))
    step("it", lambda: becomes(killed, "exited"))
    nothing = create(pod, "nothing", "true")
    step("start one that ends at once", lambda: start(nothing))
    step("it", lambda: becomes(nothing, "exited"))
    step("stop two, which does not listen", lambda: runtime.call("StopContainer", {1: two, 2: 0}))
    step("stop the pod", lambda: runtime.call("StopPodSandbox", {1: pod}))
    step("the pod", lambda: pod_state(pod))
    step("remove the pod", lambda: runtime.call("RemovePodSandbox", {1: pod}))
    step("containers", lambda: listed("ListContainers"))
    step("pods", lambda: listed("ListPodSandbox"))


life_of_a_pod()
print("[0]")
