//! What every page shares: its head, its navigation, and the line that says whether somebody is
//! still watching.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::face;
use super::timeline;
use crate::book::{Availability, Edition, Launch, StoreId};
use crate::config::plan::StorePlan;
use crate::judge::text::Voice;
use crate::round::health::{Health, nobody_looked};
use crate::text::words;

/// Where and when a page is made.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The path below which the site lives: empty, or as `/pubwatch`.
    pub base: &'a str,
    /// The author's zone.
    pub zone: &'a TimeZone,
    /// Now.
    pub now: Timestamp,
    /// The stores, for their labels.
    pub stores: &'a [StorePlan],
    /// There is a password, so there is a way out.
    pub may_log_out: bool,
    /// There is a file in which books can be added and changed.
    pub may_edit: bool,
    /// What was changed last, as long as it can be undone.
    pub last: Option<&'a LastChange>,
    /// Which day of a demo is shown.
    pub day: Option<&'a Day>,
}

/// What was changed last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastChange {
    /// What it was, in a sentence.
    pub said: String,
    /// By which it is known again when it is to be undone; `None`: it was undone.
    pub mark: Option<String>,
}

/// A day of a demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// From 1.
    pub number: usize,
    /// How many there are.
    pub last: usize,
    /// The page that one looks at from day to day, as `/editions/ISBN`.
    pub page: String,
}

impl Day {
    /// The path below which a day is shown; the last one is the site itself.
    pub fn base(number: usize) -> String {
        format!("/day/{number}")
    }

    /// Where the page of a day is; that of the last one where there are not so many.
    pub fn at(&self, number: usize) -> String {
        if (1..self.last).contains(&number) {
            format!("{}{}", Self::base(number), self.page)
        } else {
            self.page.clone()
        }
    }

    /// Where the page of the day before is.
    pub fn before(&self) -> Option<String> {
        (1 < self.number).then(|| self.at(self.number - 1))
    }

    /// Where the page of the day after is.
    pub fn after(&self) -> Option<String> {
        (self.number < self.last).then(|| self.at(self.number + 1))
    }
}

impl Place<'_> {
    /// How findings about an edition are put into words here.
    pub fn voice<'b>(&'b self, edition: &'b Edition, launch: &'b Launch) -> Voice<'b> {
        Voice {
            zone: self.zone,
            now: self.now,
            stores: self.stores,
            edition: Some((edition, launch)),
            brief: false,
        }
    }

    /// What people call a store, on one line.
    pub fn label(&self, store: &StoreId) -> String {
        words::one_line(crate::config::plan::label(store, self.stores))
    }

    /// An instant as briefly as it is clear.
    pub fn moment(&self, at: Timestamp) -> String {
        words::brief_moment(at, self.zone, self.now)
    }

    /// A day to come, as a form takes it.
    pub fn in_days(&self, days: i64) -> String {
        let today = self.now.to_zoned(self.zone.clone()).date();
        let day = today.checked_add(jiff::Span::new().days(days));
        day.map_or_else(|_| String::new(), |day| day.to_string())
    }

    /// How long ago an instant is.
    pub fn ago(&self, at: Timestamp) -> String {
        words::lasting(self.now.duration_since(at))
    }
}

/// Who is still watching, and how the stores receive us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pulse {
    /// Whether the watch is well.
    pub health: Health,
    /// When the next look is due, where a service keeps watch.
    pub next_look: Option<Timestamp>,
    /// Stores of which at least one page can be read.
    pub fine: usize,
    /// The stores of which no page can be read.
    pub blind: Vec<StoreId>,
}

