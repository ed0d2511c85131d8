"""What a person is told of a finding: what is wrong, what is expected with one example, what to do; in every language.

What a rule says is said with the rule, in English and Hindi. `advice.toml` says by rule what is expected and what to
do, as names of phrases; a rule without an entry is told by the kind of its field. `xx.toml` holds the phrases of a
language, and of other languages than these two the rules' messages. What a language lacks is told in English.
"""
