//! [`MediaStore`].

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use castad_domain::{
    model::{MediaKey, Stored},
    port::{ByteRange, ByteStream, MediaError, MediaErrorKind, MediaStore, once},
};
use futures_util::{StreamExt, stream};
use sha2::{Digest, Sha256};

/// `media_contract!(fresh)`, where `async fn fresh() -> Arc<M>` of any media store `M`.
#[macro_export]
macro_rules! media_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { media {
            a_file_reads_back_with_its_length_and_digest
            a_file_may_come_in_any_pieces
            every_type_is_taken
            keys_are_apart
            what_is_not_there_is_none
            a_range_gives_just_its_bytes
            a_range_outside_the_file_is_refused
            the_same_key_again_replaces_the_file
            a_file_may_be_as_long_as_allowed
            a_file_that_is_too_large_leaves_the_old_one
            a_file_that_is_cut_short_leaves_the_old_one
            a_file_of_another_type_leaves_the_old_one
            an_empty_file_is_refused
            a_removed_file_is_gone
            removing_twice_is_fine
            a_reader_keeps_its_file_whole_while_it_is_replaced
            a_healthy_store_says_so
        } $($fresh)+ }
    };
}

const MOST: u64 = 1 << 20;

fn key(text: &str) -> MediaKey {
    MediaKey::parse(text).expect("a plain key is taken")
}

pub(crate) fn film() -> MediaKey {
    key("videos/att_1.mp4")
}

/// A file that begins like an MP4 and holds every byte value.
fn mp4(length: usize, seed: u8) -> Bytes {
    let head = b"\0\0\0\x18ftypisom\0\0\0\0".iter().copied();
    let rest = (0..=u8::MAX).cycle().map(|byte| byte.wrapping_mul(31).wrapping_add(seed));
    head.chain(rest).take(length).collect()
}

fn pieces(file: &Bytes, size: usize) -> ByteStream {
    let parts: Vec<_> = file.chunks(size).map(Bytes::copy_from_slice).map(Ok).collect();
    Box::pin(stream::iter(parts))
}

async fn put<M: MediaStore + ?Sized>(
    store: &M,
    key: &MediaKey,
    file: &Bytes,
) -> Result<Stored, MediaError> {
    store.put(key, pieces(file, 1_000), MOST).await
}

async fn read<M: MediaStore + ?Sized>(
    store: &M,
    key: &MediaKey,
    range: Option<ByteRange>,
) -> Result<Option<Bytes>, MediaError> {
    let Some(read) = store.read(key, range).await? else { return Ok(None) };
    let mut file = BytesMut::new();
    let mut body = read.body;
    while let Some(piece) = body.next().await {
        file.extend_from_slice(&piece?);
    }
    if range.is_none() {
        assert_eq!(read.total, file.len() as u64, "the whole file is as long as it says");
    }
    Ok(Some(file.freeze()))
}

async fn whole<M: MediaStore + ?Sized>(store: &M, key: &MediaKey) -> Option<Bytes> {
    read(store, key, None).await.expect("the store answers")
}

fn kind<T>(result: Result<T, MediaError>) -> Option<MediaErrorKind> {
    result.err().map(|refused| refused.kind())
}

/// What is stored comes back byte for byte, under its length and its SHA-256.
pub async fn a_file_reads_back_with_its_length_and_digest<M: MediaStore + ?Sized>(store: &Arc<M>) {
    let file = mp4(300_001, 1);
    let stored = put(&**store, &film(), &file).await.expect("it is taken");
    let sha256: [u8; 32] = Sha256::digest(&file).into();
    assert_eq!(stored, Stored { key: film(), bytes: 300_001, sha256 });
    assert_eq!(whole(&**store, &film()).await, Some(file));
}

/// It does not matter how the bytes are cut, even through the first few, and even if some are none.
pub async fn a_file_may_come_in_any_pieces<M: MediaStore + ?Sized>(store: &Arc<M>) {
    let file = mp4(500, 2);
    for size in [1, 3, 7, 499, 500] {
        let gap = stream::once(async { Ok(Bytes::new()) });
        let body = gap.chain(pieces(&file, size)).boxed();
        store.put(&film(), body, MOST).await.expect("it is taken");
        assert_eq!(whole(&**store, &film()).await.as_ref(), Some(&file), "in pieces of {size}");
        store.remove(&film()).await.expect("it is removed");
    }
}

