#!/usr/bin/env python3
"""Trains a small decoder-only transformer on longmix rows: how to feed PyTorch (1.13 or newer; and pyarrow), from

  train.py out/NAME                   a build or one of its shard sets: the files, memory-mapped
  longmix pipe out/NAME | train.py --steps 500 --vocabulary 50257       Arrow streams on stdin (also: -)
  train.py http://127.0.0.1:8000      `longmix serve`; its token in LONGMIX_TOKEN
  torchrun --nproc_per_node 2 train.py ...       data parallel, with any of these; the losses are those of one process

Each gives the same rows in the same steps (the feed's epoch 0), so the same losses. With --checkpoint FILE it goes on
where it stopped; under `longmix train` that is checkpoint.pt in the run's folder. On SIGTERM it ends its step, writes the
checkpoint, and exits with 143. A JSON line a step: loss (nats a token), tokens a second, share of the time that went into
waiting for rows; and {"saved_steps": n} for a checkpoint, from which `longmix train --resume` knows where to begin.
Attention stays inside documents; no loss is asked for padding, a document's first token, or where loss_mask has a 0.
"""
import argparse
import json
import math
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.request import Request, urlopen

import pyarrow as pa
import torch
import torch.nn.functional as F
from torch import distributed as dist, nn

env = lambda name: int(os.environ.get(name, 0))
norm = lambda x: x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)


