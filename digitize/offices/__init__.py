"""The national picture: what sites and states report, judged, kept, rolled up, shown. Counts only, never a person.

shape, envelope    the signed snapshot: its model, its file
fold, merge        a snapshot out of a ledger; out of the snapshots of a state's sites
office, store      the folder of a state's or the nation's office; what it received, which only grows
judge, receive     what is refused or flagged, by name; taking files in
rollup, history    nation, states, districts, stations; how they came to where they are
figures, answer    figures with their definitions; the answer to a question in Parliament
page, export, pdf  the report as one HTML file, as CSV and JSON, as PDF
"""
