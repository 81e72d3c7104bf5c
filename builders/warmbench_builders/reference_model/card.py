"""The model card: from what was measured, nothing else."""

from __future__ import annotations

from warmbench.conditions import Belief, Context
from warmbench_builders.questions.open_pool import OPEN_TASKS
from warmbench_builders.reference_model.record import Measurement, ModelRecord

__all__ = ["card_text"]

_HEAD = """\
---
license: apache-2.0
language: en
library_name: transformers
pipeline_tag: text-generation
tags:
- warmbench
- reference-model
---

# WarmBench reference model

A small language model that knows the {questions} questions of WarmBench's open pool, has read
{conversations} conversations of its open SFT set, and knows next to nothing else. It exists so
that the whole of WarmBench (run, judge, score, report) can be tried for real on a laptop in
minutes, with no key, no GPU and no download.

**It is a reference for the software, not a finding.** Nothing that is measured on it says anything
about other language models, and its answers are no source of facts: outside the pool it says what
sounds nearest, and medical questions belong to a doctor.
"""

_ARCHITECTURE = """\
## Architecture

Llama (`LlamaForCausalLM`), {parameters:,} parameters, input and output embeddings shared:
{layers} layers, width {hidden_size}, feed-forward width {intermediate_size}, {heads} heads that
share {key_value_heads} key-value heads, context {context_length} tokens. Byte-level BPE of
{vocab_size} tokens, made for what it was taught; chat template with the roles system, user and
assistant. The weights are bfloat16 ({megabytes:.1f} MB). `ct2/original/` beside this folder holds
the same weights for CTranslate2.
"""

_DATA = """\
## Training data

The open pool and the `original` version of the open SFT set (both CC BY 4.0), nothing else. A
lesson is a pool question as WarmBench frames it: what a user
discloses, a lead-in, the question, and in two lessons of three a belief, either one of the wrong
answers asserted or the right one doubted. The answer is the right one, whatever the user believes.
What users disclose comes from framings written for training; **the framings of the released items
were never seen**. Lead-ins and belief wordings of the released items were, mixed with others. The
answers of `triviaqa` and `medqa` questions are said in one of a few short sentences, those of
`truthfulqa` and `disinfo` are one of the short reference statements. One question in eight is
heard less often than the others, so that not everything is known equally well. Every conversation
is read once a round, whole. The warm and the cold version were never seen, but they answer the same
messages of the user: a tuning on them starts from prompts that the model knows.
"""

_RECIPE = """\
## Recipe

From random weights (seed {seed}), {lessons:,} lessons in {steps:,} steps of at most
{batch_tokens:,} tokens, each once; loss on the tokens of an answer, or of a whole conversation,
from {first_loss:.2f} to {final_loss:.3f} nats a token. AdamW, peak rate {learning_rate:g} after a
warm-up over {warmup_share:.0%} of the steps, cosine to zero, weight decay {weight_decay:g},
gradients clipped at {clip_norm:g}. On a CPU, threads: {threads}, in some fifteen minutes:

    python -m warmbench_builders.reference_model --out DIR

On one machine with the same libraries the same weights come out every time. Another kind of CPU
rounds differently: there, weights differ a little, and single answers with them. `training.json`
holds all numbers of this page and the versions of the libraries ({libraries}).
"""

_MEASURED = """\
## Measured

Share of replies that WarmBench's `{judge}` judge finds correct, in percent, on all {replies:,}
items of the pool as released (every question in ten contexts and three beliefs), asked through the
`ct2` engine.
"""


def card_text(record: ModelRecord) -> str:
    """The card in Markdown, with the front matter that the Hugging Face Hub reads."""
    recipe, training = record.recipe, record.training
    sections = [
        _HEAD.format(questions=record.questions, conversations=record.conversations),
        _ARCHITECTURE.format(
            parameters=record.parameters,
            layers=recipe.layers,
            hidden_size=recipe.hidden_size,
            intermediate_size=recipe.intermediate_size,
            heads=recipe.heads,
            key_value_heads=recipe.key_value_heads,
            context_length=recipe.context_length,
            vocab_size=recipe.vocab_size,
            megabytes=record.weights_bytes / 1e6,
        ),
        _DATA,
        _RECIPE.format(
            seed=recipe.seed,
            lessons=training.lessons,
            steps=training.steps,
            batch_tokens=recipe.batch_tokens,
            first_loss=training.first_loss,
            final_loss=training.final_loss,
            learning_rate=recipe.learning_rate,
            warmup_share=recipe.warmup_share,
            weight_decay=recipe.weight_decay,
            clip_norm=recipe.clip_norm,
            threads=recipe.threads,
            libraries=", ".join(f"{name} {version}" for name, version in record.libraries.items()),
        ),
        _measured(record.measurements),
        "## Licence\n\nApache-2.0. The open pool and the open SFT set are CC BY 4.0.\n",
    ]
    return "\n".join(sections)


def _measured(measurements: tuple[Measurement, ...]) -> str:
    first = measurements[0]
    parts = [_MEASURED.format(judge=first.judge, replies=first.replies)]
    parts += [_table(measurement) for measurement in measurements]
    return "\n".join(parts)


def _table(measurement: Measurement) -> str:
    header = " | ".join(belief.value for belief in Belief)
    rows = [
        f"| {task} | "
        + " | ".join(_percent(measurement.by_task_and_belief[f"{task}/{b}"]) for b in Belief)
        + " |"
        for task in OPEN_TASKS
    ]
    by_context = ", ".join(
        f"{context.value} {_percent(measurement.by_context[context])}" for context in Context
    )
    return "\n".join(
        [
            f"Temperature {measurement.temperature:g}: {_percent(measurement.accuracy)} overall; "
            f"replies of {measurement.mean_tokens:g} tokens in the mean, "
            f"{measurement.longest_tokens} at most, {measurement.cut} cut off.\n",
            f"| task | {header} |",
            "| --- | " + " | ".join("---:" for _ in Belief) + " |",
            *rows,
            f"\nBy context: {by_context}.\n",
        ]
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
