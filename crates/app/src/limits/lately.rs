use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::{BuildHasher, Hash},
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// In how many parts it lies, each under a lock of its own.
const PARTS: usize = 16;

/// What is known of those who were met lately. It has room for so many: where there are more, those
/// are forgotten first who were not met for longest.
pub(super) struct Lately<K, V> {
    parts: [Mutex<Part<K, V>>; PARTS],
    choice: RandomState,
    /// How many of a part are met before those are forgotten who were met before them.
    turn: usize,
}

/// Those who were met in this turn, and in the one before.
struct Part<K, V> {
    now: HashMap<K, V>,
    before: HashMap<K, V>,
}

impl<K: Hash + Eq, V: Default> Lately<K, V> {
    /// Room for at least half as many and at most so many.
    pub(super) fn new(most: usize) -> Self {
        let part = || Mutex::new(Part { now: HashMap::new(), before: HashMap::new() });
        let parts = std::array::from_fn(|_| part());
        Self { parts, choice: RandomState::new(), turn: (most / PARTS / 2).max(1) }
    }

    /// Acts on what is known of somebody, which begins with the default.
    pub(super) fn with<T>(&self, key: K, act: impl FnOnce(&mut V) -> T) -> T {
        let mut part = self.part(&key);
        let Part { now, before } = &mut *part;
        if let Some(known) = now.get_mut(&key) {
            return act(known);
        }
        let mut known = before.remove(&key).unwrap_or_default();
        let end = act(&mut known);
        if now.len() >= self.turn {
            *before = mem::take(now);
        }
        now.insert(key, known);
        end
    }

    pub(super) fn knows(&self, key: &K) -> bool {
        let part = self.part(key);
        part.now.contains_key(key) || part.before.contains_key(key)
    }

    pub(super) fn forget(&self, key: &K) {
        let mut part = self.part(key);
        part.now.remove(key);
        part.before.remove(key);
    }

    fn part(&self, key: &K) -> MutexGuard<'_, Part<K, V>> {
        let at = usize::try_from(self.choice.hash_one(key) % PARTS as u64).unwrap_or_default();
        self.parts[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_does_not_fill_the_memory_and_who_keeps_coming_is_not_forgotten() {
        let lately = Lately::<u32, u32>::new(1_000);
        for stranger in 0..100_000 {
            lately.with(stranger + 1, |times| *times += 1);
            lately.with(0, |times| *times += 1);
        }
        let all = lately.parts.iter().map(|part| {
            let part = part.lock().unwrap();
            part.now.len() + part.before.len()
        });
        let all: usize = all.sum();
        assert!((400..=1_000).contains(&all), "{all}");
        assert_eq!(lately.with(0, |times| *times), 100_000);
        assert_eq!(lately.with(1, |times| *times), 0, "the first stranger is forgotten");
    }

    #[test]
    fn who_is_forgotten_begins_anew() {
        let lately = Lately::<u8, u32>::new(10);
        lately.with(1, |times| *times = 7);
        assert!(lately.knows(&1) && !lately.knows(&2));
        lately.forget(&1);
        assert!(!lately.knows(&1));
        assert_eq!(lately.with(1, |times| *times), 0);
    }
}
