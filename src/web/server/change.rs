//! The configuration changed on the page: written, shown at once, and undone. How it was before is kept
//! in the memory of the service, for ten minutes or until the next change.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Form;
use jiff::{SignedDuration, Timestamp};

use super::answer::{Answered, PageError, Visit, conflict};
use super::site::Site;
use crate::book::{EditionId, NoteKind};
use crate::config::plan::{EditionPlan, Plan, Secret, SecretSource};
use crate::config::{ConfigError, Loaded};
use crate::db::DbError;
use crate::files;
use crate::history::sqlite::{Kept, all_notes, take_moves_back, take_note_back};
use crate::lock::locked;
use crate::round::judge_edition::JudgeContext;
use crate::setup::data::note_moved_dates;
use crate::setup::place::{self, Existing};
use crate::web::book_form::Wrong;
use crate::web::frame::LastChange;
use crate::web::new_book::whole;
use crate::web::sections::Typed;
use crate::web::security::digest;

/// How long a change can be undone.
const UNDO: SignedDuration = SignedDuration::from_mins(10);

/// What is about to be written.
pub(super) struct Changed<'a> {
    /// The configuration, checked.
    pub(super) after: Loaded,
    /// The editions that are judged anew.
    pub(super) judged: &'a [EditionId],
    /// What was done, in a sentence.
    pub(super) said: String,
    /// The page that shows it.
    pub(super) home: String,
    /// What became of the file of a secret.
    pub(super) secrets: Secrets,
}

/// The files of secrets that came and went with a change.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    /// Written for it.
    made: Option<PathBuf>,
    /// Of no use after it, and taken away; with what was in it.
    gone: Option<(PathBuf, Secret)>,
}

/// A change that was made, and how it was before.
#[derive(Debug)]
pub struct Undoable {
    told: LastChange,
    at: Timestamp,
    home: String,
    judged: Vec<EditionId>,
    before: Before,
}

/// How it was before.
#[derive(Debug)]
enum Before {
    /// The file had the first text, and has the second; both name addresses that are secrets.
    File(Secret, Secret, Secrets),
    /// Letters about these editions were not paused.
    NotPaused,
    /// It was undone.
    Undone,
}

impl Undoable {
    /// What the pages say of it, as long as it is new.
    pub(super) fn told(&self, now: Timestamp) -> Option<&LastChange> {
        (now.duration_since(self.at).abs() < UNDO).then_some(&self.told)
    }
}

/// The file as it stands now.
pub(super) fn existing(visit: &Visit) -> Result<Existing, PageError> {
    let site = &visit.site;
    let Some(file) = &site.plan.origins.file else {
        return Err(conflict(
            "What is shown here comes from no file that could be changed.",
        ));
    };
    let today = visit.now.to_zoned(site.plan.author.zone.clone()).date();
    Existing::load_on(Some(file), today).map_err(|error| {
        conflict(&format!(
            "The configuration cannot be changed as it is now: {error:#}"
        ))
    })
}

/// Writes the file, and shows at once what it says now, with these editions judged anew; what it says
/// of the page itself waits for the service, which checks that first.
pub(super) fn take_over(
    visit: &Visit,
    existing: &Existing,
    changed: Changed<'_>,
) -> Result<Result<(), Wrong>, PageError> {
    let text = |loaded: &Loaded| Secret::new(loaded.text.clone());
    let last = Undoable {
        told: told(visit, changed.said, &changed.after.text),
        at: visit.now,
        home: changed.home,
        judged: changed.judged.to_vec(),
        before: Before::File(
            text(&existing.loaded),
            text(&changed.after),
            changed.secrets,
        ),
    };
    put(visit, existing, (changed.after, last), None)
}

/// What is said of a change that can be undone; `what` tells it from others of that moment.
fn told(visit: &Visit, said: String, what: &str) -> LastChange {
    let mark = digest(format!("{}{said}{what}", visit.now).as_bytes());
    LastChange {
        said,
        mark: Some(mark),
    }
}

