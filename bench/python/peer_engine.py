"""One native engine on one tokenizer file and one thread, on the same texts as bench/families.mjs.

usage: peer_engine.py ENGINE FILE TEXTS.json
ENGINE: sentencepiece, tekken (test/tokenize/peers.py says how they are called), or, for a file like
node_modules/@dqbd/tiktoken/encoders/NAME.json, tiktoken or hf (hf_tokenizer.py builds it from the ranks).
Prints one JSON object: times in ms, by the clock and by the processor, number of tokens, their sha1.
needs: pip install numpy and the engine
"""
import hashlib
import json
import os
import sys
import time

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
sys.path.append(os.path.join(os.path.dirname(__file__), "../../test/tokenize"))

import numpy as np

import hf_tokenizer
import peers


def open_engine(engine, path):
    """A function from one text to its tokens."""
    if engine == "hf":
        tokenizer = hf_tokenizer.build(path)
        return lambda text: tokenizer.encode(text, add_special_tokens=False).ids
    if engine == "tiktoken":
        import tiktoken

        with open(path, encoding="utf-8") as file:
            pattern = json.load(file)["pat_str"]
        ranks = hf_tokenizer.read_ranks(path)
        encoding = tiktoken.Encoding("bench", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
        return lambda text: encoding.encode_to_numpy(text, disallowed_special=())
    encode = peers.engines[engine]({"file": path})
    return lambda text: encode([text])[0]


def main(engine, path, corpus):
    with open(corpus, encoding="utf-8") as file:
        texts = json.load(file)
    encode = open_engine(engine, path)
    clock, processor = time.perf_counter(), time.process_time()
    parts = [encode(text) for text in texts]
    processor, clock = time.process_time() - processor, time.perf_counter() - clock
    sha1, tokens = hashlib.sha1(), 0
    for part in parts:
        sha1.update(np.asarray(part, dtype="<u4").tobytes())
        tokens += len(part)
    print(json.dumps({"clock": clock * 1e3, "processor": processor * 1e3, "tokens": tokens, "sha1": sha1.hexdigest()}))


main(*sys.argv[1:])
