//! How readings become spells. Pure.

use jiff::{SignedDuration, Timestamp};

use super::Spell;
use crate::page::Says;

/// What a reading does to a listing's spells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It says what the lasting spell says: that spell, lengthened.
    Longer(Spell),
    /// It says something else, or it is the first: a new spell begins, and the lasting one, if
    /// there is one, ends where the new one begins.
    New(Spell),
}

/// What the newest reading makes of the lasting spell.
///
/// 1. The same availability lengthens the spell; the words, date and price are those of the newest
///    reading.
/// 2. A reading at least `confirm_after` after the first one confirms the spell: the change has
///    been seen twice.
///    Where nothing is to be confirmed, as of what a person saw, the first one is enough.
/// 3. Another availability ends the spell and begins a new one, not yet confirmed.
pub fn step(
    lasting: Option<&Spell>,
    at: Timestamp,
    says: &Says,
    confirm_after: SignedDuration,
) -> Step {
    let Some(spell) = lasting.filter(|spell| spell.availability == says.availability) else {
        return Step::New(Spell {
            availability: says.availability,
            since: at,
            last_seen: at,
            until: None,
            readings: 1,
            confirmed_at: confirm_after.is_zero().then_some(at),
            says: says.clone(),
        });
    };
    let late_enough = at.duration_since(spell.since) >= confirm_after;
    Step::Longer(Spell {
        last_seen: spell.last_seen.max(at),
        readings: spell.readings.saturating_add(1),
        confirmed_at: spell.confirmed_at.or(late_enough.then_some(at)),
        says: says.clone(),
        ..spell.clone()
    })
}

/// Since when a page has been on sale, over confirmed spells, of which blips in between are none;
/// `None` when the newest confirmed one is not on sale.
pub fn on_sale_since(spells: &[Spell]) -> Option<Timestamp> {
    spells
        .iter()
        .rev()
        .filter(|spell| spell.is_confirmed())
        .take_while(|spell| spell.availability.is_released())
        .map(|spell| spell.since)
        .last()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::book::Availability;

    /// Plays readings, one a line, and writes the spells that they make.
    #[track_caller]
    fn check(script: &str, expected: &str) {
        let mut spells: Vec<Spell> = Vec::new();
        for line in script.lines() {
            let (at, state) = line.trim().split_once(' ').unwrap();
            let says = Says::new(state.parse().unwrap(), "test", state, "test");
            let hours = SignedDuration::from_hours(6);
            match step(spells.last(), at.parse().unwrap(), &says, hours) {
                Step::Longer(spell) => *spells.last_mut().unwrap() = spell,
                Step::New(spell) => spells.push(spell),
            }
        }
        let mut shown = String::new();
        for spell in &spells {
            writeln!(
                shown,
                "{} {} x{} {}",
                spell.availability,
                spell.since.strftime("%d %H:%M"),
                spell.readings,
                spell.confirmed_at.map_or("unconfirmed".into(), |at| at
                    .strftime("%d %H:%M")
                    .to_string()),
            )
            .unwrap();
        }
        let expected: Vec<&str> = expected.lines().map(str::trim).collect();
        assert_eq!(shown.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_change_counts_when_it_is_seen_again_late_enough() {
        check(
            "2026-12-01T08:00:00Z not_listed
             2026-12-01T14:00:00Z not_listed
             2026-12-01T20:00:00Z pre_order
             2026-12-01T21:00:00Z pre_order
             2026-12-02T02:00:00Z pre_order",
            "not_listed 01 08:00 x2 01 14:00
             pre_order 01 20:00 x3 02 02:00",
        );
    }

    #[test]
    fn a_blip_is_a_spell_that_was_never_confirmed() {
        check(
            "2026-12-01T08:00:00Z in_stock
             2026-12-02T08:00:00Z in_stock
             2026-12-03T08:00:00Z out_of_stock
             2026-12-03T09:00:00Z in_stock",
            "in_stock 01 08:00 x2 02 08:00
             out_of_stock 03 08:00 x1 unconfirmed
             in_stock 03 09:00 x1 unconfirmed",
        );
    }

    #[test]
    fn the_newest_words_stand_for_the_spell() {
        let first = Says::new(
            Availability::InStock,
            "test",
            "Only 3 left",
            "#availability",
        );
        let newest = Says::new(Availability::InStock, "test", "In stock", "#availability");
        let at: Timestamp = "2026-12-01T08:00:00Z".parse().unwrap();
        let Step::New(begun) = step(None, at, &first, SignedDuration::ZERO) else {
            panic!()
        };
        let Step::Longer(spell) = step(Some(&begun), at, &newest, SignedDuration::ZERO) else {
            panic!()
        };
        assert_eq!(spell.says.words, "In stock");
    }
}
