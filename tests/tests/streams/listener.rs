use castad_tests::Castad;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    net::TcpSocket,
};

/// How much of what was sent and is not read lies on our side.
const UNREAD: u32 = 4 * 1024;

/// Somebody who listens on a connection of their own.
pub(crate) struct Listener {
    lines: Lines<BufReader<tokio::net::TcpStream>>,
    /// The id of an event that is not whole yet.
    begun: Option<String>,
}

impl Listener {
    /// Opens a stream as a browser does and awaits its head; nothing more is read before it is asked for.
    pub(crate) async fn of(castad: &Castad, last: Option<&str>) -> Self {
        let address = castad.url.strip_prefix("http://").unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(UNREAD).unwrap();
        let mut stream = socket.connect(address.parse().unwrap()).await.unwrap();
        let last = last.map_or(String::new(), |last| format!("Last-Event-ID: {last}\r\n"));
        let request = format!(
            "GET /v1/events HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\
             Authorization: Bearer {}\r\n{last}\r\n",
            castad.key()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut lines = BufReader::with_capacity(1024, stream).lines();
        assert_eq!(lines.next_line().await.unwrap().unwrap(), "HTTP/1.1 200 OK");
        while lines.next_line().await.unwrap().unwrap() != "" {}
        Self { lines, begun: None }
    }

    /// The id of the next event that came whole; `None` once the stream has ended or was cut off.
    pub(crate) async fn next(&mut self) -> Option<String> {
        loop {
            let line = self.lines.next_line().await.ok().flatten()?;
            if let Some(id) = line.strip_prefix("id: ") {
                self.begun = Some(id.to_owned());
            } else if line.is_empty()
                && let Some(id) = self.begun.take()
            {
                return Some(id);
            }
        }
    }
}

/// What a listener was told up to an event; whoever was cut off comes back behind the last one.
pub(crate) async fn told_through(
    mut listener: Listener,
    castad: &Castad,
    through: &str,
) -> (Vec<String>, usize) {
    let (mut told, mut returns) = (Vec::<String>::new(), 0);
    while told.last().is_none_or(|last| last != through) {
        if let Some(id) = listener.next().await {
            told.push(id);
        } else {
            listener = Listener::of(castad, told.last().map(String::as_str)).await;
            returns += 1;
        }
    }
    (told, returns)
}

/// The ids of the whole log.
pub(crate) async fn log(castad: &Castad) -> Vec<String> {
    let (mut ids, mut after) = (Vec::new(), String::new());
    loop {
        let page = castad.get(&format!("/v1/events?limit=100{after}")).await;
        let items = page["items"].as_array().unwrap().iter();
        ids.extend(items.map(|event| event["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { return ids };
        after = format!("&after={next}");
    }
}
