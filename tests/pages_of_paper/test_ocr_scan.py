"""Every file becomes a page or a reason; nothing hangs and nothing is padded in silence."""

import io
import struct
import zipfile
import zlib

import numpy as np
import pypdfium2 as pdfium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ocr.errors import ScanError
from ocr.page import Scan
from ocr.scans.image import to_grey
from ocr.scans.limits import MAX_PIXELS, MAX_SIDE_PX
from ocr.scans.scan import open_page, probe


def picture(width=300, height=400, mode="L"):
    """White paper with a black block in its top left quarter."""
    rng = np.random.default_rng(5)
    grey = rng.integers(200, 256, (height, width)).astype(np.uint8)
    grey[: height // 2, : width // 2] = 10
    return Image.fromarray(grey).convert(mode)


def saved(tmp_path, name, image, **options):
    path = tmp_path / name
    image.save(path, **options)
    return path


def opened(path, index=0, dpi=300):
    return open_page(Scan(path, "0" * 64, index, "page-7"), dpi)


def kind_of(path, index=0):
    """The kind with which a page is refused; the message must name the page and go on to a next step."""
    with pytest.raises(ScanError) as caught:
        opened(path, index)
    message = str(caught.value)
    assert message.startswith("page-7: ") and message.endswith(".") and ". " in message
    return caught.value.kind


def probed_kind(path):
    with pytest.raises(ScanError) as caught:
        probe(path)
    assert str(caught.value).startswith(path.name)
    return caught.value.kind


def pdf_file(tmp_path, *pages, name="volume.pdf"):
    """A PDF made of pages (width, height) in points, blank."""
    pdf = pdfium.PdfDocument.new()
    for width, height in pages:
        pdf.new_page(width, height)
    path = tmp_path / name
    pdf.save(path)
    return path


def written_pdf(tmp_path, objects, name="volume.pdf", trailer=""):
    """A PDF written by hand from its objects, with a right index."""
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{body}\nendobj\n".encode())
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.writelines(f"{p:010d} 00000 n \n".encode() for p in places)
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode())
    path = tmp_path / name
    path.write_bytes(out.getvalue())
    return path


def text_pdf(tmp_path):
    stream = "BT /F1 24 Tf 40 100 Td (General diary 12) Tj ET"
    return written_pdf(
        tmp_path,
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R "
            "/Resources << /Font << /F1 5 0 R >> >> >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ],
    )


