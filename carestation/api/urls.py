"""The table of calls, and their paths."""

from http import HTTPStatus
from typing import Final

from carestation.api import wire
from carestation.api.forms import FIELDS, MarkSent, PostsAsked, PostSent, SearchAsked, SignInSent
from carestation.api.views import about, files, own, posts, searching, sessions
from carestation.groups.paths import know_sides
from carestation.kernel.calls import Call, Upload, paths_of
from carestation.kernel.doors import Door
from carestation.timeline.wire import PostJson

know_sides()
app_name = "api"
ROOT: Final = "/api/v1/"
POSTS: Final = "groups/<uuid:group>/<side:side>/posts"
SIGNS: Final = "posts/<uuid:post>/acknowledgement"
OK, CREATED, NO_CONTENT = HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT

CALLS: Final[tuple[Call, ...]] = (
    Call(
        method="POST",
        path="sessions",
        act=sessions.create_session,
        door=Door.PUBLIC,
        takes=SignInSent,
        answers={CREATED: wire.SessionJson},
        refusals=(
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.TOO_MANY_REQUESTS,
        ),
    ),
    Call(
        method="DELETE",
        path="sessions/current",
        act=sessions.end_session,
        door=Door.SELF,
        answers={NO_CONTENT: None},
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Call(method="GET", path="me", act=own.read_me, door=Door.SELF, answers={OK: wire.MeJson}),
    Call(
        method="GET",
        path="groups",
        act=own.list_groups,
        door=Door.SELF,
        answers={OK: list[wire.GroupJson]},
    ),
    Call(
        method="GET",
        path=POSTS,
        act=posts.list_posts,
        door=Door.SEAT,
        takes=PostsAsked,
        answers={OK: wire.PostsJson},
    ),
    Call(
        method="POST",
        path=POSTS,
        act=posts.publish,
        door=Door.SEAT,
        takes=PostSent,
        answers={CREATED: PostJson, OK: PostJson},
        fields=FIELDS,
    ),
    Call(
        method="PUT",
        path="groups/<uuid:group>/<side:side>/read",
        act=posts.move_mark,
        door=Door.SEAT,
        takes=MarkSent,
        answers={OK: wire.MarkJson},
    ),
    Call(
        method="GET",
        path=SIGNS,
        act=posts.list_acknowledgements,
        door=Door.SEAT,
        side="post",
        answers={OK: wire.SignsJson},
    ),
    Call(
        method="PUT",
        path=SIGNS,
        act=posts.acknowledge,
        door=Door.SEAT,
        side="post",
        answers={OK: PostJson},
    ),
    Call(
        method="DELETE",
        path=SIGNS,
        act=posts.take_back_acknowledgement,
        door=Door.SEAT,
        side="post",
        answers={OK: PostJson},
    ),
    Call(
        method="POST",
        path="files",
        act=files.upload,
        door=Door.SELF,
        takes=Upload(longest_bytes=50_000_000),
        answers={CREATED: wire.UploadedJson},
    ),
    Call(
        method="GET",
        path="files/<uuid:file>",
        act=files.open_file,
        door=Door.SEAT,
        side="file",
        answers={
            OK: bytes,
            HTTPStatus.PARTIAL_CONTENT: bytes,
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: None,
        },
        refusals=(HTTPStatus.TOO_MANY_REQUESTS,),
    ),
    Call(
        method="GET",
        path="search",
        act=searching.search,
        door=Door.SELF,
        takes=SearchAsked,
        answers={OK: wire.HitsJson},
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    about.description_of(lambda: CALLS, path="openapi.json", root=ROOT),
)
urlpatterns = paths_of(CALLS)
