//! The overview: what needs a look first, then every edition at every store.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use jiff::Timestamp;

use super::chosen::{Chosen, Dated};
use super::face::{UNSEEN_CLASS, face};
use super::filter::{Filter, ORDERS, PHASES};
use super::frame::{Frame, Place, Pulse, shape};
use super::markup::coded;
use super::paused;
use super::rows::{Row, row};
use super::strips::Strips;
use super::survey::Survey;
use super::troubles::Trouble;
use super::verdict::class_of;
use crate::book::{Availability, Edition, EditionId, StoreId};
use crate::config::plan::EditionPlan;
use crate::judge::counted;
use crate::judge::text::said;
use crate::judge::{Finding, Judgement, Severity};
use crate::text::words;

/// What was thought of each edition when it was judged last.
pub type Judgements = BTreeMap<EditionId, Judgement>;

/// What the overview is made from.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// The editions, as configured.
    pub editions: &'a [EditionPlan],
    /// What the database says of them, and perhaps of others.
    pub survey: &'a Survey,
    /// What there is to think of them.
    pub judgements: &'a Judgements,
    /// The last thirty days of the pages of those that are shown.
    pub strips: &'a Strips,
    /// Who is watching.
    pub pulse: &'a Pulse,
    /// What is wrong with watching itself.
    pub troubles: &'a [Trouble],
    /// It is for a client who was given a link, and may only look.
    pub is_shared: bool,
    /// What the last action did.
    pub said: Option<&'a str>,
    /// Somebody goes round when it is asked for.
    pub may_check: bool,
}

/// So many editions are seen at a glance.
const FEW: usize = 5;

/// How many exceptions stand above them.
const EXCEPTIONS: usize = 10;

