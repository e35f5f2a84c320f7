//! What the settings let one try: whether letters and messages get through, and a backup to keep.

use axum::Form;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use tokio::runtime::Handle;

use super::answer::{Answered, Visit, bad_request, file, refusal};
use super::pages::settings_page;
use super::router::Filled;
use super::site::random;
use crate::db::backup;
use crate::files;
use crate::mail::deliver::Transport;
use crate::setup::test_letter;
use crate::text::words;
use crate::web::security::hex;
use crate::web::settings::{Tried, way};

/// The largest backup that is handed over, in bytes: it is held in memory meanwhile.
const LARGEST_BACKUP: u64 = 64 << 20;

/// Sends a test letter, or a test message to a webhook or a phone. The answer is the page itself,
/// because what came of it is shown only there.
pub(super) fn test(visit: &Visit, Form(filled): Form<Filled>) -> Answered {
    let plan = &visit.site.plan;
    let hook = match filled.way.as_str() {
        "" => None,
        wanted => Some(
            plan.hooks
                .iter()
                .find(|hook| way(hook) == wanted)
                .ok_or_else(|| bad_request("There is no such webhook or phone."))?,
        ),
    };
    let sent = Handle::current().block_on(async {
        let transport = match hook {
            Some(hook) => Transport::from_hook(hook).await,
            None => Transport::from_plan(plan).await,
        };
        let transport = transport.map_err(|error| error.to_string())?;
        test_letter::send_soon(plan, &transport, visit.now).await
    });
    let is_good = sent.is_ok();
    let (Ok(said) | Err(said)) = sent;
    let said = words::capital(&said);
    settings_page(visit, None, Some(Tried { is_good, said }))
}

/// The database as one file to keep.
pub(super) fn backup(visit: &Visit, (): ()) -> Answered {
    let db = &visit.site.db;
    let broken = |why: String| refusal(StatusCode::INTERNAL_SERVER_ERROR, why);
    let name = random::<8>().map_err(|error| broken(words::capital(&error.to_string())))?;
    // Beside the database, where nobody else may look.
    let copy = db
        .path()
        .with_file_name(format!("download-{}.db", hex(&name)));
    backup::save(db, &copy)
        .map_err(|error| broken(format!("The backup cannot be made: {error}.")))?;
    let read = files::read(&copy, LARGEST_BACKUP);
    files::remove(&copy);
    let bytes = read.map_err(|error| {
        broken(format!(
            "The backup cannot be handed over here: {error}; `pubwatch backup FILE` has no bound."
        ))
    })?;
    let day = visit
        .now
        .to_zoned(visit.site.plan.author.zone.clone())
        .date();
    let name = format!("pubwatch-{day}.db");
    Ok(file(
        "application/vnd.sqlite3",
        bytes.into_response(),
        Some(&name),
    ))
}
