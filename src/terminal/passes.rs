//! Passes given and withdrawn at the terminal.

use anyhow::Context as _;

use crate::config::Plan;
use crate::service::context::Context;
use crate::web::passes::{Pass, hash, sqlite};
use crate::web::security::hex;
use crate::web::server::site::random;

/// Where the page is, without a slash at its end.
pub(crate) fn page(plan: &Plan) -> anyhow::Result<String> {
    let web = &plan.web;
    let listen = || web.listen.map(|place| format!("http://{place}"));
    web.site()
        .map(str::to_owned)
        .or_else(listen)
        .context("the page is off; set `listen` in [web] first")
}

/// A secret for a pass: 256 random bits.
pub(crate) fn secret() -> anyhow::Result<String> {
    Ok(hex(&random::<32>()?))
}

/// Writes a pass down and gives its number: for a client, or for a companion.
pub(crate) fn keep(context: &Context, client: Option<&str>, secret: &str) -> anyhow::Result<i64> {
    let of = (client, hash(secret));
    let now = context.clock.now();
    let db = &context.db;
    db.write(|transaction| sqlite::add(transaction, (of.0, &of.1), now))
        .context("writing the pass down")
}

/// Withdraws a client's link or a companion. False when there is none of that number that holds.
pub(crate) fn withdraw(context: &Context, number: i64, is_companion: bool) -> anyhow::Result<bool> {
    let now = context.clock.now();
    let is_it = |pass: &Pass| pass.number == number && pass.client.is_none() == is_companion;
    let db = &context.db;
    db.write(|transaction| {
        let is_there = sqlite::all(transaction)?.iter().any(is_it);
        Ok::<_, rusqlite::Error>(is_there && sqlite::withdraw(transaction, number, now)?)
    })
    .context("withdrawing the pass")
}