#[derive(Template)]
#[template(path = "web/templates/overview.html")]
struct Overview {
    frame: Frame,
    filter: Filter,
    exceptions: Vec<Exception>,
    verdict: String,
    /// Which letters are paused, if any.
    paused: Option<String>,
    more_exceptions: usize,
    choices: Choices,
    stores: Vec<String>,
    rows: Vec<Row>,
    count: String,
    all: usize,
    has_filter: bool,
    /// The order's name, its query, and whether it is the one that is shown.
    orders: Vec<(&'static str, String, bool)>,
    /// What can be done with several editions at once.
    bulk: Option<Bulk>,
    said: Option<String>,
    pages: Vec<(usize, Option<String>)>,
    tally: Vec<Count>,
}

/// What can be done with several editions at once.
struct Bulk {
    /// The query of the overview that it is done on.
    query: String,
    /// How many editions fit it, on all its pages.
    fitting: usize,
    tomorrow: String,
    next_week: String,
    may_check: bool,
}

/// How many pages show a state.
struct Count {
    shape: String,
    word: &'static str,
    pages: usize,
    query: String,
    is_chosen: bool,
}

/// What there is to choose from.
struct Choices {
    imprints: Vec<String>,
    stores: Vec<(String, String)>,
    states: Vec<(&'static str, &'static str)>,
    phases: Vec<(&'static str, &'static str)>,
    months: Vec<String>,
}

struct Exception {
    class: &'static str,
    severity: &'static str,
    address: String,
    book: String,
    headline: String,
    /// As markup.
    next_step: String,
}

/// The page.
pub fn page(
    place: &Place<'_>,
    material: &Material<'_>,
    filter: &Filter,
    chosen: &Chosen<'_>,
) -> askama::Result<String> {
    let (page, pages) = (chosen.page, chosen.pages());
    let shown: Vec<&Dated<'_>> = chosen.shown().collect();
    let stores = stores_of(place, &shown);
    let (exceptions, more_exceptions) = exceptions(place, material);
    let mut frame = Frame::new(place, "", "Overview", material.pulse);
    frame.is_shared = material.is_shared;
    // Few editions need no search.
    let has_filter = material.editions.len() > FEW || filter.is_narrow();
    Overview {
        frame,
        verdict: verdict(material),
        paused: paused::sentence(place, material.editions, &material.survey.notes)
            .filter(|_| !material.is_shared),
        exceptions,
        more_exceptions,
        choices: choices(place, &chosen.all),
        tally: if has_filter {
            tally(material, filter, place.now)
        } else {
            Vec::new()
        },
        rows: shown
            .iter()
            .map(|one| row(place, material, one, &stores))
            .collect(),
        stores: stores.iter().map(|store| place.label(store)).collect(),
        count: match (filter.is_narrow(), chosen.fitting.len()) {
            (true, 0) => "No edition fits this.".to_owned(),
            (true, some) => {
                let all = words::counted(material.editions.len(), "edition");
                format!("{some} of {all}")
            }
            (false, all) => words::counted(all, "edition"),
        },
        all: material.editions.len(),
        has_filter,
        orders: if has_filter {
            orders(filter)
        } else {
            Vec::new()
        },
        bulk: (has_filter && !material.is_shared).then(|| Bulk {
            query: filter.query_of_page(page),
            fitting: chosen.fitting.len(),
            tomorrow: place.in_days(1),
            next_week: place.in_days(7),
            may_check: material.may_check,
        }),
        said: material.said.map(str::to_owned),
        pages: links(filter, page, pages),
        filter: filter.clone(),
    }
    .render()
}

/// The orders, each with its query and whether it is the one that is shown.
fn orders(filter: &Filter) -> Vec<(&'static str, String, bool)> {
    let of = |(name, words)| (words, filter.query_of_order(name), name == filter.order);
    ORDERS.map(of).to_vec()
}

/// The numbers of the pages with their queries, where there are several; none at the one shown.
fn links(filter: &Filter, page: usize, pages: usize) -> Vec<(usize, Option<String>)> {
    let link = |number| (number != page).then(|| filter.query_of_page(number));
    (1..=pages)
        .filter(|_| pages > 1)
        .map(|number| (number, link(number)))
        .collect()
}

/// How many pages show each state, of all editions that are watched.
fn tally(material: &Material<'_>, filter: &Filter, now: Timestamp) -> Vec<Count> {
    let mut counts: BTreeMap<Availability, usize> = BTreeMap::new();
    let mut unseen = 0;
    for plan in material.editions {
        let pages = material.survey.glances.get(&plan.edition.id);
        for listing in &plan.listings {
            let glance = pages.and_then(|pages| pages.get(&listing.store));
            match glance.and_then(|glance| glance.seen(now)) {
                Some((state, _)) => *counts.entry(state).or_default() += 1,
                None => unseen += 1,
            }
        }
    }
    let states = Availability::ALL.into_iter().map(|state| {
        let some = counts.get(&state).copied().unwrap_or_default();
        (face(state).class, state.word(), state.name(), some)
    });
    states
        .chain([(UNSEEN_CLASS, "Not seen", "unseen", unseen)])
        .filter(|(_, _, _, some)| 0 < *some)
        .map(|(class, word, name, pages)| Count {
            shape: shape(class),
            word,
            pages,
            query: Filter::default().query_of_state(name),
            is_chosen: filter.state == name,
        })
        .collect()
}

/// The stores of these editions, in the order in which the configuration uses them.
fn stores_of(place: &Place<'_>, editions: &[&Dated<'_>]) -> Vec<StoreId> {
    let used: BTreeSet<&StoreId> = editions
        .iter()
        .flat_map(|one| one.plan.listings.iter().map(|listing| &listing.store))
        .collect();
    place
        .stores
        .iter()
        .map(|plan| plan.id.clone())
        .filter(|store| used.contains(store))
        .collect()
}

fn choices(place: &Place<'_>, editions: &[Dated<'_>]) -> Choices {
    let imprints: BTreeSet<&str> = editions
        .iter()
        .filter_map(|one| one.plan.edition.imprint.as_deref())
        .collect();
    let months: BTreeSet<(i16, i8)> = editions
        .iter()
        .map(|one| {
            (
                one.launch.publication.year(),
                one.launch.publication.month(),
            )
        })
        .collect();
    Choices {
        imprints: imprints.into_iter().map(str::to_owned).collect(),
        stores: place
            .stores
            .iter()
            .map(|plan| (plan.id.to_string(), place.label(&plan.id)))
            .collect(),
        states: Availability::ALL
            .into_iter()
            .map(|state| (state.name(), state.word()))
            .chain([("unseen", "Not seen")])
            .collect(),
        phases: PHASES.map(|(phase, words)| (phase.name(), words)).to_vec(),
        months: months
            .into_iter()
            .map(|(year, month)| format!("{year:04}-{month:02}"))
            .collect(),
    }
}

