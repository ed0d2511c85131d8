"""The verdict of the desk: of all that may be seen, however little is shown, and never clean over what stays hidden."""

from marks_store import batch, fir

from digitize.search.log import Searcher
from digitize.services.asker import ServiceAsker
from digitize.services.kinds import proclaimed_offenders, vehicle_noc
from digitize.services.query_service import ServiceDesk
from digitize.targets.sqlite import SqliteTarget

TABLES = {
    "iif1": [fir("a-r1", 1, narrative="Seen was a scooter WB 26 K 4455."), fir("b-r1", 2)],
    "iif1_acts": [{"record_id": r, "act": "IPC", "section": "379"} for r in ("a-r1", "b-r1")],
    "iif1_vehicles": [{"record_id": "b-r1", "registration_no": "GJ18QQ5061"}],
    "po": [fir(f"w{n}", 2, warrant_no=str(n), warrant_kind="proclamation", warrant_date="2012-09-01",
               po_status="pending" if n == 5 else "recalled") for n in range(1, 7)],
    "po_persons": [{"record_id": f"w{n}", "role": "accused", "name": f"{who} Pal"}
                   for n, who in enumerate(("Mohan", "Hari", "Ratan", "Gopal", "Bimal", "Tapan"), 1)],
}  # fmt: skip


def test_the_verdict(tmp_path):
    target = SqliteTarget(tmp_path / "cctns.sqlite")
    target.take(batch(TABLES))
    desk, by = ServiceDesk(target), Searcher("Asha", "asha@office", "certificate 12")
    # The public does not see texts of FIRs, and is told that a person must look.
    for role, number, verdict in (("public", "WB26K4455", "unsure"), ("police", "WB26K4455", "unsure"),
                                  ("public", "GJ18QQ5061", "in-a-case"), ("public", "MH12DE1433", "no-record")):  # fmt: skip
        assert desk.answer(vehicle_noc.SERVICE, {"registration": number}, ServiceAsker(by, role)).verdict == verdict
    for limit in (1, 3, 10):
        told = desk.answer(proclaimed_offenders.SERVICE, {"station": "Kalpanapur"}, ServiceAsker(by, "police"), limit)
        assert (told.verdict, len(told.found)) == ("outstanding", min(limit, 6))
    target.close()
