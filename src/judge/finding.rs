//! What a rule finds, as data: a closed list of kinds with their facts as fields, and the one next
//! step. No sentence and no formatted date is in it; English is written in [`super::text`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

use super::kind::FindingKind;
use super::windows::{Stage, Window};
use crate::book::{Availability, StoreId};
use crate::page::Says;
use crate::say::{fixed, say};

/// The form in which findings are kept; one more whenever a kept one could be misread.
pub const FACTS_VERSION: i64 = 1;

/// What a rule thinks now about an edition or some of its listings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is, with its facts.
    #[serde(flatten)]
    pub kind: FindingKind,
    /// The stores that it is about, in the edition's order; empty when it is about the edition.
    pub stores: Vec<StoreId>,
    /// How much it matters now.
    pub severity: Severity,
    /// Since when the thing it is about has lasted.
    pub since: Timestamp,
    /// What the pages of `stores` say, where it rests on them.
    #[serde(default)]
    pub pages: Vec<PageFacts>,
    /// Where it lies in its window.
    #[serde(default)]
    pub stage: Option<Stage>,
    /// What is usual, and who says so.
    #[serde(default)]
    pub usual: Option<Usual>,
    /// Until when it is within what is usual.
    #[serde(default)]
    pub usual_until: Option<Timestamp>,
    /// The date from which acting is right; in the past once `severity` is Act.
    #[serde(default)]
    pub act_from: Option<Timestamp>,
    /// The one next step.
    pub next: NextStep,
}

/// What a page says, as the evidence of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageFacts {
    /// The store.
    pub store: StoreId,
    /// What it offers.
    pub state: Availability,
    /// Its own words.
    pub words: String,
    /// The first of the readings that say so.
    pub since: Timestamp,
    /// The newest of them: the evidence reaches so far and no further.
    pub seen: Timestamp,
    /// Until when that may be spoken of as what is; `None`: for ever.
    #[serde(default)]
    pub good_until: Option<Timestamp>,
}

/// The one next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", rename_all_fields = "snake_case")]
pub enum NextStep {
    /// There is nothing to do.
    Nothing,
    /// Waiting is right, until then where there is such a time; else it usually passes by itself.
    Wait {
        /// Until when.
        until: Option<Timestamp>,
    },
    /// The author has asked; the answer is waited for.
    AwaitAnswer {
        /// When she asked.
        asked: Timestamp,
        /// The number of the request.
        ticket: Option<String>,
        /// When an answer is due.
        until: Timestamp,
    },
    /// Ask somebody.
    Ask {
        /// Whom.
        whom: Party,
        /// What to send.
        text: Option<SupportText>,
    },
    /// Do it yourself.
    Do {
        /// What.
        task: Task,
    },
}

impl NextStep {
    /// Ask somebody, with that text.
    pub(crate) fn ask(whom: Party, text: SupportText) -> Self {
        Self::Ask {
            whom,
            text: Some(text),
        }
    }
}

impl From<Task> for NextStep {
    fn from(task: Task) -> Self {
        Self::Do { task }
    }
}

/// What an author can do herself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Publish at KDP, and tell us.
    PublishAtKdp,
    /// Look at the dates, the discount or the price in the account.
    CheckAccount,
    /// Look at the pages, and tell us what they say.
    LookYourself,
    /// Set the right address in the configuration.
    CorrectAddress,
    /// What the calendar says.
    Calendar,
    /// Share the address.
    Share,
    /// Tell us what we do not know.
    TellUs,
    /// Tell readers.
    TellReaders,
    /// Look at this machine's network.
    CheckNetwork,
}

/// What is usual, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usual {
    /// The sentence of the window, as "Ingram says most sites list within 4 weeks".
    pub sentence: String,
    /// The short name of the source, as "IngramSpark help".
    pub source: String,
    /// Its address.
    pub link: Option<String>,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[derive(Serialize, Deserialize, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Severity {
    /// Within what is usual: nothing is said, but that it is usual, and until when.
    Quiet,
    /// A page appeared, a book is released everywhere, a worry is over.
    #[serde(rename = "good")]
    #[strum(serialize = "good")]
    GoodNews,
    /// Unusual, but waiting is right.
    Watch,
    /// A day of the calendar on which something is right to do.
    ToDo,
    /// Money or a date is at risk, and there is something to do.
    Act,
}

impl Severity {
    /// The name in tables, commands and stories.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The word in subjects and on pages.
    pub fn word(self) -> &'static str {
        fixed(&format!("severity-{}", self.name()))
    }

    /// The severity of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    /// Something is wrong or to be done: it opens an alert.
    pub fn is_trouble(self) -> bool {
        Self::Watch <= self
    }
}

/// How many there are of what needs somebody, as "1 to act on, 2 to watch"; empty where there is none.
pub fn counted(severities: impl IntoIterator<Item = Severity>) -> String {
    let all: Vec<Severity> = severities.into_iter().collect();
    let named = [Severity::Act, Severity::ToDo, Severity::Watch].map(|severity| {
        let count = all.iter().filter(|one| **one == severity).count();
        (0 < count).then(|| say!(&format!("so-many-{}", severity.name()), n = count))
    });
    named.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

impl From<Stage> for Severity {
    /// The severity that goes with a place in a window.
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Quiet => Self::Quiet,
            Stage::Normal | Stage::Late => Self::Watch,
            Stage::Act => Self::Act,
        }
    }
}

