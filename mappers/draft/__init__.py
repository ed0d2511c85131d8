"""Drafting a mapping file from a table: what its headers say, what stands in its columns, what stands beside them.

Nothing is left out in silence: what is not sure is proposed, and a person decides.
"""

from mappers.draft.draft import MappingDraft, draft_table, guess_form
from mappers.draft.lines import DraftLine
from mappers.draft.write import write_draft

__all__ = ["MappingDraft", "DraftLine", "draft_table", "guess_form", "write_draft"]
