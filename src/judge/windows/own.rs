//! The user's numbers over the shipped ones: those that the configuration sets, everywhere, at one
//! store or for one edition, and those that the user's own titles have shown.

use std::collections::BTreeMap;

use super::{Window, WindowName, Windows, WindowsError, unknown};
use crate::book::EditionId;
use crate::config::plan::WindowOverride;
use crate::judge::learned::Learned;
use crate::judge::length::Length;

/// Nobody should ask for a listing sooner than that, however quick the stores have been so far:
/// asking too soon is disliked, and helps nothing.
const TOO_SOON_DAYS: i64 = 7;

impl Windows {
    /// Puts what the user set in its place.
    ///
    /// 1. What is for all editions and stores replaces the shipped numbers.
    /// 2. What is for one store goes over that, and what is for one edition over both.
    pub(super) fn set_own(&mut self) -> Result<(), WindowsError> {
        for one in &self.own {
            let name = WindowName::from_name(&one.name).ok_or_else(|| unknown(&one.name))?;
            if one.edition.is_none() && one.store.is_none() {
                self.by_name
                    .entry(name)
                    .and_modify(|window| set(window, one));
            }
        }
        self.set_scoped();
        Ok(())
    }

    fn set_scoped(&mut self) {
        self.scoped.clear();
        let named = |one: &WindowOverride| WindowName::from_name(&one.name);
        for one in self.own.iter().filter(|one| one.store.is_some()) {
            let Some(name) = named(one) else { continue };
            let mut window = self.window(name).clone();
            set(&mut window, one);
            self.scoped.insert((name, None, one.store.clone()), window);
        }
        for one in self.own.iter().filter(|one| one.edition.is_some()) {
            let Some(name) = named(one) else { continue };
            let at_stores: Vec<_> = self
                .own
                .iter()
                .filter(|other| other.store.is_some() && other.name == one.name)
                .map(|other| other.store.clone())
                .collect();
            for store in at_stores.into_iter().chain([None]) {
                let base = self.scoped.get(&(name, None, store.clone()));
                let mut window = base.unwrap_or_else(|| self.window(name)).clone();
                set(&mut window, one);
                self.scoped
                    .insert((name, one.edition.clone(), store), window);
            }
        }
    }

    /// The user set this window for this very edition.
    pub(super) fn is_set_for(&self, name: WindowName, edition: &EditionId) -> bool {
        let mut own = self.own.iter();
        own.any(|one| one.edition.as_ref() == Some(edition) && one.name == name.name())
    }

    /// Tells with each window how long it took for the user's own titles, where there is enough of
    /// it to tell; where the configuration asks for it (`all`, or `learned` of the window), their
    /// numbers take the place of the shipped ones. What the user set stays.
    pub fn with_own_titles(mut self, learned: &BTreeMap<WindowName, Learned>, all: bool) -> Self {
        for (name, learned) in learned {
            let wish = self
                .own
                .iter()
                .rev()
                .filter(|one| one.name == name.name())
                .find_map(|one| one.learned);
            let Some(window) = self.by_name.get_mut(name) else {
                continue;
            };
            window.own_titles = learned.sentence();
            if wish.unwrap_or(all)
                && !window.is_own
                && let Some((quiet, act)) = learned_numbers(*name, window, learned)
            {
                window.quiet = quiet;
                window.normal = None;
                window.act = Some(act);
                window.is_learned = true;
            }
        }
        self.set_scoped();
        self
    }
}

/// What the user's own titles would make of a window, once there are enough of them: quiet until
/// half had come through, act from when nine in ten had.
///
/// A listing is not asked for in the first week. The other windows only ever become longer: they
/// are what a platform gives itself, and it does not answer sooner because it was quick before.
pub fn learned_numbers(
    name: WindowName,
    window: &Window,
    learned: &Learned,
) -> Option<(Length, Length)> {
    let (quiet, act) = learned.days()?;
    let (quiet, act) = (quiet * 24, act * 24);
    if name.name().starts_with("list.") {
        let act = act.max(TOO_SOON_DAYS * 24);
        return Some((Length::Hours(quiet), Length::Hours(act)));
    }
    let Length::Hours(shipped_quiet) = window.quiet else {
        return None;
    };
    let Some(Length::Hours(shipped_act)) = window.act else {
        return None;
    };
    let quiet = quiet.max(shipped_quiet);
    let act = act.max(shipped_act).max(quiet);
    Some((Length::Hours(quiet), Length::Hours(act)))
}