/// What there is to do, over all editions: "All as expected" only where every page was seen, and shows
/// what it should.
fn verdict(material: &Material<'_>) -> String {
    let judgements = || {
        let isbns = material.editions.iter().map(|plan| &plan.edition.id);
        isbns.filter_map(|edition| material.judgements.get(edition))
    };
    let findings = judgements().flat_map(|judgement| &judgement.findings);
    let troubles = material.troubles.iter().map(|trouble| trouble.severity);
    let all = findings.map(|finding| finding.severity).chain(troubles);
    let counted = counted(all.clone());
    if !counted.is_empty() {
        let is_watched_only = all.clone().all(|one| one <= Severity::Watch);
        return if is_watched_only {
            format!("Nothing to act on, {counted}")
        } else {
            counted
        };
    }
    let pages: usize = material
        .editions
        .iter()
        .map(|plan| plan.listings.len())
        .sum();
    let outlooks = || judgements().flat_map(|judgement| &judgement.outlooks);
    let seen = outlooks().filter(|one| one.outlook.is_seen()).count();
    let expected = outlooks()
        .filter(|one| one.outlook.is_as_expected())
        .count();
    match (seen, expected) {
        (0, _) if outlooks().any(|one| one.seen_at.is_some()) => {
            "No page is seen at present.".to_owned()
        }
        (0, _) => "Nothing has been seen yet.".to_owned(),
        _ if expected == pages => "All as expected. Nothing to do.".to_owned(),
        _ if seen < pages => {
            format!(
                "Nothing to do; {} of {pages} pages {} not seen",
                pages - seen,
                if pages - seen == 1 { "is" } else { "are" }
            )
        }
        _ => "Nothing to do; some pages are still on their usual way".to_owned(),
    }
}

/// The exceptions, most severe first, and how many more there are.
fn exceptions(place: &Place<'_>, material: &Material<'_>) -> (Vec<Exception>, usize) {
    let troubles = material.troubles.iter();
    let mut all: Vec<(Severity, Cause<'_>)> = troubles
        .map(|trouble| (trouble.severity, Cause::Trouble(trouble)))
        .collect();
    for plan in material.editions {
        let edition = &plan.edition;
        let judgement = material.judgements.get(&edition.id);
        let findings = judgement.map_or(&[][..], |judgement| &judgement.findings);
        all.extend(each_kind_once(edition, findings));
    }
    all.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
    let more = all.len().saturating_sub(EXCEPTIONS);
    let kept = all.into_iter().take(EXCEPTIONS);
    let told = kept.map(|(severity, cause)| match cause {
        Cause::Trouble(trouble) => of_trouble(place, trouble),
        Cause::Finding(edition, finding, others) => {
            let launch = material.survey.launch(edition, place.zone);
            let said = said(finding, &place.voice(edition, &launch));
            Exception {
                class: class_of(severity),
                severity: severity.word(),
                address: address(place, edition),
                book: book(edition),
                headline: also_at(place, &said.headline, &others),
                next_step: coded(&first_sentences(&said.step)),
            }
        }
    });
    (told.collect(), more)
}

/// What needs a look of an edition: what is found at several stores alike stands there once. Good news
/// is told on the edition's page.
fn each_kind_once<'a>(edition: &'a Edition, findings: &'a [Finding]) -> Vec<(Severity, Cause<'a>)> {
    let mut kinds: Vec<(Severity, &Finding, Vec<&StoreId>)> = Vec::new();
    for finding in findings.iter().filter(|one| one.severity.is_trouble()) {
        let known = kinds.iter_mut().find(|(severity, first, _)| {
            // Alike in all its facts: another date, or another day since when, is not the same.
            *severity == finding.severity
                && (&first.kind, first.since) == (&finding.kind, finding.since)
        });
        match known {
            Some((_, _, others)) => others.extend(&finding.stores),
            None => kinds.push((finding.severity, finding, Vec::new())),
        }
    }
    let of_edition =
        |(severity, finding, others)| (severity, Cause::Finding(edition, finding, others));
    kinds.into_iter().map(of_edition).collect()
}