/// Shows that letters about these editions are paused, which can be undone.
pub(super) fn paused(visit: &Visit, editions: &[&EditionPlan], said: String, home: String) {
    let last = Undoable {
        told: told(visit, said, &home),
        at: visit.now,
        home,
        judged: editions.iter().map(|one| one.edition.id.clone()).collect(),
        before: Before::NotPaused,
    };
    keep(visit, Some(last));
}

/// There is nothing more to undo.
pub(super) fn forget(visit: &Visit) {
    keep(visit, None);
}

/// Keeps what can be undone, and changes nothing else.
fn keep(visit: &Visit, last: Option<Undoable>) {
    visit.live.update(|now| next(now, now.plan.clone(), last));
}

/// The site that follows, with another plan.
fn next(site: &Site, plan: Plan, last: Option<Undoable>) -> Site {
    let next = Site::new(
        plan,
        Arc::clone(&site.db),
        site.clock.clone(),
        site.settings.clone(),
        Arc::clone(&site.guard),
    );
    let next = next.with_board(Arc::clone(&site.board)).after(site);
    Site {
        last: last.map(Arc::new),
        ..next
    }
}

/// Writes the file, and takes over what it says: both or neither, so that what is told of a failure
/// holds for the files of secrets too. `undone`: when the change was made that this undoes.
fn put(
    visit: &Visit,
    existing: &Existing,
    (after, last): (Loaded, Undoable),
    undone: Option<Timestamp>,
) -> Result<Result<(), Wrong>, PageError> {
    let now = visit.now;
    let _turn = locked(&visit.site.guard.writing);
    let site = visit.live.now();
    let moves = |plan| {
        note_moved_dates(&site.db, plan, now).map_err(|error| conflict(&format!("{error:#}")))
    };
    moves(&site.plan)?;
    if let Err(error) = existing.replace(&after) {
        return Ok(Err(whole(&format!("{error:#}"))));
    }
    let mut plan = after.plan.clone();
    plan.web = site.plan.web.clone();
    let recorded = || {
        if let Some(at) = undone {
            site.db.write(|transaction| {
                Ok::<_, DbError>(take_moves_back(transaction, &plan.editions, (at, now))?)
            })?;
        }
        moves(&plan)?;
        let again = plan.editions.iter();
        let again = again.filter(|plan| last.judged.contains(&plan.edition.id));
        let judging = JudgeContext {
            plan: &plan,
            ..site.judge_context()
        };
        judging.judge_again(again, now).map_err(DbError::from)?;
        Ok(())
    };
    if let Err(error) = recorded() {
        existing
            .put_back(&after)
            .map_err(|left| conflict(&format!("{left:#}; what follows from it is not recorded")))?;
        return Err(error);
    }
    visit.live.update(|now| {
        plan.web = now.plan.web.clone();
        next(now, plan, Some(last))
    });
    Ok(Ok(()))
}

/// Puts back how it was before the last change, where nobody has changed the file since.
pub(super) fn undo(visit: &Visit, Form(typed): Form<Typed>) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let mark = typed.get("mark").filter(|mark| !mark.is_empty());
    let last = site.last.as_ref().filter(|last| {
        mark.is_some()
            && last
                .told(now)
                .is_some_and(|told| told.mark.as_ref() == mark)
    });
    let Some(last) = last else {
        return Err(conflict(
            "This can be undone no more: ten minutes are over, or it was followed by another change.",
        ));
    };
    let undone = Undoable {
        told: LastChange {
            said: format!("Undone: {}", last.told.said),
            mark: None,
        },
        at: now,
        home: String::new(),
        judged: last.judged.clone(),
        before: Before::Undone,
    };
    match &last.before {
        Before::File(before, after, secrets) => {
            put_back(visit, (last.at, undone), (before, after), secrets)?;
        }
        Before::NotPaused => resume(visit, last, undone)?,
        Before::Undone => {}
    }
    let edition = last.home.strip_prefix("/editions/");
    let is_there = edition.is_none_or(|id| visit.live.now().edition(id).is_some());
    Ok(visit.see_other(if is_there { &last.home } else { "/" }))
}

