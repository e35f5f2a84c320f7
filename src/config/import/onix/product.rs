//! One product of an ONIX message into a row. Pure.
//!
//! Sources: EDItEUR's code lists 5 (identifiers), 15 and 149 (titles and their levels), 17
//! (contributors), 49 and 91 (territories), 55 and 163 (dates), 58 (prices), 64, 65 and 68 (status
//! and availability), 81, 150 and 175 (content and form).

use super::Node;
use crate::book::EditionId;
use crate::config::import::{Field, Market, Row, dates, isbn};

/// What one product says; the line is set by the caller.
pub(super) fn row(product: &Node, markets: &[Market], currency: Option<&str>) -> Row {
    let mut reading = Reading {
        row: Row::at(0),
        markets,
        currency,
    };
    reading.row.record = product.value("RecordReference").map(str::to_owned);
    if product.value("NotificationType") == Some("05") {
        reading.set(Field::Status, Some("deleted record"));
    }
    reading.identifiers(product);
    if let Some(detail) = product.child("DescriptiveDetail") {
        reading.form(detail);
        reading.title(detail);
        reading.authors(detail);
    }
    if let Some(detail) = product.child("PublishingDetail") {
        reading.publishing(detail);
    }
    let mut supplies = product.all("ProductSupply").peekable();
    let is_sold = supplies.peek().is_some();
    match supplies.find(|supply| reading.fits(supply)) {
        Some(supply) => reading.supply(supply),
        None if is_sold => {
            let why = "it names no market with the countries of the stores; the publisher's own \
                       dates and status count";
            reading.row.notes.push(why.to_owned());
        }
        None => {}
    }
    reading.row
}

struct Reading<'a> {
    row: Row,
    markets: &'a [Market],
    currency: Option<&'a str>,
}

