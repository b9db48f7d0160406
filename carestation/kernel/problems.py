"""What is answered when it is not success: a page, a fragment, or problem+json (RFC 9457)."""

from http import HTTPStatus
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from carestation.kernel.errors import CareError, TooMany

API: Final = "/api/"
TITLES: Final = {
    HTTPStatus.BAD_REQUEST: "送られた内容を読めませんでした。",
    HTTPStatus.UNAUTHORIZED: "サインインが必要です。",
    HTTPStatus.FORBIDDEN: "この操作はできません。",
    HTTPStatus.NOT_FOUND: "見つかりません。",
    HTTPStatus.METHOD_NOT_ALLOWED: "この操作はありません。",
    HTTPStatus.CONFLICT: "ほかの人が先に変えました。",
    HTTPStatus.LENGTH_REQUIRED: "送る内容の長さを先に示してください。",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "大きすぎて受け取れません。",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "この形式は受け取れません。",
    HTTPStatus.UNPROCESSABLE_ENTITY: "内容を確かめてください。",
    HTTPStatus.TOO_MANY_REQUESTS: "回数が多すぎます。しばらく待ってください。",
    HTTPStatus.INTERNAL_SERVER_ERROR: "うまくいきませんでした。",
    HTTPStatus.SERVICE_UNAVAILABLE: "ただいま使えません。しばらく待ってください。",
}
RETRY_SECONDS: Final = "5"
# What a program is told beside the body (RFC 9110, 11.6.1 and 15.6.4).
MORE: Final = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": RETRY_SECONDS},
}


def answer_to(request: HttpRequest, error: CareError) -> HttpResponse:
    """Answer what a person can be answered; with when to try again, where that is known."""
    response = problem(request, error.status, error.reason)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def problem(request: HttpRequest, status: HTTPStatus, reason: str) -> HttpResponse:
    """Answer a refusal in the way it was asked for: JSON, fragment or page."""
    if request.path.startswith(API):
        return problem_json(request, status, reason=reason)
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "ui/_problem.html" if is_fragment else "ui/problem.html"
    context = {
        "status": int(status),
        "reason": reason,
        "request_id": str(getattr(request, "request_id", "")),
    }
    response = render(request, template, context, status=status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = RETRY_SECONDS
    return response


def problem_json(request: HttpRequest, status: HTTPStatus, **more: object) -> JsonResponse:
    """Answer a program; `reason` and `fields` say more where there is more."""
    body = {
        "type": "about:blank",
        "title": TITLES.get(status, status.phrase),
        "status": int(status),
        "request_id": str(getattr(request, "request_id", "")),
    }
    body |= {name: value for name, value in more.items() if value}
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    for name, value in MORE.get(status, {}).items():
        response.headers[name] = value
    return response


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400; 413 where more was sent than is taken."""
    is_too_big = isinstance(exception, RequestDataTooBig)
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if is_too_big else HTTPStatus.BAD_REQUEST
    return problem(request, status, "")


@login_not_required
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer 403."""
    return problem(request, HTTPStatus.FORBIDDEN, "")


@login_not_required
def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer a form whose protection has expired: what was typed is safe in the browser."""
    return problem(request, HTTPStatus.FORBIDDEN, "form_expired")


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer 404."""
    return problem(request, HTTPStatus.NOT_FOUND, "")


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, "")
