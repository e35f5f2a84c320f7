//! The weekly digest: what stands, what is coming, and that we are still watching. Pure.

mod coming;
mod issue;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::identity::{Identity, message_id};
use super::strip::Cell;
use super::text::{Lines, why_you_get_this};
use super::{Desk, Letter, LetterKind, Route, html};
use crate::alerts::pause::{self, Pause};
use crate::book::StoreId;
use crate::history::{ListingView, View};
use crate::judge::counted;
use crate::judge::text::{Voice, outlook, said};
use crate::judge::{Finding, ListingOutlook, Severity};
use crate::say::{fixed, say, yes};
use crate::text::words;

use coming::{Coming, milestones, several};
pub use issue::{Issue, issues};

/// A store that gave no good look for so long is said to be out of sight.
const OUT_OF_SIGHT: SignedDuration = SignedDuration::from_hours(48);

/// So many editions about which all is as expected are named; an imprint has hundreds.
const MOST_QUIET: usize = 30;

/// What the digest is told of one edition.
#[derive(Debug, Clone)]
pub struct Item {
    /// What is known.
    pub view: View,
    /// What was found when it was judged last.
    pub findings: Vec<Finding>,
    /// Whether each page is normal, and until when.
    pub outlooks: Vec<ListingOutlook>,
    /// What happened since the last digest and was no letter, a line each: flaps, small things.
    pub lines: Vec<String>,
}

/// What the digest says, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DigestSheet {
    pub greeting: String,
    pub why: String,
    pub verdict: String,
    /// What is to be said of the watch itself, and which letters are paused.
    pub remarks: Vec<String>,
    pub standing: Vec<Standing>,
    pub quiet: Vec<Quiet>,
    /// How many more are as expected and not named.
    pub more_quiet: usize,
    pub milestones: Vec<Coming>,
    pub stores: Vec<Sight>,
    pub next: String,
}

impl DigestSheet {
    /// How many more are as expected.
    pub(super) fn and_more(&self) -> String {
        say!("digest-and-more", more = self.more_quiet)
    }
}

/// An edition about which there is something to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub title: String,
    pub about: String,
    pub points: Vec<Point>,
    pub lines: Vec<String>,
    pub states: Vec<State>,
}

/// One finding, in the digest's brevity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Point {
    pub severity: Severity,
    pub headline: String,
    pub verdict: String,
    pub step: String,
}

/// An edition about which all is as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quiet {
    pub title: String,
    pub about: String,
    pub states: Vec<State>,
}

/// A listing's state in a word and a length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    pub label: String,
    pub address: String,
    pub cell: Cell,
    pub length: Option<String>,
    /// Whether it is normal, and until when.
    pub normal: Option<String>,
}

/// When a store was last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sight {
    pub label: String,
    pub pages: String,
    pub last: String,
    pub is_lost: bool,
}

/// Writes the digest, of a client of an imprint or of everything. Editions with something to act on come first, then those to watch, then by
/// the days to publication.
pub fn digest(desk: &Desk<'_>, client: Option<&str>, items: &[Item], now: Timestamp) -> Letter {
    let sheet = sheet(desk, items, now);
    let summed = words::clipped(&summary(items), 120);
    let subject = match client.map(|name| words::clipped(name, 60)) {
        Some(whose) => say!("digest-subject-for", whose = whose, summary = summed),
        None => say!("digest-subject", summary = summed),
    };
    Letter {
        route: Route::Mail,
        message_id: message_id(&Identity {
            about: "digest",
            rules: client.as_slice(),
            written: now,
            to: &desk.author.email,
            from: desk.from,
        }),
        references: None,
        written: now,
        kind: LetterKind::Digest,
        severity: None,
        rule: None,
        edition: None,
        stores: Vec::new(),
        to_name: words::one_line(&desk.author.name),
        to: desk.author.email.clone(),
        text: text(&sheet),
        html: html::digest(&sheet, &subject),
        subject,
    }
}

/// There is nothing to tell: every page is seen and shows what it should, nothing happened, no day of
/// a launch is near, and the watch is well.
pub fn is_quiet(desk: &Desk<'_>, items: &[Item], now: Timestamp) -> bool {
    let today = now.to_zoned(desk.author.zone.clone()).date();
    let is_as_expected = |item: &Item| {
        item.findings.is_empty()
            && item.lines.is_empty()
            && !item.outlooks.is_empty()
            && item
                .outlooks
                .iter()
                .all(|one| one.outlook.is_seen() && one.outlook.is_as_expected())
    };
    items.iter().all(is_as_expected)
        && milestones(items, today).is_empty()
        && remarks(desk, items, now).is_empty()
}

