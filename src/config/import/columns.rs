//! The names that columns of spreadsheets have, in the languages that lists come in, and the lists
//! that are known as a whole. Pure data.

use strsim::levenshtein;

use super::Field;

/// The names that a column may have, without capitals, accents, and anything but letters and
/// digits. Where several columns of a kind have a value, that of the earlier name counts.
const NAMES: &[(Field, &str)] = &[
    (
        Field::Isbn,
        "isbn13 isbn isbn10 isbnean eanisbn isbnsku ean13 ean gtin13 gtin gtin14 printisbn eisbn",
    ),
    (
        Field::Title,
        "title booktitle fulltitle titlename producttitle titletext book titel buchtitel werktitel \
         produkttitel titre titredulivre titulo titulodellibro titololibro titolo boektitel",
    ),
    (
        Field::Author,
        "author authors authorname authornames contributor contributors contributor1 \
         primarycontributor primaryauthor mainauthor autor autorin autoren verfasser urheber auteur \
         auteurs autores autore autori forfattare",
    ),
    (
        Field::Format,
        "format binding bindingtype productform booktype covertype mediatype formattype \
         productformat formato formata einband einbandart bindung produktform \
         ausstattung reliure encuadernacion rilegatura legatura bindwijze",
    ),
    (
        Field::PublicationDate,
        "publicationdate pubdate publicationdt publishdate published dateofpublication \
         publisheddate publication dateofrelease erscheinungsdatum erscheinungstermin \
         erscheinungstag et erscheint veroffentlichungsdatum publikationsdatum datedeparution \
         parution datedepublication fechadepublicacion publicacion datadipubblicazione \
         datapubblicazione uscita datadepublicacao verschijningsdatum utgivningsdatum",
    ),
    (
        Field::OnSaleDate,
        "onsaledate onsale streetdate releasedate release salesdate dateofsale verkaufsstart \
         erstverkaufstag datedevente misenvente fechadeventa datadivendita",
    ),
    (
        Field::Distribution,
        "distribution distributor distributedby vertrieb auslieferung distributeur distribucion \
         distribuidor distribuzione distributore",
    ),
    (
        Field::DistributionEnabled,
        "distributionenabled enabled enableddate dateenabled distributiondate \
         distributionenableddate",
    ),
    (
        Field::AmazonSwitch,
        "amazonswitch switchatamazon kdpswitch kdpprint kdp",
    ),
    (Field::FirstTitle, "firsttitle"),
    (Field::Printing, "printing"),
    (
        Field::Price,
        "listprice uslistprice listpriceusd retailprice usretailprice retailpriceusd priceusd \
         usprice price msrp uklistprice listpricegbp pricegbp listpriceeur priceeur preis \
         ladenpreis listenpreis verkaufspreis bruttopreis vkbrutto prix prixttc prixpublic precio pvp \
         prezzo prezzodicopertina preco prijs pris",
    ),
    (
        Field::Imprint,
        "client clientname kunde mandant imprint imprintname label publisher publishername verlag \
         editeur maisondedition editorial editora editore casaeditrice uitgever forlag cliente",
    ),
    (
        Field::Stores,
        "stores store retailers watchat watchedat handler shops tiendas librairies negozi",
    ),
    (
        Field::Address,
        "addresses address pageaddress amazonurl amazonaddress amazonlink amazonpage pageatamazon amazon \
         amazonasin kindleasin asin url link productpage webseite bnurl barnesnobleurl bookshopurl",
    ),
    (
        Field::Status,
        "status titlestatus publishingstatus bookstatus state statut estado stato",
    ),
    (Field::Availability, "availability productavailability"),
];

/// What a name says besides what it is, and the format that this is.
pub(super) const QUALIFIERS: [(&str, &str); 20] = [
    ("audio", "audiobook"),
    ("horbuch", "audiobook"),
    ("ebook", "ebook"),
    ("epub", "ebook"),
    ("kindle", "ebook"),
    ("eisbn", "ebook"),
    ("digital", "ebook"),
    ("paperback", "paperback"),
    ("softcover", "paperback"),
    ("taschenbuch", "paperback"),
    ("broche", "paperback"),
    ("tapablanda", "paperback"),
    ("hardcover", "hardcover"),
    ("hardback", "hardcover"),
    ("gebunden", "hardcover"),
    ("relie", "hardcover"),
    ("tapadura", "hardcover"),
    ("pb", "paperback"),
    ("hc", "hardcover"),
    ("hb", "hardcover"),
];

/// Lists that are known by names of theirs that others do not have together.
pub(super) const KNOWN: [(&str, &[&str]); 4] = [
    (
        "our own list, as `pubwatch export --editions` writes it",
        &["isbn", "firsttitle", "switchatamazon"],
    ),
    ("IngramSpark's title list", &["isbn", "bindingtype"]),
    (
        "a report of KDP's sales, which has no publication dates; add a column with them",
        &["asinisbn", "royaltydate"],
    ),
    (
        "a report of KDP's, which has no publication dates; add a column with them",
        &["asin", "marketplace"],
    ),
];

/// A name without capitals, accents, and anything but letters and digits.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(|one| one.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .map(|one| match one {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' => 'a',
            'ç' | 'č' | 'ć' => 'c',
            'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => 'e',
            'ì' | 'í' | 'î' | 'ï' | 'ı' => 'i',
            'ñ' | 'ń' => 'n',
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
            'š' | 'ś' | 'ş' => 's',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'ž' | 'ź' | 'ż' => 'z',
            'ł' => 'l',
            other => other,
        })
        .collect()
}