/// The parts around the content of a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The path below which the site lives.
    pub base: String,
    /// The title of the page, without the program's name.
    pub title: String,
    /// The name of the page in the navigation.
    pub here: &'static str,
    /// The address of the style sheet.
    pub style: String,
    /// The shapes that the page refers to.
    pub sprite: String,
    /// "last good check 08:12 · 3 stores fine".
    pub pulse: String,
    /// Something is wrong with the watch, or a store cannot be seen.
    pub is_worrying: bool,
    /// That nobody looked for a while, which is over.
    pub slept: Option<String>,
    /// There is a password, so there is a way out.
    pub may_log_out: bool,
    /// Where a book is added; `None`: there is no file in which books can be added and changed.
    pub new_book: Option<String>,
    /// What was changed last, as long as it can be undone.
    pub last: Option<LastChange>,
    /// It is for a client who was given a link: there are no other pages.
    pub is_shared: bool,
    /// The page is a report: it stands alone, with its style in it and without links to the site.
    pub report: Option<String>,
    /// The day of a demo, and its date.
    pub day: Option<(Day, String)>,
    /// Where a report leads back to, when it is shown below a link for a client.
    pub back: Option<String>,
}

impl Frame {
    /// The frame of a page.
    pub fn new(place: &Place<'_>, here: &'static str, title: &str, pulse: &Pulse) -> Self {
        let mut parts = Vec::new();
        match pulse.health.last_good_check {
            Some(at) => parts.push(format!("last good check {}", place.moment(at))),
            None if pulse.health.last_check.is_none() => parts.push("no check yet".to_owned()),
            None => parts.push("no good check yet".to_owned()),
        }
        if let Some(next) = pulse.next_look.filter(|next| place.now < *next) {
            parts.push(format!("next {}", place.moment(next)));
        }
        if pulse.fine > 0 {
            let count = i64::try_from(pulse.fine).unwrap_or(i64::MAX);
            parts.push(format!("{} fine", words::count(count, "store")));
        }
        if !pulse.blind.is_empty() {
            let labels = pulse.blind.iter().map(|one| place.label(one));
            parts.push(format!("cannot see {}", words::list(labels)));
        }
        Self {
            base: place.base.to_owned(),
            title: words::one_line(title),
            here,
            style: format!("{}/static/{}", place.base, style_name()),
            sprite: sprite(),
            pulse: parts.join(" · "),
            is_worrying: !pulse.health.is_good() || !pulse.blind.is_empty(),
            slept: pulse
                .health
                .slept
                .map(|slept| nobody_looked(slept, place.zone, place.now)),
            may_log_out: place.may_log_out,
            new_book: place.may_edit.then(|| format!("{}/books/new", place.base)),
            last: place.last.cloned(),
            is_shared: false,
            report: None,
            day: place
                .day
                .map(|day| (day.clone(), words::day(place.now, place.zone, place.now))),
            back: None,
        }
    }

    /// The entries of the navigation: path, label.
    pub fn navigation(&self) -> [(&'static str, &'static str); 6] {
        [
            ("", "Overview"),
            ("alerts", "Alerts"),
            ("letters", "Letters"),
            ("stores", "Stores"),
            ("windows", "Windows"),
            ("settings", "Settings"),
        ]
    }
}

/// The style sheet of the site.
pub fn style_sheet() -> String {
    format!(
        "{}{}{}",
        face::declarations(),
        include_str!("static/site.css"),
        timeline::style()
    )
}

/// The name of the style sheet, which changes with what is in it, so that it may be kept for ever.
pub fn style_name() -> String {
    // FNV-1a, 64 bits: a name, not a secret.
    let hash = style_sheet()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
    format!("site-{hash:016x}.css")
}

