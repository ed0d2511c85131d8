"""The rules as a table, for the generated page docs/rules.md: `python -m validators.reference docs/rules.md`."""

from __future__ import annotations

import sys
from pathlib import Path

from mappers.schema import form_tables, load_schemas
from validators.policies import load_policy, policy_names
from validators.rule import FIRST_FORM, Each, Rule, load_rules
from validators.structure import STRUCTURE

RuleRow = dict[str, str]
_HEAD = """# Rules

This page is made from the rules themselves (`python -m validators.reference docs/rules.md`); do not edit it by hand.

Severity: E error, W warning, I information, as in the rule list. What becomes of a finding is the policy's word:
**reject** (not loaded until the data change), **review** (not loaded until the data change, or a person has confirmed
that the source says so), **note** (loaded and flagged). `default` is the policy for scans and old tables, whose source
a person can look at; `import` is the one for files made for import. A workspace changes rules in `digitize.toml`:

```toml
[severity]
X005 = "review"
```

With records from scans a rejection is lowered to review while a field that the rule reads is doubtful or absent.
"""


def rules_table() -> list[RuleRow]:
    """Every rule and every fault of a file's structure as plain text, in the order of their codes.

    Keys: code, slug, letter, form, table, fields, scope ("one record" or "across records"), english, hindi, why, and
    the severity under each policy by the policy's name.
    """
    forms = (FIRST_FORM, *load_schemas())
    rules = {made.code: made for form in reversed(forms) for made in load_rules(form).values()}
    rows = [_rule_row(made) for made in rules.values()]
    rows += [
        {
            **{"code": s.code, "slug": s.slug, "letter": s.letter, "form": "", "table": "", "fields": ""},
            **{"scope": "file", "english": s.english, "hindi": s.hindi, "why": s.why},
        }
        for s in STRUCTURE.values()
    ]
    for name in policy_names():
        policy = load_policy(name)
        rows = [{**row, name: policy[row["code"]]} for row in rows]
    return sorted(rows, key=lambda row: row["code"])


def rules_page() -> str:
    """The text of docs/rules.md."""
    rows = rules_table()
    head = ["code", "slug", "", *policy_names(), "message"]
    lines = [_HEAD, _line(head), _line(["---"] * len(head))]
    for row in rows:
        cells = [f"[{row['code']}](#{row['code'].lower()})", row["slug"], row["letter"]]
        lines.append(_line([*cells, *(row[n] for n in policy_names()), row["english"]]))
    return "\n".join(lines) + "\n\n" + "\n".join(_section(row) for row in rows)


def main(path: str) -> None:
    """Write the page."""
    Path(path).write_text(rules_page(), encoding="utf-8", newline="\n")


def _rule_row(made: Rule) -> RuleRow:
    form = "every form" if made.is_general else made.form
    child = form_tables(made.form)[made.table].child
    table = "" if isinstance(made.fields, Each) else f"{form}, {child}" if made.is_general and child else made.table
    table = form if made.is_general and not child else table
    return {
        **{"code": made.code, "slug": made.slug, "letter": made.letter, "form": form, "table": table},
        "fields": ", ".join(_fields(made)),
        "scope": "across records" if made.across else "one record",
        **{"english": made.english, "hindi": made.hindi, "why": made.why},
    }


def _fields(made: Rule) -> tuple[str, ...]:
    if not isinstance(made.fields, Each):
        return made.fields
    if made.fields.names:
        return made.fields.names
    kinds = " or ".join(made.fields.kind.split())
    return (f"every {kinds or made.fields.codes}",)


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _section(row: RuleRow) -> str:
    where = f"{row['table'] or row['form']}: {row['fields']} ({row['scope']})" if row["form"] else row["scope"]
    return f"### {row['code']}\n\n{row['english']}\n{row['hindi']}\n\n{row['why']}\n\n`{where}`\n"


if __name__ == "__main__":
    main(sys.argv[1])
