//! Tells what a file is from its first bytes.

use image::ImageFormat;

/// What the first bytes of an upload say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A picture that the lab develops.
    Picture(ImageFormat),
    /// Something else that people upload in the belief that it is a photo; its name for the message.
    Other(&'static str),
    /// Nothing that the lab knows.
    Unknown,
}

const SIGNATURES: [(&[u8], Kind); 10] = [
    (b"\xFF\xD8\xFF", Kind::Picture(ImageFormat::Jpeg)),
    (b"\x89PNG\r\n\x1A\n", Kind::Picture(ImageFormat::Png)),
    (b"GIF87a", Kind::Other("a GIF")),
    (b"GIF89a", Kind::Other("a GIF")),
    (b"BM", Kind::Other("a BMP")),
    (b"II*\0", Kind::Other("a TIFF or raw camera file")),
    (b"MM\0*", Kind::Other("a TIFF or raw camera file")),
    (b"%PDF-", Kind::Other("a PDF")),
    (b"PK\x03\x04", Kind::Other("a zip archive or office document")),
    (b"\x1F\x8B", Kind::Other("a compressed archive")),
];

pub(super) fn sniff(bytes: &[u8]) -> Kind {
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Kind::Picture(ImageFormat::WebP);
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Kind::Other(container(bytes.get(8..12).unwrap_or_default()));
    }
    SIGNATURES
        .iter()
        .find(|(signature, _)| bytes.starts_with(signature))
        .map_or_else(|| markup(bytes), |(_, kind)| *kind)
}

fn container(brand: &[u8]) -> &'static str {
    match brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"mif1" | b"msf1" => "a HEIC",
        b"avif" | b"avis" => "an AVIF",
        _ => "a video or audio file",
    }
}

fn markup(bytes: &[u8]) -> Kind {
    let head = &bytes[..bytes.len().min(1_024)];
    let text = String::from_utf8_lossy(head).to_lowercase();
    let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if !text.starts_with('<') {
        Kind::Unknown
    } else if text.contains("<svg") {
        Kind::Other("an SVG drawing")
    } else if text.contains("<html") || text.contains("<!doctype html") {
        Kind::Other("a web page")
    } else {
        Kind::Other("an XML or HTML text")
    }
}
