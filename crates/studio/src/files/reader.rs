//! Files as streams.

use std::{
    fs::File,
    io::{self, Read},
};

use bytes::Bytes;
use castad_domain::port::{ByteStream, MediaError, MediaErrorKind};
use futures_util::stream;

use super::blocking;

/// How much of a file is in memory at a time.
const PIECE: usize = 256 << 10;

/// The next `length` bytes of a file. A file that ends earlier is a fault, not a shorter stream.
pub(crate) fn stream(file: File, length: u64) -> ByteStream {
    Box::pin(stream::try_unfold((file, length), |(file, left)| async move {
        let piece = blocking(move || next(file, left)).await;
        piece.map_err(|error| MediaError::new(MediaErrorKind::CutShort).with_source(error))
    }))
}

fn next(mut file: File, left: u64) -> io::Result<Option<(Bytes, (File, u64))>> {
    let size = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
    if size == 0 {
        return Ok(None);
    }
    let mut piece = vec![0; size];
    file.read_exact(&mut piece)?;
    Ok(Some((piece.into(), (file, left - size as u64))))
}
