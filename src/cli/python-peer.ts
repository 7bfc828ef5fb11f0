/** The program for `python -c`. It reads a question as JSON from standard input, and writes the answer as JSON. */
export const pythonPeer: string = `
import base64, json, sys
from importlib.metadata import version
q = json.load(sys.stdin)
form, texts = q["form"], q["texts"]
if form == "huggingface":
    import tokenizers
    engine = tokenizers.Tokenizer.from_file(q["file"])
    engine.encode_special_tokens = True
    engine.no_truncation()
    engine.no_padding()
    peer = "tokenizers " + tokenizers.__version__
    encode = lambda text: engine.encode(text, add_special_tokens=False).ids
elif form == "sentencepiece":
    import sentencepiece
    engine = sentencepiece.SentencePieceProcessor(model_file=q["file"])
    peer = "sentencepiece " + sentencepiece.__version__
    encode = lambda text: engine.encode(text, add_bos=False, add_eos=False)
elif form == "tekken":
    from mistral_common.tokens.tokenizers.tekken import Tekkenizer
    engine = Tekkenizer.from_file(q["file"])
    peer = "mistral-common " + version("mistral-common")
    encode = lambda text: engine.encode(text, bos=False, eos=False)
else:
    import tiktoken
    ranks = {}
    for line in q["ranks"].split("\\n"):
        _, first, *tokens = line.split(" ")
        for i, token in enumerate(tokens):
            ranks[base64.b64decode(token)] = int(first) + i
    engine = tiktoken.Encoding(name=q["name"], pat_str=q["pattern"], mergeable_ranks=ranks, special_tokens={})
    peer = "tiktoken " + version("tiktoken")
    encode = lambda text: engine.encode(text, disallowed_special=())
json.dump({"peer": peer, "tokens": [list(encode(text)) for text in texts]}, sys.stdout)
`;
