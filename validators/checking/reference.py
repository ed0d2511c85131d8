"""The rules as a table, for the page docs/rules.md: `python -m validators.checking.reference docs/rules.md`."""

from __future__ import annotations

import sys
from pathlib import Path

from mappers.schema import form_tables
from validators.policy.policies import load_policy, policy_names
from validators.rulebook.rule import Each, Rule, every_rule
from validators.rulebook.rule_list import rule_list
from validators.rulebook.structure import STRUCTURE

RuleRow = dict[str, str]
_HEAD = """# Rules

This page is made from the rules themselves (`python -m validators.checking.reference docs/rules.md`); do not edit it by
hand.

Severity: E error, W warning, I information, as in the rule list. What becomes of a finding is the policy's word:
**reject** (not loaded until the data change), **review** (not loaded until the data change, or a person has confirmed
that the source says so), **note** (loaded and flagged). `default` is the policy for scans and old tables, whose source
a person can look at; `import` is the one for files made for import. A workspace changes rules in `digitize.toml`:

```toml
[severity]
X005 = "review"
```

A policy of one's own is a file, named by `digitize validate --policy FILE.toml`, or as `policy/NAME.toml` of a
workspace whose `digitize.toml` says `policy = "NAME"` under `[check]`. It stands on a policy of the package:

```toml
base = "import"                  # or "default"

[severity]
X005 = "review"

[profile.register-only]          # under this profile of completeness only
L001 = "note"

[state.mh]                       # for this state only, over all of the above
L010 = "reject"

[impact]                         # of errors, for the count of case files
high = ["iif1_persons.address"]  # over what docs/schema.md calls high
low = ["info_date"]
agreed_high = 0                  # errors of one case file that are agreed
agreed_low = 2
```

`digitize validate` tells how many case files (records with all their rows) have errors, of which impact, and how many
have more than is agreed. An error is a field that a rule rejects or wants to be reviewed.

With records from scans a rejection is lowered to review while a field that the rule reads is doubtful or absent, and
when the rule compares with a record of another form.

A rule is silent where what it reads is not there. Fields of the record's own row stand by their names, `parent.` before
those of the record a row belongs to, `acts.` before those of all its rows in a child table, `iif1:` before those of
another form's records with the same key. These are found in a workspace among the records of the station and year, and
by `digitize validate` in the tables of the other forms that lie in the folder.
"""
_NOT_COMPUTED = """## Not computed

Of the rule list these are no rules here:

| code |  | why |
| --- | --- | --- |"""


def rules_table() -> list[RuleRow]:
    """Every rule and every fault of a file's structure as plain text, in the order of their codes.

    Keys: code, slug, letter, form, table, fields, scope ("one record" or "across records"), english, hindi, why, and
    the severity under each policy by the policy's name.
    """
    rows = [_rule_row(made) for made in every_rule().values()]
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
    return "\n".join([*lines, "", _NOT_COMPUTED, *_not_computed(), ""]) + "\n" + "\n".join(_section(r) for r in rows)


def _not_computed() -> list[str]:
    return [_line([one.code, one.letter, one.not_computed]) for one in rule_list().values() if one.not_computed]


def main(path: str) -> None:
    """Write the page."""
    Path(path).write_text(rules_page(), encoding="utf-8", newline="\n")


def _rule_row(made: Rule) -> RuleRow:
    is_shared = made.is_general or len(made.forms) > 1
    form = "every form" if made.is_general else ", ".join(made.forms)
    child = form_tables(made.form)[made.table].child
    table = "" if isinstance(made.fields, Each) else f"{form}, {child}" if is_shared and child else made.table
    table = form if is_shared and not child else table
    return {
        **{"code": made.code, "slug": made.slug, "letter": made.letter, "form": form, "table": table},
        "fields": ", ".join(_fields(made)),
        "scope": "across records" if made.across or _compares(made) else "one record",
        **{"english": made.english, "hindi": made.hindi, "why": made.why},
    }


def _compares(made: Rule) -> bool:
    return not isinstance(made.fields, Each) and any(":" in name for name in made.fields)


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
