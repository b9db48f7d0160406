"""What comes in is typed by its content and written anew."""

import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageStat
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from carestation.timeline.media.kinds import Kind, kind_of
from carestation.timeline.media.names import LONGEST, clean_name
from carestation.timeline.media.refusals import FileRefused
from carestation.timeline.media.rewritten import Rewritten
from carestation.timeline.media.workshop import LARGEST_BYTES, rewrite_file
from tests.timeline.pictures import (
    CANARY,
    SIGNATURE,
    a_jpeg,
    a_pdf,
    a_picture,
    a_signed_pdf,
    add_script,
    encoded,
    named,
    with_place,
    written,
)

UPPER = (0, 0, 48, 28)
LOWER = (0, 36, 48, 64)


def opened(rewritten: Rewritten) -> Image.Image:
    return Image.open(BytesIO(rewritten.content))


def reason_of(data: bytes) -> tuple[str, int]:
    with pytest.raises(FileRefused) as refused:
        rewrite_file(data)
    return refused.value.reason, refused.value.status


def png_chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data).to_bytes(4, "big")
    return len(data).to_bytes(4, "big") + kind + data + checksum


class TestPictures:
    @pytest.mark.parametrize(
        ("form", "media_type"),
        [
            ("JPEG", "image/jpeg"),
            ("PNG", "image/png"),
            ("WEBP", "image/webp"),
            ("HEIF", "image/jpeg"),
        ],
    )
    @pytest.mark.control("8.24")
    def test_place_time_and_camera_stay_behind(self, form: str, media_type: str) -> None:
        data = encoded(a_picture(), form, exif=with_place().tobytes())
        assert CANARY.encode() in data

        rewritten = rewrite_file(data)

        assert rewritten.media_type == media_type
        for kept in (rewritten.content, rewritten.thumbnail):
            assert CANARY.encode() not in kept
            assert not Image.open(BytesIO(kept)).getexif()

    def test_comments_and_text_stay_behind(self) -> None:
        plain = encoded(a_picture(), "PNG")
        text = png_chunk(b"tEXt", b"Author\x00kingfisher-text")
        rewritten = rewrite_file(plain[:33] + text + plain[33:])

        assert b"kingfisher-text" not in rewritten.content
        assert CANARY.encode() not in rewrite_file(a_jpeg()).content

    @pytest.mark.parametrize(("orientation", "size"), [(1, (64, 48)), (6, (48, 64)), (3, (64, 48))])
    def test_a_picture_is_turned_upright(self, orientation: int, size: tuple[int, int]) -> None:
        rewritten = rewrite_file(a_jpeg(orientation=orientation))

        assert opened(rewritten).size == size
        assert (rewritten.width, rewritten.height) == size

    def test_a_turned_picture_looks_as_it_was_taken(self) -> None:
        left_is_white = Image.new("RGB", (64, 48))
        left_is_white.paste((255, 255, 255), (0, 0, 32, 48))

        shown = opened(rewrite_file(encoded(left_is_white, "JPEG", exif=with_place(6))))

        upper, lower = (ImageStat.Stat(shown.crop(box)) for box in (UPPER, LOWER))
        assert min(upper.mean) > 200
        assert max(lower.mean) < 60

    def test_the_thumbnail_is_small_and_keeps_its_shape(self) -> None:
        thumbnail = Image.open(BytesIO(rewrite_file(a_jpeg((1600, 800))).thumbnail))

        assert thumbnail.format == "WEBP"
        assert thumbnail.size == (480, 240)

    def test_what_is_clear_stays_clear(self) -> None:
        clear = encoded(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "PNG")

        assert opened(rewrite_file(clear)).getpixel((0, 0)) == (255, 0, 0, 0)

    @pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "I;16", "RGBA"])
    def test_every_kind_of_png_is_read(self, mode: str) -> None:
        picture = Image.new("I;16", (8, 8), 40_000) if mode == "I;16" else a_picture().convert(mode)

        assert rewrite_file(encoded(picture, "PNG")).media_type == "image/png"

    def test_a_colour_profile_is_applied_before_it_goes(self) -> None:
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        exchanged = (
            srgb.replace(b"rXYZ", b"....").replace(b"gXYZ", b"rXYZ").replace(b"....", b"gXYZ")
        )
        red = Image.new("RGB", (8, 8), (255, 0, 0))

        shown = opened(rewrite_file(encoded(red, "PNG", icc_profile=exchanged)))

        assert "icc_profile" not in shown.info
        assert shown.getpixel((4, 4)) == (0, 255, 0)

    def test_of_a_moving_picture_the_first_frame_is_kept(self) -> None:
        frames = [Image.new("RGB", (8, 8), colour) for colour in ("white", "black")]
        moving = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)

        kept = opened(rewrite_file(moving))

        assert getattr(kept, "n_frames", 1) == 1


