use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

/// Says the same to every request, and closes; while it is held, it says nothing.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) asked: Arc<AtomicUsize>,
    pub(crate) held: Arc<Semaphore>,
}

impl Server {
    pub(crate) async fn saying(reply: impl Into<Vec<u8>>) -> Self {
        let server = Self::holding(reply).await;
        server.held.add_permits(1_000);
        server
    }

    pub(crate) async fn holding(reply: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, held) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
        let (count, gate, reply) = (Arc::clone(&asked), Arc::clone(&held), Arc::new(reply.into()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(
                    stream,
                    Arc::clone(&reply),
                    Arc::clone(&count),
                    Arc::clone(&gate),
                ));
            }
        });
        Self { address, asked, held }
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/a/file?token=secret-1", self.address)
    }
}

async fn talk(
    mut stream: TcpStream,
    reply: Arc<Vec<u8>>,
    count: Arc<AtomicUsize>,
    gate: Arc<Semaphore>,
) {
    let mut request = [0; 4_096];
    let read = stream.read(&mut request).await.unwrap_or(0);
    if read == 0 {
        return;
    }
    count.fetch_add(1, Ordering::SeqCst);
    let _open = gate.acquire().await.unwrap();
    drop(stream.write_all(&reply).await);
}

/// An answer with a body, and a length that may be a lie.
pub(crate) fn http(status: &str, headers: &str, length: usize, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    )
    .into_bytes()
}
