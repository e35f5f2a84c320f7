//! The days of the demo, each as it stood at its end, on one page.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;

use crate::book::Isbn13;
use crate::clock::Clock;
use crate::db::backup;
use crate::round::House;
use crate::setup::data::open_database;
use crate::web::server::{Guard, Live, Site, listen};

/// Where `pubwatch run` serves its page unless told otherwise.
const USUAL_PLACE: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 7117);

/// The site of the demo, and the days before it, ready to be served.
pub(super) async fn opened(
    house: &House,
    isbn: &Isbn13,
    days: Vec<Ended>,
) -> anyhow::Result<(Arc<Live>, tokio::net::TcpListener)> {
    let guard = Arc::new(Guard::default());
    let site = |db, clock| {
        let (plan, settings) = (house.plan.clone(), house.settings.clone());
        Site::new(plan, db, clock, settings, Arc::clone(&guard))
    };
    let days = days.into_iter().map(|day| {
        let db = open_database(&day.folder)?;
        Ok(site(db, Clock::starting_at(day.at)))
    });
    let days = days.collect::<anyhow::Result<Vec<_>>>()?;
    let last =
        site(Arc::clone(&house.db), house.clock.clone()).with_board(Arc::clone(&house.board));
    let listener = listen(&last, free_place()).await?;
    let page = format!("/editions/{isbn}");
    Ok((Arc::new(Live::with_days(last, days, &page)), listener))
}

/// A day of the launch as it stood at its end.
pub(super) struct Ended {
    /// The last look of the day.
    at: Timestamp,
    /// Where the copy of the database is.
    folder: PathBuf,
}

impl Ended {
    /// Copies the database as it stands now, at the end of a day, into a new folder.
    pub(super) fn keep(house: &House, folder: PathBuf) -> anyhow::Result<Self> {
        std::fs::create_dir(&folder).context("making a folder for a day")?;
        backup::save(&house.db, &folder.join("pubwatch.db"))
            .context("keeping a day of the launch")?;
        let at = house.clock.now();
        Ok(Self { at, folder })
    }
}

/// Where the demo's web page is served: at the usual place, or where there is room. Asked for just
/// before it is served, since other demos may be on their way there.
fn free_place() -> SocketAddr {
    let is_free = TcpListener::bind(USUAL_PLACE).is_ok();
    let port = if is_free { USUAL_PLACE.1 } else { 0 };
    SocketAddr::from((USUAL_PLACE.0, port))
}
