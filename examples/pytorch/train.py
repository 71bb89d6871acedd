"""Trains a small convolutional network on synthetic stripes.

Worker processes make the batches and hand them over through /dev/shm. More than 64 MiB of them are in flight at once,
which is where a container with a /dev/shm of that size dies of a bus error.
"""

import argparse
import math
import os
import pathlib
import warnings

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

DIRECTIONS = 4
SIZE = 96  # pixels


class Stripes(Dataset):
    """Noisy pictures of stripes; the class is the direction the stripes run in."""

    def __init__(self, count):
        self.count = count
        axis = torch.linspace(-1, 1, SIZE)
        self.y, self.x = torch.meshgrid(axis, axis, indexing="ij")

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        generator = torch.Generator().manual_seed(index)
        label = index % DIRECTIONS
        angle = math.pi * label / DIRECTIONS
        phase = torch.rand(3, 1, 1, generator=generator) * 2 * math.pi
        wave = torch.sin(18 * (self.x * math.cos(angle) + self.y * math.sin(angle)) + phase)
        noise = torch.randn(3, SIZE, SIZE, generator=generator)
        return wave + noise, label


def make_model():
    return nn.Sequential(
        nn.Conv2d(3, 16, kernel_size=12, stride=6),
        nn.ReLU(),
        nn.Conv2d(16, 16, kernel_size=3),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(16, DIRECTIONS),
    )


def shared_memory():
    """Size of /dev/shm and what is used of it, in MiB."""
    stats = os.statvfs("/dev/shm")
    used = (stats.f_blocks - stats.f_bfree) * stats.f_frsize
    return stats.f_blocks * stats.f_frsize / 2**20, used / 2**20


def save(checkpoint, model, epoch, loss):
    """Writes the checkpoint whole or not at all."""
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    unfinished = checkpoint.with_suffix(".unfinished")
    torch.save({"model": model.state_dict(), "epoch": epoch, "loss": loss}, unfinished)
    unfinished.replace(checkpoint)


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--samples", type=int, default=1024)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--checkpoint", type=pathlib.Path, default=pathlib.Path("/checkpoints/model.pt"))
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    torch.manual_seed(7)
    # More workers than CPUs is the point here, whatever the machine.
    warnings.filterwarnings("ignore", message="This DataLoader will create")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    print(f"PyTorch {torch.__version__} on {device}, {torch.get_num_threads()} threads")
    print(f"/dev/shm: {shared_memory()[0]:.0f} MiB")

    batches = DataLoader(
        Stripes(arguments.samples),
        batch_size=arguments.batch,
        shuffle=True,
        num_workers=arguments.workers,
        prefetch_factor=2,
        persistent_workers=True,
    )
    model = make_model().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
    criterion = nn.CrossEntropyLoss()
    peak = 0.0
    for epoch in range(1, arguments.epochs + 1):
        total = 0.0
        for pictures, labels in batches:
            loss = criterion(model(pictures.to(device)), labels.to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(labels)
            peak = max(peak, shared_memory()[1])
        mean = total / arguments.samples
        save(arguments.checkpoint, model, epoch, mean)
        print(f"epoch {epoch}  loss {mean:.4f}")
    print(f"up to {peak:.0f} MiB of batches in /dev/shm, checkpoint in {arguments.checkpoint}")


if __name__ == "__main__":
    main()
