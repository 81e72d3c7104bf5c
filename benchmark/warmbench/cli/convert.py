"""``warmbench convert``."""

from __future__ import annotations

from pathlib import Path

import click

from warmbench.cli.options import FOLDER, json_option, print_json
from warmbench.conversion.source import QUANTIZATIONS

__all__ = ["convert"]


@click.command()
@click.argument("model", metavar="MODEL")
@click.option(
    "--to",
    "engine",
    type=click.Choice(["ct2"]),
    default="ct2",
    show_default=True,
    help="Engine to convert for.",
)
@click.option("--out", type=FOLDER, help="New folder.  [default: MODEL's name and -ct2]")
@click.option(
    "--quantization",
    type=click.Choice(QUANTIZATIONS),
    metavar="TYPE",
    help="Type to store the weights in, e.g. int8, float16 or float32.  [default: MODEL's own]",
)
@click.option("--adapter", metavar="ADAPTER", help="LoRA adapter to merge into MODEL first.")
@click.option("--revision", metavar="COMMIT", help="Revision of MODEL on the Hub.")
@click.option("--gguf", metavar="FILE", help="GGUF file to use, if MODEL has several.")
@json_option
def convert(
    model: str,
    engine: str,
    out: Path | None,
    quantization: str | None,
    adapter: str | None,
    revision: str | None,
    gguf: str | None,
    as_json: bool,
) -> None:
    """Convert a model for another engine.

    MODEL is a folder, a name on the Hugging Face Hub, or a .gguf file. The new folder holds all
    that `warmbench run --original ct2:FOLDER` needs. Needs the extra hf.
    """
    from warmbench.conversion.source import ConversionSource
    from warmbench.conversion.to_ct2 import convert_to_ct2

    source = ConversionSource(model, adapter, revision, gguf)
    out = out or Path(source.usual_name(engine, quantization))
    record = convert_to_ct2(source, out, quantization, lambda text: click.echo(text, err=True))
    size = (out / "model.bin").stat().st_size
    if as_json:
        print_json({"out": str(out), "bytes": size, **record})
    else:
        print(f"{out}: {size / 1e6:,.0f} MB; use it as ct2:{out}")
