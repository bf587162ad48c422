use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::task::JoinHandle;

/// The providers as a path names them.
const PROVIDERS: [&str; 3] = ["openai", "suno", "creatomate"];

/// One more way in to all stand-ins, which counts how many are asked through it at once.
pub struct Door {
    address: SocketAddr,
    crowd: Arc<Crowd>,
    serving: JoinHandle<()>,
}

impl Door {
    pub(crate) fn new(address: SocketAddr, crowd: Arc<Crowd>, serving: JoinHandle<()>) -> Self {
        Self { address, crowd, serving }
    }

    /// `host:port`.
    #[must_use]
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// What to set `OPENAI_BASE_URL` to.
    #[must_use]
    pub fn openai_url(&self) -> String {
        format!("http://{}/openai/v1", self.address)
    }

    /// What to set `SUNO_BASE_URL` to.
    #[must_use]
    pub fn suno_url(&self) -> String {
        format!("http://{}/suno", self.address)
    }

    /// What to set `CREATOMATE_BASE_URL` to.
    #[must_use]
    pub fn creatomate_url(&self) -> String {
        format!("http://{}/creatomate", self.address)
    }

    /// How many requests to each provider were under way at once, at most, by its name.
    #[must_use]
    pub fn most_at_once(&self) -> [(&'static str, usize); 3] {
        [0, 1, 2].map(|at| (PROVIDERS[at], self.crowd.most[at].load(Ordering::SeqCst)))
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// How many are inside, and how many were at most.
#[derive(Default)]
pub(crate) struct Crowd {
    inside: [AtomicUsize; 3],
    most: [AtomicUsize; 3],
}

impl Crowd {
    /// Counts a request until what is given back is dropped.
    pub(crate) fn enter(self: &Arc<Self>, path: &str) -> Option<Visit> {
        let name = path.split('/').nth(1)?;
        let at = PROVIDERS.iter().position(|provider| *provider == name)?;
        let inside = self.inside[at].fetch_add(1, Ordering::SeqCst) + 1;
        self.most[at].fetch_max(inside, Ordering::SeqCst);
        Some(Visit { crowd: Arc::clone(self), at })
    }
}

/// One request that is under way.
pub(crate) struct Visit {
    crowd: Arc<Crowd>,
    at: usize,
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.crowd.inside[self.at].fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_left_is_not_counted_with_who_comes() {
        let crowd = Arc::new(Crowd::default());
        let most = |at: usize| crowd.most[at].load(Ordering::SeqCst);
        drop(crowd.enter("/suno/api/v1/generate"));
        let two = [crowd.enter("/suno/api/v1/generate"), crowd.enter("/suno/files/a.mp3")];
        assert!(two.iter().all(Option::is_some));
        drop(two);
        drop(crowd.enter("/creatomate/v2/renders"));
        assert!(crowd.enter("/stand-in/suno/faults").is_none());
        assert_eq!([most(0), most(1), most(2)], [0, 2, 1]);
    }
}
