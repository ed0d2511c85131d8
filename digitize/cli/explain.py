"""`digitize explain`: what a rule says, why, and an example."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from digitize.cli.console import Json, print_json, say_text


def explain(
    codes: Annotated[list[str], typer.Argument(metavar="CODE...", help="Codes or slugs of rules, as X003.")],
    lang: Annotated[str, typer.Option(help="Language of the message: en or hi.")] = "en",
    json: Json = False,
) -> None:
    """Say what a rule means, why it exists, and what passes and fails it."""
    from digitize.errors import OptionsError
    from digitize.files.validating.explaining import explain_rule

    if lang not in ("en", "hi"):
        raise OptionsError(f"there is no language {lang} for messages; known: en, hi.")
    told = [explain_rule(code) for code in codes]
    if json:
        print_json({"rules": told})
        return
    say_text("\n\n".join(_text(one, lang) for one in told))


def _text(told: dict[str, Any], lang: str) -> str:
    first, second = ("hindi", "english") if lang == "hi" else ("english", "hindi")
    where = told["table"] or told["form"] or "the file itself"
    lines = [
        f"{told['code']} ({told['slug']}), {told['severity']} on import: {told[first]}",
        told[second],
        "",
        told["why"],
        "",
        f"Asked of: {where}" + (f" ({told['fields']})" if told["fields"] else ""),
    ]
    lines += [f"{word}: {told[name]}" for word, name in (("Passes", "passes"), ("Fails", "fails")) if told[name]]
    return "\n".join(lines)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(explain)
