"""A tiny inference model with random weights, as people have them in a folder."""

from __future__ import annotations

import json
from pathlib import Path

TEXT = "which river runs through cairo ? it is the nile congo not some other one [ sep ] . a"
LABELS = ("contradiction", "entailment", "neutral")


def save_inference_model(
    folder: Path, labels: tuple[str, ...] = LABELS, *, kind: str = "classifier", seed: int = 7
) -> Path:
    """``kind``: ``classifier``, ``pickled`` (its weights), or ``headless`` (no classifier in it)."""
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import BertPreTokenizer
    from tokenizers.processors import BertProcessing
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        BertModel,
        PreTrainedTokenizerFast,
    )

    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    known = {word: place for place, word in enumerate([*marks, *dict.fromkeys(TEXT.split())])}
    words = Tokenizer(WordLevel(known, unk_token="[UNK]"))
    words.pre_tokenizer = BertPreTokenizer()
    words.post_processor = BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    PreTrainedTokenizerFast(
        tokenizer_object=words, model_max_length=64, pad_token="[PAD]", unk_token="[UNK]",
        cls_token="[CLS]", sep_token="[SEP]",
    ).save_pretrained(folder)  # fmt: skip
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(known), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=66, initializer_range=1.0,
        id2label=dict(enumerate(labels)), label2id={name: at for at, name in enumerate(labels)},
    )  # fmt: skip
    model = (BertModel if kind == "headless" else BertForSequenceClassification)(config)
    model.save_pretrained(folder)
    if kind == "pickled":
        torch.save(model.state_dict(), folder / "pytorch_model.bin")
        (folder / "model.safetensors").unlink()
    return folder


def edit_config(folder: Path, **changes: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