/// Puts the former text back, and the secret that went with it.
fn put_back(
    visit: &Visit,
    (at, undone): (Timestamp, Undoable),
    (before, after): (&Secret, &Secret),
    secrets: &Secrets,
) -> Result<(), PageError> {
    let existing = existing(visit)?;
    if existing.loaded.text != after.reveal() {
        return Err(conflict(
            "The configuration was changed since, by hand or elsewhere. Nothing was put back.",
        ));
    }
    let refused = |why: String| conflict(&format!("It cannot be put back: {why}"));
    if let Some((file, secret)) = &secrets.gone {
        let bytes = secret.reveal().as_bytes();
        place::create(file, bytes).map_err(|error| refused(format!("{error:#}")))?;
    }
    let text = existing.with(before.reveal().to_owned());
    let text = text.map_err(|error| refused(error.to_string()));
    let done = text.and_then(|text| {
        let done = put(visit, &existing, (text, undone), Some(at))?;
        done.map_err(|wrong| refused(wrong.into_iter().map(|(_, why)| why).collect()))
    });
    let useless = match &done {
        Ok(()) => secrets.made.as_deref(),
        Err(_) => secrets.gone.as_ref().map(|(file, _)| file.as_path()),
    };
    if let Some(useless) = useless {
        files::remove(useless);
    }
    done
}

/// Takes a pause back: it is as if there had been none.
fn resume(visit: &Visit, last: &Undoable, undone: Undoable) -> Result<(), PageError> {
    let (site, now) = (&visit.site, visit.now);
    let is_it = |kept: &Kept| {
        // The database keeps milliseconds.
        kept.note.at.as_millisecond() == last.at.as_millisecond()
            && matches!(kept.note.kind, NoteKind::Paused { .. })
    };
    site.db.write(|transaction| {
        for edition in &last.judged {
            for kept in all_notes(transaction, edition)?
                .iter()
                .filter(|one| is_it(one))
            {
                take_note_back(transaction, kept.number, now)?;
            }
        }
        Ok::<_, DbError>(())
    })?;
    let editions = site.plan.editions.iter();
    let again = editions.filter(|plan| last.judged.contains(&plan.edition.id));
    let judged = site.judge_context().judge_again(again, now);
    judged.map_err(DbError::from)?;
    keep(visit, Some(undone));
    Ok(())
}

/// A change that may bring a secret, which is written into a file of its own beside the configuration.
pub(super) struct Saving<'a> {
    /// What was done, in a sentence.
    pub(super) said: String,
    /// The page that shows it.
    pub(super) home: &'a str,
    /// The editions that are judged anew.
    pub(super) judged: &'a [EditionId],
    /// The secret that was typed, if one was, and how its file is called.
    pub(super) secret: Option<(&'static str, &'a Secret)>,
    /// The file of the one that held until now, if it is ours.
    pub(super) former: Option<PathBuf>,
    /// The former one is of no use any more, also where none is typed.
    pub(super) is_gone: bool,
}

