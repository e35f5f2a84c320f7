//! What a look at one thing gave.

use serde_json::{Value, json};

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// In order.
    Good,
    /// Worth knowing.
    Note,
    /// Not in order: the watch, or the letters, suffer.
    Wrong,
}

impl State {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Note => "note",
            Self::Wrong => "wrong",
        }
    }
}

/// What was looked at, how it is, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) topic: String,
    pub(super) state: State,
    pub(super) says: String,
    pub(super) next: Option<String>,
}

impl Look {
    pub(super) fn good(topic: &str, says: impl Into<String>) -> Self {
        Self::new(topic, State::Good, says)
    }

    pub(super) fn note(topic: &str, says: impl Into<String>) -> Self {
        Self::new(topic, State::Note, says)
    }

    pub(super) fn wrong(topic: &str, says: impl Into<String>) -> Self {
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

    /// The next step.
    pub(super) fn next(mut self, step: impl Into<String>) -> Self {
        self.next = Some(step.into());
        self
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "topic": self.topic,
            "state": self.state.name(),
            "says": self.says,
            "next": self.next,
        })
    }
}
