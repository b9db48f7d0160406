"""Pages of the version before find their static files after an upgrade."""

from pathlib import Path

from pytest_django import Settings

from config.prepare import collect_static


def test_files_of_the_version_before_stay_and_what_has_no_hash_is_made_anew(
    settings: Settings, tmp_path: Path
) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "config.static.HashedStatic"}
    }
    before = settings.STATIC_ROOT / "ui" / "old.0123456789ab.css"
    gone = settings.STATIC_ROOT / "ui" / "old.css"
    before.parent.mkdir(parents=True)
    before.write_text("a {}")
    gone.write_text("a {}")

    collect_static()

    assert before.read_text() == "a {}"
    assert not gone.exists()
    assert (settings.STATIC_ROOT / "staticfiles.json").exists()
