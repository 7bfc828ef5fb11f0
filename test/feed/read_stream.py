#!/usr/bin/env python3
"""Reads Arrow streams that stand one behind another, as a trainer would, and prints what came as JSON lines.

usage: read_stream.py [URL]     without a URL: standard input
"""
import json
import sys
import urllib.request

import pyarrow as pa


def batches(source):
    """All record batches of all streams in a file: where the width changes, a stream ends and another begins."""
    while source.peek(1):
        with pa.ipc.open_stream(source) as stream:
            yield from stream


def main(url=None):
    if url is None:
        source = sys.stdin.buffer
    else:
        # Loopback: no proxy of the environment's.
        source = urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url)
    for batch in batches(source):
        batch.validate(full=True)
        print(json.dumps({"types": [str(field.type) for field in batch.schema], "rows": batch.to_pylist()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
