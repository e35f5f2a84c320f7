//! The pages, made from what the database holds now.

use std::collections::BTreeMap;

use askama::Template;
use jiff::Timestamp;

use super::answer::{Answer, Asked, refusal};
use super::site::{PageError, Site};
use crate::config::plan::EditionPlan;
use crate::db::DbError;
use crate::fetch::HostKey;
use crate::fetch::robots::{Answer as Answered, Verdict};
use crate::fetch::sqlite::{memories, rations, robots};
use crate::history::View;
use crate::history::sqlite::{Kept, all_notes, drifts, standing_notes};
use crate::judge::Judgement;
use crate::mail;
use crate::text::words;
use crate::web::edition::{self, LetterLine};
use crate::web::filter::Filter;
use crate::web::frame::{Pulse, style_name};
use crate::web::hand_looks::HandLook;
use crate::web::lists::{self, HostLine};
use crate::web::overview;
use crate::web::security::LETTER_POLICY;
use crate::web::settings::{Given, Links};
use crate::web::timeline::Range;
use crate::web::troubles::troubles;
use crate::web::{changes, letter, paused, settings, shares, sqlite, usual};

#[derive(Template)]
#[template(path = "web/templates/login.html")]
struct Login<'a> {
    base: &'a str,
    style: String,
    said: Option<&'a str>,
}

/// The page to log in.
pub(super) fn login(site: &Site, said: Option<&str>, status: u16) -> Answer {
    let page = Login {
        base: &site.base,
        style: format!("{}/static/{}", site.base, style_name()),
        said,
    };
    match page.render() {
        Ok(html) => Answer {
            status,
            ..Answer::page(html)
        },
        Err(_) => refusal(500, "The page cannot be made just now."),
    }
}

/// The page at a path.
#[expect(clippy::too_many_lines, reason = "one page, field by field")]
pub(super) fn page(
    site: &Site,
    parts: &[&str],
    asked: &Asked,
    session: &str,
    now: Timestamp,
) -> Result<Answer, PageError> {
    let place = site.place(now);
    let (survey, pulse) = site.survey(now)?;
    let html = match parts {
        [""] => {
            let judgements = site.judgements(&survey, now)?;
            let known = (&survey.glances, &judgements);
            overview::page(
                &place,
                &overview::Material {
                    editions: &site.plan.editions,
                    survey: &survey,
                    judgements: &judgements,
                    pulse: &pulse,
                    troubles: &troubles(&place, known, &survey.health),
                    is_shared: false,
                },
                &Filter::from_query(&asked.query),
            )?
        }
        ["editions", isbn] => {
            let Some(plan) = site.edition(isbn) else {
                return Ok(refusal(404, "No such edition is watched."));
            };
            let token = site.token(session, now).unwrap_or_default();
            let said = said(&asked.value("said"));
            let visit = Visit {
                range: Range::from_name(&asked.value("range")),
                token: &token,
                said,
                back: None,
            };
            Dossier::read(site, plan, pulse, now)?.page(site, visit, now)?
        }
        ["alerts"] => {
            let page = (&pulse, page_number(asked));
            lists::alerts(
                &place,
                &site.plan.editions,
                &survey,
                &site.judgements(&survey, now)?,
                page,
            )?
        }
        ["letters"] => {
            let (letters, all, page) = site.db.read(|connection| {
                Ok::<_, DbError>(sqlite::letters_of_page(connection, page_number(asked))?)
            })?;
            lists::letters(&place, &letters, &goes_to(site), (&pulse, all, page))?
        }
        ["letters", id, rest @ ..] => {
            return one_letter(site, (id, rest), asked, (session, &pulse), now);
        }
        ["stores"] => {
            let hosts = hosts(site, now)?;
            let drifts = site
                .db
                .read(|connection| Ok::<_, DbError>(drifts(connection, now)?))?;
            lists::stores(
                &place,
                &site.plan,
                &survey.glances,
                (&hosts, &drifts),
                &pulse,
            )?
        }
        ["windows"] => {
            let learned = site.learned()?;
            usual::page(&place, &site.settings.windows, &learned, &pulse)?
        }
        ["settings"] => settings_page(site, session, (&pulse, None), now)?,
        _ => return Ok(refusal(404, "There is no such page.")),
    };
    Ok(Answer::page(html))
}

