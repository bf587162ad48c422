use async_trait::async_trait;
use bytes::{BufMut, Bytes, BytesMut};
use castad_domain::{
    model::MediaType,
    port::{Photo, PhotoError, PhotoLab},
};

/// Takes what begins like a JPEG and drops its metadata, without decoding it.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainLab;

const MARKER: u8 = 0xff;
const START_OF_SCAN: u8 = 0xda;
const COMMENT: u8 = 0xfe;

#[async_trait]
impl PhotoLab for PlainLab {
    async fn develop(&self, upload: Bytes) -> Result<Photo, PhotoError> {
        if !MediaType::Jpeg.matches(&upload) {
            return Err(PhotoError("the file is not a JPEG".to_owned()));
        }
        let (mut width, mut height) = (640, 480);
        let mut jpeg = BytesMut::from(&upload[..2]);
        let mut rest = &upload[2..];
        while let [MARKER, kind, high, low, ..] = *rest {
            let end = 2 + usize::from(u16::from_be_bytes([high, low]));
            if kind == START_OF_SCAN || end > rest.len() {
                break;
            }
            let (segment, behind) = rest.split_at(end);
            if let (0xc0..=0xc2, [_, _, _, _, _, h1, h2, w1, w2, ..]) = (kind, segment) {
                height = u32::from(u16::from_be_bytes([*h1, *h2]));
                width = u32::from(u16::from_be_bytes([*w1, *w2]));
            }
            if !matches!(kind, 0xe1..=0xef | COMMENT) {
                jpeg.put_slice(segment);
            }
            rest = behind;
        }
        jpeg.put_slice(rest);
        Ok(Photo { jpeg: jpeg.freeze(), width, height })
    }
}