/// What a column of that name tells, how late its name comes among those of its kind, and the
/// format that the name says; `None` when it is not known.
///
/// 1. The name as it stands, then without what is in brackets, in case and accents of any kind.
/// 2. Whatever has `ISBN` in it; a series, a set or another book has one of its own.
/// 3. One letter too many, too few or wrong in a name of seven or more.
pub(super) fn named(name: &str) -> Option<(Field, usize, Option<&'static str>)> {
    const OF_OTHERS: [&str; 7] = [
        "set",
        "series",
        "parent",
        "related",
        "replaces",
        "replacedby",
        "previous",
    ];
    let whole = plain(name);
    let bare = plain(name.split(['(', '[']).next().unwrap_or_default());
    let known = |wanted: &str| {
        NAMES.iter().find_map(|(field, names)| {
            let place = names.split_whitespace().position(|one| one == wanted)?;
            Some((*field, place))
        })
    };
    let isbn = || {
        let is_ours = whole.contains("isbn") && !OF_OTHERS.iter().any(|one| whole.contains(one));
        // `ASIN/ISBN` and `ISBN Print` come after those that are the ISBN and nothing else.
        is_ours.then_some((Field::Isbn, 50))
    };
    let mistyped = || {
        let near = |one: &&str| 7 <= one.len() && levenshtein(one, &bare) == 1;
        NAMES
            .iter()
            .find_map(|(field, names)| names.split_whitespace().find(near).map(|_| (*field, 60)))
    };
    let (field, place) = known(&whole)
        .or_else(|| known(&bare))
        .or_else(isbn)
        .or_else(mistyped)?;
    let says = |(word, _): &&(&str, &str)| {
        let words = name.split(|one: char| !one.is_alphanumeric());
        words
            .map(plain)
            .any(|one| one == *word || (2 < word.len() && one.contains(word)))
            || (2 < word.len() && whole.contains(word))
    };
    let format = QUALIFIERS.iter().find(says).map(|(_, format)| *format);
    Some((
        field,
        place,
        format.filter(|_| matches!(field, Field::Isbn | Field::Address)),
    ))
}

/// The currency that the name of a price column tells.
pub(super) fn currency_in(name: &str) -> Option<&'static str> {
    const CODES: [(&str, &str); 8] = [
        ("gbp", "GBP"),
        ("£", "GBP"),
        ("eur", "EUR"),
        ("€", "EUR"),
        ("cad", "CAD"),
        ("aud", "AUD"),
        ("usd", "USD"),
        ("$", "USD"),
    ];
    let lower = name.to_lowercase();
    let coded = CODES
        .iter()
        .find(|(code, _)| lower.contains(code))
        .map(|(_, currency)| *currency);
    coded.or_else(|| match plain(name) {
        name if name.starts_with("uk") => Some("GBP"),
        name if name.starts_with("us") => Some("USD"),
        _ => None,
    })
}

/// The currency that the number format of a spreadsheet shows, as `#,##0.00 [$€-407]`.
pub(super) fn currency_in_format(code: &str) -> Option<&'static str> {
    let is_amount = code.contains(['€', '£']) || code.contains("[$") || code.contains("\"$\"");
    let is_dollar = code.starts_with('$') || code.contains("_($");
    currency_in(code).filter(|currency| match *currency {
        "USD" => {
            code.contains("[$$") || code.contains("[$USD") || code.contains("\"$\"") || is_dollar
        }
        _ => is_amount,
    })
}

/// The list that has these columns, where it is one that is known.
pub(super) fn known_list(names: &[String]) -> Option<&'static str> {
    let plain: Vec<String> = names.iter().map(|name| plain(name)).collect();
    KNOWN
        .iter()
        .find(|(_, needed)| {
            needed
                .iter()
                .all(|one| plain.iter().any(|name| name == one))
        })
        .map(|(label, _)| *label)
}

/// The names of columns that are known, for the table of the documentation.
#[cfg(test)]
pub(super) fn all_names() -> impl Iterator<Item = (Field, &'static str)> {
    NAMES
        .iter()
        .flat_map(|(field, names)| names.split_whitespace().map(|name| (*field, name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: Option<(Field, Option<&str>)>) {
        let found = named(name).map(|(field, _, format)| (field, format));
        assert_eq!(found, expected, "{name}");
    }

    #[test]
    fn columns_are_known_by_names_as_people_write_them() {
        check("ISBN", Some((Field::Isbn, None)));
        check("ISBN-13", Some((Field::Isbn, None)));
        check("ISBN (pb)", Some((Field::Isbn, Some("paperback"))));
        check("Hardcover ISBN", Some((Field::Isbn, Some("hardcover"))));
        check("eISBN", Some((Field::Isbn, Some("ebook"))));
        check("ISBN Audio", Some((Field::Isbn, Some("audiobook"))));
        check("ASIN/ISBN", Some((Field::Isbn, None)));
        check("Series ISBN", None);
        check("Erscheinungstermin", Some((Field::PublicationDate, None)));
        check("Date de parution", Some((Field::PublicationDate, None)));
        check("Título", Some((Field::Title, None)));
        check(
            "Publication Date (US)",
            Some((Field::PublicationDate, None)),
        );
        check("Publicaton Date", Some((Field::PublicationDate, None)));
        check("Series Title", None);
        check("Pages", None);
        check("Notes", None);
    }

    #[test]
    fn no_name_is_of_two_kinds_of_columns() {
        let mut names: Vec<&str> = all_names().map(|(_, name)| name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
