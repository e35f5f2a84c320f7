//! Where a short link leads.

use url::Url;

use super::NoPage;
use super::http::{Fetcher, Stop};
use super::sqlite::Passage;
use super::way::{Errand, Way};
use crate::config::plan::ListingPlan;
use crate::db::DbError;

impl Fetcher {
    /// Where an address leads that is nothing but a redirect, as a short link: with all the courtesies
    /// of [`Fetcher::fetch_by`], but one step only, which is told and not taken. Nothing when it does
    /// not redirect; a reason when it could not be asked.
    ///
    /// # Errors
    ///
    /// The database's, as there.
    pub async fn leads_to(
        &self,
        listing: &ListingPlan,
    ) -> Result<Result<Option<Url>, NoPage>, DbError> {
        let wanted = || Ok(true);
        let look = self.look(listing, Way::Http, None, &wanted);
        let asked = async {
            let crawl_delay = self.mind_robots(&look, &listing.ask).await?;
            let passage = Passage::Trying;
            let errand = Errand::Page {
                passage,
                crawl_delay,
            };
            let (answer, _) = self.ask(&look, &listing.ask, errand).await?;
            Ok(answer
                .location
                .and_then(|location| listing.ask.join(&location).ok()))
        };
        match asked.await {
            Ok(led) => Ok(Ok(led)),
            Err(Stop::NoPage(no_page)) => Ok(Err(no_page)),
            Err(Stop::Database(error)) => Err(error),
        }
    }
}
