//! What [`MediaStore`] promises beside [`media`](crate::media), and
//! only a store that keeps files outside of memory can keep.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use castad_domain::port::MediaStore;
use futures_util::{StreamExt, stream};
use sha2::{Digest, Sha256};

use crate::media::film;

/// `big_media_contract!(fresh)`, where `async fn fresh() -> Arc<M>` of any media store `M`.
#[macro_export]
macro_rules! big_media_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { big_media {
            a_large_file_passes_through_little_memory
        } $($fresh)+ }
    };
}

const LARGE: usize = 64 << 20;
const PIECE: usize = 64 << 10;

/// A piece that counts how many of its kind are alive.
struct Counted {
    bytes: Vec<u8>,
    alive: Arc<AtomicUsize>,
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, Ordering::Relaxed);
    }
}

/// 64 MB go in and come out while the store holds on to a few pieces at a time.
pub async fn a_large_file_passes_through_little_memory<M: MediaStore + ?Sized>(store: &Arc<M>) {
    let (alive, peak) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let made = (alive.clone(), peak.clone());
    let piece = move |n: usize| {
        let (alive, peak) = &made;
        let mut bytes = vec![n.to_le_bytes()[0]; PIECE];
        if n == 0 {
            bytes[..16].copy_from_slice(b"\0\0\0\x18ftypisom\0\0\0\0");
        }
        peak.fetch_max(1 + alive.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        Ok(Bytes::from_owner(Counted { bytes, alive: alive.clone() }))
    };
    let body = stream::iter((0..LARGE / PIECE).map(piece)).boxed();
    let stored = store.put(&film(), body, LARGE as u64).await.expect("it is taken");
    assert_eq!(stored.bytes, LARGE as u64);
    assert!(peak.load(Ordering::Relaxed) <= 32, "at most 2 MB on the way in");

    let mut answer =
        store.read(&film(), None).await.expect("the store answers").expect("it is there");
    let (mut length, mut digest) = (0, Sha256::new());
    while let Some(piece) = answer.body.next().await {
        let piece = piece.expect("it is read");
        assert!(piece.len() <= 4 << 20, "at most 4 MB on the way out");
        length += piece.len();
        digest.update(&piece);
    }
    let sha256: [u8; 32] = digest.finalize().into();
    assert_eq!((length, sha256), (LARGE, stored.sha256));
}
