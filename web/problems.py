"""Problems as people and programs read them: a page, or application/problem+json (RFC 9457)."""
import logging
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from app.kit.ids import uuid7
from app.kit.problems import Invalid, NotFound, NotSignedIn, Problem, TooMany
from app.kit.text import Text
from web.door import STAFF, language_of
from web.rendering import PageContext, render

log = logging.getLogger("fuzhen.web")


class Broken(Problem):
    """A defect of ours; `error_id` stands in the operator's log."""

    slug = "broken"
    status = 500
    title = Text(zh="我们这边出了问题，没有改动任何内容", en="Something is broken on our side; nothing was changed")


class HttpProblem(Problem):
    """What the framework itself refuses: unknown path, method, size."""

    slug = "http"
    title = Text(zh="这个请求无法处理", en="This request cannot be handled")


class TooLarge(Problem):
    """More bytes than a request of this address may have."""

    slug = "too-large"
    status = 413
    title = Text(zh="传的内容太大了，没有保存", en="This is too large; nothing was saved")


class TooLargeInWords:
    """ASGI middleware: the framework ends a request that is too large with two bare words; ours explains itself."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass everything on, but put our answer in the place of that one."""
        replaced = False

        async def send_in_words(message: Any) -> None:
            nonlocal replaced
            if replaced:
                return
            replaced = message["type"] == "http.response.start" and message["status"] == 413 and _bare(message)
            if replaced:
                await answer(Request(scope), TooLarge())(scope, receive, send)
            else:
                await send(message)

        await self.app(scope, receive, send_in_words)


def _bare(message: Any) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/plain") for name, value in message["headers"])


def wants_json(request: Request) -> bool:
    """Programs get JSON; pages that fetch a part ask for it."""
    return request.url.path.startswith("/api/") or "application/json" in request.headers.get("accept", "")


def as_json(problem: Problem, status: int, language: str) -> JSONResponse:
    """Render by RFC 9457, with both languages of the detail beside the reader's."""
    body = {"type": f"/problems/{problem.slug}", "title": problem.title.get(language), "status": status,
            "detail": problem.detail.get(language), "slug": problem.slug,
            "texts": problem.detail.model_dump(), **problem.facts}
    return JSONResponse(_plain(body), status, media_type="application/problem+json")


def _plain(value: Any) -> Any:
    """Facts as JSON can carry them."""
    if isinstance(value, Text):
        return value.model_dump()
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(v) for v in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _sign_in_page(request: Request) -> str:
    first = request.url.path.split("/")[1]
    back = quote(request.url.path, safe="/")
    return f"/staff/sign-in?next={back}" if first in STAFF or first == "staff" else f"/sign-in?next={back}"


def answer(request: Request, problem: Problem, status: int | None = None) -> Response:
    """The answer to a problem in the form that the asker reads."""
    status = status or problem.status
    language = language_of(request)
    wait = problem.facts.get("retry_after", 60 if isinstance(problem, TooMany) else None)
    if wants_json(request):
        response: Response = as_json(problem, status, language)
    elif isinstance(problem, NotSignedIn) and request.method == "GET":
        return RedirectResponse(_sign_in_page(request), 303)
    else:
        response = _page(request, problem, status, language)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response


def _page(request: Request, problem: Problem, status: int, language: str) -> HTMLResponse:
    context = PageContext(lang="en" if language == "en" else "zh", path=request.url.path,
                          nonce=request.state.nonce, size=_size(request))
    return HTMLResponse(render("public/problem.html", context, problem=problem, status=status), status)


def _size(request: Request) -> Any:
    size = request.cookies.get("fuzhen-size", "")
    return size if size in ("elder", "elder-xl") else ""


def _field_errors(error: RequestValidationError) -> Invalid:
    errors = [{"field": ".".join(str(p) for p in e["loc"] if p not in ("body", "query", "path")),
               "message": {"zh": "填写不正确", "en": e["msg"]}} for e in error.errors()]
    return Invalid(Text(zh="有一项填写不正确", en="A field is not filled in correctly"), errors=errors)


def install(app: FastAPI) -> None:
    """Register the handlers of every kind of fault."""

    async def on_problem(request: Request, error: Problem) -> Response:
        return answer(request, error)

    async def on_invalid(request: Request, error: RequestValidationError) -> Response:
        return answer(request, _field_errors(error))

    async def on_http(request: Request, error: HTTPException) -> Response:
        known = {404: NotFound, 413: TooLarge}
        return answer(request, known.get(error.status_code, HttpProblem)(), error.status_code)

    async def on_defect(request: Request, error: Exception) -> Response:
        error_id = uuid7().hex
        log.error("defect %s on %s: %s", error_id, request.scope.get("route", request.url.path),
                  type(error).__name__, exc_info=error)
        return answer(request, Broken(error_id=error_id))

    for kind, handler in ((Problem, on_problem), (RequestValidationError, on_invalid),
                          (HTTPException, on_http), (Exception, on_defect)):
        app.add_exception_handler(kind, handler)  # type: ignore[arg-type]
