//! The official contacts: where to write to whom. They stand here and nowhere else, because
//! look-alike support sites exist.

use super::Party;

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
        let (who, how, link) = match self {
            Self::IngramSpark => (
                "IngramSpark support",
                "“Submit a request” at help.ingramspark.com, or \
                 Ingramsparksupport@ingramcontent.com. Write from the e-mail address of your \
                 IngramSpark account, one request a message",
                Some("https://help.ingramspark.com/hc/en-us/requests/new"),
            ),
            Self::Draft2Digital => (
                "Draft2Digital support",
                "the contact form in your Draft2Digital account; it is the only contact \
                 for a book that they distribute",
                Some("https://draft2digital.freshdesk.com/support/home"),
            ),
            Self::PublishDrive => (
                "PublishDrive support",
                "the contact form in your PublishDrive account; it is the only contact \
                 for a book that they distribute",
                None,
            ),
            Self::Distributor => (
                "your distributor",
                "whoever carries the book to the stores; they alone can re-send its record",
                None,
            ),
            Self::Kdp => (
                "KDP support",
                "“Contact us” at the foot of kdp.amazon.com, signed in; if they wrote to you, answer \
                 that very e-mail",
                Some("https://kdp.amazon.com/contact-us"),
            ),
            Self::BarnesNoble => (
                "Barnes & Noble's title desk",
                "Titles@bn.com, for up to 25 titles",
                Some("mailto:Titles@bn.com"),
            ),
            Self::Bookshop => (
                "Bookshop.org support",
                "support.bookshop.org; give the ISBN-13",
                Some("https://support.bookshop.org/"),
            ),
            Self::Store => (
                "the store",
                "its customer service, from the store's own help page",
                None,
            ),
        };
        SupportContact { who, how, link }
    }

    /// How to write to them, as a sentence.
    pub fn how(self) -> String {
        let contact = self.contact();
        format!("Write to {}: {}.", contact.who, contact.how)
    }
}