fn set(window: &mut Window, own: &WindowOverride) {
    if let Some(quiet) = own.quiet_hours {
        window.quiet = Length::Hours(quiet);
        window.normal = None;
    }
    if let Some(act) = own.act_hours {
        window.act = Some(Length::Hours(act));
        // "Still normal" is not said when acting is right.
        window.normal = window.normal.filter(|normal| match normal {
            Length::Hours(normal) => *normal <= act,
            Length::BusinessDays(_) => false,
        });
    }
    if own.quiet_hours.is_some() || own.act_hours.is_some() {
        window.is_own = true;
        window.is_learned = false;
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::book::{Edition, StoreId};
    use crate::judge::learned::{Wait, estimate};
    use crate::judge::script::Script;
    use crate::judge::windows::Stage;

    fn own(name: &str, quiet_days: Option<i64>, act_days: Option<i64>) -> WindowOverride {
        WindowOverride {
            name: name.to_owned(),
            quiet_hours: quiet_days.map(|days| days * 24),
            act_hours: act_days.map(|days| days * 24),
            ..WindowOverride::default()
        }
    }

    fn edition() -> Edition {
        Script::new("2027-02-09").edition
    }

    fn amazon() -> StoreId {
        StoreId::new("amazon.com")
    }

    #[track_caller]
    fn check(windows: &Windows, expected: (i64, i64)) {
        let window = windows.at(WindowName::ListAmazon, &edition().id, Some(&amazon()));
        let days = |length| match length {
            Length::Hours(hours) => hours / 24,
            Length::BusinessDays(_) => panic!("{length:?} is not in hours"),
        };
        let act = window.act.map(days).unwrap();
        assert_eq!((days(window.quiet), act), expected);
    }

    #[test]
    fn the_users_numbers_win_and_a_wrong_name_is_explained() {
        let windows = Windows::new(&[own("list.amazon", Some(1), Some(2))]).unwrap();
        let window = windows.window(WindowName::ListAmazon);
        let start: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
        let seen = start + SignedDuration::from_hours(48);
        assert_eq!(window.stage(start, seen), Stage::Act);
        assert!(window.usual().sentence.ends_with("act after 48 hours."));
        let error = Windows::new(&[own("list.amazn", Some(1), None)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no window `list.amazn`, did you mean `list.amazon`?; \
             `pubwatch windows` lists them"
        );
    }

    #[test]
    fn an_edition_goes_before_a_store_and_a_store_before_the_rest() {
        let here = WindowOverride {
            edition: Some(edition().id),
            ..own("list.amazon", None, Some(50))
        };
        let elsewhere = WindowOverride {
            edition: Some("9781944098117".parse().unwrap()),
            ..own("list.amazon", None, Some(60))
        };
        let at_amazon = WindowOverride {
            store: Some(amazon()),
            ..own("list.amazon", Some(10), Some(40))
        };
        let at_bookshop = WindowOverride {
            store: Some(StoreId::new("bookshop.org")),
            ..own("list.amazon", Some(1), Some(2))
        };
        let everywhere = own("list.amazon", Some(5), Some(20));
        let check = |own: &[&WindowOverride], expected| {
            let own: Vec<_> = own.iter().map(|one| (*one).clone()).collect();
            check(&Windows::new(&own).unwrap(), expected);
        };
        check(&[], (14, 30));
        check(&[&everywhere], (5, 20));
        check(&[&everywhere, &at_amazon], (10, 40));
        check(&[&here, &everywhere, &at_amazon], (10, 50));
        check(&[&here], (14, 50));
        check(&[&elsewhere, &at_bookshop], (14, 30));
    }

    #[test]
    fn a_first_title_has_more_time_unless_its_own_is_set() {
        let mut edition = edition();
        edition.first_title = true;
        let act = |own: &[WindowOverride]| {
            let windows = Windows::new(own).unwrap();
            let window = windows.listing(WindowName::ListAmazon, &edition, &amazon());
            (window.quiet, window.act.unwrap())
        };
        let days = |days: i64| Length::Hours(days * 24);
        assert_eq!(act(&[]), (days(28), days(44)));
        let here = WindowOverride {
            edition: Some(edition.id.clone()),
            ..own("list.amazon", None, Some(50))
        };
        assert_eq!(act(&[here]), (days(14), days(50)));
    }

    fn learned(name: WindowName, days: std::ops::Range<i64>) -> BTreeMap<WindowName, Learned> {
        let waits: Vec<Wait> = days
            .map(|days| Wait {
                lasted: SignedDuration::from_hours(days * 24),
                is_over: true,
            })
            .collect();
        BTreeMap::from([(name, estimate(&waits))])
    }

    #[test]
    fn own_titles_replace_the_shipped_numbers_where_that_is_asked_for() {
        let learned = learned(WindowName::ListAmazon, 6..16);
        let with = |own: &[WindowOverride], all: bool| {
            Windows::new(own).unwrap().with_own_titles(&learned, all)
        };
        let asks = |learned: bool| WindowOverride {
            learned: Some(learned),
            ..own("list.amazon", None, None)
        };
        check(&with(&[], false), (14, 30));
        check(&with(&[], true), (10, 14));
        check(&with(&[asks(true)], false), (10, 14));
        check(&with(&[asks(false)], true), (14, 30));
        check(&with(&[own("list.amazon", None, Some(45))], true), (14, 45));
        let windows = with(&[], true);
        let usual = windows.window(WindowName::ListAmazon).usual().sentence;
        assert!(
            usual.ends_with(
                "We go by your own titles: act after 14 days. Your last 10 titles took 6 to 15 \
                 days."
            ),
            "{usual}"
        );
    }

    #[test]
    fn few_titles_replace_nothing_and_quick_ones_never_make_it_hasty() {
        let few = learned(WindowName::ListAmazon, 6..10);
        check(
            &Windows::new(&[]).unwrap().with_own_titles(&few, true),
            (14, 30),
        );
        let quick = learned(WindowName::ListAmazon, 0..5);
        check(
            &Windows::new(&[]).unwrap().with_own_titles(&quick, true),
            (2, 7),
        );
        let live = learned(WindowName::KdpClicked, 0..5);
        let windows = Windows::new(&[]).unwrap().with_own_titles(&live, true);
        let window = windows.window(WindowName::KdpClicked);
        assert_eq!(
            (window.quiet, window.act),
            (Length::Hours(72), Some(Length::Hours(96)))
        );
    }
}
