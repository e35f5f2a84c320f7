//! The pages, made from what the database holds now.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, RawQuery};
use axum::http::header;
use axum::response::{Html, IntoResponse as _};
use jiff::Timestamp;

use super::answer::{Answered, PageError, Visit, not_found, page};
use super::exports::looks;
use super::router::Wished;
use super::site::Site;
use crate::alerts::Alert;
use crate::alerts::sqlite::{newest_over, over_since};
use crate::config::plan::EditionPlan;
use crate::db::DbError;
use crate::fetch::HostKey;
use crate::fetch::robots::{Answer, Verdict};
use crate::fetch::sqlite::{memories, rations, robots};
use crate::history::View;
use crate::history::sqlite::{Kept, all_notes, drifts, standing_notes};
use crate::judge::Judgement;
use crate::mail;
use crate::mail::sqlite::Entry;
use crate::text::words;
use crate::web::chosen::Chosen;
use crate::web::edition::{self, LetterLine};
use crate::web::filter::Filter;
use crate::web::frame::{Place, Pulse};
use crate::web::hand_looks::HandLook;
use crate::web::letter::LetterFilter;
use crate::web::lists::{self, HostLine};
use crate::web::overview;
use crate::web::security::LETTER_POLICY;
use crate::web::settings::{Given, Tried};
use crate::web::strips::Strips;
use crate::web::timeline::{Prices, Range};
use crate::web::troubles::troubles;
use crate::web::{alerts, changes, letter, passes, paused, prices, settings, sqlite, usual};

/// So many alerts that are over stand below those that are open.
const ENDED: u32 = 50;

/// The overview of all editions.
pub(super) fn overview(visit: &Visit, RawQuery(query): RawQuery) -> Answered {
    let query = query.unwrap_or_default();
    let filter = Filter::from_query(&query);
    let mut said_of = url::form_urlencoded::parse(query.as_bytes());
    let code = said_of.find(|(key, _)| key == "said");
    let code = code.map_or_else(String::new, |(_, code)| code.into_owned());
    let html = surveyed(visit, said(&code), &filter, |place, material| {
        overview_of(visit, place, material, &filter)
    })?;
    Ok(page(html?))
}

/// The overview, with the strips of the editions that it shows.
pub(super) fn overview_of(
    visit: &Visit,
    place: &Place<'_>,
    material: &overview::Material<'_>,
    filter: &Filter,
) -> Result<String, PageError> {
    let chosen = Chosen::new(place, material, filter);
    let shown: Vec<&EditionPlan> = chosen.shown_plans().collect();
    let strips = visit.site.strips(&shown, visit.now)?;
    let material = overview::Material {
        strips: &strips,
        ..*material
    };
    Ok(overview::page(place, &material, filter, &chosen)?)
}

/// What the overview makes of all editions as they stand now, where it is to choose by this filter.
pub(super) fn surveyed<T>(
    visit: &Visit,
    said: Option<&str>,
    filter: &Filter,
    make: impl FnOnce(&Place<'_>, &overview::Material<'_>) -> T,
) -> Result<T, PageError> {
    let (site, now) = (&visit.site, visit.now);
    let place = site.place(now);
    let (survey, pulse, judgements) = site.surveyed(filter, now)?;
    let material = overview::Material {
        editions: &site.plan.editions,
        survey: &survey,
        judgements: &judgements,
        strips: &Strips::new(),
        pulse: &pulse,
        troubles: &troubles(&place, &survey.glances, &judgements, &survey.health),
        is_shared: false,
        said,
        may_check: site.board.is_heard(),
    };
    Ok(make(&place, &material))
}

/// To a day of the demo.
pub(super) fn day(visit: &Visit, Query(wished): Query<Wished>) -> Answered {
    let day = visit.site.day.as_ref();
    let day = day.ok_or_else(|| not_found("There are no days to go to: this is no demo."))?;
    let number = wished.to.parse().unwrap_or(day.last);
    Ok(visit.see_other(&day.at(number)))
}

