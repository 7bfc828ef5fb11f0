"""The native engines in Python, as one process that answers a JSON line with a JSON line (test/support/peers.ts asks).

    {"engine": "hf", "file": PATH, "texts": [...]}                      -> {"tokens": [[...], ...]}
    {"engine": "sentencepiece" | "tekken", "file": ..., "texts": ...}   the same
    {"engine": "tiktoken", "file": ..., "pattern": ..., "texts": ...}   the same
    {"split": PATTERN, "behavior": ..., "invert": ..., "texts": [...]}  -> {"parts": [[...], ...]}; null: refused, or failed
    {"make": "sentencepiece" | "hf-bpe", "out": PATH, "texts": [...], "options": {...}} -> {}
    {"make": "charsmap", "name": "nmt_nfkc"}                            -> {"charsmap": BASE64}

The text of a special token is text everywhere: longmix knows no other.
"""
import base64
import io
import json
import sys


def hf(request):
    from tokenizers import Tokenizer

    engine = Tokenizer.from_file(request["file"])
    engine.encode_special_tokens = True
    return lambda texts: [e.ids for e in engine.encode_batch(texts, add_special_tokens=False)]


def sentencepiece(request):
    from sentencepiece import SentencePieceProcessor

    engine = SentencePieceProcessor(model_file=request["file"])
    return lambda texts: engine.encode(texts)


def tiktoken(request):
    from tiktoken import Encoding

    ranks = {}
    with open(request["file"], "rb") as lines:
        for line in lines.read().splitlines():
            if line:
                token, rank = line.split()
                ranks[base64.b64decode(token)] = int(rank)
    engine = Encoding("test", pat_str=request["pattern"], mergeable_ranks=ranks, special_tokens={})
    return lambda texts: [engine.encode_ordinary(text) for text in texts]


def tekken(request):
    from mistral_common.tokens.tokenizers.tekken import Tekkenizer

    engine = Tekkenizer.from_file(request["file"])
    return lambda texts: [engine.encode(text, bos=False, eos=False) for text in texts]


def split(request):
    """Hugging Face's Split. Oniguruma gives up on some texts, which is a panic."""
    from tokenizers import Regex, pre_tokenizers

    try:
        engine = pre_tokenizers.Split(Regex(request["split"]), request["behavior"], request["invert"])
    except BaseException:
        return {"parts": None}

    def parts(text):
        try:
            return [part for part, _ in engine.pre_tokenize_str(text)]
        except BaseException:
            return None

    return {"parts": [parts(text) for text in request["texts"]]}


def make_sentencepiece(request):
    from sentencepiece import SentencePieceTrainer

    model = io.BytesIO()
    lines = (line for text in request["texts"] for line in text.split("\n"))
    SentencePieceTrainer.train(
        sentence_iterator=lines, model_writer=model, num_threads=1, minloglevel=2, **request["options"]
    )
    with open(request["out"], "wb") as out:
        out.write(model.getvalue())
    return {}


def make_hf_bpe(request):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    engine = Tokenizer(models.BPE())
    engine.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    engine.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=request["options"]["size"],
        min_frequency=0,
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|endoftext|>"],
    )
    engine.train_from_iterator(request["texts"], trainer)
    engine.save(request["out"])
    return {}


def make_charsmap(request):
    """sentencepiece's own table of a normalization, which it writes into every model that it trains with it."""
    from sentencepiece import SentencePieceTrainer, sentencepiece_model_pb2

    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(["a b c d e f g h"]),
        model_writer=model,
        normalization_rule_name=request["name"],
        model_type="char",
        vocab_size=12,
        minloglevel=2,
    )
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    return {"charsmap": base64.b64encode(proto.normalizer_spec.precompiled_charsmap).decode()}


engines = {"hf": hf, "sentencepiece": sentencepiece, "tiktoken": tiktoken, "tekken": tekken}
makers = {"sentencepiece": make_sentencepiece, "hf-bpe": make_hf_bpe, "charsmap": make_charsmap}


def main():
    opened = {}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "make" in request:
                answer = makers[request["make"]](request)
            elif "split" in request:
                answer = split(request)
            else:
                key = (request["engine"], request["file"], request.get("pattern"))
                if key not in opened:
                    opened[key] = engines[request["engine"]](request)
                answer = {"tokens": opened[key](request["texts"])}
        except BaseException as error:  # a Rust panic is no Exception
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
