"""The tokenizers that a user of Python has, on one thread, on the same texts as bench/tokenize.mjs.

usage: peer_tokenizers.py FILE TEXTS.json [--fast]
FILE is node_modules/@dqbd/tiktoken/encoders/NAME.json (tiktoken and tokenizers run) or a tokenizer.json (tokenizers runs);
gigatoken runs with either, where it is installed. --fast leaves out tokenizers.
Prints one JSON object a peer: times in ms, by the clock and by the processor, number of tokens, their sha1.
needs: pip install tiktoken tokenizers numpy; and, if wanted, gigatoken
"""
import base64
import hashlib
import json
import os
import sys
import tempfile
import time

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import numpy as np

import hf_tokenizer

try:
    import gigatoken
except ImportError:
    gigatoken = None

CHUNK_BYTES = 4_000_000


def measure(encode, inputs):
    """One pass; the hash is taken of it too, but not in the time."""
    parts = []
    clock, processor = time.perf_counter(), time.process_time()
    for each in inputs:
        parts.append(encode(each))
    processor, clock = time.process_time() - processor, time.perf_counter() - clock
    return {"clock": clock * 1e3, "processor": processor * 1e3}, parts


def report(peer, passes, flat=lambda part: part):
    """The best pass of some."""
    times, parts = min(passes, key=lambda one: one[0]["processor"])
    sha1, tokens = hashlib.sha1(), 0
    for part in parts:
        part = np.asarray(flat(part), dtype="<u4")
        sha1.update(part.tobytes())
        tokens += len(part)
    print(json.dumps({"peer": peer, **times, "tokens": tokens, "sha1": sha1.hexdigest()}))


def measure_gigatoken(path, content, texts):
    """By its own interface: UTF-8 in, arrays out, documents in batches, on this thread."""
    import awkward

    def load():
        if "bpe_ranks" not in content:
            return gigatoken.Tokenizer(path)
        with tempfile.NamedTemporaryFile("w", suffix=".tiktoken") as file:
            for token, rank in hf_tokenizer.read_ranks(path).items():
                file.write(f"{base64.b64encode(token).decode()} {rank}\n")
            file.flush()
            scheme = os.path.basename(path).split("_")[0]
            return gigatoken.Tokenizer.from_tiktoken(file.name, pretokenizer=scheme, special_tokens={})

    batches, size = [[]], 0
    for text in texts:
        if size >= CHUNK_BYTES:
            batches.append([])
            size = 0
        batches[-1].append(text.encode())
        size += len(batches[-1][-1])
    first, warm = [], []
    for _ in range(3):
        tokenizer = load()
        encode = lambda batch: tokenizer.encode_batch(batch, parallel=False)
        first.append(measure(encode, batches))
        warm.append(measure(encode, batches))
    flat = lambda part: awkward.to_numpy(awkward.flatten(part))
    report("gigatoken, first pass", first, flat)
    report("gigatoken, warm", warm, flat)


def main(path, corpus, *flags):
    with open(corpus, encoding="utf-8") as file:
        texts = json.load(file)
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    if "bpe_ranks" in content:
        import tiktoken

        encoding = tiktoken.Encoding(
            name="bench",
            pat_str=content["pat_str"],
            mergeable_ranks=hf_tokenizer.read_ranks(path),
            special_tokens=content["special_tokens"],
        )
        encode = lambda text: encoding.encode_to_numpy(text, disallowed_special=())
        report("tiktoken", [measure(encode, texts) for _ in range(3)])
        tokenizer = hf_tokenizer.build(path)
    else:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(path)
    if "--fast" not in flags:
        report("tokenizers", [measure(lambda text: tokenizer.encode(text, add_special_tokens=False).ids, texts)])
    if gigatoken is not None:
        measure_gigatoken(path, content, texts)


main(*sys.argv[1:])
