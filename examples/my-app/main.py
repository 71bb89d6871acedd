"""Trains a small neural network on two spirals and reports what the container lets it use."""

import glob
import os
import platform
import time

import numpy as np

CLASSES = 2
POINTS_PER_CLASS = 400
HIDDEN = 64
STEPS = 600
LEARNING_RATE = 1.0
UNLIMITED = 1 << 60  # cgroup v1 writes "no limit" as a number near 2^63


def read_words(*paths):
    """The words of the first file that exists, or an empty list."""
    for path in paths:
        try:
            with open(path) as file:
                return file.read().split()
        except OSError:
            continue
    return []


def cpu_limit():
    """CPUs' worth of time the container may use, or None when there is no quota."""
    words = read_words("/sys/fs/cgroup/cpu.max")
    if not words:
        quota = read_words("/sys/fs/cgroup/cpu/cpu.cfs_quota_us")
        words = quota + read_words("/sys/fs/cgroup/cpu/cpu.cfs_period_us")
    if len(words) != 2 or words[0] in ("max", "-1"):
        return None
    return int(words[0]) / int(words[1])


def memory_limit():
    """Bytes the container may use, or None when there is no limit."""
    words = read_words("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
    if not words or words[0] == "max" or int(words[0]) >= UNLIMITED:
        return None
    return int(words[0])


def gpus():
    return sorted(glob.glob("/dev/nvidia[0-9]*"))


def report():
    memory = memory_limit()
    quota = cpu_limit()
    print(f"Python {platform.python_version()}, numpy {np.__version__}, on {platform.machine()}")
    print(f"CPUs: {len(os.sched_getaffinity(0))}" + (f", limited to {quota:g}" if quota else ", no limit"))
    print("memory: " + (f"limited to {memory / 2**20:.0f} MiB" if memory else "no limit"))
    print("GPUs: " + (", ".join(gpus()) or "none"))


def spirals(generator):
    """Two interleaved spirals: no straight line tells them apart."""
    points, labels = [], []
    for label in range(CLASSES):
        radius = np.linspace(0.1, 1.0, POINTS_PER_CLASS)
        angle = 4.0 * radius + np.pi * label + generator.normal(0, 0.1, POINTS_PER_CLASS)
        points.append(np.column_stack([radius * np.sin(angle), radius * np.cos(angle)]))
        labels.append(np.full(POINTS_PER_CLASS, label))
    return np.concatenate(points), np.concatenate(labels)


def train(points, labels, generator):
    """Full-batch gradient descent on one hidden layer; gives back the accuracy on the training set."""
    w1 = generator.normal(0, 1.0, (2, HIDDEN))
    b1 = np.zeros(HIDDEN)
    w2 = generator.normal(0, 0.1, (HIDDEN, CLASSES))
    b2 = np.zeros(CLASSES)
    rows = np.arange(len(points))
    for step in range(STEPS + 1):
        hidden = np.tanh(points @ w1 + b1)
        scores = hidden @ w2 + b2
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities = scores / scores.sum(axis=1, keepdims=True)
        if step % (STEPS // 6) == 0:
            print(f"step {step:4d}  loss {-np.log(probabilities[rows, labels]).mean():.4f}")

        error = probabilities
        error[rows, labels] -= 1
        error /= len(points)
        back = (error @ w2.T) * (1 - hidden**2)
        w2 -= LEARNING_RATE * (hidden.T @ error)
        b2 -= LEARNING_RATE * error.sum(axis=0)
        w1 -= LEARNING_RATE * (points.T @ back)
        b1 -= LEARNING_RATE * back.sum(axis=0)
    predicted = (np.tanh(points @ w1 + b1) @ w2 + b2).argmax(axis=1)
    return (predicted == labels).mean()


def main():
    report()
    generator = np.random.default_rng(seed=7)
    points, labels = spirals(generator)
    start = time.perf_counter()
    accuracy = train(points, labels, generator)
    print(f"accuracy {accuracy:.3f} after {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
