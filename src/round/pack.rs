//! Old looks that gave the same go into few rows, and the letters of older programs are made small,
//! a little after every round.

use super::{House, Stop};
use crate::history::sqlite::{Packed, pack_some};
use crate::mail::sqlite::pack_some_letters;

/// So many steps at most follow one round; each is a transaction of its own and takes milliseconds.
const STEPS: usize = 20;

/// Packs old looks and letters until none wait, or enough has been done for now, or it is time to stop.
///
/// Nobody waits for it: a step that a power cut undoes is done again.
///
/// # Errors
///
/// SQLite's.
pub fn pack_looks(house: &House, stop: &Stop) -> rusqlite::Result<Packed> {
    let mut done = Packed::default();
    for _ in 0..STEPS {
        if stop.is_set() {
            break;
        }
        let now = house.clock.now();
        let packed: rusqlite::Result<_> = house.db.write_lightly(|tx| pack_some(tx, now));
        let Some(packed) = packed? else { break };
        done.looks += packed.looks;
        done.rows += packed.rows;
    }
    for _ in 0..STEPS {
        if stop.is_set() {
            break;
        }
        let packed: rusqlite::Result<_> = house.db.write_lightly(pack_some_letters);
        if packed?.is_none() {
            break;
        }
    }
    Ok(done)
}
