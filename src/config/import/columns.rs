//! The names that columns of spreadsheets have. Pure data.

use super::Field;

/// The names that a column may have, in lower case without anything but letters and digits.
const NAMES: &[(Field, &[&str])] = &[
    (
        Field::Isbn,
        &[
            "isbn",
            "isbn13",
            "isbn10",
            "ean",
            "ean13",
            "eanisbn",
            "isbnsku",
            "isbnean",
            "gtin",
            "gtin13",
            "printisbn",
        ],
    ),
    (
        Field::Title,
        &[
            "title",
            "booktitle",
            "fulltitle",
            "titlename",
            "producttitle",
            "titletext",
            "book",
        ],
    ),
    (
        Field::Author,
        &[
            "author",
            "authors",
            "authorname",
            "contributor",
            "contributors",
            "contributor1",
            "primarycontributor",
            "primaryauthor",
            "mainauthor",
        ],
    ),
    (
        Field::Format,
        &[
            "format",
            "binding",
            "bindingtype",
            "productform",
            "booktype",
            "covertype",
            "mediatype",
            "formattype",
            "productformat",
        ],
    ),
    (
        Field::PublicationDate,
        &[
            "publicationdate",
            "pubdate",
            "publicationdt",
            "publishdate",
            "published",
            "dateofpublication",
            "publisheddate",
            "publication",
        ],
    ),
    (
        Field::OnSaleDate,
        &[
            "onsaledate",
            "onsale",
            "streetdate",
            "releasedate",
            "release",
        ],
    ),
    (
        Field::Distribution,
        &["distribution", "distributor", "distributedby"],
    ),
    (
        Field::DistributionEnabled,
        &[
            "distributionenabled",
            "enabled",
            "enableddate",
            "dateenabled",
            "distributiondate",
            "distributionenableddate",
        ],
    ),
    (
        Field::AmazonSwitch,
        &["amazonswitch", "kdpswitch", "kdpprint", "kdp"],
    ),
    (
        Field::Price,
        &[
            "listprice",
            "price",
            "retailprice",
            "uslistprice",
            "usretailprice",
            "listpriceusd",
            "retailpriceusd",
            "priceusd",
            "usprice",
            "msrp",
            "uklistprice",
            "listpricegbp",
            "pricegbp",
            "listpriceeur",
            "priceeur",
        ],
    ),
    (
        Field::Imprint,
        &[
            "imprint",
            "imprintname",
            "publisher",
            "publishername",
            "client",
        ],
    ),
    (
        Field::Stores,
        &["stores", "store", "retailers", "watchat", "watchedat"],
    ),
    (
        Field::Amazon,
        &[
            "asin",
            "amazon",
            "amazonurl",
            "amazonaddress",
            "amazonlink",
            "amazonasin",
        ],
    ),
    (
        Field::Status,
        &["status", "titlestatus", "publishingstatus", "state"],
    ),
];

/// A name in lower case, without anything but letters and digits.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(|one| one.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// What a column of that name tells; `None` when the name is not known.
pub(super) fn field_named(name: &str) -> Option<Field> {
    let name = plain(name);
    NAMES
        .iter()
        .find(|(_, names)| names.contains(&name.as_str()))
        .map(|(field, _)| *field)
}