/// Every shape once; pages refer to them.
fn sprite() -> String {
    let symbol = |class: &str, shape: &str| {
        format!(r#"<symbol id="{class}" viewBox="0 0 12 12">{shape}</symbol>"#)
    };
    let mut symbols: Vec<String> = Availability::ALL
        .into_iter()
        .map(|state| symbol(face::face(state).class, face::face(state).shape))
        .collect();
    symbols.push(symbol(face::UNSEEN_CLASS, face::UNSEEN_SHAPE));
    format!(
        r#"<svg width="0" height="0" class="sprite" aria-hidden="true">{}</svg>"#,
        symbols.concat()
    )
}

/// The shape of a state, by its class.
pub fn shape(class: &str) -> String {
    format!(r##"<svg class="shape {class}" aria-hidden="true"><use href="#{class}"/></svg>"##)
}

/// A length of time for tables: "11 d", "5 h", "2 y"; rounded down.
pub fn brief(length: SignedDuration) -> String {
    let hours = length.as_hours();
    match hours {
        ..1 => "now".to_owned(),
        1..48 => format!("{hours} h"),
        48..17_520 => format!("{} d", hours / 24),
        _ => format!("{} y", hours / 8760),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round::health::Ailment;
    use crate::web::testing::{at, place};

    #[test]
    fn lengths_in_tables_are_brief() {
        #[track_caller]
        fn check(hours: i64, expected: &str) {
            assert_eq!(brief(SignedDuration::from_hours(hours)), expected);
        }
        check(0, "now");
        check(-3, "now");
        check(47, "47 h");
        check(48, "2 d");
        check(11 * 24 + 5, "11 d");
        check(3 * 8760, "3 y");
    }

    #[test]
    fn the_days_of_a_demo_lead_to_one_another_and_the_last_is_the_site_itself() {
        let of = |number| Day {
            number,
            last: 3,
            page: "/editions/1".to_owned(),
        };
        let ways = |number| (of(number).before(), of(number).after());
        let way = |address: &str| Some(address.to_owned());
        assert_eq!(ways(1), (None, way("/day/2/editions/1")));
        assert_eq!(ways(2), (way("/day/1/editions/1"), way("/editions/1")));
        assert_eq!(ways(3), (way("/day/2/editions/1"), None));
        assert_eq!(of(1).at(0), "/editions/1");
        let shown = Frame::new(
            &Place {
                day: Some(&of(2)),
                ..place("2027-01-25T12:00:00Z")
            },
            "",
            "Overview",
            &Pulse::default(),
        );
        assert_eq!(shown.day, Some((of(2), "Mon 25 January".to_owned())));
    }

    #[test]
    fn the_frame_says_whether_somebody_is_watching() {
        #[track_caller]
        fn check(pulse: &Pulse, expected: &str, is_worrying: bool) {
            let frame = Frame::new(&place("2027-01-25T12:00:00Z"), "", "Overview", pulse);
            assert_eq!(
                (frame.pulse.as_str(), frame.is_worrying),
                (expected, is_worrying)
            );
        }
        check(&Pulse::default(), "no check yet", false);
        let checked = Some(at("2027-01-25T08:12:00Z"));
        let fine = Pulse {
            health: Health {
                slept: None,
                last_check: checked,
                last_good_check: checked,
                ailments: Vec::new(),
            },
            fine: 3,
            ..Pulse::default()
        };
        check(&fine, "last good check 08:12 UTC · 3 stores fine", false);
        let blind = Pulse {
            fine: 1,
            blind: vec![StoreId::new("amazon.com")],
            ..fine.clone()
        };
        check(
            &blind,
            "last good check 08:12 UTC · 1 store fine · cannot see Amazon",
            true,
        );
        let next = Pulse {
            next_look: Some(at("2027-01-25T14:00:00Z")),
            ..fine.clone()
        };
        check(
            &next,
            "last good check 08:12 UTC · next 14:00 UTC · 3 stores fine",
            false,
        );
        let unwell = Pulse {
            health: Health {
                last_good_check: None,
                ailments: vec![Ailment::NothingRead {
                    since: None,
                    is_tried: false,
                }],
                ..fine.health.clone()
            },
            ..fine
        };
        check(&unwell, "no good check yet · 3 stores fine", true);
    }

    #[test]
    fn the_style_sheet_asks_nothing_of_anybody_else() {
        let sheet = style_sheet();
        assert!(!sheet.contains("http"), "{sheet}");
        assert!(!sheet.contains("@import"));
        assert!(sheet.len() < 24_000, "{} bytes", sheet.len());
    }
}