/// "1 to act on, 2 to watch, 5 editions", "all as expected, 5 editions", "nothing could be seen, 1
/// edition".
fn summary(items: &[Item]) -> String {
    let findings = items.iter().flat_map(|item| &item.findings);
    let counted = counted(findings.map(|finding| finding.severity));
    let mut parts: Vec<String> = Some(counted)
        .filter(|text| !text.is_empty())
        .into_iter()
        .collect();
    let outlooks = || items.iter().flat_map(|item| &item.outlooks);
    let unseen = outlooks().filter(|one| !one.outlook.is_seen()).count();
    let all = outlooks().count();
    if 0 < all && unseen == all {
        parts.push(say!("digest-nothing-seen"));
    } else if 0 < unseen {
        parts.push(say!("digest-not-seen", unseen = unseen, all = all));
    } else if parts.is_empty() && outlooks().all(|one| one.outlook.is_as_expected()) {
        parts.push(say!("digest-as-expected"));
    } else if parts.is_empty() {
        parts.push(say!("digest-nothing-to-do"));
    }
    parts.push(words::count(
        i64::try_from(items.len()).unwrap_or(0),
        "edition",
    ));
    parts.join(", ")
}

fn sheet(desk: &Desk<'_>, items: &[Item], now: Timestamp) -> DigestSheet {
    let today = now.to_zoned(desk.author.zone.clone()).date();
    let severity = |item: &Item| item.findings.iter().map(|finding| finding.severity).max();
    let mut ordered: Vec<&Item> = items.iter().collect();
    ordered.sort_by_key(|item| {
        let publication = item.view.launch.publication;
        (
            std::cmp::Reverse(severity(item)),
            publication < today,
            publication,
        )
    });
    let (standing, quiet): (Vec<&Item>, Vec<&Item>) = ordered
        .into_iter()
        .partition(|item| !item.findings.is_empty() || !item.lines.is_empty());
    let mut verdict = format!("{}.", words::capital(&summary(items)));
    // Who has nothing to hear need not read through a list of it.
    let is_quiet = is_quiet(desk, items, now);
    let quiet = if is_quiet {
        let titles: Vec<String> = quiet.into_iter().map(title).collect();
        verdict = format!("{}: {}.", verdict.trim_end_matches('.'), several(&titles));
        Vec::new()
    } else {
        quiet
    };
    DigestSheet {
        greeting: words::clipped(&desk.author.name, 60),
        why: why_you_get_this(desk),
        verdict,
        remarks: remarks(desk, items, now),
        standing: standing
            .into_iter()
            .map(|item| stands(desk, item, now))
            .collect(),
        more_quiet: quiet.len().saturating_sub(MOST_QUIET),
        quiet: quiet
            .into_iter()
            .take(MOST_QUIET)
            .map(|item| Quiet {
                title: title(item),
                about: about(item, today),
                states: states(desk, item, now),
            })
            .collect(),
        milestones: milestones(items, today),
        stores: sights(desk, items, now),
        next: next(desk, is_quiet, now),
    }
}

/// When we look again, when the next one comes, and where all of it is.
fn next(desk: &Desk<'_>, is_quiet: bool, now: Timestamp) -> String {
    let look = desk.next_look;
    let is_seldom = is_quiet && !desk.digest_always;
    say!(
        "digest-next",
        has_look = yes(look.is_some()),
        at = look.map(|at| words::brief_moment(at, &desk.author.zone, now)),
        often = if is_seldom { "seldom" } else { "weekly" },
        has_page = yes(desk.site.is_some()),
        page = desk.site.map(|site| format!("{site}/"))
    )
}

/// What is to be said of the watch itself, and which of the editions get no letters for a while.
fn remarks(desk: &Desk<'_>, items: &[Item], now: Timestamp) -> Vec<String> {
    let paused: Vec<(String, Pause)> = items
        .iter()
        .filter_map(|item| {
            let pause = pause::in_force(&item.view.notes, &desk.author.zone, now)?;
            Some((title(item), pause))
        })
        .collect();
    let paused = pause::sentence(&paused, items.len());
    desk.remarks.iter().cloned().chain(paused).collect()
}

fn title(item: &Item) -> String {
    words::clipped(&item.view.edition.title, 80)
}

fn about(item: &Item, today: Date) -> String {
    let edition = &item.view.edition;
    format!(
        "{}, {}",
        edition.format.word(),
        words::countdown(today, item.view.launch.publication)
    )
}

fn stands(desk: &Desk<'_>, item: &Item, now: Timestamp) -> Standing {
    let today = now.to_zoned(desk.author.zone.clone()).date();
    let mut findings: Vec<&Finding> = item.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Standing {
        title: title(item),
        about: about(item, today),
        points: findings
            .into_iter()
            .map(|finding| point(&desk.voice(&item.view, now), finding))
            .collect(),
        lines: item
            .lines
            .iter()
            .map(|line| words::one_line(line))
            .collect(),
        states: states(desk, item, now),
    }
}

fn point(voice: &Voice<'_>, finding: &Finding) -> Point {
    let said = said(finding, voice);
    Point {
        severity: finding.severity,
        headline: words::clipped(&said.headline, 160),
        verdict: words::one_line(&said.verdict),
        step: words::one_line(&said.step),
    }
}

