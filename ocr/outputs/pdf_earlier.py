"""Take the invisible text of an earlier reading out of a PDF's page: it would be found and copied beside ours."""

from __future__ import annotations

import pikepdf
from pikepdf import Name

_SHOWING = frozenset(("Tj", "TJ", "'", '"'))
# A PDF's text rendering mode of neither filling nor stroking.
_INVISIBLE = 3
# A damaged file may hold drawings that draw each other.
_DEEPEST = 3


def drop_invisible(pdf: pikepdf.Pdf, leaf: pikepdf.Page) -> None:
    """Drop invisible text from a page and the forms it draws. What cannot be parsed stays as it is."""
    data = _without_invisible(leaf.obj)
    if data is not None:
        leaf.obj.Contents = pdf.make_stream(data)
    _clean_forms(leaf.resources, _DEEPEST)


def _clean_forms(resources: pikepdf.Object | None, depth: int) -> None:
    """The same for drawings that a page or drawing uses; earlier readings often lie in one of their own."""
    forms = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    if not depth or not isinstance(forms, pikepdf.Dictionary):
        return
    for _, form in forms.items():
        if isinstance(form, pikepdf.Stream) and form.get("/Subtype") == Name.Form:
            data = _without_invisible(form)
            if data is not None:
                form.write(data)
            _clean_forms(form.get("/Resources"), depth - 1)


def _without_invisible(owner: pikepdf.Object) -> bytes | None:
    """The content without operators that show invisible text; None where there are none."""
    try:
        content = pikepdf.parse_content_stream(owner)
    except (pikepdf.PdfError, TypeError, ValueError):
        return None
    kept, mode = [], 0
    saved: list[int] = []
    for step in content:
        name = str(step.operator)
        # q and Q keep and bring back the way text is shown, with all other state.
        if name == "q":
            saved.append(mode)
        elif name == "Q" and saved:
            mode = saved.pop()
        elif name == "Tr" and step.operands:
            mode = int(step.operands[0])
        if name not in _SHOWING or mode != _INVISIBLE:
            kept.append(step)
    return pikepdf.unparse_content_stream(kept) if len(kept) < len(content) else None
