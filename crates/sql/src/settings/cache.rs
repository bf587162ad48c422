//! The settings as this process read them last.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use castad_domain::model::{Settings, SettingsVersion};

/// A copy that is read again once a later version was met.
#[derive(Default)]
pub(crate) struct Cache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    copy: Option<Arc<Settings>>,
    /// The latest version that anybody here has met.
    met: SettingsVersion,
}

impl Cache {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The copy, if it is as new as all that was met.
    pub(crate) fn at_least(&self, known: SettingsVersion) -> Option<Arc<Settings>> {
        let mut kept = self.kept();
        kept.met = kept.met.max(known);
        kept.copy.clone().filter(|copy| copy.version >= kept.met)
    }

    /// Keeps what was read, unless a later version was met while it was being read.
    pub(crate) fn keep(&self, read: Settings) -> Arc<Settings> {
        let read = Arc::new(read);
        let mut kept = self.kept();
        if read.version >= kept.met {
            kept.met = read.version;
            kept.copy = Some(Arc::clone(&read));
        }
        read
    }

    fn meet(&self, version: SettingsVersion) {
        let mut kept = self.kept();
        kept.met = kept.met.max(version);
    }

    fn forget(&self) {
        self.kept().copy = None;
    }
}

/// A change that is under way. However it ends, the copy is not taken for new.
pub(crate) struct Touched {
    cache: Arc<Cache>,
    version: SettingsVersion,
}

impl Touched {
    pub(crate) fn new(cache: &Arc<Cache>, version: SettingsVersion) -> Self {
        Self { cache: Arc::clone(cache), version }
    }

    /// The change is committed.
    pub(crate) fn lasts(&self) {
        self.cache.meet(self.version);
    }
}

/// Whether a commit whose answer was lost did last is not known.
impl Drop for Touched {
    fn drop(&mut self) {
        self.cache.forget();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(version: i64) -> Settings {
        Settings { version: SettingsVersion(version), ..Settings::default() }
    }

    #[test]
    fn a_copy_is_good_until_a_later_version_is_met() {
        let cache = Cache::default();
        assert_eq!(cache.at_least(SettingsVersion(0)), None);
        cache.keep(settings(3));
        assert!(cache.at_least(SettingsVersion(3)).is_some());
        assert_eq!(cache.at_least(SettingsVersion(4)), None);
        assert_eq!(cache.at_least(SettingsVersion(0)), None, "whoever asks next");
        cache.keep(settings(4));
        assert!(cache.at_least(SettingsVersion(0)).is_some());
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let cache = Arc::new(Cache::default());
        let touched = Touched::new(&cache, SettingsVersion(1));
        let slow = settings(0);
        touched.lasts();
        drop(touched);
        cache.keep(slow);
        assert_eq!(cache.at_least(SettingsVersion(0)), None);
    }

    #[test]
    fn a_change_that_may_have_lasted_lets_the_copy_go() {
        let cache = Arc::new(Cache::default());
        cache.keep(settings(0));
        drop(Touched::new(&cache, SettingsVersion(1)));
        assert_eq!(cache.at_least(SettingsVersion(0)), None);
    }
}
