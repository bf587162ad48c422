use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use castad_domain::{
    model::{MediaKey, Stored},
    port::{ByteRange, ByteStream, MediaError, MediaErrorKind, MediaRead, MediaStore, once},
};
use castad_memory::MemoryMedia;
use chrono::{DateTime, Utc};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    time::timeout,
};

/// What links answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Links {
    /// An address on this machine.
    Here,
    /// None.
    None,
    /// A fault of the store.
    Fault(MediaErrorKind),
}

/// A media store whose files can be fetched at links, and an address that webhooks are sent to.
pub(crate) struct Shelf {
    memory: MemoryMedia,
    served: Served,
    address: SocketAddr,
    links: Mutex<Links>,
    until: Mutex<Vec<DateTime<Utc>>>,
    serving: tokio::task::JoinHandle<()>,
}

/// Where something was posted, and what.
pub(crate) type Posted = (String, Vec<u8>);

#[derive(Clone, Default)]
struct Served {
    files: Arc<Mutex<BTreeMap<String, Bytes>>>,
    posted: Arc<Mutex<Vec<Posted>>>,
    came: Arc<Notify>,
}

impl Shelf {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = Served::default();
        let serving = tokio::spawn(serve(listener, served.clone()));
        let (memory, links, until) =
            (MemoryMedia::new(), Mutex::new(Links::Here), Mutex::default());
        Self { memory, served, address, links, until, serving }
    }

    pub(crate) async fn keep(&self, key: &MediaKey, file: &'static [u8]) {
        self.put(key, once(Bytes::from_static(file)), 1 << 20).await.unwrap();
        self.served.files.lock().unwrap().insert(self.path(key), Bytes::from_static(file));
    }

    pub(crate) fn lose(&self, key: &MediaKey) {
        self.served.files.lock().unwrap().remove(&self.path(key));
    }

    pub(crate) fn answer_with(&self, links: Links) {
        *self.links.lock().unwrap() = links;
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was posted here: where, and what.
    pub(crate) fn posted(&self) -> Vec<Posted> {
        self.served.posted.lock().unwrap().clone()
    }

    /// Waits until something is posted.
    pub(crate) async fn post(&self) {
        timeout(Duration::from_secs(20), self.served.came.notified()).await.unwrap();
    }

    /// How long each link that was made lasts.
    pub(crate) fn until(&self) -> Vec<DateTime<Utc>> {
        self.until.lock().unwrap().clone()
    }

    #[expect(clippy::unused_self, reason = "it is the shelf's own way to name files")]
    fn path(&self, key: &MediaKey) -> String {
        format!("/{key}?signature=of-the-shelf")
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, served: Served) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(talk(stream, served.clone()));
    }
}

/// One request and its answer.
async fn talk(mut stream: TcpStream, served: Served) {
    let mut heard = Vec::new();
    let mut piece = [0; 4096];
    let (head, length) = loop {
        let count = stream.read(&mut piece).await.unwrap_or(0);
        if count == 0 {
            return;
        }
        heard.extend_from_slice(&piece[..count]);
        if let Some(at) = heard.windows(4).position(|end| end == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&heard[..at]).to_lowercase();
            let told = head.lines().find_map(|line| line.strip_prefix("content-length:"));
            break (at + 4, told.map_or(0, |told| told.trim().parse().unwrap()));
        }
    };
    while heard.len() < head + length {
        let count = stream.read(&mut piece).await.unwrap();
        heard.extend_from_slice(&piece[..count]);
    }
    let first = String::from_utf8_lossy(&heard).lines().next().unwrap().to_owned();
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let file = served.files.lock().unwrap().get(path).cloned();
    let (status, body) = match (method, file) {
        ("POST", _) => {
            served.posted.lock().unwrap().push((path.to_owned(), heard[head..].to_vec()));
            served.came.notify_one();
            ("204 No Content", Bytes::new())
        }
        (_, Some(file)) => ("200 OK", file),
        (_, None) => ("404 Not Found", Bytes::new()),
    };
    let answer =
        format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all(answer.as_bytes()).await.unwrap();
    stream.write_all(&body).await.unwrap();
}

#[async_trait]
impl MediaStore for Shelf {
    async fn put(&self, key: &MediaKey, body: ByteStream, most: u64) -> Result<Stored, MediaError> {
        self.memory.put(key, body, most).await
    }

    async fn read(
        &self,
        key: &MediaKey,
        range: Option<ByteRange>,
    ) -> Result<Option<MediaRead>, MediaError> {
        self.memory.read(key, range).await
    }

    async fn link(
        &self,
        key: &MediaKey,
        until: DateTime<Utc>,
    ) -> Result<Option<String>, MediaError> {
        self.until.lock().unwrap().push(until);
        match *self.links.lock().unwrap() {
            Links::Here => Ok(Some(format!("{}{}", self.url(), self.path(key)))),
            Links::None => Ok(None),
            Links::Fault(kind) => Err(kind.into()),
        }
    }

    async fn remove(&self, key: &MediaKey) -> Result<(), MediaError> {
        self.memory.remove(key).await
    }

    async fn check(&self) -> Result<(), MediaError> {
        self.memory.check().await
    }
}
