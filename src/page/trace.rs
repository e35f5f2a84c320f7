//! What the rules looked at and what they saw, in order, for people who ask why.

use super::dom::shorten;

/// The most characters of what was seen that are kept for a step.
const SEEN: usize = 160;

/// One rule's look at a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The rule, as `amazon/out-of-stock-box`.
    pub rule: &'static str,
    /// Where it looked, as `#outOfStock`.
    pub place: String,
    /// What it saw there; `None` when there was nothing.
    pub seen: Option<String>,
}

/// The steps of one reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    steps: Vec<Step>,
}

impl Trace {
    /// A rule found nothing where it looked.
    pub fn nothing(&mut self, rule: &'static str, place: &str) {
        self.push(rule, place, None);
    }

    /// A rule saw something.
    pub fn saw(&mut self, rule: &'static str, place: &str, seen: &str) {
        self.push(rule, place, Some(seen));
    }

    /// A rule looked, and saw something or nothing.
    pub fn look(&mut self, rule: &'static str, place: &str, seen: Option<&str>) {
        self.push(rule, place, seen);
    }

    fn push(&mut self, rule: &'static str, place: &str, seen: Option<&str>) {
        self.steps.push(Step {
            rule,
            place: place.to_owned(),
            seen: seen.map(|seen| shorten(seen, SEEN)),
        });
    }

    /// The steps so far, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
}
