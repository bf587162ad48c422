use std::{
    collections::VecDeque,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_core::Stream;

use super::{ByteStream, MediaError};
use crate::{
    model::{MediaKey, MediaType},
    port::MediaErrorKind,
};

/// As many of the first bytes as any type is known by.
const HEAD: usize = 16;

/// The same body, held to what [`MediaStore::put`](super::MediaStore::put) takes: by its first bytes
/// of the key's type, and at most `most` bytes long.
///
/// Nothing comes out of it until its type is known; after a fault nothing more does.
///
/// # Errors
///
/// [`MediaErrorKind::WrongType`] for a key of no type.
pub fn checked(key: &MediaKey, body: ByteStream, most: u64) -> Result<ByteStream, MediaError> {
    let kind = key.media_type().ok_or(MediaErrorKind::WrongType)?;
    let sniffed = Sniffed { kind, head: Vec::with_capacity(HEAD), known: false };
    Ok(Box::pin(Checked { body: Some(body), sniffed, held: VecDeque::new(), room: most }))
}

struct Checked {
    /// `None` once it has ended.
    body: Option<ByteStream>,
    sniffed: Sniffed,
    /// What waits until the type is known.
    held: VecDeque<Bytes>,
    room: u64,
}

struct Sniffed {
    kind: MediaType,
    head: Vec<u8>,
    known: bool,
}

impl Sniffed {
    fn add(&mut self, piece: &[u8]) -> Result<(), MediaErrorKind> {
        if !self.known {
            let lacking = HEAD - self.head.len();
            self.head.extend_from_slice(&piece[..lacking.min(piece.len())]);
        }
        if self.head.len() == HEAD { self.decide() } else { Ok(()) }
    }

    fn decide(&mut self) -> Result<(), MediaErrorKind> {
        self.known = self.known || self.kind.matches(&self.head);
        if self.known { Ok(()) } else { Err(MediaErrorKind::WrongType) }
    }
}

impl Checked {
    fn take(&mut self, piece: Bytes) -> Result<(), MediaErrorKind> {
        let room = self.room.checked_sub(piece.len() as u64);
        self.room = room.ok_or(MediaErrorKind::TooLarge)?;
        self.sniffed.add(&piece)?;
        if !piece.is_empty() {
            self.held.push_back(piece);
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), MediaErrorKind> {
        self.body = None;
        self.sniffed.decide()
    }

    fn fail(&mut self, fault: MediaError) -> Poll<Option<Result<Bytes, MediaError>>> {
        self.body = None;
        self.held.clear();
        Poll::Ready(Some(Err(fault)))
    }
}

impl Stream for Checked {
    type Item = Result<Bytes, MediaError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if self.sniffed.known
                && let Some(piece) = self.held.pop_front()
            {
                return Poll::Ready(Some(Ok(piece)));
            }
            let Some(body) = &mut self.body else { return Poll::Ready(None) };
            let taken = match ready!(body.as_mut().poll_next(cx)) {
                Some(Ok(piece)) => self.take(piece),
                Some(Err(fault)) => return self.fail(fault),
                None => self.end(),
            };
            if let Err(kind) = taken {
                return self.fail(kind.into());
            }
        }
    }
}
