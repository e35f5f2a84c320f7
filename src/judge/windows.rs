//! How long things usually take: the shipped windows, each with its source, and the user's own
//! numbers over them.

mod own;

pub use own::learned_numbers;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use super::Usual;
use super::length::Length;
use crate::book::{Edition, EditionId, Family, StoreId};
use crate::config::plan::WindowOverride;
use crate::say::{fixed, say};

/// The windows as they are shipped.
const SHIPPED: &str = include_str!("../../config/windows.toml");

macro_rules! window_names {
    ($($variant:ident $name:literal)*) => {
        /// The name of a window, one for each table of `config/windows.toml`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum WindowName {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl WindowName {
            /// Every window, in the order of the file.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name in `config/windows.toml` and in the user's configuration.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
    };
}

window_names! {
    FirstTitle "first_title"
    ListAmazon "list.amazon"
    ListBarnesNoble "list.barnesandnoble"
    ListBookshop "list.bookshop"
    ListBooksAMillion "list.booksamillion"
    ListIndigo "list.indigo"
    ListUkStores "list.uk_stores"
    ListWalmartTarget "list.walmart_target"
    ListOther "list.other"
    ListKdpExpanded "list.kdp_expanded"
    PreOrderUnavailable "preorder.unavailable_while_other_store_ok"
    PreOrderUnavailableEverywhere "preorder.unavailable_everywhere"
    PreOrderUnavailableLate "preorder.unavailable_in_early_ship_window"
    EarlyShip "preorder.early_ship"
    LabelLost "preorder.label_lost"
    DateDiffers "preorder.date_differs"
    Delisted "preorder.delisted"
    MetaIngramText "meta.ingram.text"
    MetaIngramCover "meta.ingram.cover"
    MetaIngramPrice "meta.ingram.price"
    MetaKdpText "meta.kdp.text"
    MetaKdpCover "meta.kdp.cover"
    MetaKdpPrice "meta.kdp.price"
    MetaKdpLink "meta.kdp.link"
    PriceAboveList "price.above_list"
    ReleaseIngramFed "release.ingram_fed_store"
    ReleaseAmazonNotKdp "release.amazon_not_kdp"
    LaunchSlow "release.slow_delivery"
    KdpClicked "switch.kdp_clicked"
    KdpOuterLimit "switch.kdp_outer_limit"
    RightsQuery "switch.rights_query"
    RightsQueryLimit "switch.rights_query_limit"
    TempOosKdp "steady.temp_oos_kdp"
    TempOosIngram "steady.temp_oos_ingram"
    SteadyUnavailable "steady.unavailable"
    DigitalUnavailable "steady.digital_unavailable"
    SteadyVanished "steady.vanished"
    PrintedRunOut "steady.printed_run_out"
    ShipsInWeeks "steady.ships_in_weeks"
    ThirdPartyOnly "steady.third_party_only"
    Revision "revision.in_progress"
    RevisionDone "revision.done"
    Asked "asked.answer"
    Unread "look.unread"
    WrongProduct "look.wrong_product"
    LineDown "look.line_down"
}

impl WindowName {
    /// The window of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == name)
    }

    /// From enabling to a page: the window that goes with a store.
    pub fn listing_at(store: &StoreId) -> Self {
        match store.family() {
            Family::Amazon => Self::ListAmazon,
            Family::BarnesNoble => Self::ListBarnesNoble,
            Family::Bookshop => Self::ListBookshop,
            Family::Other => match store.as_str() {
                "booksamillion.com" => Self::ListBooksAMillion,
                "indigo.ca" | "chapters.indigo.ca" => Self::ListIndigo,
                "walmart.com" | "target.com" => Self::ListWalmartTarget,
                other if other.ends_with(".co.uk") || other == "waterstones.com" => {
                    Self::ListUkStores
                }
                _ => Self::ListOther,
            },
        }
    }
}

/// How good the source of a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Grade {
    /// The platform's own help page.
    #[serde(rename = "O")]
    Official,
    /// A company or body that handles many books.
    #[serde(rename = "P")]
    Practitioner,
    /// One author's account.
    #[serde(rename = "A")]
    Author,
    /// Our own inference.
    #[serde(rename = "I")]
    Inference,
}

impl Grade {
    /// The grade in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Official => fixed("grade-official"),
            Self::Practitioner => fixed("grade-practitioner"),
            Self::Author => fixed("grade-author"),
            Self::Inference => fixed("grade-inference"),
        }
    }
}

impl Serialize for Grade {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.words())
    }
}

