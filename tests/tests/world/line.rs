use std::{io, net::SocketAddr};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

/// The line to a server, which can be cut.
pub(crate) struct Line {
    pub(crate) address: SocketAddr,
    whole: watch::Sender<bool>,
}

impl Line {
    pub(crate) async fn to(server: String) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (whole, cut) = watch::channel(true);
        tokio::spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                open.spawn(carry(near, server.clone(), cut.clone()));
            }
        });
        Ok(Self { address, whole })
    }

    /// Every connection ends, and no other comes about.
    pub(crate) fn cut(&self) {
        self.whole.send_replace(false);
    }

    pub(crate) fn mend(&self) {
        self.whole.send_replace(true);
    }
}

async fn carry(mut near: TcpStream, server: String, mut whole: watch::Receiver<bool>) {
    if !*whole.borrow() {
        return;
    }
    let Ok(mut far) = TcpStream::connect(server).await else { return };
    tokio::select! {
        carried = copy_bidirectional(&mut near, &mut far) => drop(carried),
        cut = whole.wait_for(|whole| !whole) => drop(cut),
    }
}
