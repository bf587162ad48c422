use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Runs,
    /// Answers come through, what is asked does not.
    Answers,
    Stands,
}

/// A way to a server that can be cut, closed, held up and made to lose answers.
pub struct Proxy {
    port: u16,
    target: Mutex<String>,
    refuses: AtomicBool,
    opened: AtomicU64,
    /// Of connections up to that number no answer comes through.
    deaf: AtomicU64,
    cut: watch::Sender<u64>,
    flow: watch::Sender<Flow>,
}

impl Proxy {
    /// A way to that `host:port`, on a port of its own.
    pub async fn to(address: String) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let proxy = Arc::new(Self {
            port: listener.local_addr().expect("it has an address").port(),
            target: Mutex::new(address),
            refuses: AtomicBool::new(false),
            opened: AtomicU64::new(0),
            deaf: AtomicU64::new(0),
            cut: watch::Sender::new(0),
            flow: watch::Sender::new(Flow::Runs),
        });
        let serving = Arc::clone(&proxy);
        tokio::spawn(async move {
            while let Ok((from, _)) = listener.accept().await {
                if !serving.refuses.load(Ordering::SeqCst) {
                    tokio::spawn(Arc::clone(&serving).carry(from));
                }
            }
        });
        proxy
    }

    /// Where it begins, as `host:port`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Leads new connections there.
    pub fn lead_to(&self, address: String) {
        *self.target.lock().expect("no test panics") = address;
    }

    /// Ends every connection.
    pub fn cut(&self) {
        self.cut.send_modify(|cuts| *cuts += 1);
    }

    /// Ends every connection that is opened, or no more.
    pub fn refuse(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::SeqCst);
    }

    /// Lets nothing through, or everything again.
    pub fn stand_still(&self, stands: bool) {
        self.flow.send_replace(if stands { Flow::Stands } else { Flow::Runs });
    }

    /// Keeps back what is asked from now on, or lets it through; answers come all the while.
    pub fn hold_back(&self, holds: bool) {
        self.flow.send_replace(if holds { Flow::Answers } else { Flow::Runs });
    }

    /// Loses the answers of the connections that are open.
    pub fn lose_answers(&self) {
        self.deaf.store(self.opened.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    /// How many connections were opened.
    #[must_use]
    pub fn opened(&self) -> u64 {
        self.opened.load(Ordering::SeqCst)
    }

    async fn carry(self: Arc<Self>, from: TcpStream) {
        let number = self.opened.fetch_add(1, Ordering::SeqCst) + 1;
        let mut cut = self.cut.subscribe();
        let target = self.target.lock().expect("no test panics").clone();
        let Ok(to) = TcpStream::connect(target).await else { return };
        let ((from_read, from_write), (to_read, to_write)) = (from.into_split(), to.into_split());
        let out = self.pass(from_read, to_write, None);
        let back = self.pass(to_read, from_write, Some(number));
        tokio::select! {
            () = out => {}
            () = back => {}
            _ = cut.changed() => {}
        }
    }

    async fn pass(
        &self,
        mut from: impl AsyncReadExt + Unpin,
        mut to: impl AsyncWriteExt + Unpin,
        answers_of: Option<u64>,
    ) {
        let mut flow = self.flow.subscribe();
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(read @ 1..) = from.read(&mut buffer).await {
            let passes = |flow: &Flow| match flow {
                Flow::Runs => true,
                Flow::Answers => answers_of.is_some(),
                Flow::Stands => false,
            };
            if flow.wait_for(passes).await.is_err() {
                return;
            }
            let deaf = self.deaf.load(Ordering::SeqCst);
            if answers_of.is_some_and(|number| number <= deaf) {
                continue;
            }
            if to.write_all(&buffer[..read]).await.is_err() {
                return;
            }
        }
    }
}
