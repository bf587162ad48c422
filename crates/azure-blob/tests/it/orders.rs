//! Files, and what is done with them.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use bytes::{Bytes, BytesMut};
use castad_domain::{
    model::MediaKey,
    port::{ByteStream, MediaError, MediaStore},
};
use futures_util::{StreamExt, stream};

pub(crate) const PIECE: usize = 64 << 10;

pub(crate) fn key(text: &str) -> MediaKey {
    MediaKey::parse(text).unwrap()
}

pub(crate) fn film() -> MediaKey {
    key("videos/att_1.mp4")
}

/// A file that begins like an MP4.
pub(crate) fn mp4(length: usize) -> Bytes {
    let head = b"\0\0\0\x18ftypisom\0\0\0\0".iter().copied();
    head.chain((0..=u8::MAX).cycle()).take(length).collect()
}

/// A long file, made as it is taken, with how much of it was.
pub(crate) fn long(pieces: usize) -> (ByteStream, Arc<AtomicU64>) {
    let (piece, taken) = (mp4(PIECE), Arc::new(AtomicU64::new(0)));
    let count = Arc::clone(&taken);
    let body = (0..pieces).map(move |_| {
        count.fetch_add(PIECE as u64, Ordering::SeqCst);
        Ok(piece.clone())
    });
    (stream::iter(body).boxed(), taken)
}

/// The file, piece by piece, with how much of it was taken.
pub(crate) fn counted(file: &Bytes) -> (ByteStream, Arc<AtomicU64>) {
    let (file, taken) = (file.clone(), Arc::new(AtomicU64::new(0)));
    let count = Arc::clone(&taken);
    let pieces = (0..file.len().div_ceil(PIECE)).map(move |n| {
        let piece = file.slice(n * PIECE..file.len().min((n + 1) * PIECE));
        count.fetch_add(piece.len() as u64, Ordering::SeqCst);
        Ok(piece)
    });
    (stream::iter(pieces).boxed(), taken)
}

pub(crate) async fn put(store: &dyn MediaStore, file: &Bytes) -> Result<(), MediaError> {
    store.put(&film(), counted(file).0, u64::MAX).await.map(drop)
}

/// The whole of a body.
pub(crate) async fn whole(mut body: ByteStream) -> Result<Bytes, MediaError> {
    let mut file = BytesMut::new();
    while let Some(piece) = body.next().await {
        file.extend_from_slice(&piece?);
    }
    Ok(file.freeze())
}

pub(crate) async fn goes_there_and_back(store: &dyn MediaStore, length: usize) {
    let file = mp4(length);
    put(store, &file).await.unwrap();
    let read = store.read(&film(), None).await.unwrap().unwrap();
    assert_eq!((read.total, whole(read.body).await.unwrap()), (length as u64, file), "{length}");
}
