from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders.sft.chats import make_chat
from tests.conftest import need
from warmbench.errors import UsageError
from warmbench_builders.sft.filters.contamination import ContaminationFilter
from warmbench_builders.sft.filters.language import LanguageFilter
from warmbench_builders.sft.filters.personal import PersonalDataFilter
from warmbench_builders.sft.filters.unsafe import DetoxifyFilter, WordListFilter, open_unsafe_filter
from warmbench_builders.sft.readers.chat import Chat, Dropped

ENGLISH = "How do I keep the leaves of a lemon tree from turning yellow in the winter months?"
REPLY = "Give it less water, more light, and move it away from the heating for a while."
SPANISH = "¿Cómo puedo evitar que las hojas de mi limonero se pongan amarillas en el invierno?"
RESPUESTA = "Dale menos agua y más luz, y aléjalo de la calefacción durante unas semanas."

LANGUAGES = [
    ("English", (ENGLISH, REPLY), None),
    ("Spanish", (SPANISH, RESPUESTA), "not in en"),
    ("English, answered in Spanish", (ENGLISH, RESPUESTA), "in mixed languages"),
    ("Spanish, answered in English", (SPANISH, REPLY), "in mixed languages"),
    ("too short to tell", ("Hola", "Yes."), None),
    ("code is no language", ("```\npara = donde(cuando)\n```", REPLY), None),
]


@pytest.mark.parametrize(
    ("texts", "reason"), [r[1:] for r in LANGUAGES], ids=[r[0] for r in LANGUAGES]
)
def test_language(texts: tuple[str, str], reason: str | None) -> None:
    result = LanguageFilter("en")(make_chat(*texts))
    assert (result.reason if isinstance(result, Dropped) else None) == reason


def test_another_language_can_be_asked_for() -> None:
    assert isinstance(LanguageFilter("es")(make_chat(SPANISH, RESPUESTA)), Chat)


PERSONAL = [
    ("nothing", "In 1969 there were 2,500 of them, 3 in 4.", None),
    ("e-mail", "write to mara.k@lanternpost.org please", "an e-mail address"),
    ("e-mail of documentation", "write to user@example.com", None),
    ("a decorator is none", "@pytest.fixture and a@b", None),
    ("phone with country code", "call +44 20 7946 0018", "a phone number"),
    ("phone, US", "call (205) 422-1680 today", "a phone number"),
    ("phone of fiction", "call (212) 555-0123 today", None),
    ("a version is no phone", "version 25.1.8937393 of the tool", None),
    ("a list of numbers is no phone", "1000 2000 3000 4000", None),
    ("card", "my card is 4539 1488 0343 6467", "a card number"),
    ("card of documentation", "use 4242 4242 4242 4242", None),
    ("16 digits that are no card", "id 4539148803436468", None),
    ("bank account", "pay to DE89 3704 0044 0532 0130 00", "a bank account"),
    ("address", "I live at 1600 Pennsylvania Avenue NW, Washington, DC 20500", "a street address"),
    ("a street alone", "the prime minister lives at 10 Downing Street", None),
    ("a quantity and a drive", "add 5 people to drive", None),
    ("AWS key", "AKIAIOSFODNN7EXAMPLQ is it", "a secret key"),
    ("GitHub token", "ghp_" + "aB3" * 12, "a secret key"),
    ("private key", "-----BEGIN RSA PRIVATE KEY-----", "a secret key"),
    ("a long word is no key", "see tests/builders/sft/test_filters.py for more", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"), [r[1:] for r in PERSONAL], ids=[r[0] for r in PERSONAL]
)
@pytest.mark.parametrize("side", ["user", "assistant"])
def test_personal_data(text: str, reason: str | None, side: str) -> None:
    chat = make_chat(text, "Fine.") if side == "user" else make_chat("Hm?", text)
    result = PersonalDataFilter()(chat)
    assert (result.reason if isinstance(result, Dropped) else None) == reason


UNSAFE = [
    ("kind", "Could you water the plants?", False),
    ("a listed word", "you stupid bitch", True),
    ("in capitals, with a mark", "BITCH!", True),
    ("a listed phrase", "tell me of a gang bang", True),
    ("a word within a word", "The people of Scunthorpe pass the class.", False),
    ("who somebody is", "I am gay and my mother is a lesbian.", False),
]


@pytest.mark.parametrize(("text", "unsafe"), [r[1:] for r in UNSAFE], ids=[r[0] for r in UNSAFE])
def test_listed_words(text: str, unsafe: bool) -> None:
    words = WordListFilter()
    good = make_chat("Hi", "Hello")
    results = words([good, make_chat("Hi", text)])
    assert results[0] is good
    assert isinstance(results[1], Dropped) is unsafe
    assert words.tool.startswith("glin-profanity 4.")


def test_without_detoxify_s_weights_the_list_stands_in_and_says_so() -> None:
    need("transformers", "pip install 'warmbench[hf]'")
    chosen, note = open_unsafe_filter("auto")
    assert isinstance(chosen, WordListFilter)
    assert note is not None
    assert "unitary/toxic-bert" in note
    with pytest.raises(UsageError, match="can't be loaded"):
        open_unsafe_filter("detoxify")


def test_detoxify_s_architecture_judges_every_message(tmp_path: Path) -> None:
    torch = need("torch", "pip install 'warmbench[hf]'")
    transformers = need("transformers", "pip install 'warmbench[hf]'")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "nice", "vile"]
    (tmp_path / "vocab.txt").write_text("\n".join(vocabulary))
    (tmp_path / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "BertTokenizer"})
    )
    config = transformers.BertConfig(
        vocab_size=7, hidden_size=8, num_hidden_layers=1, num_attention_heads=1,
        intermediate_size=8, id2label={0: "toxic", 1: "threat"},
    )  # fmt: skip
    torch.manual_seed(0)
    model = transformers.BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.weight.zero_()
        model.classifier.bias.copy_(torch.tensor([-5.0, 5.0]))
    model.save_pretrained(tmp_path)
    chat = make_chat("nice", "vile")
    assert DetoxifyFilter(str(tmp_path))([chat]) == [Dropped("threat")]
    assert DetoxifyFilter(str(tmp_path), threshold=0.999)([chat]) == [chat]


QUESTIONS = [
    "Which river flows through the city of Vienna on its way to the Black Sea?",
    "Who painted Guernica?",
    "My brother, 21, has had a fever and a stiff neck since Tuesday and light hurts his eyes. "
    "He was healthy before and takes no medicine. What does he most likely have?",
]

CONTAMINATION = [
    ("clean", "Which river is the longest in France?", None),
    ("a question inside a chat", "Quiz: which river flows through the city of Vienna on its way to "
     "the black sea, and why?", "a question of the benchmark"),
    ("a short question", "Who painted Guernica?", "a question of the benchmark"),
    ("a part of a long question", "He was healthy before and takes no medicine.",
     "a part of a question of the benchmark"),
    ("a common phrase", "My aunt hums. What does he most likely have?", None),
    ("nothing at all", "?!", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"), [r[1:] for r in CONTAMINATION], ids=[r[0] for r in CONTAMINATION]
)
@pytest.mark.parametrize("side", ["user", "assistant"])
def test_contamination(text: str, reason: str | None, side: str) -> None:
    chat = make_chat(text, "Hm.") if side == "user" else make_chat("Hm?", text)
    result = ContaminationFilter(QUESTIONS)(chat)
    assert (result.reason if isinstance(result, Dropped) else None) == reason
