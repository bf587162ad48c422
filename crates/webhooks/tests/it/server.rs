use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What a server does once it has read a request.
#[derive(Clone)]
pub(crate) enum Does {
    /// Says that, and closes.
    Says(String),
    /// Says that before anybody asked.
    Blurts(String),
    /// Says that, and then more and more.
    SaysForEver(String),
    /// Says that, and then nothing; the connection stays open.
    Halts(String),
}

/// Does the same with every request.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn that(does: Does) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let heard = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, does.clone(), Arc::clone(&heard)));
            }
        });
        Self { address, asked }
    }

    pub(crate) async fn answering(status: &str, headers: &str) -> Self {
        let answer = format!("HTTP/1.1 {status}\r\n{headers}content-length: 0\r\n\r\n");
        Self::that(Does::Says(answer)).await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/castad?shop=7", self.address)
    }

    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// The requests that came.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn talk(mut stream: TcpStream, does: Does, heard: Arc<Mutex<Vec<String>>>) {
    if let Does::Blurts(text) = &does {
        let _ = stream.write_all(text.as_bytes()).await;
    }
    let Some(request) = read(&mut stream).await else { return };
    heard.lock().unwrap().push(request);
    match does {
        Does::Blurts(_) => {}
        Does::Says(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
        }
        Does::SaysForEver(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
            while stream.write_all(&[b'a'; 4_096]).await.is_ok() {}
        }
        Does::Halts(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
            let mut nothing = [0; 1];
            let _ = stream.read(&mut nothing).await;
        }
    }
}

/// A whole request, as its length says.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut text = String::new();
    let mut piece = [0; 4_096];
    loop {
        let read = stream.read(&mut piece).await.ok().filter(|read| *read > 0)?;
        text.push_str(&String::from_utf8_lossy(&piece[..read]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
        if body.len() >= length.parse().ok()? {
            return Some(text);
        }
    }
}
