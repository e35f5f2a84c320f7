//! What a service and its page tell each other, so that neither needs to know the other.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, OnceLock};

use jiff::Timestamp;

use crate::book::EditionId;
use crate::lock::locked;

/// Editions that somebody wants looked at now, and when the next look is due.
#[derive(Debug, Default)]
pub struct Board {
    wanted: Mutex<BTreeSet<EditionId>>,
    next_look: Mutex<Option<Timestamp>>,
    bell: OnceLock<Bell>,
}

/// What wakes the service.
struct Bell(Box<dyn Fn() + Send + Sync>);

impl fmt::Debug for Bell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bell")
    }
}

impl Board {
    /// Somebody goes round when the bell rings. Only the first one counts.
    pub fn ring_with(&self, bell: impl Fn() + Send + Sync + 'static) {
        // A second service at one board does not happen; the first one hears the bell.
        let _ = self.bell.set(Bell(Box::new(bell)));
    }

    /// Somebody goes round when it is asked for.
    pub fn is_heard(&self) -> bool {
        self.bell.get().is_some()
    }

    /// Asks for a look at an edition, as soon as manners allow.
    pub fn want(&self, edition: &EditionId) {
        locked(&self.wanted).insert(edition.clone());
        if let Some(Bell(ring)) = self.bell.get() {
            ring();
        }
    }

    /// Something is asked for and was not taken yet.
    pub fn is_wanted(&self) -> bool {
        !locked(&self.wanted).is_empty()
    }

    /// Takes what is asked for.
    pub fn take(&self) -> BTreeSet<EditionId> {
        std::mem::take(&mut *locked(&self.wanted))
    }

    /// Says when the next look is due, as far as it is known.
    pub fn set_next_look(&self, at: Option<Timestamp>) {
        *locked(&self.next_look) = at;
    }

    /// When the next look is due; `None` before the first round.
    pub fn next_look(&self) -> Option<Timestamp> {
        *locked(&self.next_look)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn what_is_asked_for_rings_and_is_taken_once() {
        let board = Board::default();
        let rung = Arc::new(AtomicU32::new(0));
        let heard = Arc::clone(&rung);
        assert!(!board.is_heard());
        board.ring_with(move || {
            heard.fetch_add(1, Ordering::Relaxed);
        });
        let edition: EditionId = "9781944098117".parse().unwrap();
        board.want(&edition);
        board.want(&edition);
        assert_eq!(rung.load(Ordering::Relaxed), 2);
        assert!(board.is_heard() && board.is_wanted());
        assert_eq!(board.take().len(), 1);
        assert!(!board.is_wanted());
    }
}
