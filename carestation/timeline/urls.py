"""Paths of timelines."""

from django.urls import path

from carestation.groups.paths import know_sides
from carestation.timeline.views import album, files, home, members, reading, writing

know_sides()
app_name = "timeline"
SIDE = "groups/<uuid:group_id>/<side:side>/"
POST = SIDE + "posts/<uuid:post_id>/"
urlpatterns = [
    path("", home.home, name="home"),
    path("groups/beside/<uuid:group_id>/", home.pane, name="pane"),
    path(SIDE, reading.timeline, name="timeline"),
    path(SIDE + "after/<int:seq>/", reading.after, name="after"),
    path(SIDE + "read/", reading.read, name="read"),
    path(SIDE + "write/", writing.write, name="write"),
    path(SIDE + "publish/", writing.publish, name="publish"),
    path(SIDE + "members/", members.members, name="members"),
    path(SIDE + "members/<uuid:membership_id>/end/", members.end, name="end_member"),
    path(SIDE + "members/<uuid:membership_id>/role/", members.role, name="member_role"),
    path(SIDE + "archive/", members.archive, name="archive"),
    path(SIDE + "reopen/", members.reopen, name="reopen"),
    path(SIDE + "photos/", album.album, name="album"),
    path(SIDE + "photos/<uuid:file_id>/", album.photo, name="photo"),
    path(POST, reading.post, name="post"),
    path(POST + "versions/", reading.versions, name="versions"),
    path(POST + "edit/", writing.edit, name="edit"),
    path(POST + "withdraw/", writing.withdraw, name="withdraw"),
    path(POST + "restore/", writing.restore, name="restore"),
    path(POST + "acknowledgement/", writing.acknowledgement, name="acknowledgement"),
    path("files/", files.upload, name="upload"),
    path("files/<uuid:file_id>/", files.content, name="file"),
    path("files/<uuid:file_id>/thumbnail/", files.thumbnail, name="thumbnail"),
    path("files/<uuid:file_id>/discard/", files.discard, name="discard_file"),
]
