#!/usr/bin/env python3
"""datatrove's MinHash: JsonlReader -> signatures -> buckets -> clusters. Prints one JSON line with the seconds of each stage.

usage: peer_minhash.py CORPUS_DIR OUT_DIR [--glob=*.jsonl.gz] [--buckets=14] [--hashes=8]

One task and one process per stage. Words are those of datatrove's English tokenizer.
needs: pip install datatrove tokenizers regex nltk spacy orjson "xxhash<4" (tried: 0.10.1). Runs offline.
"""
import glob
import gzip
import json
import os
import resource
import shutil
import sys
import time

options = dict(a[2:].split("=", 1) for a in sys.argv[1:] if a.startswith("--"))
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"


def main():
    corpus, out = [a for a in sys.argv[1:] if not a.startswith("--")]
    pattern = options.get("glob", "*.jsonl.gz")
    shutil.rmtree(out, ignore_errors=True)
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.utils.typeshelper import Languages

    config = MinhashConfig(
        num_buckets=int(options.get("buckets", 14)), hashes_per_bucket=int(options.get("hashes", 8))
    )
    text = 0
    documents = 0
    for path in glob.glob(os.path.join(corpus, pattern)):
        with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                documents += 1
                text += len(json.loads(line)["text"].encode())
    before = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    stages = {
        "signatures": [
            JsonlReader(corpus, glob_pattern=pattern),
            MinhashDedupSignature(f"{out}/signatures", config=config, language=Languages.english),
        ],
        "buckets": [MinhashDedupBuckets(f"{out}/signatures", f"{out}/buckets", config=config)],
        "clusters": [MinhashDedupCluster(f"{out}/buckets", f"{out}/remove", config=config, save_cluster_id=True)],
    }
    seconds = {}
    for name, pipeline in stages.items():
        tasks = config.num_buckets if name == "buckets" else 1
        start = time.perf_counter()
        LocalPipelineExecutor(pipeline=pipeline, tasks=tasks, workers=1, logging_dir=f"{out}/logs/{name}").run()
        seconds[name] = round(time.perf_counter() - start, 2)
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(u.ru_utime + u.ru_stime for u in usage) - before
    rss = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    wall = sum(seconds.values())
    print(json.dumps({
        "peer": "datatrove", "documents": documents, "text_mb": round(text / 1e6, 2), **seconds,
        "cpu_s": round(cpu, 2), "mb_s": round(text / 1e6 / wall, 2), "rss_mb": round(rss / 1000),
    }))


if __name__ == "__main__":
    main()