impl Reading<'_> {
    /// The first value of a field counts.
    fn set(&mut self, field: Field, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.row
                .values
                .entry(field)
                .or_insert_with(|| value.to_owned());
        }
    }

    /// A value that may be left out, unless something in its elements is not known.
    fn set_optional(&mut self, field: Field, from: &[&Node], value: Option<&str>) {
        match from.iter().find_map(|node| fault_in(node)) {
            Some(why) => self
                .row
                .notes
                .push(format!("{why}; the {} is left out", field.label())),
            None => self.set(field, value),
        }
    }

    /// List 5: 15 is ISBN-13, 02 ISBN-10; 03 and 14 are GTINs, which are that number too where they
    /// begin with 978 or 979. Each that is one must be the same.
    fn identifiers(&mut self, product: &Node) {
        let of_kind = |kind: &str| {
            let all = product.all("ProductIdentifier");
            let ours = all.filter(|one| one.value("ProductIDType") == Some(kind));
            ours.filter_map(|one| one.value("IDValue"))
                .collect::<Vec<_>>()
        };
        let named: Vec<&str> = ["15", "02"].into_iter().flat_map(of_kind).collect();
        let gtins: Vec<&str> = ["03", "14"].into_iter().flat_map(of_kind).collect();
        let is_isbn = |number: &&str| isbn::read(number).is_ok();
        let all: Vec<&str> = named.iter().chain(&gtins).copied().collect();
        let right: Vec<EditionId> = all.iter().filter_map(|one| isbn::read(one).ok()).collect();
        if let [first, rest @ ..] = right.as_slice()
            && let Some(other) = rest.iter().find(|other| *other != first)
        {
            self.row.faults.push(format!(
                "its identifiers name two ISBNs, {first} and {other}"
            ));
        }
        let best = all.iter().copied().find(is_isbn).or(all.first().copied());
        self.set(Field::Isbn, best);
    }

    /// List 150, with what makes an `E…` an audiobook (list 81: 01; list 175: A1…) and a `BA` a
    /// paperback or a hardcover (list 175: B1…, B4…).
    fn form(&mut self, detail: &Node) {
        let Some(form) = detail.value("ProductForm") else {
            return;
        };
        let is_audio = detail.value("PrimaryContentType") == Some("01")
            || detail
                .all("ProductFormDetail")
                .any(|one| one.text.starts_with("A1"));
        let has = |start: &str| {
            detail
                .all("ProductFormDetail")
                .any(|one| one.text.starts_with(start))
        };
        let form = match form {
            _ if form.starts_with('E') && is_audio => "AJ",
            "BA" if has("B1") => "BC",
            "BA" if has("B4") => "BB",
            // An address book and a rolled map here; people write a paperback so, and a disc.
            "PB" => "PZ",
            "CD" => "CZ",
            form => form,
        };
        self.set(Field::Format, Some(form));
    }

    /// List 15: 01 is the distinctive title. List 149: 01 is the product itself, which goes before
    /// what it belongs to; a volume without a title of its own has that of its collection and its
    /// number. The subtitle is not part of it.
    fn title(&mut self, detail: &Node) {
        let kind = |one: &Node| one.value("TitleType").unwrap_or("01").to_owned();
        let all = || detail.all("TitleDetail");
        let Some(chosen) = all().find(|one| kind(one) == "01").or_else(|| all().next()) else {
            return;
        };
        let of_level = |levels: &[&str]| {
            let mut elements = chosen.all("TitleElement");
            elements.find(|one| {
                let level = one.value("TitleElementLevel").unwrap_or("01");
                levels.contains(&level) && (words_of(one).is_some() || levels.len() == 1)
            })
        };
        let product = of_level(&["01"]);
        let own = product.and_then(words_of);
        let above = of_level(&["02", "03", "05", "06"]).filter(|_| own.is_none());
        let named = own.clone().or_else(|| above.and_then(words_of));
        let faults = match (&named, own.is_some()) {
            (Some(_), true) => product.and_then(title_fault),
            (Some(_), false) => product
                .and_then(title_fault)
                .or(above.and_then(title_fault)),
            // What is not known may be all that there is.
            (None, _) => chosen.all("TitleElement").find_map(title_fault),
        };
        let number_of = |one: Option<&Node>| one?.value("PartNumber").map(str::to_owned);
        let number = number_of(product).or_else(|| number_of(above));
        let title = match (named, number) {
            (Some(collection), Some(number)) if own.is_none() => {
                Some(format!("{collection}, {number}"))
            }
            (named, _) => named,
        };
        self.row.faults.extend(faults);
        self.set(Field::Title, title.as_deref());
    }

    /// List 17: A01 has written it. All of them, in their order.
    fn authors(&mut self, detail: &Node) {
        let mut authors: Vec<&Node> = detail
            .all("Contributor")
            .filter(|one| one.all("ContributorRole").any(|role| role.text == "A01"))
            .collect();
        let place = |one: &Node| {
            one.value("SequenceNumber")
                .and_then(|number| number.parse().ok())
        };
        authors.sort_by_key(|one| place(one).unwrap_or(u32::MAX));
        let names: Vec<String> = authors.iter().filter_map(|one| name_of(one)).collect();
        self.set_optional(Field::Author, &authors, Some(&names.join(" & ")));
    }

    fn publishing(&mut self, detail: &Node) {
        let imprint = detail
            .child("Imprint")
            .filter(|one| one.value("ImprintName").is_some());
        let publisher = detail.child("Publisher");
        if let Some(from) = imprint.or(publisher) {
            let name = from.value("ImprintName").or(from.value("PublisherName"));
            self.set_optional(Field::Imprint, &[from], name);
        }
        self.set(Field::Status, detail.value("PublishingStatus"));
        let dates: Vec<&Node> = detail.all("PublishingDate").collect();
        self.dates(&dates, "PublishingDateRole");
    }

    /// List 163: 01 is the publication date; 02 the embargo, which IngramSpark calls the on-sale
    /// date; 09 the day before which nobody is to announce it, 27 before which nobody is to take
    /// orders.
    fn dates(&mut self, dates: &[&Node], role: &str) {
        for date in dates {
            let field = match date.value(role) {
                Some("01") => Field::PublicationDate,
                Some("02") => Field::OnSaleDate,
                Some("09") => Field::Announcement,
                Some("27") => Field::PreOrders,
                Some(_) | None => continue,
            };
            let Some(written) = date.child("Date").filter(|one| !one.text.is_empty()) else {
                continue;
            };
            let format = written.format.as_deref().or(date.value("DateFormat"));
            match dates::of_onix(format, &written.text) {
                Ok(day) => self.set(field, Some(&day.to_string())),
                Err(why) => {
                    let why = format!("the {}: {why}", field.label());
                    if field == Field::PublicationDate && !self.row.values.contains_key(&field) {
                        self.row.undated = Some(why);
                    } else {
                        self.row.notes.push(format!("{why}; it is left out"));
                    }
                }
            }
        }
    }

    /// The market that fits the stores: its own dates and status go before the publisher's.
    fn supply(&mut self, supply: &Node) {
        if let Some(market) = supply.child("MarketPublishingDetail") {
            let status = market.value("MarketPublishingStatus");
            let is_deleted = self
                .row
                .values
                .get(&Field::Status)
                .is_some_and(|one| one.len() > 2);
            if let Some(status) = status.filter(|status| *status != "00" && !is_deleted) {
                self.row.values.insert(Field::Status, status.to_owned());
            }
            let own = std::mem::take(&mut self.row.values);
            let dates: Vec<&Node> = market.all("MarketDate").collect();
            self.dates(&dates, "MarketDateRole");
            for (field, value) in own {
                self.row.values.entry(field).or_insert(value);
            }
        }
        let details: Vec<&Node> = supply.all("SupplyDetail").collect();
        let states: Vec<&str> = details
            .iter()
            .filter_map(|one| one.value("ProductAvailability"))
            .collect();
        // Where one of several suppliers still has it, it is there.
        let is_over = |state: &&&str| super::super::forms::is_unavailable(state).is_some();
        let there = states
            .iter()
            .find(|state| !is_over(state))
            .or(states.first());
        self.set(Field::Availability, there.copied());
        let prices: Vec<&Node> = details.iter().flat_map(|one| one.all("Price")).collect();
        let retail = |one: &&&Node| {
            let kind = one.value("PriceType").unwrap_or("01");
            ["01", "02", "03", "04", "11", "12", "41", "42"].contains(&kind) && self.fits(one)
        };
        let usual = self.currency;
        let currency = |one: &Node| one.value("CurrencyCode").or(usual).map(str::to_owned);
        let retail: Vec<&&Node> = prices.iter().filter(retail).collect();
        let ours = retail.iter().find(|one| {
            let currency = currency(one);
            self.markets
                .iter()
                .any(|market| Some(market.currency) == currency.as_deref())
        });
        let price = ours.or(retail.first()).and_then(|one| {
            let amount = one.value("PriceAmount")?;
            Some(format!("{amount} {}", currency(one)?))
        });
        self.set(Field::Price, price.as_deref());
    }

    /// Lists 91 and 49: its territory, where it names one, takes in a country of the stores.
    fn fits(&self, node: &Node) -> bool {
        let own = node
            .all("Territory")
            .chain(node.all("Market").flat_map(|one| one.all("Territory")));
        let territories: Vec<&Node> = own.collect();
        let takes_in = |country: &str| {
            territories.iter().any(|territory| {
                let has = |name: &str, fits: &dyn Fn(&str) -> bool| {
                    territory
                        .value(name)
                        .is_some_and(|list| list.split_whitespace().any(fits))
                };
                let is_it = |code: &str| code == country;
                let is_part = |code: &str| code.split('-').next() == Some(country);
                let is_all = |code: &str| code == "WORLD" || is_part(code);
                has("CountriesIncluded", &is_it)
                    || (has("RegionsIncluded", &is_all)
                        && !has("CountriesExcluded", &is_it)
                        && !has("RegionsExcluded", &is_it))
            })
        };
        territories.is_empty() || self.markets.iter().any(|market| takes_in(&market.country))
    }
}