/// Everything about one edition.
pub(super) fn edition(
    visit: &Visit,
    (Path(isbn), Query(wished)): (Path<String>, Query<Wished>),
) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let plan = visit.edition(&isbn)?;
    let (_, pulse) = site.survey(now)?;
    let dossier = Dossier::read(site, plan, pulse, now)?;
    let prices: Option<Vec<Prices>> = if wished.price == "on" {
        let looks = looks(site, &dossier.view)?;
        Some(looks.iter().map(|looks| prices::of(looks)).collect())
    } else {
        None
    };
    let shown = Shown::Page {
        range: Range::from_name(&wished.range),
        prices: prices.as_deref(),
        said: said(&wished.said),
    };
    Ok(page(dossier.page(site, shown, now)?))
}

/// What needs a look, of all editions.
pub(super) fn all_alerts(visit: &Visit, Query(wished): Query<Wished>) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let (survey, pulse, judgements) = site.surveyed(&Filter::default(), now)?;
    let over = site
        .db
        .read(|connection| Ok::<_, DbError>(newest_over(connection, ENDED)?))?;
    Ok(page(alerts::alerts(
        &site.place(now),
        &site.plan.editions,
        (&survey, &judgements),
        &over,
        &pulse,
        page_number(&wished),
    )?))
}

/// The letters.
pub(super) fn letters(visit: &Visit, Query(wished): Query<Wished>) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let (_, pulse) = site.survey(now)?;
    let number = page_number(&wished);
    let filter = LetterFilter {
        words: words::clipped(&wished.q, 200),
        state: wished.state,
    };
    let (letters, all, number) = site.db.read(|connection| {
        Ok::<_, DbError>(sqlite::letters_of_page(connection, &filter, number)?)
    })?;
    Ok(page(letter::list(
        &site.place(now),
        &letters,
        (&goes_to(site), &filter),
        &pulse,
        (all, number),
    )?))
}

/// One letter, with what may be done with it.
pub(super) fn letter(
    visit: &Visit,
    (Path(id), Query(wished)): (Path<String>, Query<Wished>),
) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let (_, pulse) = site.survey(now)?;
    let said = said(&wished.said);
    Ok(page(letter::page(
        &site.place(now),
        &entry(site, &id)?,
        &pulse,
        said,
    )?))
}

/// A letter as it was sent, for its frame.
pub(super) fn letter_body(visit: &Visit, Path(id): Path<String>) -> Answered {
    let letter = entry(&visit.site, &id)?.letter;
    let policy = [(header::CONTENT_SECURITY_POLICY, LETTER_POLICY)];
    Ok((policy, Html(letter.html)).into_response())
}

fn entry(site: &Site, id: &str) -> Result<Entry, PageError> {
    let entry = match id.parse() {
        Ok(id) => site
            .db
            .read(|connection| Ok::<_, DbError>(mail::sqlite::entry(connection, id)?))?,
        Err(_) => None,
    };
    entry.ok_or_else(|| not_found("There is no such letter."))
}

/// The stores, and how their hosts receive us.
pub(super) fn stores(visit: &Visit, (): ()) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let (survey, pulse) = site.survey(now)?;
    let hosts = hosts(site, now)?;
    let drifts = site
        .db
        .read(|connection| Ok::<_, DbError>(drifts(connection, now)?))?;
    let place = site.place(now);
    Ok(page(lists::stores(
        &place,
        &site.plan,
        &survey.glances,
        (&hosts, &drifts),
        &pulse,
    )?))
}

/// How long things take.
pub(super) fn windows(visit: &Visit, (): ()) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let (_, pulse) = site.survey(now)?;
    let learned = site.learned()?;
    Ok(page(usual::page(
        &site.place(now),
        &site.settings.windows,
        &learned,
        &pulse,
    )?))
}

/// The settings, the links for clients and the companions.
pub(super) fn settings(visit: &Visit, (): ()) -> Answered {
    settings_page(visit, None, None)
}

