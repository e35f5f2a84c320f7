//! The heartbeat: one tick a minute, by UTC, into a channel.
//!
//! It decides nothing. tokio-cron-scheduler keeps the offset that a zone had when the job was
//! made, lets runs overlap and never catches up, so what is due is asked of [`crate::schedule::due()`] at
//! every tick; a tick that is lost or late costs a minute and nothing else. When its next tick is, it
//! keeps by the machine's clock: one that is set back by hours would silence it for as long, so that
//! whoever hears it waits no longer than [`LONGEST_SILENCE`].

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

/// Once a minute, on the minute; the first field is the seconds.
const EVERY_MINUTE: &str = "0 * * * * *";

/// Whoever hears no tick for this long, which no clock can change, takes it as one.
pub(super) const LONGEST_SILENCE: Duration = Duration::from_secs(90);

/// How many messages the library's channels hold; unless told two hundred, which take
/// 170 kB. One job a minute needs few.
const MESSAGES: usize = 16;

/// A tick. It carries no time: whoever hears it looks at the clock, since it may have waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tick;

/// A running heartbeat.
pub(super) struct Ticker {
    scheduler: JobScheduler,
    /// The job has a weak one: what the scheduler still starts while it stops finds this gone.
    ticks: mpsc::Sender<Tick>,
}

impl std::fmt::Debug for Ticker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ticker").finish_non_exhaustive()
    }
}

/// The heartbeat cannot start or stop.
#[derive(Debug, thiserror::Error)]
#[error("the heartbeat cannot be {verb}: {source}; restart pubwatch")]
pub(super) struct TickerError {
    verb: &'static str,
    source: JobSchedulerError,
}

impl Ticker {
    /// Starts a heartbeat that sends one tick a minute.
    ///
    /// A tick that finds the channel full is dropped: there is one waiting already.
    ///
    /// # Errors
    ///
    /// [`TickerError`] when the scheduler cannot start.
    pub(super) async fn start(ticks: mpsc::Sender<Tick>) -> Result<Self, TickerError> {
        Self::start_at(EVERY_MINUTE, ticks).await
    }

    async fn start_at(schedule: &str, ticks: mpsc::Sender<Tick>) -> Result<Self, TickerError> {
        let wrong = |source| TickerError {
            verb: "started",
            source,
        };
        let scheduler = JobScheduler::new_with_channel_size(MESSAGES)
            .await
            .map_err(wrong)?;
        let weak = ticks.downgrade();
        let job = Job::new(schedule, move |_, _| {
            if let Some(ticks) = weak.upgrade() {
                // Full: one is waiting. Closed: the program is about to end.
                let _ = ticks.try_send(Tick);
            }
        })
        .map_err(wrong)?;
        scheduler.add(job).await.map_err(wrong)?;
        scheduler.start().await.map_err(wrong)?;
        Ok(Self { scheduler, ticks })
    }

    /// Stops the heartbeat, and so ends the channel: behind what is in it comes no tick.
    ///
    /// # Errors
    ///
    /// [`TickerError`] when the scheduler cannot stop.
    pub(super) async fn stop(mut self) -> Result<(), TickerError> {
        drop(self.ticks);
        self.scheduler
            .shutdown()
            .await
            .map_err(|source| TickerError {
                verb: "stopped",
                source,
            })
    }
}

/// Waits for the next tick, and makes one up where none came within `longest_silence`. `None`: the
/// heartbeat was stopped.
pub(super) async fn next(
    ticks: &mut mpsc::Receiver<Tick>,
    longest_silence: Duration,
) -> Option<Tick> {
    timeout(longest_silence, ticks.recv())
        .await
        .unwrap_or(Some(Tick))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_heartbeat_that_a_clock_has_silenced_is_made_up_for_until_it_is_stopped() {
        let (sender, mut ticks) = mpsc::channel(1);
        let short = Duration::from_millis(20);
        for _ in 0..2 {
            assert_eq!(next(&mut ticks, short).await, Some(Tick));
        }
        // One that comes in time is the tick, and nothing is made up beside it.
        sender.send(Tick).await.unwrap();
        assert_eq!(next(&mut ticks, LONGEST_SILENCE).await, Some(Tick));
        assert!(ticks.try_recv().is_err());
        drop(sender);
        assert_eq!(next(&mut ticks, LONGEST_SILENCE).await, None);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn it_ticks_until_it_is_stopped() {
        let (sender, mut ticks) = mpsc::channel(1);
        let ticker = Ticker::start_at("* * * * * *", sender).await.unwrap();
        for _ in 0..2 {
            let tick = timeout(Duration::from_secs(10), ticks.recv()).await;
            assert_eq!(tick, Ok(Some(Tick)));
        }
        ticker.stop().await.unwrap();
        // One may have been on its way.
        let ended = async { while ticks.recv().await.is_some() {} };
        assert_eq!(timeout(Duration::from_secs(10), ended).await, Ok(()));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn ticks_that_nobody_hears_do_not_pile_up() {
        let (sender, mut ticks) = mpsc::channel(1);
        let ticker = Ticker::start_at("* * * * * *", sender).await.unwrap();
        tokio::time::sleep(Duration::from_secs(3)).await;
        ticker.stop().await.unwrap();
        assert_eq!(ticks.try_recv(), Ok(Tick));
        assert!(ticks.try_recv().is_err());
    }
}
