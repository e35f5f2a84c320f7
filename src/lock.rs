//! Locks, also after a panic elsewhere: what they guard is changed in single steps, and a transaction
//! that a panic broke off was rolled back.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a lock guards.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
