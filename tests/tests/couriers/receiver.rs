use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpSocket, TcpStream},
    time::interval,
};

/// How slowly somebody answers who is slow.
const PACE: Duration = Duration::from_millis(100);
/// What is taken.
const TAKEN: &str = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";

/// What somebody who is called does to who calls.
#[derive(Debug, Clone)]
pub(crate) enum Temper {
    /// Says this and hangs up.
    Says(String),
    /// Says this, and holds the line without another word.
    Holds(String),
    /// Says this, and then the other again and again, as fast as it is heard.
    Pours(&'static str, &'static str),
    /// The same, slowly.
    Drips(&'static str, &'static str),
}

/// Somebody who is called, and who misbehaves so many times before they take what comes.
#[derive(Clone)]
pub(crate) struct Receiver(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    temper: Temper,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// How often it misbehaves from now on.
    odd: usize,
    heard: Vec<Call>,
    poured: usize,
}

/// A call that came.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Its `webhook-id`.
    pub(crate) id: String,
    /// Whether it was taken as it should be.
    pub(crate) taken: bool,
}

impl Receiver {
    /// One who is not there: whoever calls is refused until they are `at` home.
    pub(crate) fn away(temper: Temper, odd: usize) -> (Self, TcpSocket) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        let (address, state) = (socket.local_addr().unwrap(), State { odd, ..State::default() });
        let inner = Inner { address, temper, state: Mutex::new(state) };
        (Self(Arc::new(inner)), socket)
    }

    /// Is there from now on.
    pub(crate) fn at(&self, socket: TcpSocket) {
        tokio::spawn(self.clone().listen(socket.listen(64).unwrap()));
    }

    pub(crate) fn host(&self) -> String {
        self.0.address.to_string()
    }

    pub(crate) fn heard(&self) -> Vec<Call> {
        self.0.state.lock().unwrap().heard.clone()
    }

    /// How many bytes who called let it pour out, in all.
    pub(crate) fn poured(&self) -> usize {
        self.0.state.lock().unwrap().poured
    }

    /// Takes what comes from now on.
    pub(crate) fn mend(&self) {
        self.0.state.lock().unwrap().odd = 0;
    }

    async fn listen(self, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(self.clone().answer(stream));
        }
    }

    /// Who called may go away at any time.
    async fn answer(self, stream: TcpStream) -> Option<()> {
        let mut stream = BufReader::new(stream);
        let id = read(&mut stream).await?;
        let odd = {
            let mut state = self.0.state.lock().unwrap();
            let odd = state.odd > 0;
            state.odd = state.odd.saturating_sub(1);
            state.heard.push(Call { id, taken: !odd });
            odd
        };
        if !odd {
            return stream.write_all(TAKEN.as_bytes()).await.ok();
        }
        match &self.0.temper {
            Temper::Says(word) => stream.write_all(word.as_bytes()).await.ok(),
            Temper::Holds(word) => {
                stream.write_all(word.as_bytes()).await.ok()?;
                let gone = stream.read_u8().await;
                gone.is_ok().then_some(())
            }
            Temper::Pours(first, rest) => {
                stream.write_all(first.as_bytes()).await.ok()?;
                loop {
                    stream.write_all(rest.as_bytes()).await.ok()?;
                    self.0.state.lock().unwrap().poured += rest.len();
                }
            }
            Temper::Drips(first, rest) => {
                stream.write_all(first.as_bytes()).await.ok()?;
                let mut pace = interval(PACE);
                loop {
                    pace.tick().await;
                    stream.write_all(rest.as_bytes()).await.ok()?;
                }
            }
        }
    }
}

/// Reads a whole call; its id.
async fn read(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let (mut id, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            if line.trim_end().is_empty() {
                break;
            }
            continue;
        };
        match name.to_lowercase().as_str() {
            "webhook-id" => id = Some(value.to_owned()),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    stream.read_exact(&mut vec![0; length]).await.ok()?;
    id
}
