//! A time for which the author wants no letters about an edition. Looks go on, and what is due
//! waits: nothing is told meanwhile, and nothing counts as told.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::book::{Note, NoteKind};
use crate::say::say;
use crate::text::words;

/// A letter says for so long that a pause has ended.
const ENDED_LATELY: SignedDuration = SignedDuration::from_hours(24);

/// A time without letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// When it was given.
    pub from: Timestamp,
    /// From the beginning of this day, in the author's zone, letters go out again.
    pub until: Date,
    /// What is to be acted on is told all the same.
    pub but_act: bool,
    /// When it ends, or ended: with its day, or with the author's next word about pauses.
    pub ends: Timestamp,
}

impl Pause {
    /// It counts at that moment.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.ends
    }
}

/// The pause that counts now. The newest word of the author's counts: a pause takes the place of
/// the one before, and may so be made longer or shorter.
pub fn in_force(notes: &[Note], zone: &TimeZone, now: Timestamp) -> Option<Pause> {
    all(notes, zone).find(|pause| pause.holds(now))
}

/// The note that pauses all editions now, if one does, for an edition that was not there when it was
/// given: newer words about single editions are theirs alone.
pub fn of_all<'a>(
    notes: impl IntoIterator<Item = &'a [Note]>,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<Note> {
    let given = notes.into_iter().filter_map(|notes| {
        let pause = in_force(notes, zone, now)?;
        let given = |note: &&Note| {
            note.at == pause.from && matches!(note.kind, NoteKind::Paused { all: true, .. })
        };
        notes.iter().rfind(given)
    });
    given.max_by_key(|note| note.at).cloned()
}

/// The pause that ended within the last day, unless another one counts by now.
pub fn ended_lately(notes: &[Note], zone: &TimeZone, now: Timestamp) -> Option<Pause> {
    let is_late = |pause: &Pause| {
        pause.from < pause.ends
            && pause.ends <= now
            && now.duration_since(pause.ends) < ENDED_LATELY
    };
    all(notes, zone)
        .filter(is_late)
        .max_by_key(|pause| pause.ends)
        .filter(|_| in_force(notes, zone, now).is_none())
}

/// When the newest pause that is over ended; `None`: there was none.
pub fn last_end(notes: &[Note], zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let ends = all(notes, zone).map(|pause| pause.ends);
    ends.filter(|ends| *ends <= now).max()
}

/// A pause counted at some moment of that time, so that what was due in it was not told.
pub fn was_in_force(notes: &[Note], zone: &TimeZone, (begin, end): (Timestamp, Timestamp)) -> bool {
    all(notes, zone).any(|pause| pause.from.max(begin) < pause.ends.min(end))
}

/// Which of some editions are paused, in a sentence: each by its name and its pause, of `all` that
/// there are. `None`: none is.
pub fn sentence(paused: &[(String, Pause)], all: usize) -> Option<String> {
    let (first, pause) = paused.first()?;
    let last = paused.iter().map(|(_, pause)| pause.until).max()?;
    let is_alike = paused
        .iter()
        .all(|(_, one)| (one.until, one.but_act) == (last, pause.but_act));
    let about = match paused.len() {
        every if every == all => "all",
        1 => "one",
        _ => "some",
    };
    let how = match (is_alike, pause.but_act) {
        (true, true) => "but-act",
        (true, false) => "alike",
        (false, _) => "unlike",
    };
    Some(say!(
        "letters-paused",
        about = about,
        title = first.as_str(),
        some = paused.len(),
        all = all,
        how = how,
        until = words::date(last)
    ))
}

/// What a letter says of a pause: that it counts, where this is told all the same, or that it has
/// ended and what follows was kept for now.
pub fn remark(notes: &[Note], zone: &TimeZone, now: Timestamp) -> Option<String> {
    if in_force(notes, zone, now).is_some() {
        return Some(say!("letters-paused-but-act"));
    }
    let ended = ended_lately(notes, zone, now)?;
    let day = |at| words::day(at, zone, now);
    Some(say!(
        "letters-were-paused",
        from = day(ended.from),
        until = day(ended.ends)
    ))
}

/// Every pause that was given; the notes are in the order in which they were.
fn all<'a>(notes: &'a [Note], zone: &'a TimeZone) -> impl Iterator<Item = Pause> {
    notes.iter().enumerate().filter_map(move |(place, note)| {
        let NoteKind::Paused { until, but_act, .. } = note.kind else {
            return None;
        };
        let begins = until.to_zoned(zone.clone()).ok()?.timestamp();
        let mut later = notes.iter().skip(place + 1);
        let next = later
            .find(|other| is_about_pauses(&other.kind))
            .map(|other| other.at);
        Some(Pause {
            from: note.at,
            until,
            but_act,
            ends: next.map_or(begins, |next| next.min(begins)),
        })
    })
}

