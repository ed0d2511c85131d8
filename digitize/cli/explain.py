"""`digitize explain`: what a rule says, why, and an example."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from digitize.cli.console import Json, print_json, say_text

PANEL = "Read and check files, without a workspace", 90


def explain(
    codes: Annotated[list[str], typer.Argument(metavar="CODE...", help="Codes or slugs of rules, e.g. X003.")],
    lang: Annotated[str, typer.Option(help="Language of the message: en, hi, bn, ta ...")] = "en",
    json: Json = False,
) -> None:
    """Explain what a rule means, why it exists, and what passes and fails it."""
    from digitize.files.validating.explaining import explain_rule

    told = [explain_rule(code, lang) for code in codes]
    if json:
        print_json({"rules": told})
        return
    say_text("\n\n".join(_text(one, lang) for one in told))


def _text(told: dict[str, Any], lang: str) -> str:
    second = "hindi" if lang == "en" else "english"
    where = told["table"] or told["form"] or "the file itself"
    lines = [
        f"{told['code']} ({told['slug']}), {told['severity']} on import: {told['message']}",
        told[second],
        "",
        told["why"],
        told["do"],
        "",
        f"Asked of: {where}" + (f" ({told['fields']})" if told["fields"] else ""),
    ]
    lines += [f"{word}: {told[name]}" for word, name in (("Passes", "passes"), ("Fails", "fails")) if told[name]]
    return "\n".join(lines)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(explain)
