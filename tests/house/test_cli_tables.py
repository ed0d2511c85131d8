"""Tables of commands that must answer at once look like those that rich draws."""

from digitize.cli.console import print_plain, results, table


def test_a_plain_table_looks_like_any_other(capsys):
    rows = [["मराठी किताब १", 3, "10"], ["Kalpanapur", 12345, "2"], ["தமிழ்", 0, ""]]
    columns = ["name", "waiting", "done"]
    for some in (rows, []):
        results().print(table("By volume", columns, some))
        drawn = capsys.readouterr().out
        print_plain("By volume", columns, some)
        assert [line.rstrip() for line in drawn.splitlines()] == capsys.readouterr().out.splitlines()
