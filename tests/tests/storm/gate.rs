use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

/// The one address of a fleet: each connection leads to an instance that takes it.
pub(crate) struct Gate {
    pub(crate) address: SocketAddr,
}

impl Gate {
    pub(crate) async fn before(instances: Vec<String>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (instances, turn) = (Arc::new(instances), Arc::new(AtomicUsize::new(0)));
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let first = turn.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(carry(near, Arc::clone(&instances), first));
            }
        });
        Ok(Self { address })
    }
}

async fn carry(mut near: TcpStream, instances: Arc<Vec<String>>, first: usize) {
    for n in 0..instances.len() {
        let address = &instances[(first + n) % instances.len()];
        if let Ok(mut far) = TcpStream::connect(address).await {
            drop(copy_bidirectional(&mut near, &mut far).await);
            return;
        }
    }
}
