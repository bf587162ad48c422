use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use castad_domain::{
    model::{AttemptToken, LineTime, ProviderJob},
    port::{ByteStream, MediaError, MediaErrorKind, ProviderErrorKind, once},
};
use futures_util::stream;

/// What is to happen the next few times.
pub(crate) struct Turns<T>(VecDeque<T>);

impl<T> Default for Turns<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T: Clone> Turns<T> {
    pub(crate) fn add(&mut self, turn: T, times: usize) {
        self.0.extend(std::iter::repeat_n(turn, times));
    }

    pub(crate) fn next(&mut self) -> Option<T> {
        self.0.pop_front()
    }
}

/// How a scripted maker answers an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// With that error, and nothing is started.
    Error(ProviderErrorKind),
    /// With no usable answer, although the job is started.
    Lost,
}

/// What a scripted maker hands over in place of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parcel {
    /// A web page.
    Rubbish,
    /// The file's first half, and then nothing.
    CutShort,
}

impl Parcel {
    /// The file, or what comes in its place.
    pub(crate) fn body(parcel: Option<Self>, file: &Bytes) -> ByteStream {
        match parcel {
            None => once(file.clone()),
            Some(Self::Rubbish) => once(Bytes::from_static(b"<html>sorry</html>")),
            Some(Self::CutShort) => {
                let half = Ok(file.slice(..file.len() / 2));
                let end = Err(MediaError::new(MediaErrorKind::CutShort));
                Box::pin(stream::iter([half, end]))
            }
        }
    }
}

/// A job that a scripted maker has taken.
pub(crate) struct Taken {
    pub(crate) attempt: AttemptToken,
    pub(crate) looks: u32,
    pub(crate) fails: Option<bool>,
    pub(crate) released: bool,
    pub(crate) duration_ms: u32,
    pub(crate) lines: Vec<LineTime>,
    pub(crate) bars_ms: Vec<u32>,
}

/// What a scripted maker was told and what it did.
#[derive(Default)]
pub(crate) struct Bench {
    pub(crate) answers: Turns<Answer>,
    pub(crate) silence: Turns<()>,
    pub(crate) failures: Turns<bool>,
    pub(crate) parcels: Turns<Parcel>,
    pub(crate) looks: u32,
    pub(crate) forgetful: bool,
    pub(crate) starts: Vec<AttemptToken>,
    pub(crate) jobs: Vec<(ProviderJob, Taken)>,
    pub(crate) calls: HashMap<&'static str, usize>,
}