/// What in the elements of a title that are read is not known.
fn title_fault(element: &Node) -> Option<String> {
    [
        "TitleText",
        "TitlePrefix",
        "TitleWithoutPrefix",
        "PartNumber",
    ]
    .into_iter()
    .filter_map(|name| element.child(name))
    .find_map(fault_in)
}

fn fault_in(node: &Node) -> Option<String> {
    node.fault
        .clone()
        .or_else(|| node.children.iter().find_map(fault_in))
}

/// The title of an element: as it is, or its prefix and the rest joined.
fn words_of(element: &Node) -> Option<String> {
    let title = element.value("TitleText").map(str::to_owned);
    title.or_else(|| {
        let rest = element.value("TitleWithoutPrefix")?;
        Some(match element.value("TitlePrefix") {
            // An elided article keeps its apostrophe: L’Étranger.
            Some(prefix) if prefix.ends_with(['\'', '’']) => format!("{prefix}{rest}"),
            Some(prefix) => format!("{prefix} {rest}"),
            None => rest.to_owned(),
        })
    })
}

fn name_of(contributor: &Node) -> Option<String> {
    let whole = contributor.value("PersonName").map(str::to_owned);
    let parts = || {
        let key = contributor.value("KeyNames")?;
        let before = [
            contributor.value("NamesBeforeKey"),
            contributor.value("PrefixToKey"),
        ];
        let parts: Vec<&str> = before.into_iter().flatten().chain([key]).collect();
        Some(parts.join(" "))
    };
    let inverted = || {
        let name = contributor.value("PersonNameInverted")?;
        let turned = name
            .split_once(", ")
            .map(|(key, before)| format!("{before} {key}"));
        Some(turned.unwrap_or_else(|| name.to_owned()))
    };
    let company = || contributor.value("CorporateName").map(str::to_owned);
    whole.or_else(parts).or_else(inverted).or_else(company)
}