fn is_about_pauses(kind: &NoteKind) -> bool {
    matches!(kind, NoteKind::Paused { .. } | NoteKind::Resumed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes, one a line, as `2027-01-10T12:00 paused 2027-01-20 but-act` or
    /// `2027-01-12T12:00 resumed`.
    fn notes(script: &str) -> Vec<Note> {
        let note = |line: &str| {
            let parts: Vec<&str> = line.split_whitespace().collect();
            let until = parts.get(2).map(|day| day.parse().unwrap());
            Note {
                kind: until.map_or(NoteKind::Resumed, |until| NoteKind::Paused {
                    until,
                    but_act: parts.contains(&"but-act"),
                    all: parts.contains(&"all"),
                }),
                at: at(parts[0]),
                store: None,
                ticket: None,
                text: None,
            }
        };
        script.lines().map(note).collect()
    }

    fn at(text: &str) -> Timestamp {
        format!("{text}:00Z").parse().unwrap()
    }

    /// What holds in New York at each moment: "until DAY", "until DAY but act", "ended DAY" or "no".
    #[track_caller]
    fn check(script: &str, expected: &[(&str, &str)]) {
        let notes = notes(script);
        let zone = TimeZone::get("America/New_York").unwrap();
        for (moment, expected) in expected {
            let now = at(moment);
            let found = match (
                in_force(&notes, &zone, now),
                ended_lately(&notes, &zone, now),
            ) {
                (Some(pause), _) if pause.but_act => format!("until {} but act", pause.until),
                (Some(pause), _) => format!("until {}", pause.until),
                (None, Some(pause)) => format!("ended {}", pause.until),
                (None, None) => "no".to_owned(),
            };
            assert_eq!(&found, expected, "{moment}");
        }
    }

    #[test]
    fn a_pause_counts_until_its_day_begins_where_the_author_lives() {
        check(
            "2027-01-10T12:00 paused 2027-01-20",
            &[
                ("2027-01-10T11:59", "no"),
                ("2027-01-10T12:00", "until 2027-01-20"),
                ("2027-01-20T04:59", "until 2027-01-20"),
                ("2027-01-20T05:00", "ended 2027-01-20"),
                ("2027-01-21T05:00", "no"),
            ],
        );
    }

    #[test]
    fn the_newest_word_counts_be_it_longer_or_shorter() {
        check(
            "2027-01-10T12:00 paused 2027-02-20
2027-01-12T12:00 paused 2027-01-15 but-act",
            &[
                ("2027-01-12T11:59", "until 2027-02-20"),
                ("2027-01-12T12:00", "until 2027-01-15 but act"),
                ("2027-01-15T05:00", "ended 2027-01-15"),
                ("2027-01-17T05:00", "no"),
            ],
        );
    }

    #[test]
    fn a_pause_can_be_ended_before_its_day() {
        check(
            "2027-01-10T12:00 paused 2027-02-20
2027-01-12T12:00 resumed",
            &[
                ("2027-01-12T11:59", "until 2027-02-20"),
                ("2027-01-12T12:00", "ended 2027-02-20"),
                ("2027-01-14T12:00", "no"),
            ],
        );
    }

    #[track_caller]
    fn check_sentence(until: &[(&str, bool)], all: usize, expected: Option<&str>) {
        let pause = |(until, but_act): &(&str, bool)| {
            let pause = Pause {
                from: at("2027-01-10T12:00"),
                until: until.parse().unwrap(),
                but_act: *but_act,
                ends: at("2027-01-20T00:00"),
            };
            ("Salt Roads".to_owned(), pause)
        };
        let paused: Vec<_> = until.iter().map(pause).collect();
        assert_eq!(sentence(&paused, all).as_deref(), expected);
    }

    #[test]
    fn a_sentence_says_which_editions_are_paused_and_until_when() {
        let (early, late) = (("2027-01-15", false), ("2027-01-20", false));
        check_sentence(&[], 3, None);
        let all = Some("Letters are paused until Wed 20 January 2027.");
        check_sentence(&[late, late], 2, all);
        let one = Some("Letters about Salt Roads are paused until Wed 20 January 2027.");
        check_sentence(&[late], 2, one);
        let some =
            Some("Letters about 2 of 3 editions are paused, the last until Wed 20 January 2027.");
        check_sentence(&[early, late], 3, some);
        let but_act =
            Some("Letters are paused until Wed 20 January 2027, but for what is to be acted on.");
        check_sentence(&[("2027-01-20", true)], 1, but_act);
    }

    #[test]
    fn a_pause_was_in_force_only_while_it_was() {
        let notes = notes("2027-01-10T12:00 paused 2027-01-20");
        let zone = TimeZone::UTC;
        let was = |begin, end| was_in_force(&notes, &zone, (at(begin), at(end)));
        assert!(was("2027-01-01T00:00", "2027-01-11T00:00"));
        assert!(was("2027-01-19T23:00", "2027-02-11T00:00"));
        assert!(!was("2027-01-01T00:00", "2027-01-10T12:00"));
        assert!(!was("2027-01-20T00:00", "2027-01-21T00:00"));
    }
}
