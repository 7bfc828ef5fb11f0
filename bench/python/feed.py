#!/usr/bin/env python3
"""Takes rows into numpy arrays as trainers do, and prints {"seconds", "bytes", "cpu"} of it as one JSON line.

usage: feed.py pipe                    Arrow streams on standard input
       feed.py serve URL               Arrow streams over HTTP
       feed.py datasets FOLDER ROWS    Hugging Face datasets, with_format("numpy"), ROWS at a time, in order
       feed.py shuffled FOLDER ROWS    the same, after shuffle()
       feed.py loader FOLDER ROWS      torch.utils.data.DataLoader over with_format("torch"), no workers

Bytes are those of input_ids as the shards have them: datasets makes int64 of each id, which is not more rows. Time
begins with the first batch: starting Python and importing is not feeding.
"""
import fcntl
import json
import os
import sys
import time
import urllib.request

os.environ["HF_HUB_OFFLINE"] = "1"


def streams(source):
    import pyarrow as pa

    while source.peek(1):
        with pa.ipc.open_stream(source) as stream:
            for batch in stream:
                yield batch.column("input_ids").flatten().to_numpy(zero_copy_only=True).nbytes


def pipe():
    try:
        fcntl.fcntl(sys.stdin.fileno(), 1031, 1 << 20)  # F_SETPIPE_SZ: 1 MiB instead of 64 KiB
    except OSError:
        pass
    return streams(sys.stdin.buffer)


def serve(url):
    return streams(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url))


def load(folder):
    """The set, and bytes of an id."""
    import numpy
    from datasets import load_from_disk

    rows = load_from_disk(folder)
    return rows, numpy.dtype(rows.features["input_ids"].feature.dtype).itemsize


def batches(rows, itemsize, size):
    for batch in rows.with_format("numpy", columns=["input_ids"]).iter(size):
        yield batch["input_ids"].size * itemsize


def datasets(folder, size):
    return batches(*load(folder), int(size))


def shuffled(folder, size):
    rows, itemsize = load(folder)
    return batches(rows.shuffle(seed=1), itemsize, int(size))


def loader(folder, size):
    from torch.utils.data import DataLoader

    rows, itemsize = load(folder)
    for batch in DataLoader(rows.with_format("torch", columns=["input_ids"]), batch_size=int(size)):
        yield batch["input_ids"].numel() * itemsize


def main(kind, *arguments):
    size = 0
    start = None
    for taken in globals()[kind](*arguments):
        if start is None:
            start, cpu = time.perf_counter(), time.process_time()
        else:
            size += taken
    print(json.dumps({"seconds": time.perf_counter() - start, "bytes": size, "cpu": time.process_time() - cpu}))


main(*sys.argv[1:])
