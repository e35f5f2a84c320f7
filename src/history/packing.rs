//! How the times of many looks that gave the same become a few bytes, and again the same times.
//! Pure.
//!
//! A look at most pages gives what the look before gave. Kept as rows, ten years of such looks are
//! most of a database; kept as the milliseconds between them they take four bytes each, and every
//! single time can still be told.

use std::ops::Range;

/// Fewer looks than this in a row are not worth a packed row of their own.
pub const FEWEST: usize = 4;

/// A packed row holds at most so many looks: five hundred bytes, so that it stays within a page of
/// the database.
pub const MOST: usize = 128;

/// A look as the database keeps it, in bare numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Look {
    /// When, in Unix milliseconds.
    pub at: i64,
    /// The number of what it gave.
    pub reading: i64,
    /// The number of the way in.
    pub source: i64,
}

/// The milliseconds between times that rise, in LEB128; `None` when they do not rise.
#[must_use]
pub fn pack(times: &[i64]) -> Option<Vec<u8>> {
    let mut packed = Vec::with_capacity(times.len() * 4);
    for pair in times.windows(2) {
        let gap = pair[1].checked_sub(pair[0]).filter(|gap| 0 < *gap)?;
        let mut rest = u64::try_from(gap).ok()?;
        loop {
            let [low, ..] = rest.to_le_bytes();
            rest >>= 7;
            if rest == 0 {
                packed.push(low & 0x7f);
                break;
            }
            packed.push(low | 0x80);
        }
    }
    Some(packed)
}

/// The times that were packed, from the first on; `None` when the bytes are none that [`pack`]
/// made.
#[must_use]
pub fn unpack(first: i64, packed: &[u8]) -> Option<Vec<i64>> {
    let mut times = vec![first];
    let (mut at, mut gap, mut shift) = (first, 0_u64, 0_u32);
    for byte in packed {
        let part = u64::from(byte & 0x7f);
        if 56 < shift {
            return None;
        }
        gap |= part << shift;
        if byte & 0x80 != 0 {
            shift += 7;
            continue;
        }
        at = at.checked_add(i64::try_from(gap).ok()?)?;
        times.push(at);
        (gap, shift) = (0, 0);
    }
    (shift == 0).then_some(times)
}

/// What is to become of looks that have been gone over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packs {
    /// Looks that become one row each, as places in what was gone over.
    pub runs: Vec<Range<usize>>,
    /// So many have been dealt with, packed or left as they are; the rest may still grow.
    pub gone_over: usize,
}

/// Which of a listing's looks, oldest first, are packed together.
///
/// Looks that gave the same by the same way, one after the other, belong together. The last of
/// them wait until another look follows, or until there are [`MOST`], because the next one may
/// belong to them. Fewer than [`FEWEST`] stay as they are.
#[must_use]
pub fn packs(looks: &[Look]) -> Packs {
    let mut packs = Packs {
        runs: Vec::new(),
        gone_over: 0,
    };
    let mut start = 0;
    for index in 1..=looks.len() {
        let is_full = index - start == MOST;
        let is_over = looks.get(index).is_some_and(|next| {
            (next.reading, next.source) != (looks[start].reading, looks[start].source)
        });
        if !is_full && !is_over {
            continue;
        }
        if FEWEST <= index - start {
            packs.runs.push(start..index);
        }
        packs.gone_over = index;
        start = index;
    }
    packs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = 3_600_000;

    /// A letter is a look an hour after the one before; the same letter is the same reading.
    fn looks(letters: &str) -> Vec<Look> {
        letters
            .bytes()
            .zip(0_i64..)
            .map(|(letter, index)| Look {
                at: index * HOUR,
                reading: i64::from(letter),
                source: 0,
            })
            .collect()
    }

    #[track_caller]
    fn check(letters: &str, runs: &[(usize, usize)], gone_over: usize) {
        let runs = runs.iter().map(|(start, end)| *start..*end).collect();
        assert_eq!(packs(&looks(letters)), Packs { runs, gone_over });
    }

    #[test]
    fn looks_that_gave_the_same_go_together_once_another_follows() {
        check("", &[], 0);
        check("a", &[], 0);
        check("aaaaaa", &[], 0);
        check("aaaaaab", &[(0, 6)], 6);
        check("aaabbbbc", &[(3, 7)], 7);
        check("abab", &[], 3);
    }

    #[test]
    fn a_full_row_does_not_wait() {
        check(&"a".repeat(300), &[(0, 128), (128, 256)], 256);
        check(&"a".repeat(128), &[(0, 128)], 128);
    }

    #[test]
    fn a_check_every_six_hours_takes_four_bytes() {
        let times: Vec<i64> = (0..100).map(|index| index * 6 * HOUR + index).collect();
        assert_eq!(pack(&times).unwrap().len(), 99 * 4);
    }

    #[test]
    fn times_that_do_not_rise_are_not_packed_and_junk_is_not_unpacked() {
        assert_eq!(pack(&[5, 5]), None);
        assert_eq!(pack(&[5, 4]), None);
        assert_eq!(pack(&[i64::MIN, i64::MAX]), None);
        assert_eq!(unpack(0, &[0x80]), None);
        assert_eq!(unpack(0, &[0xff; 12]), None);
        assert_eq!(unpack(i64::MAX, &[1]), None);
    }

    proptest! {
        #[test]
        fn every_time_comes_back(first in -1_i64 << 50..1 << 50,
                                 gaps in prop::collection::vec(1_i64..1 << 44, 0..300)) {
            let mut times = vec![first];
            times.extend(gaps.iter().scan(first, |at, gap| { *at += gap; Some(*at) }));
            prop_assert_eq!(unpack(first, &pack(&times).unwrap()), Some(times));
        }

        #[test]
        fn nothing_unpacks_to_a_panic(first: i64, junk: Vec<u8>) {
            let _ = unpack(first, &junk);
        }
    }
}
