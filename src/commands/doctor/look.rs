//! What a look at one thing gave.

use serde::Serialize;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::commands) enum State {
    /// In order.
    Good,
    /// Worth knowing.
    Note,
    /// Not in order: the watch, or the letters, suffer.
    Wrong,
}

/// What was looked at, how it is, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(in crate::commands) struct Look {
    pub(in crate::commands) topic: String,
    pub(in crate::commands) state: State,
    pub(in crate::commands) says: String,
    pub(in crate::commands) next: Option<String>,
}

impl Look {
    pub(in crate::commands) fn good(topic: &str, says: impl Into<String>) -> Self {
        Self::new(topic, State::Good, says)
    }

    pub(in crate::commands) fn note(topic: &str, says: impl Into<String>) -> Self {
        Self::new(topic, State::Note, says)
    }

    pub(in crate::commands) fn wrong(topic: &str, says: impl Into<String>) -> Self {
        Self::new(topic, State::Wrong, says)
    }

    fn new(topic: &str, state: State, says: impl Into<String>) -> Self {
        Self {
            topic: topic.to_owned(),
            state,
            says: says.into(),
            next: None,
        }
    }

    /// It has to be seen to.
    pub(in crate::commands) fn is_wrong(&self) -> bool {
        self.state == State::Wrong
    }

    /// The next step.
    pub(in crate::commands) fn next(mut self, step: impl Into<String>) -> Self {
        self.next = Some(step.into());
        self
    }
}