def png_header(width, height):
    """A PNG that promises a size and holds next to nothing: what a decompression bomb looks like."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif"])
def test_images_are_probed_and_opened(tmp_path, name):
    path = saved(tmp_path, name, picture())
    media = {"jpg": "jpeg", "png": "png", "tif": "tiff"}[name[2:]]
    assert probe(path).media == media
    assert probe(path).sizes == ((300, 400),)
    page = opened(path)
    assert page.grey.shape == (400, 300) and page.grey.dtype == np.uint8
    assert (page.width, page.height) == (300, 400)
    assert page.grey[:150, :100].mean() < 30 < 200 < page.grey[250:, 200:].mean()


def test_content_counts_and_not_the_name(tmp_path):
    assert probe(saved(tmp_path, "really-a-png.jpg", picture(), format="PNG")).media == "png"


def test_pages_of_a_tiff_are_opened_one_by_one(tmp_path):
    path = tmp_path / "book.tif"
    picture(300, 400).save(path, save_all=True, append_images=[picture(500, 200), picture(100, 90)])
    assert probe(path).sizes == ((300, 400), (500, 200), (100, 90))
    assert opened(path, 1).grey.shape == (200, 500)
    assert kind_of(path, 3) == "no-pages"


def test_one_page_too_small_does_not_refuse_the_others(tmp_path):
    path = tmp_path / "book.tif"
    picture(300, 400).save(path, save_all=True, append_images=[picture(5, 5)])
    assert probe(path).pages == 2
    assert opened(path, 0).grey.shape == (400, 300)
    assert kind_of(path, 1) == "too-small"


@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_exif_orientation_is_honoured(tmp_path, name, orientation):
    exif = Image.Exif()
    exif[274] = orientation
    path = saved(tmp_path, name, picture(), exif=exif)
    page = opened(path)
    assert probe(path).sizes == ((page.width, page.height),)
    assert page.grey.shape == ((400, 300) if orientation in (1, 3) else (300, 400))
    dark = page.grey < 100
    middle = [float(np.nonzero(dark)[axis].mean()) / dark.shape[axis] for axis in (0, 1)]
    assert [m > 0.5 for m in middle] == {1: [False, False], 3: [True, True], 6: [False, True], 8: [True, False]}[
        orientation
    ]
    assert page.notes == (("turned-by-exif",) if orientation > 1 else ())


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_pixel_format_becomes_grey(tmp_path, mode):
    base = picture()
    image = Image.fromarray(np.asarray(base).astype(np.uint16) * 257) if mode == "I;16" else base.convert(mode)
    suffix = "tif" if mode in ("CMYK", "F", "I") else "png"
    grey = opened(saved(tmp_path, f"a.{suffix}", image)).grey
    assert grey.shape == (400, 300) and grey.dtype == np.uint8
    assert grey[:150, :100].mean() < 40 and grey[250:, 200:].mean() > 190


def test_twelve_bits_in_sixteen_are_not_read_as_black(tmp_path):
    deep = np.asarray(picture()).astype(np.uint16) * 16
    grey = opened(saved(tmp_path, "a.png", Image.fromarray(deep))).grey
    assert grey[250:, 200:].mean() > 190


def test_cmyk_jpeg_keeps_black_black(tmp_path):
    grey = opened(saved(tmp_path, "a.jpg", picture(mode="CMYK"))).grey
    assert grey[:150, :100].mean() < 40 and grey[250:, 200:].mean() > 180


def test_transparent_is_paper():
    clear = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    assert to_grey(clear).min() == 255


def test_a_locked_pdf_says_so(tmp_path):
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] >>",
        f"<< /Filter /Standard /V 1 /R 2 /O <{'ab' * 32}> /U <{'cd' * 32}> /P -4 >>",
    ]
    ident = f"/Encrypt 4 0 R /ID [<{'00' * 16}> <{'00' * 16}>]"
    path = written_pdf(tmp_path, objects, trailer=ident)
    assert kind_of(path) == "encrypted"
    assert probed_kind(path) == "encrypted"


def test_a_pdf_without_pages_says_so(tmp_path):
    path = written_pdf(tmp_path, ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"])
    assert kind_of(path) == "no-pages"
    assert probed_kind(path) == "no-pages"
    assert probed_kind(pdf_file(tmp_path)) == "no-pages"


def test_pdf_pages_are_rendered_and_their_text_kept_apart(tmp_path):
    path = text_pdf(tmp_path)
    assert probe(path).sizes == ((300, 200),)
    page = opened(path, dpi=144)
    assert page.grey.shape == (400, 600)
    assert page.text_layer == "General diary 12"
    assert page.grey.min() < 50


def test_one_point_a_pixel_is_rendered_with_fewer_dots(tmp_path):
    page = opened(pdf_file(tmp_path, (2480, 3508)))
    assert page.height == 6600
    assert page.notes == ("rendered-at-135-dpi",)


def test_pdf_sizes_that_no_sheet_has_are_refused_before_rendering(tmp_path):
    assert kind_of(pdf_file(tmp_path, (14_400, 14_400))) == "too-large"
    assert kind_of(pdf_file(tmp_path, (3, 3))) == "too-small"
    mixed = pdf_file(tmp_path, (14_400, 14_400), (300, 400))
    assert probe(mixed).pages == 2
    assert kind_of(mixed, 0) == "too-large"
    assert opened(mixed, 1, 72).height == 400


def test_zero_bytes(tmp_path):
    path = tmp_path / "a.jpg"
    path.touch()
    assert kind_of(path) == "empty" and probed_kind(path) == "empty"


def test_a_file_that_is_away_may_be_tried_again(tmp_path):
    with pytest.raises(ScanError) as caught:
        opened(tmp_path / "gone.jpg")
    assert caught.value.retry and caught.value.kind == "unreadable"


def test_a_folder_is_no_scan(tmp_path):
    assert kind_of(tmp_path) == "unreadable"


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (60, 3000)])
def test_too_small_to_be_a_page(tmp_path, size):
    path = saved(tmp_path, "a.png", Image.new("L", size))
    assert kind_of(path) == "too-small" and probed_kind(path) == "too-small"


@pytest.mark.parametrize(
    "size", [(60_000, 60_000), (60_000, 100), (2**31 - 1, 2**31 - 1), (MAX_SIDE_PX, MAX_PIXELS // MAX_SIDE_PX + 1)]
)
def test_bombs_are_refused_by_their_header(tmp_path, size):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_header(*size))
    assert kind_of(path) == "too-large" and probed_kind(path) == "too-large"


def test_a_zip_called_jpg_and_a_text_called_tif(tmp_path):
    archive = tmp_path / "a.jpg"
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("x", "y")
    text = tmp_path / "a.tif"
    text.write_text("station diary\n" * 30)
    assert kind_of(archive) == probed_kind(archive) == kind_of(text) == probed_kind(text) == "not-an-image"


@pytest.mark.parametrize("body", [b"%PDF-1.7 and then nothing of use", b"%PDF-1.4\n" + bytes(range(256)) * 40])
def test_pdf_garbage(tmp_path, body):
    path = tmp_path / "a.pdf"
    path.write_bytes(body)
    assert kind_of(path) == "truncated" and probed_kind(path) == "truncated"
    path.write_bytes(body + b"\n%%EOF\n")
    assert kind_of(path) == "unreadable" and probed_kind(path) == "unreadable"


FORMATS = {
    "plain.jpg": {},
    "progressive.jpg": {"progressive": True},
    "plain.png": {},
    "raw.tif": {},
    "lzw.tif": {"compression": "tiff_lzw"},
    "deflate.tif": {"compression": "tiff_adobe_deflate"},
    "fax.tif": {"compression": "group4"},
    "jpeg.tif": {"compression": "jpeg"},
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.97, 0.995])
def test_a_cut_file_is_never_padded_in_silence(tmp_path, name, share):
    image = picture(mode="1" if name == "fax.tif" else "L")
    path = saved(tmp_path, name, image, **FORMATS[name])
    opened(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert kind_of(path) in ("truncated", "unreadable", "not-an-image")


@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_cut_pdf_is_refused(tmp_path, share):
    path = text_pdf(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert kind_of(path) == "truncated" and probed_kind(path) == "truncated"


def test_a_copy_that_was_interrupted_and_zero_filled_is_refused(tmp_path):
    path = saved(tmp_path, "a.jpg", picture())
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) // 2))
    assert kind_of(path) == "truncated"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=st.sampled_from(sorted(FORMATS) + ["text.pdf"]))
def test_any_damage_ends_as_a_page_or_a_scan_error(tmp_path, data, name):
    """Overwrite bytes anywhere: whatever comes out is a page or a ScanError, at both doors."""
    if name == "text.pdf":
        whole = bytearray(text_pdf(tmp_path).read_bytes())
    else:
        image = picture(120, 90, "1" if name == "fax.tif" else "L")
        whole = bytearray(saved(tmp_path, name, image, **FORMATS[name]).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.bin"
    path.write_bytes(whole)
    for door in (lambda: opened(path).grey.shape, lambda: probe(path)):
        try:
            assert door()
        except ScanError as e:
            assert e.kind


def test_a_pdf_page_that_is_damaged_does_not_refuse_the_others(tmp_path):
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] >>",
        "<< /Type /Pge /Prnt >",
    ]
    path = written_pdf(tmp_path, objects)
    assert probe(path).sizes == ((300, 200), (0, 0))
    assert opened(path, 0, 72).height == 200
    assert kind_of(path, 1) == "unreadable"


def test_a_pdf_picture_that_cannot_be_decoded_is_no_blank_page(tmp_path):
    """PDFium leaves its place white; a page of a register must not be counted as blank for that."""
    pikepdf = pytest.importorskip("pikepdf")
    leaf = picture(600, 800)
    path = saved(tmp_path, "volume.pdf", leaf, save_all=True, append_images=[leaf, leaf])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        (scan,) = pdf.pages[1].get_images().values()
        scan.write(scan.read_raw_bytes()[:200] + bytes(100), filter=pikepdf.Name.DCTDecode)
        pdf.save(path)
    assert kind_of(path, 1) == "truncated"
    assert opened(path, 0).width and opened(path, 2).width
    white = saved(tmp_path, "white.pdf", Image.new("L", (600, 800), 255))
    assert opened(white).grey.min() >= 250
