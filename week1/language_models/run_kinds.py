"""What `kinds` does: the table of the kinds of networks, their picture, and the plain network, trained at once."""

from __future__ import annotations

import argparse

from common.assets import find
from common.page_blocks import lines, pairs
from common.page_blocks import table as table_block
from common.plots import save_figure
from common.run_folder import RunFolder
from common.text_files import read_text
from common.words import normalize
from week1.language_models.kinds import KINDS, OneToOne, train_one_to_one
from week1.language_models.pictures import draw_kinds

_ASKED = "tor"


def run_kinds(arguments: argparse.Namespace) -> int:
    """Print the table, train the one-to-one network on the names that ship, leave the picture."""
    names = [line for line in normalize(read_text(find("dinosaur-names").path)).split("\n") if line.strip()]
    with RunFolder("week1/language_models", "kinds", arguments, folder=arguments.out) as run:
        network = train_one_to_one(names, seed=arguments.seed)
        text = _table() + "\n\n" + _one_to_one(network, len(names))
        print(text)
        run.text("kinds.txt", text + "\n", title="Kinds of recurrent networks")
        alt = "; ".join(f"{kind.name}: {kind.inputs} inputs, {kind.outputs} outputs" for kind in KINDS)
        save_figure(draw_kinds(KINDS), run.figure("kinds.png", title="The kinds, unrolled", alt=alt))
        columns = ("kind", "example", "command")
        run.show(table_block("Kinds of recurrent networks", columns, [(k.name, k.example, k.command) for k in KINDS]))
        curve = {"one-to-one network": network.losses, "counting": [network.counted] * len(network.losses)}
        run.show(lines("One to one: it comes to counting", curve, x_name="epoch", y_name="nats per character"))
        run.show(pairs("One to one: after this character", [(one, _expected(network, one)) for one in _ASKED]))
        run.metric(
            "one-to-one loss", network.losses[-1], unit="nats per character", reference=network.counted,
            reference_name="counting", better="lower",
        )  # fmt: skip
    return 0


def _table() -> str:
    width = max(len(kind.name) for kind in KINDS)
    middle = max(len(kind.example) for kind in KINDS)
    rows = [f"{'kind':{width}}  {'example':{middle}}  command"]
    return "\n".join(rows + [f"{kind.name:{width}}  {kind.example:{middle}}  {kind.command}" for kind in KINDS])


def _one_to_one(network: OneToOne, count: int) -> str:
    rows = [f"one to one, trained on the characters of {count:,} names:"]
    rows += [f"  after {character!r}: {_expected(network, character)}" for character in _ASKED]
    rows.append(
        f"  {network.losses[-1]:.4f} nats per character; counting which follows which gives {network.counted:.4f}"
    )
    return "\n".join(rows)


def _expected(network: OneToOne, character: str) -> str:
    shown = [("end" if token == "\n" else token, p) for token, p in network.expected(character)]
    return ", ".join(f"{token} {p:.2f}" for token, p in shown)
