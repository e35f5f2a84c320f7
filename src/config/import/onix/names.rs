//! The elements of ONIX 3 that are read. Pure data.

/// Short tags of the elements that are read, and their reference names.
pub(super) const SHORT_TAGS: &[(&str, &str)] = &[
    ("m186", "DefaultCurrencyCode"),
    ("product", "Product"),
    ("a001", "RecordReference"),
    ("a002", "NotificationType"),
    ("productidentifier", "ProductIdentifier"),
    ("b221", "ProductIDType"),
    ("b244", "IDValue"),
    ("descriptivedetail", "DescriptiveDetail"),
    ("b012", "ProductForm"),
    ("b333", "ProductFormDetail"),
    ("x416", "PrimaryContentType"),
    ("titledetail", "TitleDetail"),
    ("b202", "TitleType"),
    ("titleelement", "TitleElement"),
    ("x409", "TitleElementLevel"),
    ("x410", "PartNumber"),
    ("b203", "TitleText"),
    ("b030", "TitlePrefix"),
    ("b031", "TitleWithoutPrefix"),
    ("contributor", "Contributor"),
    ("b034", "SequenceNumber"),
    ("b035", "ContributorRole"),
    ("b036", "PersonName"),
    ("b037", "PersonNameInverted"),
    ("b039", "NamesBeforeKey"),
    ("b247", "PrefixToKey"),
    ("b040", "KeyNames"),
    ("b047", "CorporateName"),
    ("publishingdetail", "PublishingDetail"),
    ("imprint", "Imprint"),
    ("b079", "ImprintName"),
    ("publisher", "Publisher"),
    ("b081", "PublisherName"),
    ("b394", "PublishingStatus"),
    ("publishingdate", "PublishingDate"),
    ("x448", "PublishingDateRole"),
    ("b306", "Date"),
    ("j260", "DateFormat"),
    ("productsupply", "ProductSupply"),
    ("market", "Market"),
    ("territory", "Territory"),
    ("x449", "CountriesIncluded"),
    ("x450", "RegionsIncluded"),
    ("x451", "CountriesExcluded"),
    ("x452", "RegionsExcluded"),
    ("marketpublishingdetail", "MarketPublishingDetail"),
    ("j407", "MarketPublishingStatus"),
    ("marketdate", "MarketDate"),
    ("j408", "MarketDateRole"),
    ("supplydetail", "SupplyDetail"),
    ("j396", "ProductAvailability"),
    ("price", "Price"),
    ("x462", "PriceType"),
    ("j151", "PriceAmount"),
    ("j152", "CurrencyCode"),
];

/// Those that have elements in them and no text of their own.
const COMPOSITES: [&str; 17] = [
    "",
    "Contributor",
    "DescriptiveDetail",
    "Imprint",
    "Market",
    "MarketDate",
    "MarketPublishingDetail",
    "Price",
    "ProductIdentifier",
    "ProductSupply",
    "Publisher",
    "PublishingDate",
    "PublishingDetail",
    "SupplyDetail",
    "Territory",
    "TitleDetail",
    "TitleElement",
];

/// It has elements in it and no text of its own; the product itself has no name.
pub(super) fn is_composite(name: &str) -> bool {
    COMPOSITES.contains(&name)
}

/// The reference name of an element that is read, from it or from its short tag.
pub(super) fn reference(name: &str) -> Option<&'static str> {
    SHORT_TAGS
        .iter()
        .find(|(short, long)| *short == name || *long == name)
        .map(|(_, long)| *long)
}