/// The settings and the links for clients; `given` is the one that was made just now.
pub(super) fn settings_page(
    site: &Site,
    session: &str,
    (pulse, given): (&Pulse, Option<&Given>),
    now: Timestamp,
) -> Result<String, PageError> {
    let token = site.token(session, now).unwrap_or_default();
    let shares = site
        .db
        .read(|connection| Ok::<_, DbError>(shares::sqlite::all(connection)?))?;
    let links = Links {
        shares: &shares,
        given,
        token: &token,
    };
    let notes = site
        .db
        .read(|connection| Ok::<_, DbError>(standing_notes(connection)?))?;
    let place = site.place(now);
    let paused = paused::sentence(&place, &site.plan.editions, &notes);
    Ok(settings::page(&place, &site.plan, (links, paused), pulse)?)
}

/// The page of a list that is asked for, from 1.
fn page_number(asked: &Asked) -> usize {
    asked.value("page").parse().unwrap_or(1).clamp(1, 100_000)
}

fn goes_to(site: &Site) -> String {
    match &site.plan.mail {
        Some(mail) => format!(
            "They go to {} through {}.",
            site.plan.author.email, mail.host
        ),
        None => format!(
            "No mail server is configured: they are written to {}.",
            site.plan.data.join("letters").display()
        ),
    }
}

/// Who looks at the page of an edition, and how. Without a token it has no forms, and is a report.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Visit<'a> {
    pub(super) range: Option<Range>,
    pub(super) token: &'a str,
    pub(super) said: Option<&'a str>,
    pub(super) back: Option<&'a str>,
}

/// Everything about one edition.
pub(super) struct Dossier {
    pub(super) view: View,
    pub(super) sources: changes::Sources,
    pub(super) letters: Vec<LetterLine>,
    pub(super) judgement: Judgement,
    notes: Vec<Kept>,
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
            Ok::<_, DbError>(sqlite::letters_about(connection, &plan.edition.isbn)?)
        })?;
        let notes = site.db.read(|connection| {
            let mut notes = all_notes(connection, &plan.edition.isbn)?;
            notes.retain(|note| note.taken_back.is_none());
            Ok::<_, DbError>(notes)
        })?;
        let hand_looks = site.db.read(|connection| {
            let isbn = &plan.edition.isbn;
            Ok::<_, DbError>(sqlite::hand_looks(connection, isbn, &view.listings)?)
        })?;
        Ok(Self {
            hand_looks,
            judgement: site.judgement(&view, now)?,
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
        visit: Visit<'_>,
        now: Timestamp,
    ) -> Result<String, PageError> {
        Ok(edition::page(
            &site.place(now),
            &edition::Material {
                view: &self.view,
                sources: &self.sources,
                judgement: &self.judgement,
                windows: &site.settings.windows,
                letters: &self.letters,
                notes: &self.notes,
                hand_looks: &self.hand_looks,
                range: visit.range,
                pulse: &self.pulse,
                token: visit.token,
                said: visit.said,
                may_check: site.board.is_heard(),
                is_report: visit.token.is_empty(),
                back: visit.back,
            },
        )?)
    }
}

/// What an action has done, in words of ours: nothing that stands in an address is repeated.
fn said(code: &str) -> Option<&'static str> {
    Some(match code {
        "noted" => "Noted. From now on this is taken into account.",
        "muted" => "Muted. No letters about it until then; what still stands then is told.",
        "paused" => "Letters are paused. What is due meanwhile is told on that day.",
        "resumed" => "Letters go out again. What was due meanwhile is told now.",
        "taken-back" => "Taken back. It is judged as if it had never been said.",
        "read" => "The saved page was read. It counts as a look of yours.",
        "unread" => {
            "The saved page could not be read; why stands below, at its store. You can still say \
             yourself what it shows."
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

fn one_letter(
    site: &Site,
    (id, rest): (&str, &[&str]),
    asked: &Asked,
    (session, pulse): (&str, &Pulse),
    now: Timestamp,
) -> Result<Answer, PageError> {
    let entry = match id.parse() {
        Ok(id) => site
            .db
            .read(|connection| Ok::<_, DbError>(mail::sqlite::entry(connection, id)?))?,
        Err(_) => None,
    };
    let Some(entry) = entry else {
        return Ok(refusal(404, "There is no such letter."));
    };
    match rest {
        [] => {
            let token = site.token(session, now).unwrap_or_default();
            let said = said(&asked.value("said"));
            let html = letter::page(&site.place(now), &entry, pulse, (&token, said))?;
            Ok(Answer::page(html))
        }
        ["body"] => Ok(
            Answer::new(200, "text/html; charset=utf-8", entry.letter.html)
                .with("content-security-policy", LETTER_POLICY)
                .with("cache-control", "no-store"),
        ),
        _ => Ok(refusal(404, "There is no such page.")),
    }
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
        (Verdict::Allowed, Answered::Missing { status }) => {
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