/// "Amazon shows out of stock; the same at Bookshop.org".
fn also_at(place: &Place<'_>, headline: &str, others: &[&StoreId]) -> String {
    let headline = words::one_line(headline);
    if others.is_empty() {
        return headline;
    }
    let others: Vec<String> = others.iter().map(|store| place.label(store)).collect();
    format!("{headline}; the same at {}", words::list(&others))
}

/// What an exception is about.
enum Cause<'a> {
    Trouble(&'a Trouble),
    /// With the other stores where the same was found.
    Finding(&'a Edition, &'a Finding, Vec<&'a StoreId>),
}

fn of_trouble(place: &Place<'_>, trouble: &Trouble) -> Exception {
    Exception {
        class: class_of(trouble.severity),
        severity: trouble.severity.word(),
        address: format!("{}/{}", place.base, trouble.page),
        book: words::one_line(&trouble.what),
        headline: words::one_line(&trouble.headline),
        next_step: coded(&words::clipped(&trouble.next_step, 240)),
    }
}

/// The first sentence, and the next one where the first is a mere beginning, so that the list stays
/// a list; the edition's page has the rest.
fn first_sentences(text: &str) -> String {
    const BEGINNING: usize = 40;
    let line = words::one_line(text);
    let mut end = 0;
    while end < line.len() && end < BEGINNING {
        end = line[end..].find(". ").map_or(line.len(), |at| end + at + 2);
    }
    words::clipped(&line[..end], 180)
}

/// "Salt Roads (paperback)".
pub fn book(edition: &Edition) -> String {
    format!(
        "{} ({})",
        words::clipped(&edition.title, 80),
        edition.format.name()
    )
}

/// The address of an edition's page.
pub fn address(place: &Place<'_>, edition: &Edition) -> String {
    format!("{}/editions/{}", place.base, edition.id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::example::finding;
    use crate::web::testing::edition;

    /// What stands at the head of the overview of findings at stores: each with the other stores.
    #[track_caller]
    fn check_kinds(found: &[(&str, Severity)], expected: &[(Severity, &[&str])]) {
        let findings: Vec<Finding> = found
            .iter()
            .map(|(store, severity)| Finding {
                stores: vec![StoreId::new(store)],
                ..finding(*severity)
            })
            .collect();
        let edition = edition("2027-02-09");
        let kinds = each_kind_once(&edition, &findings).into_iter();
        let told: Vec<(Severity, Vec<&str>)> = kinds
            .map(|(severity, cause)| match cause {
                Cause::Finding(_, _, others) => (
                    severity,
                    others.iter().map(|store| store.as_str()).collect(),
                ),
                Cause::Trouble(_) => panic!("no trouble was there"),
            })
            .collect();
        let expected: Vec<(Severity, Vec<&str>)> = expected
            .iter()
            .map(|(severity, others)| (*severity, others.to_vec()))
            .collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn what_is_found_at_several_stores_alike_is_one_line_and_another_severity_is_another() {
        use Severity::{Act, GoodNews, Watch};
        check_kinds(
            &[
                ("amazon.com", Act),
                ("kobo.com", GoodNews),
                ("bookshop.org", Act),
                ("barnesandnoble.com", Watch),
            ],
            &[(Act, &["bookshop.org"]), (Watch, &[])],
        );
        check_kinds(&[("kobo.com", GoodNews)], &[]);
    }

    #[test]
    fn a_next_step_is_told_in_its_first_words() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            assert_eq!(first_sentences(text), expected);
        }
        check("", "");
        check("Wait.", "Wait.");
        check(
            "Open the page yourself. If it says the same, ask for it to be sent again. Then wait.",
            "Open the page yourself. If it says the same, ask for it to be sent again.",
        );
        check(
            "Enter the date at KDP and click \"Publish your paperback\". Not before.",
            "Enter the date at KDP and click \"Publish your paperback\".",
        );
    }
}
