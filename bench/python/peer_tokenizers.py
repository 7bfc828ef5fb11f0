"""The tokenizers that a user of Python has, on one thread, on the same texts as bench/tokenize.mjs.

usage: peer_tokenizers.py FILE TEXTS.json
FILE is node_modules/@dqbd/tiktoken/encoders/NAME.json (tiktoken and tokenizers run) or a tokenizer.json (tokenizers runs).
Prints one JSON object a peer: times in ms, by the clock and by the processor, number of tokens, their sha1.
needs: pip install tiktoken tokenizers numpy
"""
import hashlib
import json
import os
import sys
import time

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import numpy as np

import hf_tokenizer


def measure(peer, encode, texts):
    """One pass; the hash is taken of it too, but not in the time."""
    parts = []
    clock, processor = time.perf_counter(), time.process_time()
    for text in texts:
        parts.append(encode(text))
    processor, clock = time.process_time() - processor, time.perf_counter() - clock
    sha1 = hashlib.sha1()
    for part in parts:
        sha1.update(np.asarray(part, dtype="<u4").tobytes())
    tokens = sum(len(part) for part in parts)
    times = {"clock": clock * 1e3, "processor": processor * 1e3}
    print(json.dumps({"peer": peer, **times, "tokens": tokens, "sha1": sha1.hexdigest()}))


def main(path, corpus):
    with open(corpus, encoding="utf-8") as file:
        texts = json.load(file)
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    if "bpe_ranks" in content:
        import tiktoken

        ranks = hf_tokenizer.read_ranks(path)
        encoding = tiktoken.Encoding(
            name="bench",
            pat_str=content["pat_str"],
            mergeable_ranks=ranks,
            special_tokens=content["special_tokens"],
        )
        measure("tiktoken", lambda text: encoding.encode_to_numpy(text, disallowed_special=()), texts)
        tokenizer = hf_tokenizer.build(path)
    else:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(path)
    measure("tokenizers", lambda text: tokenizer.encode(text, add_special_tokens=False).ids, texts)


main(*sys.argv[1:])
