//! Warnings about dates: what is allowed, and yet likely to disappoint.

use jiff::civil::Date;

use super::edition::Written;
use crate::book::Distribution;
use crate::config::findings::Findings;
use crate::config::problem::Problem;

/// Enabled later than so many days before the publication date, Amazon may never show a
/// pre-order (DOMAIN §3: the listing window of four to six weeks is then all that is left).
const LATEST_ENABLING_DAYS: i32 = 42;

/// Warns of what the dates of an edition make likely.
pub(super) fn warn(written: &Written, today: Date, findings: &Findings) {
    let warnings = [
        unequal_dates(written),
        past_and_not_enabled(written, today),
        late(written, today),
        enabled_after_publication(written),
        useless_switch(written),
    ];
    for problem in warnings.into_iter().flatten() {
        findings.add(problem);
    }
}

fn unequal_dates(written: &Written) -> Option<Problem> {
    let span = written.on_sale.clone()?;
    if written.dates().1 == written.dates().0 {
        return None;
    }
    Some(
        Problem::warning("the on-sale date and the publication date differ")
            .at(span, "on sale")
            .at(written.publication.clone(), "published")
            .because(
                "Amazon reads the publication date only, and IngramSpark locks the on-sale date \
                 once distribution is approved",
            )
            .remedy("make the two equal at the distributor, before distribution is enabled"),
    )
}

fn past_and_not_enabled(written: &Written, today: Date) -> Option<Problem> {
    let waits = written.dates().2.is_none() && needs_enabling(written);
    if !waits || today <= written.dates().0 {
        return None;
    }
    Some(
        Problem::warning("the publication date is past, and distribution is not enabled")
            .at(written.publication.clone(), "")
            .because("without distribution no store hears of the book, and nothing can be judged")
            .remedy(
                "add `distribution_enabled` with the day on which you enabled it; the windows \
                 are counted from there",
            ),
    )
}

fn late(written: &Written, today: Date) -> Option<Problem> {
    // What is over is not warned of.
    if written.dates().0 < today || !needs_enabling(written) {
        return None;
    }
    let (enabled, span) = match (written.dates().2, &written.enabled) {
        (Some(enabled), Some(span)) if enabled <= written.dates().0 => (enabled, span.clone()),
        (None, _) => (today, written.publication.clone()),
        (Some(_), _) => return None,
    };
    let left = (written.dates().0 - enabled).get_days();
    if LATEST_ENABLING_DAYS <= left {
        return None;
    }
    let message = if written.dates().2.is_some() {
        format!("distribution is enabled {left} days before the publication date")
    } else {
        format!("{left} days are left, and distribution is not enabled")
    };
    Some(
        Problem::warning(message)
            .at(span, "")
            .because(
                "most sites list a title within four weeks and some take six, so Amazon may \
                 never show a pre-order",
            )
            .remedy(
                "expect pages late; a publication date can be moved only while it is 30 or more \
                 days away",
            ),
    )
}

fn enabled_after_publication(written: &Written) -> Option<Problem> {
    let span = written.enabled.clone()?;
    if written.dates().2? <= written.dates().0 {
        return None;
    }
    Some(
        Problem::warning("distribution is enabled after the publication date")
            .at(span, "enabled")
            .at(written.publication.clone(), "published")
            .because("there can be no pre-order: stores will list the book as released")
            .remedy("see that neither date is mistyped"),
    )
}

fn useless_switch(written: &Written) -> Option<Problem> {
    let edition = &written.edition;
    let span = written.switch.clone()?;
    let digital = !edition.format.is_printed();
    let cause = if digital {
        "KDP Print prints books; what is not printed is not taken over"
    } else if edition.distribution == Distribution::Kdp {
        "KDP carries the edition to Amazon from the beginning"
    } else {
        return None;
    };
    let problem = Problem::warning("`amazon_switch` has no effect here")
        .at(span, "")
        .because(cause)
        .remedy("leave it out");
    Some(match &written.format {
        Some(format) if digital => problem.at(format.clone(), ""),
        Some(_) | None => problem,
    })
}

/// Amazon's own road needs no enabling.
fn needs_enabling(written: &Written) -> bool {
    written.edition.distribution != Distribution::Kdp
}