/// Who can help, by the official contacts only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// IngramSpark support.
    IngramSpark,
    /// Draft2Digital support.
    Draft2Digital,
    /// PublishDrive support.
    PublishDrive,
    /// The distributor, whoever it is.
    Distributor,
    /// KDP support.
    Kdp,
    /// Barnes & Noble's title desk.
    BarnesNoble,
    /// Bookshop.org support.
    Bookshop,
    /// The store itself.
    Store,
}

impl Party {
    /// The name in a sentence, as in "write to IngramSpark".
    pub fn label(self) -> &'static str {
        match self {
            Self::IngramSpark => "IngramSpark",
            Self::Draft2Digital => "Draft2Digital",
            Self::PublishDrive => "PublishDrive",
            Self::Distributor => fixed("your-distributor"),
            Self::Kdp => "KDP",
            Self::BarnesNoble => "Barnes & Noble",
            Self::Bookshop => "Bookshop.org",
            Self::Store => fixed("the-store"),
        }
    }
}

/// The ready texts A to H.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupportText {
    /// A: unavailable at one store while others take orders, to the distributor.
    ResendUnavailable,
    /// B: not listed after the usual time, to the distributor.
    NotListed,
    /// C: wrong date, or on sale too early.
    WrongDate,
    /// D: published at KDP, not live after 72 hours.
    KdpNotLive,
    /// E: the answer to KDP's question about the rights.
    RightsQuery,
    /// F: formats not joined.
    FormatsNotLinked,
    /// G: a data fault at Barnes & Noble.
    BarnesNobleFault,
    /// H: old cover or text.
    StaleMetadata,
}

impl Finding {
    /// A finding to be completed: Watch, with nothing to do.
    pub fn new(kind: FindingKind, stores: Vec<StoreId>, since: Timestamp) -> Self {
        Self {
            kind,
            stores,
            severity: Severity::Watch,
            since,
            pages: Vec::new(),
            stage: None,
            usual: None,
            usual_until: None,
            act_from: None,
            next: NextStep::Nothing,
        }
    }

    /// With a severity that no window gives.
    pub fn weighing(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// In a window that counts from `start`, last seen at `seen`: its severity, what is usual, and
    /// when acting is right.
    pub fn within(mut self, window: &Window, start: Timestamp, seen: Timestamp) -> Self {
        let stage = window.stage(start, seen);
        self.stage = Some(stage);
        self.severity = stage.into();
        self.usual = Some(window.usual());
        self.usual_until = Some(window.normal_until(start));
        self.act_from = window.act_from(start);
        self
    }

    /// Acting is right from `act_from` on, if that is earlier than its window says.
    pub fn at_the_latest(mut self, act_from: Timestamp, seen: Timestamp) -> Self {
        if self.act_from.is_none_or(|known| act_from < known) {
            self.act_from = Some(act_from);
            self.usual_until = self.usual_until.map(|until| until.min(act_from));
            if act_from <= seen {
                self.stage = Some(Stage::Act);
                self.severity = Severity::Act;
            }
        }
        self
    }

    /// With what the page says.
    pub(crate) fn seen_on(
        mut self,
        store: &StoreId,
        says: &Says,
        span: (Timestamp, Timestamp),
    ) -> Self {
        self.pages.push(PageFacts {
            store: store.clone(),
            state: says.availability,
            words: says.words.clone(),
            since: span.0,
            seen: span.1,
            good_until: None,
        });
        self
    }

    /// The pages that it rests on and that are not seen at a time: what it says of them was so when
    /// they were last seen.
    pub fn unseen_pages(&self, at: Timestamp) -> impl Iterator<Item = &PageFacts> {
        let is_old = move |page: &&PageFacts| page.good_until.is_some_and(|until| until < at);
        self.pages.iter().filter(is_old)
    }

    /// With a thing to do.
    pub fn to_do(mut self, task: Task) -> Self {
        self.next = NextStep::Do { task };
        self
    }

    /// With the step to take once acting is right; until then it is to wait.
    pub fn then(mut self, step: NextStep) -> Self {
        self.next = if self.severity == Severity::Act {
            step
        } else {
            NextStep::Wait {
                until: self.act_from,
            }
        };
        self
    }

    /// Whom to ask, when the next step is to ask.
    pub fn ask(&self) -> Option<Party> {
        match &self.next {
            NextStep::Ask { whom, .. } => Some(*whom),
            NextStep::Nothing
            | NextStep::Wait { .. }
            | NextStep::AwaitAnswer { .. }
            | NextStep::Do { .. } => None,
        }
    }

    /// The text to send, when there is one.
    pub fn support_text(&self) -> Option<SupportText> {
        match &self.next {
            NextStep::Ask { text, .. } => *text,
            NextStep::Nothing
            | NextStep::Wait { .. }
            | NextStep::AwaitAnswer { .. }
            | NextStep::Do { .. } => None,
        }
    }
}
