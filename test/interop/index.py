#!/usr/bin/env python3
"""Indexes a shard set in every way that `datasets` has, and compares with the rows that pyarrow reads.

usage: index.py SHARDS SCRATCH

Prints the versions as one JSON line. Exit 1 and a stack where something is not as it should be.
"""
import glob
import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HOME"] = sys.argv[2]
import datasets  # noqa: E402
import numpy as np  # noqa: E402
import pyarrow as pa  # noqa: E402

shards = sys.argv[1]
datasets.disable_progress_bar()
rows = pa.concat_tables(pa.ipc.open_stream(f).read_all() for f in sorted(glob.glob(shards + "/data-*.arrow"))).to_pylist()
loaded = datasets.load_from_disk(shards)
assert len(loaded) == len(rows) > 8
assert list(loaded) == rows
assert loaded[3] == rows[3] and loaded[2:5]["seq_lengths"] == [row["seq_lengths"] for row in rows[2:5]]
assert loaded.select([7, 1])[0] == rows[7] and loaded.select(range(2, 5))[1] == rows[3]
assert list(loaded.shard(3, 1, contiguous=False)) == rows[1::3]
assert sorted(row["doc_ids"] for row in loaded.shuffle(seed=1)) == sorted(row["doc_ids"] for row in rows)
numpy = loaded.with_format("numpy")
assert (numpy[3]["input_ids"] == np.array(rows[3]["input_ids"])).all()
assert numpy[:4]["input_ids"].shape == (4, len(rows[0]["input_ids"]))
assert [row["input_ids"] for row in loaded.to_iterable_dataset()] == [row["input_ids"] for row in rows]
assert loaded.map(lambda row: {"count": len(row["doc_ids"])}, keep_in_memory=True)[3]["count"] == len(rows[3]["doc_ids"])
loaded.save_to_disk(os.path.join(sys.argv[2], "again"))
assert list(datasets.load_from_disk(os.path.join(sys.argv[2], "again"))) == rows
files = sorted(glob.glob(shards + "/data-*.arrow"))
streamed = datasets.load_dataset("arrow", data_files=files, streaming=True, split="train")
assert [row["input_ids"] for row in streamed] == [row["input_ids"] for row in rows]
assert next(iter(streamed.skip(5))) == rows[5]
print(json.dumps({"datasets": datasets.__version__, "pyarrow": pa.__version__}))
