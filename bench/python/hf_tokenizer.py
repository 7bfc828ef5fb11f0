"""A tiktoken vocabulary as a Hugging Face tokenizer: the same ids for the same text.

The vocabulary is node_modules/@dqbd/tiktoken/encoders/NAME.json, so nothing is fetched. tiktoken merges by rank and
has no list of merges, so each is found again: a token is what its own two last parts merge into.
"""
import base64
import json


def read_ranks(path):
    """Bytes of each token -> its id."""
    ranks = {}
    for line in json.load(open(path, encoding="utf-8"))["bpe_ranks"].split("\n"):
        if line:
            _, first, *tokens = line.split(" ")
            for i, token in enumerate(tokens):
                ranks[base64.b64decode(token)] = int(first) + i
    return ranks


def build(path):
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    encoding, ranks = json.load(open(path, encoding="utf-8")), read_ranks(path)
    chars = _byte_chars()
    spell = lambda token: "".join(chars[b] for b in token)
    merges = []
    for token, rank in ranks.items():
        parts = _last_parts(token, rank, ranks)
        if len(parts) == 2:
            merges.append((rank, spell(parts[0]), spell(parts[1])))
    merges.sort()
    # Special tokens are in the vocabulary only: added as special, they would also be found inside the text.
    vocab = {spell(t): r for t, r in ranks.items()} | encoding["special_tokens"]
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[m[1:] for m in merges], ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(encoding["pat_str"]), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    return tokenizer


def _last_parts(token, limit, ranks):
    """The parts of a token before the merge that makes it: merging by rank, stopped below its own."""
    parts = [bytes([b]) for b in token]
    while True:
        best = None
        for i in range(len(parts) - 1):
            rank = ranks.get(parts[i] + parts[i + 1])
            if rank is not None and (best is None or rank < best[0]):
                best = (rank, i)
        if best is None or best[0] >= limit:
            return parts
        i = best[1]
        parts[i : i + 2] = [parts[i] + parts[i + 1]]


def _byte_chars():
    """GPT-2's printable character for each byte."""
    bytes_ = [*range(33, 127), *range(161, 173), *range(174, 256)]
    chars = bytes_[:]
    for b in range(256):
        if b not in bytes_:
            bytes_.append(b)
            chars.append(256 + len(chars) - 188)
    return dict(zip(bytes_, map(chr, chars)))
