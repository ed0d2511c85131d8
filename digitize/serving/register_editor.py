"""The page on which a register file is corrected, for one person on this machine."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Awaitable, Callable
from importlib import resources

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from digitize.errors import DigitizeError, InputError
from digitize.files.registers.editing import RegisterEdit, RegisterEditing
from digitize.files.registers.trial import Tried
from digitize.machine.web import SafeHeaders
from digitize.machine.web_server import Listening, serve_app
from ocr.errors import OcrError
from ocr.outputs.table_picture import draw_rows

_HOST = "127.0.0.1"
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
_FILES = {"": ("editor.html", "text/html"), "editor.js": ("editor.js", "text/javascript"),
          "editor.css": ("editor.css", "text/css")}  # fmt: skip
_Endpoint = Callable[[Request], Awaitable[Response]]


class _Wish(BaseModel):
    """What the page asks for. page: counted from 0. edit: the register as it stands there."""

    model_config = ConfigDict(extra="forbid")

    page: int = 0
    edit: RegisterEdit


class _Editor:
    """What the addresses answer, one request after the other: reading a page takes an engine and seconds."""

    def __init__(self, editing: RegisterEditing, token: str) -> None:
        self._editing = editing
        self._token = token
        self._busy = asyncio.Lock()
        self._shown: Tried | None = None

    def routes(self) -> list[Route]:
        """All under an address that nobody else on this machine can guess."""
        gets: list[tuple[str, _Endpoint]] = [
            ("state", self._state),
            ("picture", self._picture),
            ("{name:path}", self._file),
        ]
        posts: list[tuple[str, _Endpoint]] = [("try", self._try), ("save", self._save)]
        return [
            *(Route(f"/{{token}}/{path}", self._guard(answer), methods=["POST"]) for path, answer in posts),
            *(Route(f"/{{token}}/{path}", self._guard(answer), methods=["GET"]) for path, answer in gets),
        ]

    def _guard(self, answer: _Endpoint) -> _Endpoint:
        async def answer_guarded(request: Request) -> Response:
            if not hmac.compare_digest(request.path_params["token"].encode(), self._token.encode()):
                return Response(status_code=404)
            try:
                async with self._busy:
                    return await answer(request)
            except (DigitizeError, OcrError) as e:
                return JSONResponse({"problem": str(e)}, 422)
            except ValidationError:
                return JSONResponse({"problem": "The page asks for what cannot be. Load it anew."}, 400)

        return answer_guarded

    async def _file(self, request: Request) -> Response:
        found = _FILES.get(request.path_params["name"])
        if found is None:
            return Response(status_code=404)
        name, kind = found
        return Response((resources.files("digitize.serving") / "register_page" / name).read_bytes(), media_type=kind)

    async def _state(self, _: Request) -> Response:
        self._shown = await run_in_threadpool(self._editing.read)
        return JSONResponse(self._editing.show(self._shown))

    async def _picture(self, _: Request) -> Response:
        shown = self._shown if self._shown is not None else await run_in_threadpool(self._editing.read)
        return Response(await run_in_threadpool(draw_rows, shown.table), media_type="image/png")

    async def _try(self, request: Request) -> Response:
        wish = _Wish.model_validate_json(await request.body())
        form = self._editing.change(wish.edit)
        self._shown = await run_in_threadpool(self._editing.read, wish.page, form)
        return JSONResponse(self._editing.show(self._shown, form))

    async def _save(self, request: Request) -> Response:
        wish = _Wish.model_validate_json(await request.body())
        form = self._editing.change(wish.edit)
        # Kept first: what a person knows of the register may be more than this page shows.
        await run_in_threadpool(self._editing.save, form)
        try:
            tried = await run_in_threadpool(self._editing.read, wish.page, form)
        except InputError as e:
            raise InputError(f"The file was saved. {e}") from e
        await run_in_threadpool(self._editing.draw, tried)
        self._shown = tried
        return JSONResponse(self._editing.show(tried, form))


def make_editor_app(editing: RegisterEditing, token: str) -> Starlette:
    """The application; token: the first part of all its addresses."""
    return Starlette(
        middleware=[
            Middleware(SafeHeaders, policy=_POLICY),
            Middleware(TrustedHostMiddleware, allowed_hosts=[_HOST], www_redirect=False),
        ],
        routes=_Editor(editing, token).routes(),
    )


def serve_editor(editing: RegisterEditing, port: int, ready: Callable[[str], None]) -> None:
    """Serve the page on this machine until Ctrl-C. ready: told its address once the port is open.

    Raises OptionsError if the port is unavailable.
    """
    token = secrets.token_urlsafe(16)
    app = make_editor_app(editing, token)
    serve_app(lambda: app, Listening(_HOST, port), ready=lambda: ready(f"http://{_HOST}:{port}/{token}/"))
