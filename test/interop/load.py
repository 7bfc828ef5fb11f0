#!/usr/bin/env python3
"""Opens a build as a trainer would, with Hugging Face `datasets`, and reads every document back.

usage: load.py OUT ENCODING.json EXPECTED.jsonl [--sampled]

OUT             what `longmix build --out OUT` wrote
ENCODING.json   node_modules/@dqbd/tiktoken/encoders/NAME.json: the bytes of each token, without tiktoken
EXPECTED.jsonl  {"doc": number in the token store, "text": what went in}, a line a document
--sampled       the recipe takes a part of the documents, and of some only the beginning; else all of all

Prints what it saw as one JSON line. Exit 1 and the first difference where something is not as it should be.
"""
import base64
import json
import os
import sys

import numpy as np

os.environ["HF_HUB_OFFLINE"] = "1"
from datasets import DatasetDict, load_from_disk  # noqa: E402


def main(out, encoding, expected, sampled=False):
    token_bytes = read_token_bytes(encoding)
    texts = {}
    for line in open(expected, encoding="utf-8"):
        record = json.loads(line)
        texts[record["doc"]] = record["text"]

    every = load_from_disk(out)
    check(isinstance(every, DatasetDict), "load_from_disk(OUT) gives a DatasetDict")
    seen = {}
    report = {"splits": {}, "pieces": 0, "padding": 0}
    for split, together in every.items():
        alone = load_from_disk(os.path.join(out, split))
        check(alone.num_rows == together.num_rows, f"{split}: as many rows alone as in the DatasetDict")
        manifest = json.load(open(os.path.join(out, split, "manifest.json"), encoding="utf-8"))
        check_features(alone, manifest)
        documents = set()
        for number, row in enumerate(alone.with_format("numpy", dtype="int64")):
            for document, start, tokens in pieces(row, manifest, f"{split} row {number}"):
                documents.add(document)
                seen.setdefault(document, []).append((start, tokens))
                report["pieces"] += 1
            report["padding"] += int(row["padding"])
        report["splits"][split] = {"rows": alone.num_rows, "documents": len(documents)}

    beginnings = 0
    for document, text in texts.items():
        if sampled and document not in seen:
            continue
        got = b"".join(token_bytes[t] for t in whole(document, seen.get(document, [])))
        if sampled and len(got) < len(text.encode()) and text.encode().startswith(got):
            beginnings += 1
        elif got != text.encode():
            at = next((i for i, (a, b) in enumerate(zip(got, text.encode())) if a != b), min(len(got), len(text.encode())))
            check(False, f"document {document} is as it went in (differs from byte {at}: {got[at : at + 40]!r})")
    check(set(seen) <= set(texts), "no document but those that went in")
    split_sum = sum(s["documents"] for s in report["splits"].values())
    check(split_sum == len(seen), "no document in two splits")
    print(json.dumps({**report, "documents": len(seen), "beginnings": beginnings, "tokens": sum(len(t) for p in seen.values() for _, t in p)}))


def check_features(dataset, manifest):
    features = dataset.features
    check(dataset.num_rows == manifest["rows"], f"as many rows as the manifest says ({manifest['rows']})")
    check(features["input_ids"].length == manifest["width"], "input_ids has the manifest's width")
    types = {name: getattr(f, "feature", f).dtype for name, f in features.items()}
    check(types == {
        "input_ids": manifest["dtype"], "seq_lengths": "int32", "padding": "uint32",
        "source_ids": "uint16", "doc_ids": "uint32", "doc_starts": "uint32",
    }, f"column types: {types}")


def pieces(row, manifest, where):
    """(document, its first token, tokens without BOS and EOS) of each piece of a row."""
    ids, lengths, padding = row["input_ids"], row["seq_lengths"], int(row["padding"])
    check(len(ids) == manifest["width"], f"{where}: {manifest['width']} tokens")
    check(lengths.sum() == len(ids) and (lengths > 0).all(), f"{where}: seq_lengths sum to the row")
    if padding > 0:
        check(lengths[-1] == padding, f"{where}: the last run is the padding")
        check((ids[-padding:] == manifest["padId"]).all(), f"{where}: padding is padId")
        lengths = lengths[:-1]
    count = len(lengths)
    for column in ("source_ids", "doc_ids", "doc_starts"):
        check(len(row[column]) == count, f"{where}: {column} has an entry a piece")
    check((row["source_ids"] < len(manifest["sources"])).all(), f"{where}: source_ids are in the manifest")
    special = [i for i in (manifest["bosId"], manifest["eosId"]) if i is not None]
    ends = np.cumsum(lengths)
    for document, start, end, length in zip(row["doc_ids"], row["doc_starts"], ends, lengths):
        tokens = ids[end - length : end]
        # Text never encodes to a special token, so each one in a piece is a mark of its first or last place.
        marks = np.flatnonzero(np.isin(tokens, special))
        check(set(marks) <= {0, length - 1}, f"{where}: special tokens only around a document")
        yield int(document), int(start), np.delete(tokens, marks)


def whole(document, parts):
    """The tokens of a document from its pieces, which must meet without gap or overlap."""
    tokens = []
    for start, piece in sorted(parts, key=lambda part: (part[0], len(part[1]))):
        check(start == len(tokens), f"document {document}: a piece begins at token {len(tokens)}, not {start}")
        tokens += piece.tolist()
    return tokens


def read_token_bytes(path):
    token_bytes = {}
    for line in json.load(open(path, encoding="utf-8"))["bpe_ranks"].split("\n"):
        if line:
            _, first, *tokens = line.split(" ")
            for i, token in enumerate(tokens):
                token_bytes[int(first) + i] = base64.b64decode(token)
    return token_bytes


def check(holds, rule):
    if not holds:
        sys.exit(f"load.py: not so: {rule}")


if __name__ == "__main__":
    main(*[a for a in sys.argv[1:] if a != "--sampled"], sampled="--sampled" in sys.argv)
