"""Picture to words: knows pixels and scripts, knows no police and no state."""