/// How long something usually takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The event from which it counts.
    pub starts: String,
    /// Nothing is said until then.
    pub quiet: Length,
    /// The words are "still normal" until then; the same as `quiet` where there is no such time.
    pub normal: Option<Length>,
    /// Acting is right from then; never, where it is missing.
    pub act: Option<Length>,
    /// What is usual, a clause without a capital and without an end.
    pub usual: String,
    /// Who says so, in short.
    pub source: String,
    /// Where they say so.
    pub link: Option<String>,
    /// How good that is.
    pub grade: Grade,
    /// The user has set its numbers.
    #[serde(skip_deserializing)]
    pub is_own: bool,
    /// Its numbers are those of the user's own titles, as the configuration asks.
    #[serde(skip_deserializing)]
    pub is_learned: bool,
    /// How long it took for the user's own titles, a sentence, once there is enough of it.
    #[serde(skip_deserializing)]
    pub own_titles: Option<String>,
}

/// Where a moment lies in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing is said.
    Quiet,
    /// Worth a look, and still normal.
    Normal,
    /// Later than usual, and still too early to act.
    Late,
    /// Acting is right.
    Act,
}

impl Window {
    /// Where the window stands when the thing began at `start` and was last seen at `seen`.
    pub fn stage(&self, start: Timestamp, seen: Timestamp) -> Stage {
        if self.act_from(start).is_some_and(|act| act <= seen) {
            Stage::Act
        } else if seen < self.quiet.after(start) {
            Stage::Quiet
        } else if seen < self.normal_until(start) {
            Stage::Normal
        } else {
            Stage::Late
        }
    }

    /// The moment until which it is still normal.
    pub fn normal_until(&self, start: Timestamp) -> Timestamp {
        self.normal.unwrap_or(self.quiet).after(start)
    }

    /// The moment from which acting is right.
    pub fn act_from(&self, start: Timestamp) -> Option<Timestamp> {
        self.act.map(|act| act.after(start))
    }

    /// What is usual, for a finding.
    pub fn usual(&self) -> Usual {
        let mut sentence = self.usual.clone();
        if let Some(first) = sentence.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        sentence.push('.');
        if let Some(act) = self.act.filter(|_| self.is_own) {
            let act = say!("window-is-own", length = act.words());
            sentence.push(' ');
            sentence.push_str(&act);
        }
        if let Some(act) = self.act.filter(|_| self.is_learned) {
            let act = say!("window-is-learned", length = act.words());
            sentence.push(' ');
            sentence.push_str(&act);
        }
        if let Some(own) = &self.own_titles {
            sentence.push(' ');
            sentence.push_str(own);
        }
        Usual {
            sentence,
            source: if self.source.contains(self.grade.words()) {
                self.source.clone()
            } else {
                format!("{} ({})", self.source, self.grade.words())
            },
            link: self.link.clone(),
        }
    }
}

/// Why the windows cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowsError {
    /// The configuration sets a window that does not exist.
    #[error(
        "there is no window `{name}`{}; `pubwatch windows` lists them",
        near.as_ref().map_or_else(String::new, |near| format!(", did you mean `{near}`?"))
    )]
    Unknown {
        /// What was written.
        name: String,
        /// The nearest name.
        near: Option<String>,
    },
    /// The shipped file is ill-formed; a test keeps it from happening.
    #[error("the shipped windows cannot be read: {0}")]
    Shipped(String),
}

/// Every window, with the user's numbers in their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows {
    by_name: BTreeMap<WindowName, Window>,
    /// What the user set, in the order of the configuration.
    own: Vec<WindowOverride>,
    /// The windows that differ for one edition, at one store, or for one edition at one store.
    scoped: BTreeMap<(WindowName, Option<EditionId>, Option<StoreId>), Window>,
    /// Stands in for a window that is missing, which reading the file has ruled out.
    fallback: Window,
}

impl Windows {
    /// The shipped windows with the user's numbers over them.
    ///
    /// # Errors
    ///
    /// [`WindowsError::Unknown`] when an override names no window.
    pub fn new(overrides: &[WindowOverride]) -> Result<Self, WindowsError> {
        let table: toml::Table = SHIPPED
            .parse()
            .map_err(|error: toml::de::Error| WindowsError::Shipped(error.to_string()))?;
        let mut windows = BTreeMap::new();
        for name in WindowName::ALL {
            let window = find(&table, name.name())
                .ok_or_else(|| WindowsError::Shipped(format!("`{}` is missing", name.name())))?
                .try_into()
                .map_err(|error: toml::de::Error| {
                    WindowsError::Shipped(format!("`{}`: {error}", name.name()))
                })?;
            windows.insert(*name, window);
        }
        let fallback = windows
            .get(&WindowName::ListOther)
            .cloned()
            .ok_or_else(|| WindowsError::Shipped("`list.other` is missing".to_owned()))?;
        let mut windows = Self {
            by_name: windows,
            own: overrides.to_vec(),
            scoped: BTreeMap::new(),
            fallback,
        };
        windows.set_own()?;
        Ok(windows)
    }

