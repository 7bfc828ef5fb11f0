#!/usr/bin/env python3
"""Is the loss of samples/trainers/pytorch/train.py over packed rows that of every document run alone?

usage: check_train.py TRAIN.py OUT

The model sees each document alone, from position 0 on, without a mask but the causal one, cut out of the rows by
Python lists: what `tensors` and the attention do with seq_lengths and padding has to give the same sum. Prints what it
saw as one JSON line. Exit 1 and the first difference where something is not as it should be.
"""
import argparse
import importlib.util
import json
import sys

import torch


def main(script, out):
    spec = importlib.util.spec_from_file_location("train", script)
    train = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(train)
    args = argparse.Namespace(source=out, rows_per_step=4, width=32, heads=2, layers=2, rope_base=500.0)
    _, vocabulary, batches_from = train.open_source(args, 0, 1)
    torch.manual_seed(1)
    model = train.Model(vocabulary, args, train.sdpa)
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.3)  # As if it had learnt much: what a token sees counts.
    seen = {"batches": 0, "documents": 0, "padding": 0, "learned": 0, "widths": []}
    leaks = 0
    with torch.no_grad():
        for batch in batches_from(0):
            ids, targets, document = train.tensors(batch)
            packed = model(ids, targets, document).item()
            alone = 0.0
            masked = "loss_mask" in batch.schema.names
            names = ["input_ids", "seq_lengths", "padding", "loss_mask" if masked else "input_ids"]
            for row, lengths, padding, mask in zip(*(batch.column(name).to_pylist() for name in names)):
                learned = pieces(mask if masked else [1] * len(row), lengths, padding)
                for piece, wanted in zip(pieces(row, lengths, padding), learned):
                    tokens = torch.tensor([piece])
                    seen["learned"] += sum(wanted)
                    labels = torch.where(torch.tensor([wanted]) == 1, tokens, -100)
                    seen["documents"] += 1
                    if len(piece) > 1:
                        inputs = tokens[:, :-1]
                        alone += model(inputs, labels[:, 1:], torch.zeros_like(inputs)).item()
                seen["padding"] += padding
            check(abs(packed - alone) < 1e-5 * alone, f"batch {seen['batches']}: {packed} packed, {alone} alone")
            leaks += abs(model(ids, targets, torch.zeros_like(document)).item() - alone) > 1e-3 * alone
            seen["batches"] += 1
            if batch.column("input_ids").type.list_size not in seen["widths"]:
                seen["widths"].append(batch.column("input_ids").type.list_size)
    check(leaks > 0, "without its mask the loss is another")
    print(json.dumps(seen))


def pieces(row, lengths, padding):
    check(sum(lengths) == len(row), "seq_lengths sum to the row")
    at = 0
    for length in lengths[:-1] if padding else lengths:
        yield row[at : at + length]
        at += length


def check(holds, rule):
    if not holds:
        sys.exit(f"check_train.py: not so: {rule}")


if __name__ == "__main__":
    main(*sys.argv[1:])
