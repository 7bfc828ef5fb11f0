#!/usr/bin/env python3
"""datatrove's way from JSON Lines to tokens on disk: JsonlReader -> DocumentTokenizer -> .ds files. Prints one JSON line.

usage: peer_datatrove.py ENCODING.json CORPUS_DIR OUT_DIR [--workers=1] [--tasks=N] [--threads=1] [--glob=*.jsonl.gz]

ENCODING.json   node_modules/@dqbd/tiktoken/encoders/NAME.json: the same vocabulary as longmix uses
CORPUS_DIR      JSON Lines files with `id` and `text`; files are dealt to the tasks, one file is never split
--workers       processes. --tasks: parts of the work, at least one a worker (default: one a worker)
--threads       threads of HF tokenizers inside a process (its default is all cores, whatever --workers says)

needs: pip install "datatrove[io,processing]" tokenizers (tried: 0.10.1, 0.23.3). Runs offline.
mb_s is UTF-8 text of all documents / wall time of the executor; the tokenizer file is made before and not counted.
rss_mb is the peak of the summed RSS of all processes, looked at every 50 ms (pages shared by processes count twice).
"""
import glob
import gzip
import json
import os
import shutil
import sys
import threading
import time

options = dict(a[2:].split("=", 1) for a in sys.argv[1:] if a.startswith("--"))
os.environ["RAYON_NUM_THREADS"] = options.get("threads", "1")
os.environ["TOKENIZERS_PARALLELISM"] = "false" if options.get("threads", "1") == "1" else "true"
os.environ["HF_HUB_OFFLINE"] = "1"


def main():
    encoding, corpus, out = [a for a in sys.argv[1:] if not a.startswith("--")]
    pattern = options.get("glob", "*.jsonl.gz")
    workers = int(options.get("workers", 1))
    tasks = int(options.get("tasks", workers))

    documents, text_bytes = text_size(glob.glob(os.path.join(corpus, pattern)))
    os.makedirs(out, exist_ok=True)
    tokenizer = tokenizer_file(encoding, out)
    shutil.rmtree(os.path.join(out, "run"), ignore_errors=True)

    peak = PeakMemory()
    start = time.perf_counter()
    run(corpus, pattern, tokenizer, os.path.join(out, "run"), workers, tasks)
    wall = time.perf_counter() - start

    stored = glob.glob(os.path.join(out, "run", "tokens", "*.ds"))
    tokens = sum(os.path.getsize(f) for f in stored) // 4
    print(json.dumps({
        "peer": "datatrove", "workers": workers, "tasks": tasks, "threads": int(options.get("threads", 1)),
        "documents": documents, "text_mb": round(text_bytes / 1e6, 2), "tokens": tokens - documents,
        "wall_s": round(wall, 2), "mb_s": round(text_bytes / 1e6 / wall, 2), "rss_mb": round(peak.stop() / 1e6),
    }))


def run(corpus, pattern, tokenizer, out, workers, tasks):
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.tokens import DocumentTokenizer

    LocalPipelineExecutor(
        pipeline=[
            JsonlReader(corpus, glob_pattern=pattern),
            DocumentTokenizer(
                os.path.join(out, "tokens"), tokenizer, eos_token="<|endoftext|>", shuffle_documents=False,
            ),
        ],
        tasks=tasks, workers=workers, logging_dir=os.path.join(out, "logs"),
    ).run()


def tokenizer_file(encoding, out):
    path = os.path.join(out, os.path.basename(encoding).replace(".json", ".tokenizer.json"))
    if not os.path.exists(path):
        import hf_tokenizer

        hf_tokenizer.build(encoding).save(path)
    return path


def text_size(files):
    documents = size = 0
    for path in files:
        with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                documents += 1
                size += len(json.loads(line)["text"].encode("utf-8", "surrogatepass"))
    return documents, size


class PeakMemory:
    """Peak of the RSS of this process and all below it, from /proc (Linux)."""

    def __init__(self):
        self.peak = 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def stop(self):
        self.done.set()
        self.thread.join()
        return self.peak

    def _watch(self):
        while not self.done.wait(0.05):
            self.peak = max(self.peak, sum(map(_rss, _tree(os.getpid()))))


def _tree(pid):
    found = [pid]
    for pid in found:
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                found += map(int, open(f"/proc/{pid}/task/{task}/children").read().split())
        except OSError:
            pass
    return found


def _rss(pid):
    try:
        return int(open(f"/proc/{pid}/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


if __name__ == "__main__":
    main()