    /// The window of that name.
    pub fn window(&self, name: WindowName) -> &Window {
        self.by_name.get(&name).unwrap_or(&self.fallback)
    }

    /// The window of that name for an edition, and at a store if it is about one: what the user
    /// set for this edition goes before what was set for the store, and that before the rest.
    pub fn at(&self, name: WindowName, edition: &EditionId, store: Option<&StoreId>) -> &Window {
        if self.scoped.is_empty() {
            return self.window(name);
        }
        let (edition, store) = (Some(edition.clone()), store.cloned());
        let scopes = [
            (edition.clone(), store.clone()),
            (edition, None),
            (None, store),
        ];
        scopes
            .into_iter()
            .find_map(|(edition, store)| self.scoped.get(&(name, edition, store)))
            .unwrap_or_else(|| self.window(name))
    }

    /// The window from enabling to a page, longer for the first title of an account, unless the
    /// user set it for this very edition.
    pub fn listing(&self, name: WindowName, edition: &Edition, store: &StoreId) -> Window {
        let mut window = self.at(name, &edition.id, Some(store)).clone();
        if edition.first_title
            && !self.is_set_for(name, &edition.id)
            && let Length::Hours(extra) = self.window(WindowName::FirstTitle).quiet
        {
            window.quiet = window.quiet.plus(extra);
            window.normal = window.normal.map(|normal| normal.plus(extra));
            window.act = window.act.map(|act| act.plus(extra));
            window.usual = say!("window-of-a-first-title", usual = window.usual);
        }
        window
    }
}

fn find(table: &toml::Table, name: &str) -> Option<toml::Value> {
    let mut parts = name.split('.');
    let mut value = table.get(parts.next()?)?;
    for part in parts {
        value = value.get(part)?;
    }
    Some(value.clone())
}

fn unknown(name: &str) -> WindowsError {
    let near = WindowName::ALL
        .iter()
        .map(|one| (strsim::damerau_levenshtein(one.name(), name), one.name()))
        .min()
        .filter(|(distance, _)| *distance <= 5)
        .map(|(_, near)| near.to_owned());
    WindowsError::Unknown {
        name: name.to_owned(),
        near,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(name: WindowName, start: &str, seen: &str, expected: Stage) {
        let windows = Windows::new(&[]).unwrap();
        assert_eq!(windows.window(name).stage(at(start), at(seen)), expected);
    }

    #[test]
    fn every_window_is_shipped_and_none_is_forgotten() {
        let windows = Windows::new(&[]).unwrap();
        assert_eq!(windows.by_name.len(), WindowName::ALL.len());
        let headings = SHIPPED
            .lines()
            .filter(|line| line.starts_with('['))
            .map(|line| line.trim_matches(['[', ']']));
        assert_eq!(
            headings.collect::<Vec<_>>(),
            WindowName::ALL.iter().map(|n| n.name()).collect::<Vec<_>>(),
        );
    }

    #[test]
    fn every_window_is_in_order_and_says_who_says_so() {
        let windows = Windows::new(&[]).unwrap();
        let start = at("2026-12-01T00:00:00Z");
        for name in WindowName::ALL {
            let window = windows.window(*name);
            let normal = window.normal.unwrap_or(window.quiet);
            assert!(window.quiet.after(start) <= normal.after(start), "{name:?}");
            assert!(
                window
                    .act_from(start)
                    .is_none_or(|act| normal.after(start) <= act),
                "{name:?}"
            );
            assert!(
                !window.source.is_empty() && !window.usual.ends_with('.'),
                "{name:?}"
            );
            assert!(
                window.grade != Grade::Official || window.link.is_some(),
                "{name:?} is official, so it needs its link"
            );
            assert!(!window.usual.contains("guarantee"), "{name:?}");
        }
    }

    #[test]
    fn a_window_goes_from_quiet_to_act() {
        let start = "2026-12-01T00:00:00Z";
        check(
            WindowName::ListAmazon,
            start,
            "2026-12-14T23:59:59Z",
            Stage::Quiet,
        );
        check(
            WindowName::ListAmazon,
            start,
            "2026-12-15T00:00:00Z",
            Stage::Normal,
        );
        check(
            WindowName::ListAmazon,
            start,
            "2026-12-29T00:00:00Z",
            Stage::Late,
        );
        check(
            WindowName::ListAmazon,
            start,
            "2026-12-31T00:00:00Z",
            Stage::Act,
        );
        check(
            WindowName::Unread,
            start,
            "2027-12-31T00:00:00Z",
            Stage::Late,
        );
    }
}
