//! Which editions the overview shows, as its address says.

use crate::book::Phase;
use crate::text::words;

/// What people call the phases of a launch.
pub const PHASES: [(Phase, &str); 8] = [
    (Phase::SetUp, "not enabled yet"),
    (Phase::Propagating, "waiting for pages"),
    (Phase::PreOrder, "pre-order"),
    (Phase::EarlyShip, "last two weeks before"),
    (Phase::ReleaseDay, "release day"),
    (Phase::Switchover, "Amazon changes over to KDP"),
    (Phase::Settling, "first weeks after"),
    (Phase::Steady, "steady"),
];

/// The orders of the overview, as addresses and people name them; the first is the usual one.
pub const ORDERS: [(&str, &str); 3] = [
    ("", "worst first"),
    ("title", "by title"),
    ("date", "by date"),
];

/// Which editions to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words in the title, the author or the ISBN.
    pub words: String,
    /// An imprint or client.
    pub imprint: String,
    /// `coming`, `launching`, `out`, or the name of a phase that one of the stores must be in.
    pub when: String,
    /// A store that must show `state`.
    pub store: String,
    /// A state that one of the stores must show, or `unseen`.
    pub state: String,
    /// The month of publication, as `2027-02`.
    pub month: String,
    /// In which order: one of [`ORDERS`].
    pub order: String,
    /// The page, from 1.
    pub page: usize,
}

impl Filter {
    /// The filter that the query of an address asks for; what is not understood asks for nothing.
    pub fn from_query(query: &str) -> Self {
        let mut filter = Self::default();
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let value = words::clipped(&value, 100);
            match key.as_ref() {
                "q" => filter.words = value,
                "imprint" => filter.imprint = value,
                "when" => filter.when = value,
                "store" => filter.store = value,
                "state" => filter.state = value,
                "month" => filter.month = value,
                "order" => filter.order = value,
                "page" => filter.page = value.parse().unwrap_or(1),
                _ => {}
            }
        }
        filter.page = filter.page.clamp(1, 10_000);
        filter
    }

    /// The query of another page with the same filter.
    pub fn query_of_page(&self, page: usize) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (key, value) in [
            ("q", &self.words),
            ("imprint", &self.imprint),
            ("when", &self.when),
            ("store", &self.store),
            ("state", &self.state),
            ("month", &self.month),
            ("order", &self.order),
        ] {
            if !value.is_empty() {
                query.append_pair(key, value);
            }
        }
        if 1 < page {
            query.append_pair("page", &page.to_string());
        }
        query.finish()
    }

    /// The phase that one of the stores must be in.
    pub fn phase(&self) -> Option<Phase> {
        let mut all = PHASES.iter().map(|(phase, _)| *phase);
        all.find(|phase| phase.name() == self.when)
    }

    /// The query of the overview that shows only this state.
    pub fn query_of_state(&self, state: &str) -> String {
        let narrowed = Self {
            state: state.to_owned(),
            ..self.clone()
        };
        narrowed.query_of_page(1)
    }

    /// The query of the same editions in another order.
    pub fn query_of_order(&self, order: &str) -> String {
        let ordered = Self {
            order: order.to_owned(),
            ..self.clone()
        };
        ordered.query_of_page(1)
    }

    /// It leaves something out.
    pub fn is_narrow(&self) -> bool {
        *self
            != Self {
                page: self.page,
                order: self.order.clone(),
                ..Self::default()
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_its_way_through_an_address() {
        let filter =
            Filter::from_query("q=salt+%26+roads&state=out_of_stock&order=date&page=3&nonsense=1");
        assert_eq!(filter.words, "salt & roads");
        assert_eq!(filter.page, 3);
        let again = Filter::from_query(&filter.query_of_page(3));
        assert_eq!(again, filter);
        assert!(filter.is_narrow() && !Filter::from_query("order=title").is_narrow());
        assert_eq!(Filter::from_query("page=0").page, 1);
        assert_eq!(Filter::from_query("page=-7").page, 1);
    }
}
