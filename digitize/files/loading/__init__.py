"""Import files straight into a target: read, checked by the rules, taken batch by batch; no workspace is needed."""
