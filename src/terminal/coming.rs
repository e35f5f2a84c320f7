//! When the schedule of the configuration comes due next, so that whoever wrote it sees what it
//! means before it does.

use jiff::Timestamp;

use crate::config::plan::Plan;
use crate::schedule::cron::coming;
use crate::text::words;

/// So many times are shown of each: from two of them the rhythm can be seen.
const SHOWN: usize = 3;

/// When checks, where they follow a schedule, and digests come next, each after `now`.
pub(crate) struct Coming {
    pub(crate) checks: Option<Vec<Timestamp>>,
    pub(crate) digests: Vec<Timestamp>,
}

impl Coming {
    pub(crate) fn of(plan: &Plan, now: Timestamp) -> Self {
        let next = |cron| coming(cron, &plan.author.zone, now).take(SHOWN).collect();
        Self {
            checks: plan.schedule.check.as_ref().map(next),
            digests: next(&plan.schedule.digest),
        }
    }

    /// A line for each.
    pub(crate) fn lines(&self, plan: &Plan, now: Timestamp) -> String {
        let shown = |times: &[Timestamp]| {
            let zone = &plan.author.zone;
            let times = times.iter().map(|at| words::brief_moment(*at, zone, now));
            times.collect::<Vec<_>>().join("; ")
        };
        let checks = self.checks.as_deref();
        let checks = checks.map(|times| format!("Checks come next: {}\n", shown(times)));
        let digests = shown(&self.digests);
        format!(
            "{}Digests come next: {digests}\n",
            checks.unwrap_or_default()
        )
    }
}
