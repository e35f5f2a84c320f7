//! Which hosts may be asked now, until when the others may not, and who goes first where there is
//! not enough for all.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Task;
use crate::book::Source;
use crate::fetch::breaker::Gate;
use crate::fetch::ration::{spent_until, used_on};
use crate::fetch::{HostKey, HostMemory};
use crate::schedule::cadence::Urgency;

/// What is remembered of all hosts, as it bears on asking them now.
#[derive(Debug, Default)]
pub(super) struct Doors {
    /// Left alone, because of how they received us.
    shut: BTreeMap<HostKey, Timestamp>,
    /// Have had their requests of the day.
    spent: BTreeMap<HostKey, Timestamp>,
    /// How many requests are left.
    left: BTreeMap<HostKey, u32>,
    cap: u32,
}

/// Until when there is no way in to a page; both empty while one is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Closed {
    pub(super) shut_until: Option<Timestamp>,
    pub(super) spent_until: Option<Timestamp>,
}

impl Doors {
    /// The doors as they stand at `now`, when a host gets `cap` requests in a day.
    pub(super) fn of(memories: &[(HostKey, HostMemory)], cap: u32, now: Timestamp) -> Self {
        let mut doors = Self {
            cap,
            ..Self::default()
        };
        for (host, memory) in memories {
            if let Gate::Shut { until } = memory.breaker.gate(now) {
                doors.shut.insert(host.clone(), until);
            }
            let used = used_on(memory.day, memory.requests, now);
            doors.left.insert(host.clone(), cap.saturating_sub(used));
            if let Some(until) = spent_until(used, cap, now) {
                doors.spent.insert(host.clone(), until);
            }
        }
        doors
    }

    /// Until when every way in to a page at `host` is closed: the one that opens first tells.
    pub(super) fn closed(&self, host: &HostKey, ways: &[Source], api: Option<&HostKey>) -> Closed {
        let asking = ways.iter().filter(|way| **way != Source::ByHand);
        let closed = asking.map(|way| {
            let (door, host) = match (way, api) {
                (Source::Api, Some(api)) => (api.clone(), api),
                _ => (host.through(*way), host),
            };
            Closed {
                shut_until: self.shut.get(&door).copied(),
                spent_until: self.spent.get(host).copied(),
            }
        });
        let opens = |closed: &Closed| closed.shut_until.max(closed.spent_until);
        closed.min_by_key(opens).unwrap_or_default()
    }

    /// Where a host has fewer requests left than pages to be asked, the most urgent ones go first,
    /// and among those the ones that have waited longest: so that none is forgotten for good.
    /// Everything else keeps its order.
    pub(super) fn ration_out(&self, tasks: Vec<(Urgency, Task)>) -> Vec<Task> {
        let host = |task: &Task| HostKey::of(&task.plan.ask);
        let mut wanted: BTreeMap<HostKey, u32> = BTreeMap::new();
        for host in tasks.iter().filter_map(|(_, task)| host(task)) {
            *wanted.entry(host).or_default() += 1;
        }
        let lacks = |task: &Task| {
            host(task).is_some_and(|host| {
                let left = self.left.get(&host).copied().unwrap_or(self.cap);
                wanted.get(&host).is_some_and(|wanted| left < *wanted)
            })
        };
        let (mut scarce, plenty): (Vec<_>, Vec<_>) =
            tasks.into_iter().partition(|(_, task)| lacks(task));
        scarce.sort_by_key(|(urgency, task)| (Reverse(*urgency), task.last_try));
        plenty
            .into_iter()
            .chain(scarce)
            .map(|(_, task)| task)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::StoreId;
    use crate::config::plan::ListingPlan;
    use crate::fetch::Breaker;
    use crate::fetch::ration::day_of;
    use crate::history::ListingId;
    use crate::page::Wanted;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn host(name: &str) -> HostKey {
        HostKey::of(&format!("https://{name}/").parse().unwrap()).unwrap()
    }

    fn used(name: &str, requests: u32) -> (HostKey, HostMemory) {
        let memory = HostMemory {
            day: Some(day_of(time("2027-02-09T12:00:00Z"))),
            requests,
            ..HostMemory::default()
        };
        (host(name), memory)
    }

    fn task(store: &str, number: usize, last_try: Option<&str>) -> Task {
        let edition = ["9781944098117", "9780132350884", "9780306406157"][number];
        let address = format!("https://{store}/book/{edition}");
        Task {
            listing: ListingId {
                edition: edition.parse().unwrap(),
                store: StoreId::new(store),
            },
            plan: ListingPlan {
                store: StoreId::new(store),
                address: address.parse().unwrap(),
                ask: address.parse().unwrap(),
                asin: None,
                is_by_hand: false,
            },
            wanted: Wanted::default(),
            last_try: last_try.map(time),
        }
    }

    #[test]
    fn where_there_is_not_enough_the_launch_goes_first_and_then_whoever_waited_longest() {
        let now = time("2027-02-09T12:00:00Z");
        let doors = Doors::of(&[used("bookshop.org", 98)], 100, now);
        let steady = Urgency::Steady;
        let tasks = vec![
            (
                steady,
                task("bookshop.org", 0, Some("2027-02-08T11:00:00Z")),
            ),
            (steady, task("amazon.com", 0, Some("2027-02-08T12:00:00Z"))),
            (
                steady,
                task("bookshop.org", 1, Some("2027-02-08T10:00:00Z")),
            ),
            (
                Urgency::Switchover,
                task("bookshop.org", 2, Some("2027-02-09T11:00:00Z")),
            ),
            (steady, task("amazon.com", 1, Some("2027-02-08T09:00:00Z"))),
        ];
        let order: Vec<String> = doors
            .ration_out(tasks)
            .iter()
            .map(|task| task.plan.ask.to_string())
            .collect();
        assert_eq!(
            order,
            [
                "https://amazon.com/book/9781944098117",
                "https://amazon.com/book/9780132350884",
                "https://bookshop.org/book/9780306406157",
                "https://bookshop.org/book/9780132350884",
                "https://bookshop.org/book/9781944098117",
            ]
        );
    }

    #[test]
    fn a_page_is_closed_until_the_first_of_its_ways_opens() {
        let now = time("2027-02-09T12:00:00Z");
        let breaker = Breaker {
            refusals: 1,
            shut_until: Some(time("2027-02-09T13:00:00Z")),
            ..Breaker::default()
        };
        let www = host("www.amazon.com");
        let memory = HostMemory {
            breaker,
            ..used("www.amazon.com", 7).1
        };
        let memories = [(www.clone(), memory)];
        let doors = Doors::of(&memories, 100, now);
        let closed = doors.closed(&www, &[Source::Http, Source::ByHand], None);
        assert_eq!(closed.shut_until, Some(time("2027-02-09T13:00:00Z")));
        let both = [Source::Http, Source::Command];
        assert_eq!(doors.closed(&www, &both, None), Closed::default());

        // Another way in to the same host is no way round its ration; the API is another host.
        let doors = Doors::of(&memories, 7, now);
        let closed = doors.closed(&www, &both, None);
        assert_eq!(closed.spent_until, Some(time("2027-02-10T00:00:00Z")));
        let api = host("creatorsapi.amazon");
        let with_api = [Source::Api, Source::Http];
        assert_eq!(doors.closed(&www, &with_api, Some(&api)), Closed::default());
    }
}
