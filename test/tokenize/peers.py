"""The native engines in Python, as one process that answers a JSON line with a JSON line (test/support/peers.ts asks).

    {"engine": "hf", "file": PATH, "texts": [...]}                      -> {"tokens": [[...], ...]}
    {"engine": "sentencepiece" | "tekken", "file": ..., "texts": ...}   the same
    {"engine": "tiktoken", "file": ..., "pattern": ..., "texts": ...}   the same
    {"split": PATTERN, "behavior": ..., "invert": ..., "texts": [...]}  -> {"parts": [[...], ...]}; null: refused, or failed
    {"make": "sentencepiece" | "hf-bpe", "out": PATH, "texts": [...], "options": {...}} -> {}
    {"make": "charsmap", "name": "nmt_nfkc"}                            -> {"charsmap": BASE64}
    {"chat": FILE, "tokens": {...}, "template": ..., "cases": [...]}    -> {"chats": [{"tokens", "mask"} | {"error"}, ...]}

The text of a special token is text everywhere, as in longmix, except where a chat template writes it.
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


def chat(request, opened={}):
    """A case is {"messages", "tools", "as"}; `as` says which masks are asked for:

    marks    transformers' apply_chat_template(return_assistant_tokens_mask=True)
    prompt   the last message after all others: TRL's completion_mask of prompt and completion; null: the tokens of the
             prompt are not the first of all tokens, for which TRL has a warning
    quoting  the same as `marks` for messages that quote special tokens, which transformers has no mask for: the text is
             cut where the template itself writes a special token, and what is between is tokenized with
             `encode_special_tokens`
    """
    import re

    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast
    from transformers.utils.chat_template_utils import mark_control_tokens, render_jinja_template

    key = (request["chat"], json.dumps(request["tokens"]))
    if key not in opened:
        engine = Tokenizer.from_file(request["chat"])
        engine.encode_special_tokens = True
        opened[key] = (PreTrainedTokenizerFast(tokenizer_file=request["chat"], **request["tokens"]), engine)
    whole, textual = opened[key]
    template = request["template"]
    added = whole.added_tokens_decoder
    special = {token.content: (id, token) for id, token in added.items() if token.special}
    any_special = "|".join(re.escape(text) for text in sorted(special, key=len, reverse=True))

    def marks(case):
        out = whole.apply_chat_template(
            case["messages"],
            tools=case["tools"],
            chat_template=template,
            return_dict=True,
            return_assistant_tokens_mask=True,
        )
        return {"tokens": out["input_ids"], "mask": out["assistant_masks"]}

    def prompt(case):
        def tokens(messages, **options):
            return whole.apply_chat_template(
                messages, tools=case["tools"], chat_template=template, return_dict=True, **options
            )["input_ids"]

        before = tokens(case["messages"][:-1], add_generation_prompt=True)
        all_tokens = tokens(case["messages"])
        if all_tokens[: len(before)] != before:
            return {"tokens": all_tokens, "mask": None}
        return {"tokens": all_tokens, "mask": [0] * len(before) + [1] * (len(all_tokens) - len(before))}

    def quoting(case):
        control = re.compile(any_special)
        [rendered], [spans] = render_jinja_template(
            conversations=[mark_control_tokens(case["messages"], control)],
            tools=mark_control_tokens(case["tools"], control),
            chat_template=template,
            return_assistant_tokens_mask=True,
            **whole.special_tokens_map,
        )
        [bare] = render_jinja_template(conversations=[mark_control_tokens([{"role": "user", "content": "<s>"}], re.compile("<s>"))], chat_template="{{ messages[0].content }}")[0]
        start, end = bare[0], bare[-1]
        # The text without markers, where each of its characters was, and which of them people wrote in markers.
        text, places, quoted = "", [], []
        inside = False
        for at, character in enumerate(rendered):
            if character in (start, end):
                inside = character == start
            else:
                text += character
                places.append(at)
                quoted.append(inside)
        ids, mask = [], []

        def learned(first, last):
            return int(any(places[first] < to and places[last - 1] >= since for since, to in spans))

        def put_text(first, last):
            if first == last:
                return
            encoding = textual.encode(text[first:last], add_special_tokens=False)
            ids.extend(encoding.ids)
            mask.extend(learned(first + a, first + b) if b > a else 0 for a, b in encoding.offsets)

        done = at = 0
        while found := control.search(text, at):
            first, last = found.span()
            if any(quoted[first:last]):
                at = first + 1
                continue
            id, token = special[found.group()]
            while token.lstrip and first > done and text[first - 1].isspace():
                first -= 1
            while token.rstrip and last < len(text) and text[last].isspace():
                last += 1
            put_text(done, first)
            ids.append(id)
            mask.append(learned(first, last))
            done = at = last
        put_text(done, len(text))
        return {"tokens": ids, "mask": mask}

    def answer(case):
        try:
            return {"marks": marks, "prompt": prompt, "quoting": quoting}[case["as"]](case)
        except Exception as error:
            return {"error": f"{type(error).__name__}: {error}"}

    return {"chats": [answer(case) for case in request["cases"]]}


engines = {"hf": hf, "sentencepiece": sentencepiece, "tiktoken": tiktoken, "tekken": tekken}
makers = {"sentencepiece": make_sentencepiece, "hf-bpe": make_hf_bpe, "charsmap": make_charsmap}


def main():
    opened = {}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "make" in request:
                answer = makers[request["make"]](request)
            elif "chat" in request:
                answer = chat(request)
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
