//! Connections over real sockets; the time in which the other side is waited for is the test's.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, routing::get};
use castad_app::{config::ConnectionLimits, door::Door};
use futures_util::{StreamExt, stream};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
    time::{Instant, pause, resume, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::studio::Studio;

const SECOND: Duration = Duration::from_secs(1);

/// A door that is open.
struct Opened {
    address: SocketAddr,
    closing: CancellationToken,
    kept: JoinHandle<()>,
}

impl Opened {
    async fn before(router: Router, limits: ConnectionLimits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, closing) = (listener.local_addr().unwrap(), CancellationToken::new());
        let kept = tokio::spawn(Door::new(router, limits).keep(listener, closing.clone()));
        Self { address, closing, kept }
    }

    async fn of_the_studio() -> (Studio, Self) {
        let studio = Studio::new().await;
        let opened = Self::before(studio.router.clone(), ConnectionLimits::default()).await;
        (studio, opened)
    }

    /// A connection on which that was sent.
    async fn say(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// What is answered to a request, on a connection of its own that is closed with it.
    async fn ask(&self, path: &str) -> String {
        let request = format!("GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
        rest(&mut self.say(&request).await).await
    }
}

/// What comes until the other side closes, or breaks the connection off.
async fn rest(stream: &mut TcpStream) -> String {
    let (mut text, mut piece) = (String::new(), [0; 4_096]);
    while let Ok(length @ 1..) = stream.read(&mut piece).await {
        text.push_str(&String::from_utf8_lossy(&piece[..length]));
    }
    text
}

/// What is on its way takes its own time: where time stands still it would go on without it.
async fn on_its_way<T>(coming: impl Future<Output = T>) -> T {
    resume();
    let came = coming.await;
    pause();
    came
}

/// An answer's head and a body that is as long as it says.
async fn answer(stream: &mut TcpStream) -> String {
    on_its_way(whole(stream)).await
}

async fn whole(stream: &mut TcpStream) -> String {
    let (mut text, mut piece) = (String::new(), [0; 4_096]);
    loop {
        let length = stream.read(&mut piece).await.unwrap();
        assert!(length > 0, "the answer is whole: {text}");
        text.push_str(std::str::from_utf8(&piece[..length]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let told = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if told.is_some_and(|told| told.parse::<usize>().unwrap() == body.len()) {
            return text;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn half_a_head_is_given_up() {
    let (_studio, door) = Opened::of_the_studio().await;
    for half in ["", "GET /healthz HT", "GET /healthz HTTP/1.1\r\nHost: here\r\n"] {
        let begun = Instant::now();
        let mut stream = door.say(half).await;
        assert_eq!(rest(&mut stream).await, "", "{half:?}");
        assert_eq!(begun.elapsed().as_secs(), 15, "{half:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_comes_header_by_header_is_given_up() {
    let (_studio, door) = Opened::of_the_studio().await;
    let begun = Instant::now();
    let mut stream = door.say("GET /healthz HTTP/1.1\r\n").await;
    while timeout(SECOND, stream.read(&mut [0; 10])).await.is_err() {
        drop(stream.write_all(b"X-More: yes\r\n").await);
    }
    assert_eq!(begun.elapsed().as_secs(), 15);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_done_with_is_kept_for_a_while() {
    let (_studio, door) = Opened::of_the_studio().await;
    let ask = "GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n";
    let mut stream = door.say(ask).await;
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
    // Another request in time, and one of which only the beginning comes.
    assert!(timeout(70 * SECOND, stream.read(&mut [0; 10])).await.is_err(), "it is kept");
    stream.write_all(ask.as_bytes()).await.unwrap();
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
    assert!(timeout(70 * SECOND, stream.read(&mut [0; 10])).await.is_err(), "it is kept");
    stream.write_all(b"GET").await.unwrap();
    let begun = Instant::now();
    assert_eq!(rest(&mut stream).await, "");
    assert_eq!(begun.elapsed().as_secs(), 15);

    let mut stream = door.say(ask).await;
    answer(&mut stream).await;
    let begun = Instant::now();
    assert_eq!(rest(&mut stream).await, "");
    assert_eq!(begun.elapsed().as_secs(), 75);
}

#[tokio::test(start_paused = true)]
async fn a_head_that_is_too_long_is_refused() {
    let (_studio, door) = Opened::of_the_studio().await;
    let with = async |headers: usize, bytes: usize| {
        let value = "y".repeat(bytes);
        let lines =
            (0..headers).fold(String::new(), |lines, n| lines + &format!("x-{n}: {value}\r\n"));
        let request = format!("GET /healthz HTTP/1.1\r\nConnection: close\r\n{lines}\r\n");
        let mut stream = TcpStream::connect(door.address).await.unwrap();
        // It may be refused before all of it was sent.
        drop(stream.write_all(request.as_bytes()).await);
        rest(&mut stream).await
    };
    assert!(with(79, 1).await.starts_with("HTTP/1.1 200 OK"));
    let told = with(80, 1).await;
    assert!(told.starts_with("HTTP/1.1 431 ") && told.contains("\"head_too_large\""), "{told}");
    let told = with(2, 20_000).await;
    assert!(told.starts_with("HTTP/1.1 431 ") && told.contains("\"head_too_large\""), "{told}");
    // What is out of all proportion is not even read to its end.
    assert!(with(150, 1).await.starts_with("HTTP/1.1 431 "));
    let told = with(1, 10_000_000).await;
    assert!(told.is_empty() || told.starts_with("HTTP/1.1 431 "), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_trickles_is_refused_and_its_connection_closed() {
    let (studio, door) = Opened::of_the_studio().await;
    let request = studio.request(axum::http::Method::POST, "/v1/projects").body(()).unwrap();
    let key = request.headers()["authorization"].to_str().unwrap();
    let begun = Instant::now();
    let mut stream = door
        .say(&format!(
            "POST /v1/projects HTTP/1.1\r\nHost: here\r\nAuthorization: {key}\r\n\
             Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
        ))
        .await;
    let mut piece = [0; 4_096];
    let told = loop {
        if let Ok(read) = timeout(SECOND, stream.read(&mut piece)).await {
            break String::from_utf8_lossy(&piece[..read.unwrap()]).into_owned();
        }
        stream.write_all(b" ").await.unwrap();
    };
    assert!(told.starts_with("HTTP/1.1 408 ") && told.contains("\"timeout\""), "{told}");
    assert_eq!(begun.elapsed().as_secs(), 30);
    rest(&mut stream).await;
}

/// Tells when it is let go.
struct Held(CancellationToken);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// A file without an end; the token tells when nobody sends it any more.
fn endless() -> (Router, CancellationToken) {
    let gone = CancellationToken::new();
    let held = gone.clone();
    let file = get(async move || {
        let held = Held(held.clone());
        let piece = bytes::Bytes::from(vec![b'x'; 32 * 1024]);
        Body::from_stream(stream::repeat(piece).map(move |piece| {
            let _ = &held;
            Ok::<_, std::io::Error>(piece)
        }))
    });
    (Router::new().route("/file", file), gone)
}

const FILE: &str = "GET /file HTTP/1.1\r\nHost: here\r\n\r\n";

#[tokio::test(start_paused = true)]
async fn who_does_not_read_an_answer_is_not_sent_it_for_ever() {
    let (router, gone) = endless();
    let door = Opened::before(router, ConnectionLimits::default()).await;
    let begun = Instant::now();
    let stream = door.say(FILE).await;
    gone.cancelled().await;
    assert_eq!(begun.elapsed().as_secs(), 30);
    drop(stream);
}

#[tokio::test(start_paused = true)]
async fn who_reads_slowly_is_waited_for() {
    let (router, gone) = endless();
    let door = Opened::before(router, ConnectionLimits::default()).await;
    let mut stream = door.say(FILE).await;
    let mut piece = vec![0; 1024 * 1024];
    for _ in 0..20 {
        assert!(timeout(10 * SECOND, gone.cancelled()).await.is_err(), "it is still sent");
        on_its_way(stream.read_exact(&mut piece)).await.unwrap();
    }
    gone.cancelled().await;
}

#[tokio::test(start_paused = true)]
async fn as_many_connections_are_open_as_there_may_be() {
    let studio = Studio::new().await;
    let limits = ConnectionLimits { most: 1, ..ConnectionLimits::default() };
    let door = Opened::before(studio.router.clone(), limits).await;
    let mut first = door.say("GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n").await;
    answer(&mut first).await;
    let told = door.ask("/docs/errors").await;
    assert!(told.starts_with("HTTP/1.1 503 "), "{told}");
    assert!(told.contains("\"too_many_connections\"") && told.contains("retry-after: 1"), "{told}");
    assert!(door.ask("/healthz").await.starts_with("HTTP/1.1 200 "), "who watches is answered");
    // Those who wait to be told so are not without number either.
    let crowd: Vec<_> = {
        let mut crowd = Vec::new();
        for _ in 0..100 {
            crowd.push(door.say("").await);
        }
        crowd
    };
    assert_eq!(door.ask("/healthz").await, "");
    drop((first, crowd));
    while !door.ask("/docs/errors").await.starts_with("HTTP/1.1 200 ") {}
}

#[tokio::test(start_paused = true)]
async fn a_door_that_closes_lets_those_end_whom_it_let_in() {
    let (called, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (here, on) = (Arc::clone(&called), Arc::clone(&go));
    let slow = get(async move || {
        here.notify_one();
        on.notified().await;
        "done"
    });
    let router = Router::new().route("/slow", slow).route("/quick", get(async || "quick"));
    let door = Opened::before(router, ConnectionLimits::default()).await;
    let mut idle = door.say("GET /quick HTTP/1.1\r\nHost: here\r\n\r\n").await;
    answer(&mut idle).await;
    let mut asking = door.say("GET /slow HTTP/1.1\r\nHost: here\r\n\r\n").await;
    called.notified().await;

    door.closing.cancel();
    assert_eq!(rest(&mut idle).await, "", "nobody is kept who asks nothing");
    while TcpStream::connect(door.address).await.is_ok() {}
    assert!(!door.kept.is_finished());
    go.notify_one();
    let told = rest(&mut asking).await;
    assert!(told.starts_with("HTTP/1.1 200 ") && told.ends_with("done"), "{told}");
    assert!(told.contains("connection: close"), "{told}");
    door.kept.await.unwrap();
}