/// Pictures, recordings and films are taken under keys of their type.
pub async fn every_type_is_taken<M: MediaStore + ?Sized>(store: &Arc<M>) {
    let files: [(&str, &'static [u8]); 5] = [
        ("images/a.jpg", b"\xff\xd8\xff\xe0picture"),
        ("songs/a.m4a", b"\0\0\0\x18ftypM4A \0\0\0\0"),
        ("songs/b.mp3", b"ID3\x04song and more"),
        ("songs/c.mp3", b"\xff\xfbsong and more"),
        ("videos/a.mp4", b"\0\0\0\x18ftypisom\0\0\0\0"),
    ];
    for (name, file) in files {
        let file = Bytes::from_static(file);
        put(&**store, &key(name), &file).await.expect("it is taken");
        assert_eq!(whole(&**store, &key(name)).await, Some(file), "{name}");
    }
}

/// Files of different names do not touch.
pub async fn keys_are_apart<M: MediaStore + ?Sized>(store: &Arc<M>) {
    let names = ["videos/a.mp4", "videos/b.mp4", "a.mp4", "videos/a/b.mp4"].map(key);
    for (seed, name) in (0..).zip(&names) {
        put(&**store, name, &mp4(100, seed)).await.expect("it is taken");
    }
    store.remove(&names[1]).await.expect("it is removed");
    for (seed, name) in (0..).zip(&names) {
        let kept = (seed != 1).then(|| mp4(100, seed));
        assert_eq!(whole(&**store, name).await, kept, "{name}");
    }
}

/// A file that nobody stored is `None`, be it asked for whole or in part.
pub async fn what_is_not_there_is_none<M: MediaStore + ?Sized>(store: &Arc<M>) {
    assert_eq!(whole(&**store, &film()).await, None);
    let range = Some(ByteRange { first: 0, last: 9 });
    assert_eq!(read(&**store, &film(), range).await.expect("the store answers"), None);
}

/// A range holds its first and its last byte, and the answer says how long the whole file is.
pub async fn a_range_gives_just_its_bytes<M: MediaStore + ?Sized>(store: &Arc<M>) {
    let file = mp4(100_000, 3);
    put(&**store, &film(), &file).await.expect("it is taken");
    let ranges: [(u32, u32); 5] =
        [(0, 0), (0, 99_999), (17, 70_000), (99_999, 99_999), (50_000, 50_001)];
    for (first, last) in ranges {
        let range = Some(ByteRange { first: first.into(), last: last.into() });
        let part = read(&**store, &film(), range).await.expect("the store answers");
        let asked = file.iter().skip(first as usize).take((last - first) as usize + 1);
        assert_eq!(part, Some(asked.copied().collect()), "{first} to {last}");
        let answer = store.read(&film(), range).await.expect("the store answers");
        assert_eq!(answer.map(|answer| answer.total), Some(100_000));
    }
}

/// A range that is not wholly inside the file, or ends before it begins, is refused.
pub async fn a_range_outside_the_file_is_refused<M: MediaStore + ?Sized>(store: &Arc<M>) {
    put(&**store, &film(), &mp4(100, 4)).await.expect("it is taken");
    for (first, last) in [(100, 100), (0, 100), (99, u64::MAX), (u64::MAX, u64::MAX), (5, 4)] {
        let refused = store.read(&film(), Some(ByteRange { first, last })).await;
        assert_eq!(kind(refused), Some(MediaErrorKind::BadRange), "{first} to {last}");
    }
}

/// Storing again under a name leaves the new file alone, be it longer or shorter.
pub async fn the_same_key_again_replaces_the_file<M: MediaStore + ?Sized>(store: &Arc<M>) {
    for (length, seed) in [(5_000, 1), (90, 2), (9_000, 3)] {
        let file = mp4(length, seed);
        put(&**store, &film(), &file).await.expect("it is taken");
        assert_eq!(whole(&**store, &film()).await, Some(file));
    }
}

/// A file of exactly `most` bytes is taken.
pub async fn a_file_may_be_as_long_as_allowed<M: MediaStore + ?Sized>(store: &Arc<M>) {
    let file = mp4(4_096, 5);
    store.put(&film(), pieces(&file, 1_000), 4_096).await.expect("it is taken");
    assert_eq!(whole(&**store, &film()).await, Some(file));
}

/// A file that is longer than allowed is refused, and what was there stays.
pub async fn a_file_that_is_too_large_leaves_the_old_one<M: MediaStore + ?Sized>(store: &Arc<M>) {
    let (old, new) = (mp4(100, 6), mp4(4_097, 7));
    let refused = store.put(&film(), pieces(&new, 1_000), 4_096).await;
    assert_eq!(kind(refused), Some(MediaErrorKind::TooLarge));
    assert_eq!(whole(&**store, &film()).await, None, "nor is a part of it there");
    put(&**store, &film(), &old).await.expect("it is taken");
    let refused = store.put(&film(), once(new), 4_096).await;
    assert_eq!(kind(refused), Some(MediaErrorKind::TooLarge));
    assert_eq!(whole(&**store, &film()).await, Some(old));
}

/// A body that ends with a fault stores nothing, and what was there stays.
pub async fn a_file_that_is_cut_short_leaves_the_old_one<M: MediaStore + ?Sized>(store: &Arc<M>) {
    let (old, new) = (mp4(100, 8), mp4(5_000, 9));
    let cut = || {
        let fault = stream::once(async { Err(MediaError::new(MediaErrorKind::CutShort)) });
        pieces(&new, 1_000).chain(fault).boxed()
    };
    let refused = store.put(&film(), cut(), MOST).await;
    assert_eq!(kind(refused), Some(MediaErrorKind::CutShort));
    assert_eq!(whole(&**store, &film()).await, None, "nor is a part of it there");
    put(&**store, &film(), &old).await.expect("it is taken");
    let refused = store.put(&film(), cut(), MOST).await;
    assert_eq!(kind(refused), Some(MediaErrorKind::CutShort));
    assert_eq!(whole(&**store, &film()).await, Some(old));
}

/// What does not begin like the type that its key names is refused, and what was there stays.
pub async fn a_file_of_another_type_leaves_the_old_one<M: MediaStore + ?Sized>(store: &Arc<M>) {
    let old = mp4(100, 10);
    put(&**store, &film(), &old).await.expect("it is taken");
    for wrong in [&b"<html>an error page</html>"[..], b"\xff\xd8\xff\xe0picture", b"\0\0\0\x18fty"]
    {
        let refused = put(&**store, &film(), &Bytes::from_static(wrong)).await;
        assert_eq!(kind(refused), Some(MediaErrorKind::WrongType));
    }
    assert_eq!(whole(&**store, &film()).await, Some(old));
}

/// Nothing is not a file of any type.
pub async fn an_empty_file_is_refused<M: MediaStore + ?Sized>(store: &Arc<M>) {
    let refused = put(&**store, &film(), &Bytes::new()).await;
    assert_eq!(kind(refused), Some(MediaErrorKind::WrongType));
    assert_eq!(whole(&**store, &film()).await, None);
}

/// A file that was removed is not there, and can be stored anew.
pub async fn a_removed_file_is_gone<M: MediaStore + ?Sized>(store: &Arc<M>) {
    put(&**store, &film(), &mp4(100, 11)).await.expect("it is taken");
    store.remove(&film()).await.expect("it is removed");
    assert_eq!(whole(&**store, &film()).await, None);
    put(&**store, &film(), &mp4(100, 12)).await.expect("it is taken");
    assert_eq!(whole(&**store, &film()).await, Some(mp4(100, 12)));
}

/// It is fine to remove what is not there.
pub async fn removing_twice_is_fine<M: MediaStore + ?Sized>(store: &Arc<M>) {
    put(&**store, &film(), &mp4(100, 13)).await.expect("it is taken");
    store.remove(&film()).await.expect("it is removed");
    store.remove(&film()).await.expect("it is fine");
    store.remove(&key("never/was.jpg")).await.expect("it is fine");
}

/// Who began to read gets the old file or a fault, never a mixture of two.
pub async fn a_reader_keeps_its_file_whole_while_it_is_replaced<M: MediaStore + ?Sized>(
    store: &Arc<M>,
) {
    let (old, new) = (mp4(700_000, 14), mp4(700_000, 15));
    put(&**store, &film(), &old).await.expect("it is taken");
    let answer = store.read(&film(), None).await.expect("the store answers");
    let mut body = answer.expect("it is there").body;
    let mut got = BytesMut::from(&body.next().await.expect("a piece").expect("it is read")[..]);
    put(&**store, &film(), &new).await.expect("it is taken");
    while let Some(piece) = body.next().await {
        let Ok(piece) = piece else { return };
        got.extend_from_slice(&piece);
    }
    assert!(got == old, "the old file, as a whole");
}

/// A store that works would take a file.
pub async fn a_healthy_store_says_so<M: MediaStore + ?Sized>(store: &Arc<M>) {
    store.check().await.expect("it would take a file");
}
