use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll},
};

use futures_util::task::AtomicWaker;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::Patience;
use crate::config::ConnectionLimits;

/// Whose turn it is: even while the other side is to ask, odd from a request's head to the end of
/// its answer.
#[derive(Default)]
pub(super) struct Turn {
    number: AtomicU32,
    /// Who reads meanwhile is told when it is the other side's turn again.
    reader: AtomicWaker,
}

impl Turn {
    /// A request's head is there.
    pub(super) fn begins(&self) {
        self.number.fetch_or(1, Ordering::AcqRel);
    }

    /// Its answer has been handed over.
    pub(super) fn ends(&self) {
        self.number.fetch_add(1, Ordering::AcqRel);
        self.reader.wake();
    }

    fn number(&self) -> u32 {
        self.number.load(Ordering::Acquire)
    }
}

/// A connection whose other side is not waited for without end: for a request's head, for the next
/// request, and for what was written to be read. How a body comes is looked at where it is read.
pub(super) struct Line {
    stream: TcpStream,
    limits: ConnectionLimits,
    turn: Arc<Turn>,
    /// In which turn the other side was waited for last, and for what.
    awaited: Option<(u32, Awaited)>,
    /// In which turn a head began to arrive.
    begun: Option<u32>,
    reading: Patience,
    writing: Patience,
}

/// What the other side is to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// The head of a request.
    Head,
    /// Another request, if they like.
    Another,
}

impl Line {
    pub(super) fn new(stream: TcpStream, limits: ConnectionLimits, turn: Arc<Turn>) -> Self {
        Self {
            stream,
            limits,
            turn,
            awaited: None,
            // Who connects is about to ask.
            begun: Some(0),
            reading: Patience::new(limits.head),
            writing: Patience::new(limits.stalled),
        }
    }

    /// Waits for what the other side is to send, if it is their turn.
    fn await_them(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.turn.reader.register(context.waker());
        let turn = self.turn.number();
        if !turn.is_multiple_of(2) {
            return Poll::Pending;
        }
        let awaited = if self.begun == Some(turn) { Awaited::Head } else { Awaited::Another };
        if self.awaited != Some((turn, awaited)) {
            self.awaited = Some((turn, awaited));
            let (head, idle) = (self.limits.head, self.limits.idle);
            self.reading.renew_with(if awaited == Awaited::Head { head } else { idle });
        }
        self.reading.wait(context).map(|()| {
            Err(cut(match awaited {
                Awaited::Head => "head",
                Awaited::Another => "idle",
            }))
        })
    }

    /// What came of a write; who does not read what was written is waited for.
    fn written<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.writing.renew();
            return written;
        }
        self.writing.wait(context).map(|()| {
            // What was not read by now is not kept for later by the kernel either.
            drop(self.stream.set_zero_linger());
            Err(cut("reader"))
        })
    }
}

/// A connection is given up.
fn cut(why: &'static str) -> io::Error {
    metrics::counter!("castad_connections_cut_total", "why" => why).increment(1);
    io::Error::new(io::ErrorKind::TimedOut, why)
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_pending() {
            return self.await_them(context);
        }
        let turn = self.turn.number();
        if buffer.filled().len() > before && turn.is_multiple_of(2) {
            self.begun = Some(turn);
        }
        read
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
