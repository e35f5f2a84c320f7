//! The official contacts: where to write to whom. They stand here and in `say/en/contacts.ftl`, and
//! nowhere else, because look-alike support sites exist.

use super::Party;

use crate::say::{fixed, say};

/// Where to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportContact {
    /// Who is there.
    pub who: &'static str,
    /// How to reach them, and what to mind.
    pub how: &'static str,
    /// The official address.
    pub link: Option<&'static str>,
}

impl Party {
    /// The official contact.
    pub fn contact(self) -> SupportContact {
        let (name, link) = match self {
            Self::IngramSpark => (
                "ingramspark",
                Some("https://help.ingramspark.com/hc/en-us/requests/new"),
            ),
            Self::Draft2Digital => (
                "draft2digital",
                Some("https://draft2digital.freshdesk.com/support/home"),
            ),
            Self::PublishDrive => ("publishdrive", None),
            Self::Distributor => ("distributor", None),
            Self::Kdp => ("kdp", Some("https://kdp.amazon.com/contact-us")),
            Self::BarnesNoble => ("barnes-noble", Some("mailto:Titles@bn.com")),
            Self::Bookshop => ("bookshop", Some("https://support.bookshop.org/")),
            Self::Store => ("store", None),
        };
        SupportContact {
            who: fixed(&format!("contact-{name}")),
            how: fixed(&format!("contact-{name}.how")),
            link,
        }
    }

    /// How to write to them, as a sentence.
    pub fn how(self) -> String {
        let contact = self.contact();
        say!("write-to", who = contact.who, how = contact.how)
    }
}