class TestStrangeBytes:
    def test_too_many_pixels_are_refused_unopened(self) -> None:
        header = (20_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
        rows = zlib.compress(b"\x00" * 100)
        bomb = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", rows)

        assert reason_of(bomb + png_chunk(b"IEND", b"")) == ("too_many_pixels", 422)

    def test_a_text_that_swells_is_refused(self) -> None:
        plain = encoded(a_picture(), "PNG")
        swelling = b"Comment\x00\x00" + zlib.compress(b"A" * 200_000_000, 9)
        bomb = plain[:33] + png_chunk(b"zTXt", swelling) + plain[33:]

        assert reason_of(bomb) == ("unreadable", 422)

    @pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
    def test_a_picture_that_is_cut_is_refused(self, form: str) -> None:
        data = encoded(a_picture((400, 300)), form)

        assert reason_of(data[: len(data) * 2 // 3]) == ("unreadable", 422)

    @pytest.mark.parametrize(
        "data",
        [
            b"GIF89a" + b"\x00" * 40,
            b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
            b"<html><script>alert(1)</script></html>",
            b"PK\x03\x04" + b"\x00" * 40,
            b"MZ" + b"\x00" * 40,
            b"\x00\x00\x00\x1cftypavif" + b"\x00" * 40,
            b"hello",
        ],
    )
    def test_what_we_do_not_take_is_refused_by_its_content(self, data: bytes) -> None:
        assert reason_of(data) == ("unknown_kind", 415)

    def test_an_empty_and_an_enormous_file_are_refused(self) -> None:
        assert reason_of(b"") == ("empty_file", 422)
        assert reason_of(b"\xff\xd8\xff" + b"\x00" * LARGEST_BYTES) == ("too_large", 413)

    @pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
    def test_a_second_file_behind_a_picture_stays_behind(self, form: str) -> None:
        second = b"PK\x03\x04<script>alert('kingfisher')</script>%PDF-1.7"

        rewritten = rewrite_file(encoded(a_picture(), form) + second)

        assert b"kingfisher" not in rewritten.content

    def test_a_document_behind_other_bytes_is_no_document(self) -> None:
        assert kind_of(b"<html>%PDF-1.7") is None

    @given(st.binary(max_size=200))
    @hypothesis_settings(max_examples=4, deadline=None)
    def test_nonsense_behind_a_signature_is_an_answer(self, noise: bytes) -> None:
        for signature in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-"):
            assert reason_of(signature + noise)[1] == 422

    def test_the_extension_does_not_count(self) -> None:
        assert kind_of(encoded(a_picture(), "PNG")) is Kind.PNG
        assert clean_name("photo.jpg", "image/png") == "photo.png"


class TestDocuments:
    def test_a_document_keeps_its_pages_and_loses_its_author(self) -> None:
        rewritten = rewrite_file(written(a_pdf(pages=3)))

        assert rewritten.media_type == "application/pdf"
        assert len(PdfReader(BytesIO(rewritten.content)).pages) == 3
        assert "kingfisher".encode("utf-16-be") not in rewritten.content
        assert b"kingfisher" not in rewritten.content

    def test_scripts_and_files_inside_stay_behind(self) -> None:
        writer = a_pdf()
        add_script(writer)
        writer.add_attachment("kingfisher.exe", b"kingfisher-inside")
        launch = named(S="Launch")
        launch[NameObject("/F")] = TextStringObject("kingfisher-launch.exe")
        note = named(Type="Annot", Subtype="Link")
        note[NameObject("/A")] = writer._add_object(launch)
        writer.pages[0][NameObject("/Annots")] = ArrayObject([note])
        writer.pages[0][NameObject("/AA")] = DictionaryObject(
            {NameObject("/O"): named(S="JavaScript")}
        )

        content = rewrite_file(written(writer)).content

        for word in (b"kingfisher", b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/AA"):
            assert word not in content

    def test_an_action_that_hides_behind_references_and_escapes_stays_behind(self) -> None:
        data = written(a_pdf()).replace(
            b"/Type /Catalog",
            b"/Type /Catalog\n/OpenAction << /S /J#61vaScript /JS (kingfisher) >>",
        )

        assert b"kingfisher" not in rewrite_file(data).content

    def test_a_page_to_open_at_may_stay(self) -> None:
        writer = a_pdf()
        place = ArrayObject([writer.pages[0].indirect_reference, NameObject("/Fit")])
        writer.root_object[NameObject("/OpenAction")] = place

        assert b"/OpenAction" in rewrite_file(written(writer)).content

    def test_a_signed_document_stays_as_it_is(self) -> None:
        signed = a_signed_pdf()

        assert rewrite_file(signed).content == signed

    @pytest.mark.parametrize("behind", [b"", b"<script>kingfisher</script>"])
    def test_a_document_that_only_says_it_is_signed_is_written_anew(self, behind: bytes) -> None:
        forged = a_signed_pdf(covers=False, is_active=True) + behind

        kept = rewrite_file(forged).content

        assert b"kingfisher" not in kept

    def test_a_signature_of_something_else_is_none(self) -> None:
        signed = a_signed_pdf()
        hole = b"<%s>" % SIGNATURE.hex().encode()

        rest = len(signed) - signed.index(hole) - len(hole)

        # What it leaves out is not itself; or it covers more than there is.
        for forged in (
            signed.replace(hole, b"(%s)" % hole[1:-1]),
            signed.replace(b"%-10d" % rest, b"%-10d" % (rest + 1)),
        ):
            assert forged != signed
            assert rewrite_file(forged).content != forged

    def test_a_signed_document_that_acts_is_refused(self) -> None:
        assert reason_of(a_signed_pdf(is_active=True)) == ("signed_and_active", 422)

    def test_a_document_behind_a_password_is_refused(self) -> None:
        writer = a_pdf()
        writer.encrypt("secret", algorithm="AES-256")

        assert reason_of(written(writer)) == ("locked", 422)

    def test_a_document_that_only_forbids_copying_is_taken(self) -> None:
        writer = a_pdf()
        writer.encrypt("", "owner", algorithm="AES-256")

        content = rewrite_file(written(writer)).content

        assert not PdfReader(BytesIO(content)).is_encrypted

    def test_a_document_without_pages_or_without_an_end_is_refused(self) -> None:
        assert reason_of(written(a_pdf(pages=0)))[0] == "unreadable"
        assert reason_of(b"%PDF-1.7\n1 0 obj\n<<>>")[0] == "unreadable"


class TestNames:
    @pytest.mark.parametrize(
        ("raw", "kept"),
        [
            ("足の写真_1.jpg", "足の写真_1.jpg"),
            ("IMG_0001.HEIC", "IMG_0001.jpg"),
            ("photo.JPEG", "photo.JPEG"),
            ("../../etc/passwd", "passwd.jpg"),
            ("C:\\Users\\hana\\foot.jpg", "foot.jpg"),
            ("a\x00b\r\n.jpg", "ab.jpg"),
            ("evil\u202egpj.exe", "evilgpj.jpg"),
            ("か\u3099.jpg", "が.jpg"),
            ("", "ファイル.jpg"),
            (".jpg", "ファイル.jpg"),
            ("...", "ファイル.jpg"),
            ("half\ud800.jpg", "half.jpg"),
            ('a<b>"c|d?.jpg', "a_b__c_d_.jpg"),
        ],
    )
    def test_a_name_is_made_fit(self, raw: str, kept: str) -> None:
        assert clean_name(raw, "image/jpeg") == kept

    @given(st.text(max_size=400))
    @hypothesis_settings(deadline=None)
    def test_every_name_is_short_printable_and_no_path(self, raw: str) -> None:
        name = clean_name(raw, "application/pdf")

        assert len(name) <= LONGEST
        assert name.lower().endswith(".pdf")
        assert not set(name) & set("/\\\x00\n\r\u202e")
