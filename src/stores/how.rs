//! How a page was read: as the pages of its store are meant to be, or by what stands in for that.

use crate::book::Family;
use crate::page::{Reading, UnreadReason};

/// How a page was read, from worse to better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// It came, and said nothing that we understand.
    NotUnderstood,
    /// By what stands in for the rules that are made for its store: by its data alone where the
    /// store has a reader, by its button alone where data is what is read.
    ByFallback,
    /// As the pages of its store are meant to be read.
    AsMeant,
}

impl How {
    /// How a reading came about, by the rule that spoke; `None` where it says nothing about the
    /// form of the page.
    pub fn of(family: Family, reading: &Reading) -> Option<Self> {
        match reading {
            Reading::Unread(unread) => match unread.reason {
                UnreadReason::NoEvidence => Some(Self::NotUnderstood),
                UnreadReason::Blocked
                | UnreadReason::Robots
                | UnreadReason::Unreachable
                | UnreadReason::WrongProduct
                | UnreadReason::NotOfferedHere => None,
            },
            Reading::Says(says) => {
                let is_data = says.rule.starts_with("data/");
                let is_meant = match family {
                    Family::Amazon | Family::BarnesNoble | Family::Bookshop => !is_data,
                    Family::Other => is_data || says.rule == "generic/taught-words",
                };
                Some(if is_meant {
                    Self::AsMeant
                } else {
                    Self::ByFallback
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Availability;
    use crate::page::Says;

    #[test]
    fn a_wall_says_nothing_about_the_form_of_a_page() {
        let of = |reason| How::of(Family::Amazon, &Reading::unread(reason, "rule", "words"));
        let said: Vec<_> = UnreadReason::ALL.into_iter().filter_map(of).collect();
        assert_eq!(said, [How::NotUnderstood]);
    }

    #[track_caller]
    fn check(family: Family, rule: &str, expected: How) {
        let says = Says::new(Availability::InStock, rule, "words", "place");
        let how = How::of(family, &Reading::Says(Box::new(says)));
        assert_eq!(how, Some(expected), "{rule}");
    }

    #[test]
    fn data_is_a_fallback_where_a_store_has_a_reader_and_what_is_meant_elsewhere() {
        check(Family::Amazon, "amazon/in-stock", How::AsMeant);
        check(Family::BarnesNoble, "data/json-ld", How::ByFallback);
        check(Family::Bookshop, "data/json-ld", How::ByFallback);
        check(Family::Other, "data/json-ld", How::AsMeant);
        check(Family::Other, "generic/taught-words", How::AsMeant);
        check(Family::Other, "generic/order-button", How::ByFallback);
    }
}