# --- Rows: record batches, one a step. Of files and HTTP: this rank's rows; of stdin: those of all ranks.
def open_source(args, rank, world):
    """How many steps there are (stdin doesn't say), the vocabulary's size, what gives the batches from a step on."""
    if args.source == "-":
        assert rank > 0 or not sys.stdin.isatty(), "no rows on stdin: longmix pipe out/NAME | train.py ..."
        return args.steps, args.vocabulary, lambda start: read_streams(sys.stdin.buffer, start)
    if args.source.startswith(("http://", "https://")):
        headers = {"Authorization": "Bearer " + os.environ.get("LONGMIX_TOKEN", "")}
        get = lambda what: urlopen(Request(args.source.rstrip("/") + "/v1/" + what, headers=headers))
        rows = f"rows_per_step={args.rows_per_step}&" if args.rows_per_step else ""
        manifest = json.load(get("manifest?" + rows))
        ask = f"stream?{rows}rank={rank}&world_size={world}&start_step="
        stream = lambda start: read_streams(get(ask + str(start)), start)
        return manifest["epochSteps"], manifest["tokenizer"]["vocabularySize"], stream
    sets, steps = open_folder(args.source, args.rows_per_step or 1)
    check_shares((rows for _, _, rows in steps), world)
    mine = lambda i, first, rows: sets[i][1].slice(first + rank * (rows // world), rows // world)
    files = lambda start: (mine(*step).combine_chunks().to_batches()[0] for step in steps[start:])
    return len(steps), sets[0][0]["tokenizer"]["vocabularySize"], files


def check_shares(steps, world):
    uneven = next((rows for rows in steps if rows % world), None)
    assert uneven is None, f"{world} ranks can't share a step's {uneven} rows evenly (--rows-per-step)"


def read_streams(file, start):
    """One Arrow stream after another: where rows change their width the schema does, and a stream has one schema."""
    step = None
    while file.peek(1):
        for batch in pa.ipc.open_stream(file):
            if step is None:  # `longmix train` says at which step of the run it begins, others at which of the epoch.
                step = int(os.environ.get("LONGMIX_FIRST_STEP", batch.column("step")[0].as_py()))
                assert step <= start, f"the rows begin at step {step}, but the run is at {start}"
            if step >= start:
                yield batch
            step += 1


def open_folder(folder, rows_per_step):
    """The training sets as (manifest, table over the mapped files), and each step's (set, first row, rows)."""
    read = lambda *path: json.load(open(os.path.join(folder, *path), encoding="utf-8"))
    has = lambda name: os.path.exists(os.path.join(folder, name))
    schedule = read("schedule.json") if has("schedule.json") else None
    splits = [""] if has("manifest.json") else read("dataset_dict.json")["splits"]
    sets = []
    for name in (name for name in splits if name.startswith("train") or not name):
        manifest = read(name, "manifest.json")
        files = [pa.memory_map(os.path.join(folder, name, shard["name"])) for shard in manifest["shards"]]
        sets.append((manifest, pa.concat_tables([pa.ipc.open_stream(file).read_all() for file in files])))
    if schedule:
        rows, stretches = [s["rowsPerStep"] for s in schedule["sets"]], schedule["stretches"]
    else:  # One set after another, with as many tokens a step.
        longest = max(m["length"] for m, _ in sets)
        rows = [rows_per_step * longest // m["length"] for m, _ in sets]
        stretches = [(i, m["rows"] // rows[i]) for i, (m, _) in enumerate(sets)]
    steps, taken = [], [0] * len(sets)
    for i, count in stretches:
        steps += [(i, taken[i] + step * rows[i], rows[i]) for step in range(count)]
        taken[i] += count * rows[i]
    return sets, steps


def tensors(batch):
    """Inputs, targets (-100: none) and the number of each token's document, all [rows, an even number of tokens]."""
    def values(array):  # A copy: PyTorch warns of memory that it may not write to.
        array = array.cast(pa.int64())
        return torch.frombuffer(bytearray(array.buffers()[1]), dtype=torch.int64)[array.offset :][: len(array)]
    ids = values(batch.column("input_ids").flatten()).view(batch.num_rows, -1)
    lengths, padding = values(batch.column("seq_lengths").flatten()), values(batch.column("padding"))
    document, width = torch.repeat_interleave(torch.arange(len(lengths)), lengths).view_as(ids), ids.shape[1]
    asked = (document[:, 1:] == document[:, :-1]) & (torch.arange(1, width) < width - padding[:, None])
    if "loss_mask" in batch.schema.names:  # Of a conversation, only what the model writes is learned.
        asked &= values(batch.column("loss_mask").flatten()).view_as(ids)[:, 1:] == 1
    targets = F.pad(torch.where(asked, ids[:, 1:], -100), (0, 1), value=-100)
    even = width - width % 2  # A row of L + 1 tokens (`plus_one`) has L inputs. In one of L, the last has no target.
    return [part[:, :even].contiguous() for part in (ids, targets, document)]


# --- Attention inside documents: from their numbers to attend(q, k, v), each [rows, heads, tokens, channels].
def sdpa(document):
    mask = (document[:, None, :, None] == document[:, None, None, :]).tril()
    if hasattr(F, "scaled_dot_product_attention"):
        return lambda q, k, v: F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return lambda q, k, v: (q @ k.mT / math.sqrt(q.shape[-1])).masked_fill(~mask, -math.inf).softmax(-1) @ v


def flex(document):
    from torch.nn.attention.flex_attention import create_block_mask, flex_attention
    inside = lambda b, h, q, k: (q >= k) & (document[b, q] == document[b, k])
    rows, tokens = document.shape
    mask = torch.compile(create_block_mask)(inside, rows, None, tokens, tokens, device=document.device)
    return lambda q, k, v: torch.compile(flex_attention)(q, k, v, block_mask=mask)


def flash(document):
    from flash_attn import flash_attn_varlen_func
    lengths = torch.unique_consecutive(document, return_counts=True)[1]
    cu_seqlens, longest = F.pad(lengths.cumsum(0), (1, 0)).int(), int(lengths.max())
    def attend(*qkv):  # All rows in a line, as [tokens, heads, channels].
        q, k, v = (x.transpose(1, 2).flatten(0, 1) for x in qkv)
        out = flash_attn_varlen_func(q, k, v, cu_seqlens, cu_seqlens, longest, longest, causal=True)
        return out.view(*document.shape, *out.shape[1:]).transpose(1, 2)
    return attend


def choose_attention(device):
    for attention in [flash, flex] if device.type == "cuda" else []:  # The fastest that works, tried on a few tokens.
        try:
            q = torch.zeros(1, 1, 128, 64, device=device, dtype=torch.bfloat16, requires_grad=True)
            attention(torch.zeros(1, 128, dtype=torch.long, device=device))(q, q, q).sum().backward()
            return attention
        except Exception as reason:
            print(f"train.py: no {attention.__name__} attention here: {type(reason).__name__}", file=sys.stderr)
    return sdpa


# --- The model, that of longmix's tfjs trainer: RMSNorm without gain, RoPE, squared ReLU, tied embeddings.
class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, linear = heads, lambda n, m: nn.Linear(n * width, m * width, bias=False)
        self.qkv, self.out, self.up, self.down = linear(1, 3), linear(1, 1), linear(1, 4), linear(4, 1)

    def forward(self, x, cos, sin, attend):
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in self.qkv(norm(x)).chunk(3, -1))
        def turn(part):
            a, b = part.float().chunk(2, -1)
            return torch.cat([a * cos - b * sin, a * sin + b * cos], -1).type_as(v)
        x = x + self.out(attend(turn(q), turn(k), v).transpose(1, 2).flatten(2))
        return x + self.down(F.relu(self.up(norm(x))).square())


class Model(nn.Module):
    def __init__(self, vocabulary, args, attention):
        super().__init__()
        self.attention, self.embedding = attention, nn.Embedding(vocabulary, args.width)
        self.blocks = nn.ModuleList([Block(args.width, args.heads) for _ in range(args.layers)])
        channels = args.width // args.heads
        self.register_buffer("speeds", args.rope_base ** -(torch.arange(0, channels, 2) / channels), persistent=False)
        for name, weight in self.named_parameters():  # What a block adds is 0 at first.
            std = 0.02 if "embedding" in name else 0 if "out" in name or "down" in name else args.width**-0.5
            nn.init.normal_(weight, std=std)

    def forward(self, ids, targets, document):
        """Sum of the losses in nats. Positions are the row's: RoPE turns by differences, which are the document's."""
        angles = torch.arange(ids.shape[1], device=ids.device)[:, None] * self.speeds
        x, attend = norm(self.embedding(ids)), self.attention(document)
        for block in self.blocks:
            x = block(x, angles.cos(), angles.sin(), attend)
        logits = F.linear(norm(x), self.embedding.weight).flatten(0, 1)
        return F.cross_entropy(logits.float(), targets.flatten(), ignore_index=-100, reduction="sum")


def main(args):
    rank, world = env("RANK"), env("WORLD_SIZE") or 1
    device = torch.device("cuda", env("LOCAL_RANK")) if torch.cuda.is_available() else torch.device("cpu")
    torch.cuda.set_device(device) if device.type == "cuda" else None
    if world > 1:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    total, vocabulary, batches_from = open_source(args, rank, world)
    assert total and vocabulary, "no whole step there (stdin doesn't say how long it is: give --steps, --vocabulary)"
    total = min(total, args.steps or total)
    torch.manual_seed(args.seed)
    attention = globals()[args.attention] if args.attention else choose_attention(device)
    model = Model(vocabulary, args, attention).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr, betas=(0.9, 0.95), weight_decay=0.1)
    start, stops = 0, []
    if args.checkpoint:  # A signal only leaves a note: a step is done whole, or not at all.
        signal.signal(signal.SIGTERM, lambda *_: stops.append(True))
    if args.checkpoint and os.path.exists(args.checkpoint):
        state = torch.load(args.checkpoint, map_location=device, weights_only=True)
        start = state["step"]
        begins = os.environ.get("LONGMIX_FIRST_STEP")
        assert begins != "0" or not start, f"{args.checkpoint} has {start} steps done: --resume, or move it away"
        model.load_state_dict(state["model"])
        optimizer.load_state_dict({**optimizer.state_dict(), "state": state["optimizer"]})
    parallel = nn.parallel.DistributedDataParallel(model) if world > 1 else model
    shared = args.source == "-" and world > 1  # One pipe, several processes: the first reads for all.
    batches = map(tensors, [] if shared and rank > 0 else batches_from(start))
    def read():
        try:
            return next(batches, None)
        except Exception as reason:  # Rows that are cut off are no fault if who sends them was stopped, too.
            return reason
    def save(steps):
        state = {"step": steps, "model": model.state_dict(), "optimizer": optimizer.state_dict()["state"]}
        torch.save(state, args.checkpoint + ".new")
        os.replace(args.checkpoint + ".new", args.checkpoint)
        print(json.dumps({"saved_steps": steps}), flush=True)
    reader = ThreadPoolExecutor(1)
    coming = reader.submit(read)
    for step in range(start, total):
        began = time.perf_counter()
        batch = [coming.result()]
        coming = reader.submit(read) if step + 1 < total else None  # The next one, while this one is trained on.
        if shared:
            dist.broadcast_object_list(batch)
        if not isinstance(batch[0], list):
            if any_rank(stops, world if shared else 1, device):
                return stop(save, rank, step)
            raise batch[0] or AssertionError(f"the rows end before step {step}")
        check_shares([len(batch[0][0])] if shared else [], world)
        batch = [(part.chunk(world)[rank] if shared else part).to(device) for part in batch[0]]
        waited = time.perf_counter() - began
        warm, done = min(1, (step + 1) / (args.warmup + 1)), max(0, step - args.warmup) / max(1, total - args.warmup)
        optimizer.param_groups[0]["lr"] = args.lr * warm * (0.55 + 0.45 * math.cos(math.pi * done))
        loss = train_step(parallel, optimizer, batch, args.micro_rows or len(batch[0]), world)
        took = time.perf_counter() - began
        if rank == 0:
            speed, wait = round(batch[0].numel() * world / took), round(waited / took, 4)
            print(json.dumps({"step": step, "loss": loss, "tokens_per_second": speed, "data_wait": wait}), flush=True)
        if any_rank(stops, world, device):
            return stop(save, rank, step + 1)
        if rank == 0 and args.checkpoint and ((step + 1) % args.checkpoint_every == 0 or step + 1 == total):
            save(step + 1)


def any_rank(stops, world, device):
    """Whether one of the ranks was told to stop: all end after the same step, or one would wait for the others for ever."""
    told = torch.tensor(len(stops), device=device)
    dist.all_reduce(told) if world > 1 else None
    return told.item() > 0


def stop(save, rank, steps):
    save(steps) if rank == 0 else None
    os._exit(143)  # As a process that SIGTERM ended. The thread that reads may wait for rows that never come.


def train_step(model, optimizer, batch, micro_rows, world):
    """By the mean loss over the tokens of all ranks, whichever rank has how many; a few rows at a time."""
    sum_up = dist.all_reduce if world > 1 else lambda number: None
    asked, loss = (batch[1] != -100).sum().clamp(min=1), torch.zeros((), device=batch[0].device)
    sum_up(asked)
    for part in zip(*(tensor.split(micro_rows) for tensor in batch)):
        with torch.autocast(loss.device.type, torch.bfloat16, enabled=loss.is_cuda):
            part_loss = model(*part) / asked
        (part_loss * world).backward()  # The ranks' gradients are averaged, not added up.
        loss += part_loss.detach()
    sum_up(loss)
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


if __name__ == "__main__":
    options = argparse.ArgumentParser(usage="train.py [FOLDER | - | URL] [options]")
    options.add_argument("source", nargs="?", default="-")
    sizes = dict(layers=4, width=256, heads=4, rope_base=10_000.0, lr=1e-3, warmup=10, seed=0, checkpoint_every=100)
    sizes.update(steps=env("LONGMIX_STEPS"), vocabulary=env("LONGMIX_VOCABULARY"), rows_per_step=0, micro_rows=0)
    for name, default in sizes.items():
        options.add_argument("--" + name.replace("_", "-"), type=type(default), default=default)
    folder = os.environ.get("LONGMIX_OUT")
    options.add_argument("--checkpoint", metavar="FILE", default=folder and os.path.join(folder, "checkpoint.pt"))
    options.add_argument("--attention", choices=["sdpa", "flex", "flash"])
    main(options.parse_args())