fn states(desk: &Desk<'_>, item: &Item, now: Timestamp) -> Vec<State> {
    let voice = desk.voice(&item.view, now);
    let state = |listing: &ListingView| {
        let readable = listing.seen(now);
        State {
            label: voice.label(&listing.store),
            address: words::one_line(&listing.address),
            cell: match (readable, listing.watched_since) {
                (Some(spell), _) => Cell::State(spell.availability),
                (None, Some(_)) => Cell::Unseen,
                (None, None) => Cell::Before,
            },
            length: readable.map(|spell| words::lasting(now.duration_since(spell.since))),
            normal: item
                .outlooks
                .iter()
                .find(|one| one.store == listing.store)
                .map(|one| outlook(one, &voice)),
        }
    };
    item.view.listings.iter().map(state).collect()
}

/// The last good look at each store, in the order in which the stores first come.
fn sights(desk: &Desk<'_>, items: &[Item], now: Timestamp) -> Vec<Sight> {
    let mut seen: Vec<(&StoreId, i64, i64, Option<Timestamp>)> = Vec::new();
    for listing in items.iter().flat_map(|item| &item.view.listings) {
        let blind = i64::from(listing.seen(now).is_none());
        match seen.iter_mut().find(|(store, ..)| *store == &listing.store) {
            Some((_, pages, blind_pages, newest)) => {
                *pages += 1;
                *blind_pages += blind;
                *newest = (*newest).max(listing.last_good);
            }
            None => seen.push((&listing.store, 1, blind, listing.last_good)),
        }
    }
    seen.into_iter()
        .map(|(store, pages, blind, last)| {
            let is_lost = last.is_none_or(|at| now.duration_since(at) > OUT_OF_SIGHT);
            let mut pages = words::count(pages, "page");
            if blind > 0 {
                pages = say!("digest-blind", pages = pages, blind = blind);
            }
            Sight {
                label: desk.plain_voice(now).label(store),
                pages,
                last: last.map_or_else(
                    || say!("digest-never-seen"),
                    |at| words::brief_moment(at, &desk.author.zone, now),
                ),
                is_lost,
            }
        })
        .collect()
}

fn text(sheet: &DigestSheet) -> String {
    let mut lines = Lines::default();
    lines.wrapped("", &words::hello(&sheet.greeting));
    for line in sheet.remarks.iter().chain([&sheet.verdict]) {
        lines.gap();
        lines.wrapped("", line);
    }
    for edition in &sheet.standing {
        lines.heading(&edition.title);
        lines.wrapped("", &format!("{}.", edition.about));
        in_points(&mut lines, &edition.points);
        lines.gap();
        for line in &edition.lines {
            lines.wrapped("", line);
        }
        in_states(&mut lines, &edition.states);
    }
    if !sheet.quiet.is_empty() {
        lines.heading(fixed("digest-heading-quiet"));
        for edition in &sheet.quiet {
            lines.gap();
            let (title, about) = (edition.title.as_str(), edition.about.as_str());
            lines.wrapped("", &say!("with-more", what = title, more = about));
            in_states(&mut lines, &edition.states);
        }
    }
    if sheet.more_quiet > 0 {
        lines.gap();
        lines.wrapped("", &sheet.and_more());
    }
    in_days(&mut lines, &sheet.milestones);
    lines.gap();
    let sights = sheet.stores.iter().map(|store| {
        let lost = fixed("digest-out-of-sight");
        let lost = if store.is_lost {
            format!(" {lost}")
        } else {
            String::new()
        };
        format!("{}: {}{lost}, {}", store.label, store.last, store.pages)
    });
    let sights = sights.collect::<Vec<_>>().join("; ");
    lines.wrapped("", &say!("digest-last-looks", sights = sights));
    lines.gap();
    lines.wrapped("", &sheet.next);
    lines.signature();
    lines.wrapped("", &sheet.why);
    lines.finish()
}

fn in_points(lines: &mut Lines, points: &[Point]) {
    for point in points {
        lines.gap();
        lines.wrapped(
            "",
            &say!(
                "letter-point",
                word = point.severity.word(),
                headline = point.headline.as_str()
            ),
        );
        lines.wrapped("", &point.verdict);
        lines.wrapped("", &point.step);
    }
}

fn in_days(lines: &mut Lines, coming: &[Coming]) {
    if !coming.is_empty() {
        lines.heading(fixed("digest-heading-coming"));
        for day in coming {
            lines.gap();
            lines.wrapped(
                "",
                &say!(
                    "digest-coming",
                    day = day.day.as_str(),
                    titles = day.titles.as_str(),
                    what = day.what.as_str()
                ),
            );
            lines.wrapped("  ", &day.why);
        }
    }
}

fn in_states(lines: &mut Lines, states: &[State]) {
    for state in states {
        let length = state
            .length
            .as_ref()
            .map_or_else(String::new, |length| format!(", {length}"));
        let normal = state
            .normal
            .as_ref()
            .map_or_else(String::new, |normal| format!(": {normal}"));
        lines.wrapped(
            "  ",
            &format!("{}: {}{length}{normal}", state.label, state.cell.word()),
        );
        // Where nobody looked, the author can.
        if state.cell == Cell::Unseen {
            lines.line(&format!("  {}", state.address));
        }
    }
}

#[cfg(test)]
mod tests;