/// The same; `given` is the pass that was made just now, `tried` what came of a test.
pub(super) fn settings_page(
    visit: &Visit,
    given: Option<&Given>,
    tried: Option<Tried>,
) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let (_, pulse) = site.survey(now)?;
    let (passes, notes) = site.db.read(|connection| {
        let passes = passes::sqlite::all(connection)?;
        Ok::<_, DbError>((passes, standing_notes(connection)?))
    })?;
    let place = site.place(now);
    let passes = settings::Passes {
        all: &passes,
        given,
    };
    let paused = paused::sentence(&place, &site.plan.editions, &notes);
    Ok(page(settings::page(
        &place,
        &site.plan,
        passes,
        (paused, tried),
        &pulse,
    )?))
}

/// The page of a list that is asked for, from 1.
fn page_number(wished: &Wished) -> usize {
    wished.page.parse().unwrap_or(1).clamp(1, 100_000)
}

fn goes_to(site: &Site) -> String {
    match &site.plan.mail {
        Some(mail) => format!(
            "Letters go to {} through {}.",
            site.plan.author.email, mail.host
        ),
        None => format!(
            "No mail server is set up: letters are written to {}, and mailed to nobody.",
            site.plan.data.join("letters").display()
        ),
    }
}

/// How the page of an edition is shown.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shown<'a> {
    /// To the author, with everything that can be done.
    Page {
        range: Option<Range>,
        prices: Option<&'a [Prices]>,
        said: Option<&'a str>,
    },
    /// As a report that stands alone; `back` leads to the overview of a client.
    Report { back: Option<&'a str> },
}

/// Everything about one edition.
pub(super) struct Dossier {
    pub(super) view: View,
    pub(super) sources: changes::Sources,
    pub(super) letters: Vec<LetterLine>,
    pub(super) judgement: Judgement,
    notes: Vec<Kept>,
    over: Vec<(Alert, Timestamp)>,
    hand_looks: Vec<HandLook>,
    pulse: Pulse,
}

impl Dossier {
    pub(super) fn read(
        site: &Site,
        plan: &EditionPlan,
        pulse: Pulse,
        now: Timestamp,
    ) -> Result<Self, PageError> {
        let view = site.view(plan)?;
        let sources = site
            .db
            .read(|connection| Ok::<_, DbError>(sqlite::sources(connection, &view)?))?;
        let letters = site.db.read(|connection| {
            Ok::<_, DbError>(sqlite::letters_about(connection, &plan.edition.id)?)
        })?;
        let notes = site.db.read(|connection| {
            let mut notes = all_notes(connection, &plan.edition.id)?;
            notes.retain(|note| note.taken_back.is_none());
            Ok::<_, DbError>(notes)
        })?;
        let hand_looks = site.db.read(|connection| {
            let isbn = &plan.edition.id;
            Ok::<_, DbError>(sqlite::hand_looks(connection, isbn, &view.listings)?)
        })?;
        let over = site.db.read(|connection| {
            let all = over_since(connection, &plan.edition.id, Timestamp::MIN)?;
            Ok::<_, DbError>(all)
        })?;
        Ok(Self {
            over,
            hand_looks,
            judgement: site.judged(plan, &view, now)?,
            view,
            sources,
            letters,
            notes,
            pulse,
        })
    }

    /// The same for a client: without the author's notes, of which he sees what follows from them.
    pub(super) fn for_client(mut self) -> Self {
        self.judgement = self.judgement.for_client();
        self.notes.clear();
        self.view.notes.clear();
        self
    }

    /// The page, or the report.
    pub(super) fn page(
        &self,
        site: &Site,
        shown: Shown<'_>,
        now: Timestamp,
    ) -> Result<String, PageError> {
        let (range, prices, said, back) = match shown {
            Shown::Page {
                range,
                prices,
                said,
            } => (range, prices, said, None),
            Shown::Report { back } => (None, None, None, back),
        };
        Ok(edition::page(
            &site.place(now),
            &edition::Material {
                view: &self.view,
                sources: &self.sources,
                judgement: &self.judgement,
                windows: &site.settings.windows,
                letters: &self.letters,
                notes: &self.notes,
                over: &self.over,
                hand_looks: &self.hand_looks,
                range,
                prices,
                pulse: &self.pulse,
                said,
                may_check: site.board.is_heard(),
                is_report: matches!(shown, Shown::Report { .. }),
                back,
            },
        )?)
    }
}