/// Writes the secret and the configuration: both or none. `text` gives the configuration, with the file
/// of the secret.
pub(super) fn save(
    visit: &Visit,
    existing: &Existing,
    saving: Saving<'_>,
    text: impl FnOnce(Option<&Path>) -> Result<String, Wrong>,
    why: impl Fn(&ConfigError) -> Wrong,
) -> Result<Result<(), Wrong>, PageError> {
    let file = Path::new(&existing.loaded.path);
    let mut secrets = Secrets::default();
    if let Some((name, secret)) = saving.secret {
        let made = place::free_beside(file, name);
        let line = format!("{}\n", secret.reveal());
        if let Err(error) = place::create(&made, line.as_bytes()) {
            return Ok(Err(whole(&format!("{error:#}"))));
        }
        secrets.made = Some(made);
    }
    let made = secrets.made.clone();
    if let Some(former) = saving.former.filter(|_| made.is_some() || saving.is_gone) {
        // One that cannot be read cannot be put back, and is left where it is.
        let held = files::read(&former, files::LARGEST_TEXT).ok();
        let held = held.and_then(|bytes| String::from_utf8(bytes).ok());
        secrets.gone = held.map(|held| (former, Secret::new(held)));
    }
    let gone = secrets.gone.as_ref().map(|(file, _)| file.clone());
    let after = text(made.as_deref());
    let after = after.and_then(|text| existing.with(text).map_err(|error| why(&error)));
    let taken = match after {
        // What stood there anyway is no change, and takes no other one's place.
        Ok(after) if after.text == existing.loaded.text => Ok(Ok(())),
        Ok(after) => {
            let changed = Changed {
                after,
                judged: saving.judged,
                said: saving.said,
                home: saving.home.to_owned(),
                secrets,
            };
            take_over(visit, existing, changed)
        }
        Err(wrong) => Ok(Err(wrong)),
    };
    // Of the two files of a secret one is of no use any more: the one before, or the new one.
    let useless = if matches!(taken, Ok(Ok(()))) {
        gone
    } else {
        made
    };
    if let Some(useless) = useless {
        files::remove(&useless);
    }
    taken
}

/// The file of a secret, if it is one that Pubwatch has written beside the configuration, and nothing
/// else of the plan names it.
pub(super) fn own_file(
    plan: &Plan,
    secret: Option<&SecretSource>,
    (config, name): (&Path, &str),
) -> Option<PathBuf> {
    let SecretSource::File(file) = secret? else {
        return None;
    };
    let is_ours = file.file_name()?.to_str()?.starts_with(name)
        && file.parent() == std::path::absolute(config).ok()?.parent();
    let mail = plan.mail.iter().filter_map(|mail| mail.password.as_ref());
    let hooks = plan.hooks.iter().filter_map(|hook| hook.secret.as_ref());
    let api = plan.api.iter().map(|api| &api.secret);
    let users = mail
        .chain(hooks)
        .chain(api)
        .filter(|other| Some(*other) == secret);
    (is_ours && users.count() == 1).then(|| file.clone())
}

#[cfg(test)]
mod tests {
    use super::super::site::{Guard, Live};
    use super::*;
    use crate::clock::Clock;
    use crate::db::Db;
    use crate::judge::Settings;
    use crate::web::security::Origin;

    /// The site of an author of that name.
    fn site(db: &Arc<Db>, name: &str, now: Timestamp) -> Site {
        let text = format!(
            "[author]\nname = \"{name}\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n"
        );
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let (plan, _) = crate::config::check(&text, "pubwatch.toml", today).unwrap();
        let settings = Settings::of(&plan).unwrap();
        let (clock, guard) = (Clock::starting_at(now), Arc::<Guard>::default());
        Site::new(plan, Arc::clone(db), clock, settings, guard)
    }

    #[test]
    fn what_ends_after_the_configuration_was_read_again_leaves_the_new_one_in_force() {
        let now: Timestamp = "2027-01-25T17:30:00Z".parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let db = Arc::new(Db::open(&folder.path().join("pubwatch.db")).unwrap());
        let live = Arc::new(Live::new(site(&db, "Jane Roe", now)));
        let visit = Visit {
            site: live.now(),
            live: Arc::clone(&live),
            now,
            origin: Origin::new(None),
            host: String::new(),
            session: String::new(),
        };
        live.replace(site(&db, "June Roe", now));
        let shown = || {
            let site = live.now();
            (site.plan.author.name.clone(), site.last.is_some())
        };
        paused(&visit, &[], "Paused.".to_owned(), "/".to_owned());
        assert_eq!(shown(), ("June Roe".to_owned(), true));
        forget(&visit);
        assert_eq!(shown(), ("June Roe".to_owned(), false));
    }
}
