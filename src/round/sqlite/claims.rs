//! The right to look at a listing: of any number of processes that found it due, one looks, and one
//! look is recorded.

use jiff::{SignedDuration, Timestamp};

use crate::history::Observation;
use crate::history::evidence::Evidence;
use crate::history::sqlite::{Recorded, claim_look, looks};
use crate::round::{House, Task};

/// How long the right to look at a listing outlives the deadline of its request.
const MARGIN: SignedDuration = SignedDuration::from_secs(5);

/// Takes the right to look at a listing now. False when somebody else has, or is.
pub(in crate::round) fn claim(house: &House, task: &Task) -> rusqlite::Result<bool> {
    // Every way in may take its whole time, and waits out the pause before it.
    let manners = &house.plan.manners;
    let ways = u32::try_from(house.sources(task).len()).unwrap_or(1);
    let hold = (manners.deadline + manners.pause + manners.jitter) * ways;
    let hold = SignedDuration::try_from(hold).unwrap_or(SignedDuration::from_mins(1));
    house.db.write(|transaction| {
        // Asked for once the file is ours: a claim dated before a long wait for it would be over
        // when it is written, and the next process would look too.
        let now = house.clock.now();
        let until = now.saturating_add(hold + MARGIN).unwrap_or(Timestamp::MAX);
        claim_look(transaction, &task.listing, task.last_try, now, until)
    })
}

/// Records what a claimed look gave. `None`: the claim ran out, as this process was held up, and
/// somebody else has looked since; one look is recorded once.
pub(in crate::round) fn take_in_claimed(
    house: &House,
    task: &Task,
    observation: &Observation,
    evidence: Option<&Evidence>,
) -> rusqlite::Result<Option<Recorded>> {
    house.db.write(|transaction| {
        if looks(transaction, &task.listing)?.last_try != task.last_try {
            return Ok(None);
        }
        super::remember(transaction, house, observation, evidence).map(Some)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::book::{Availability, Source};
    use crate::clock::Clock;
    use crate::config;
    use crate::db::Db;
    use crate::fetch::Fetcher;
    use crate::history::sqlite::observations;
    use crate::judge::Settings;
    use crate::page::{Reading, Says};
    use crate::round::{Which, sqlite};

    const CONFIGURATION: &str = "[author]
name = 'Jane Roe'
email = 'jane@example.com'
timezone = 'UTC'
[[edition]]
title = 'Salt Roads'
isbn = '9780132350884'
publication_date = 2027-05-18
distribution_enabled = 2027-01-02
stores = ['amazon.com']
";

    /// A process of its own: another connection to the same file.
    fn process(folder: &Path, clock: &Clock) -> House {
        let today = "2027-02-01".parse().unwrap();
        let (plan, _) = config::check(CONFIGURATION, "pubwatch.toml", today).unwrap();
        let db = Arc::new(Db::open(&folder.join("pubwatch.db")).unwrap());
        let settings = Settings::of(&plan).unwrap();
        let fetcher =
            Fetcher::new(Arc::clone(&db), clock.clone(), &plan.manners, &plan.stores).unwrap();
        House::new(plan, db, clock.clone(), settings, fetcher)
    }

    fn due(house: &House) -> Task {
        sqlite::due(house, Which::Due, house.clock.now())
            .unwrap()
            .remove(0)
    }

    fn seen(task: &Task, at: Timestamp) -> Observation {
        let state = Availability::PreOrder;
        Observation {
            listing: task.listing.clone(),
            at,
            source: Source::Http,
            reading: Reading::Says(Box::new(Says::new(state, "test", "Pre-order", "#buy"))),
        }
    }

    #[test]
    fn a_claim_that_waited_long_for_the_database_holds_from_when_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::starting_at("2027-02-01T08:00:00Z".parse().unwrap());
        let [first, second, third] = [(); 3].map(|()| process(folder.path(), &clock));
        let (task, same) = (due(&first), due(&second));
        let (mine, theirs) = std::thread::scope(|scope| {
            let written = third.db.write(|_| -> rusqlite::Result<_> {
                let claiming = scope.spawn(|| claim(&first, &task));
                // It waits for the file while the clock goes on for longer than a claim lasts.
                std::thread::sleep(Duration::from_millis(300));
                assert!(!claiming.is_finished());
                clock.turn_to("2027-02-01T08:05:00Z".parse().unwrap());
                Ok(claiming)
            });
            let mine = written.unwrap().join().unwrap();
            (mine, claim(&second, &same))
        });
        assert!(mine.unwrap());
        assert!(!theirs.unwrap());
    }

    #[test]
    fn a_page_that_another_process_has_just_looked_at_is_not_due_by_an_older_reading_of_the_clock()
    {
        let folder = tempfile::tempdir().unwrap();
        let start: Timestamp = "2027-02-01T08:00:00Z".parse().unwrap();
        let clock = Clock::starting_at(start);
        let [first, second] = [(); 2].map(|()| process(folder.path(), &clock));
        let task = due(&first);
        assert!(claim(&first, &task).unwrap());
        let at = start + SignedDuration::from_millis(400);
        let taken_in = take_in_claimed(&first, &task, &seen(&task, at), None);
        assert!(taken_in.unwrap().is_some());
        let asked_at = |now| sqlite::due(&second, Which::All, now).unwrap().len();
        assert_eq!(asked_at(start), 0, "the clock was read before that look");
        let set_back = start - SignedDuration::from_hours(24 * 365);
        assert_eq!(asked_at(set_back), 1, "a clock that was set back");
    }

    #[test]
    fn of_two_looks_whose_claims_both_ran_out_one_is_recorded() {
        let folder = tempfile::tempdir().unwrap();
        let start: Timestamp = "2027-02-01T08:00:00Z".parse().unwrap();
        let clock = Clock::starting_at(start);
        let [first, second] = [(); 2].map(|()| process(folder.path(), &clock));
        let (task, same) = (due(&first), due(&second));
        assert!(claim(&first, &task).unwrap());
        let late = start + SignedDuration::from_mins(5);
        clock.turn_to(late);
        assert!(claim(&second, &same).unwrap(), "the first one seems dead");
        let theirs = take_in_claimed(&second, &same, &seen(&same, late), None);
        assert!(theirs.unwrap().is_some());
        let mine = take_in_claimed(&first, &task, &seen(&task, late), None);
        assert_eq!(mine.unwrap(), None);
        let looks = |connection: &_| observations(connection, &task.listing, Timestamp::MIN);
        assert_eq!(first.db.read(looks).unwrap().len(), 1);
    }
}