/// What an action has done, in words of ours: nothing that stands in an address is repeated.
fn said(code: &str) -> Option<&'static str> {
    Some(match code {
        "added" => "Added. Its pages get their first look within a minute or two.",
        "changed" => "Changed, here and in the configuration.",
        "noted" => "Noted. From now on this is taken into account.",
        "none-chosen" => "Nothing was done: tick the editions that are meant, or all of them.",
        "muted" => "Muted. No letters about it until then; what still stands then is told.",
        "paused" => "Letters are paused. What is due meanwhile is told on that day.",
        "resumed" => "Letters go out again. What was due meanwhile is told now.",
        "taken-back" => "Taken back. It is judged as if it had never been said.",
        "read" => "The saved page was read. It counts as a look of yours.",
        "unread" => {
            "The saved page does not say what it offers, so it counts for nothing. You can still say \
             yourself what it shows."
        }
        "other-product" => {
            "The saved page is of another product, so it counts for nothing. See which book, format \
             and store it is of."
        }
        "no-page" => {
            "The file holds no web page, so it counts for nothing. Save the page as “Webpage, HTML \
             only” or as a single file."
        }
        "asked" => "It is looked at now. Load the page again in a minute to see what was found.",
        "too-soon" => {
            "Every page was looked at a short while ago. Out of politeness to the stores it is not \
             asked again so soon."
        }
        "untold" => "Taken back. Your look counts no more.",
        "nothing-told" => "You told nothing of this page that could be taken back.",
        "recorded" => "Recorded. It counts as a look of yours.",
        "retried" => "It is tried again now.",
        "dropped" => "It will not be sent.",
        _ => return None,
    })
}

/// How each host has received us, and what its robots.txt says of the pages that are watched.
fn hosts(site: &Site, now: Timestamp) -> Result<Vec<HostLine>, PageError> {
    let most = site.plan.manners.requests_per_day;
    let today: BTreeMap<HostKey, u32> = rations(&site.db, most, now)?
        .into_iter()
        .map(|ration| (ration.host, ration.used))
        .collect();
    let mut lines = Vec::new();
    for (host, memory) in memories(&site.db)? {
        lines.push(HostLine {
            robots: robots_of(site, &host, now)?,
            requests: today.get(&host).copied().unwrap_or_default(),
            host: host.as_str().to_owned(),
            shut_until: memory.breaker.shut_until,
            why: memory.breaker.why,
            refused_at: memory.breaker.refused_at,
            most,
        });
    }
    Ok(lines)
}

fn robots_of(site: &Site, host: &HostKey, now: Timestamp) -> Result<String, PageError> {
    let mut listings = site.plan.editions.iter().flat_map(|plan| &plan.listings);
    let Some(page) = listings.find(|one| HostKey::of(&one.ask).as_ref() == Some(host)) else {
        return Ok("no page is watched there".to_owned());
    };
    let origin = page.ask.origin().ascii_serialization();
    let Some(robots) = robots(&site.db, &origin)? else {
        return Ok("not asked for yet".to_owned());
    };
    let ago = words::lasting(now.duration_since(robots.fetched_at));
    Ok(match (robots.verdict(&page.ask), &robots.answer) {
        (Verdict::Allowed, Answer::Missing { status }) => {
            format!("there is none ({status}), {ago} ago")
        }
        (Verdict::Allowed, _) => format!("allows our pages, read {ago} ago"),
        (Verdict::Forbidden { line, agent }, _) => format!(
            "forbids our pages: “{}” for {}, read {ago} ago",
            words::clipped(&line, 80),
            words::clipped(&agent, 40)
        ),
        (Verdict::Unknown { why }, _) => format!(
            "could not be had, so nothing is asked: {}",
            words::clipped(&why, 100)
        ),
    })
}
