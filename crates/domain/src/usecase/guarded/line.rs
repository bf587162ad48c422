use std::{
    collections::{BTreeMap, VecDeque},
    future::{Future, poll_fn},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

use crate::port::LockKey;

/// Where those of one process wait for a key, in the order in which they came. Only the first asks
/// the lock: a hundred who wait cost it as much as one.
#[derive(Default)]
pub(super) struct Line(Mutex<Places>);

#[derive(Default)]
struct Places {
    given: u64,
    keys: BTreeMap<LockKey, VecDeque<Place>>,
}

struct Place {
    number: u64,
    waker: Option<Waker>,
}

/// A place in the line, until dropped.
pub(super) struct Ticket {
    line: Arc<Line>,
    key: LockKey,
    number: u64,
}

impl Line {
    /// A place behind everybody who came before.
    pub(super) fn enter(self: &Arc<Self>, key: &LockKey) -> Ticket {
        let mut places = self.places();
        places.given += 1;
        let number = places.given;
        let place = Place { number, waker: None };
        places.keys.entry(key.clone()).or_default().push_back(place);
        Ticket { line: Arc::clone(self), key: key.clone(), number }
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        // A panic elsewhere leaves what was written before it, which is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    pub(super) fn is_first(&self) -> bool {
        let places = self.line.places();
        let first = places.keys.get(&self.key).and_then(VecDeque::front);
        first.is_some_and(|first| first.number == self.number)
    }

    /// Done once nobody is before it.
    pub(super) fn turn(&self) -> impl Future<Output = ()> + Send + '_ {
        poll_fn(|cx| {
            let mut places = self.line.places();
            let Some(line) = places.keys.get_mut(&self.key) else { return Poll::Ready(()) };
            if line.front().is_none_or(|first| first.number == self.number) {
                return Poll::Ready(());
            }
            if let Some(own) = line.iter_mut().find(|place| place.number == self.number) {
                own.waker = Some(cx.waker().clone());
            }
            Poll::Pending
        })
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let next = {
            let mut places = self.line.places();
            let Some(line) = places.keys.get_mut(&self.key) else { return };
            line.retain(|place| place.number != self.number);
            let next = line.front_mut().and_then(|first| first.waker.take());
            if line.is_empty() {
                places.keys.remove(&self.key);
            }
            next
        };
        next.into_iter().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_came_first_is_first_whoever_leaves() {
        let line = Arc::new(Line::default());
        let [key, other] = ["a", "b"].map(LockKey::new);
        let (first, second, third) = (line.enter(&key), line.enter(&key), line.enter(&key));
        assert!(line.enter(&other).is_first());
        assert_eq!([&first, &second, &third].map(Ticket::is_first), [true, false, false]);
        drop(second);
        assert!(!third.is_first());
        drop(first);
        assert!(third.is_first());
        drop(third);
        assert!(line.places().keys.is_empty(), "nothing is left of a key");
    }
}
