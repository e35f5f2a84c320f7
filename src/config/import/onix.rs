//! ONIX for Books 3.0 and 3.1, with reference names or short tags, read as a stream. Pure.
//!
//! Sources: the element names, short tags and code lists of EDItEUR's ONIX for Books 3.0
//! specification: list 5 (product identifier types), list 15 (title types), list 17 (contributor
//! roles), list 55 (date formats), list 64 (publishing status), list 149 (title element levels),
//! list 150 (product forms), list 163 (publishing dates).

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::{Field, ImportError, List, Row, Trouble};

/// Short tags of the elements that are read, and their reference names.
const SHORT_TAGS: &[(&str, &str)] = &[
    ("onixmessage", "ONIXMessage"),
    ("product", "Product"),
    ("a002", "NotificationType"),
    ("productidentifier", "ProductIdentifier"),
    ("b221", "ProductIDType"),
    ("b244", "IDValue"),
    ("descriptivedetail", "DescriptiveDetail"),
    ("b012", "ProductForm"),
    ("titledetail", "TitleDetail"),
    ("b202", "TitleType"),
    ("titleelement", "TitleElement"),
    ("x409", "TitleElementLevel"),
    ("b203", "TitleText"),
    ("b030", "TitlePrefix"),
    ("b031", "TitleWithoutPrefix"),
    ("contributor", "Contributor"),
    ("b035", "ContributorRole"),
    ("b036", "PersonName"),
    ("b039", "NamesBeforeKey"),
    ("b040", "KeyNames"),
    ("publishingdetail", "PublishingDetail"),
    ("imprint", "Imprint"),
    ("b079", "ImprintName"),
    ("b394", "PublishingStatus"),
    ("publishingdate", "PublishingDate"),
    ("x448", "PublishingDateRole"),
    ("b306", "Date"),
    ("productsupply", "ProductSupply"),
    ("supplydetail", "SupplyDetail"),
    ("price", "Price"),
    ("j151", "PriceAmount"),
    ("j152", "CurrencyCode"),
];

/// Composites that are read as one: what is in them is kept until they end.
const COMPOSITES: [&str; 6] = [
    "ProductIdentifier",
    "TitleDetail",
    "Contributor",
    "Imprint",
    "PublishingDate",
    "Price",
];

/// Reads an ONIX message.
///
/// # Errors
///
/// [`ImportError`] when it is no ONIX 3 message at all.
pub fn read(text: &str) -> Result<List, ImportError> {
    let mut reader = Reader::from_str(text);
    let mut message = Message {
        lines: Lines::of(text),
        ..Message::default()
    };
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match reader.read_event() {
            Ok(Event::Start(start)) => message.open(&start, at)?,
            Ok(Event::Empty(start)) => {
                message.open(&start, at)?;
                message.close();
            }
            Ok(Event::End(_)) => message.close(),
            Ok(Event::Text(text)) => message.text.push_str(&text.xml10_content()),
            Ok(Event::CData(text)) => message.text.push_str(&text.xml10_content()),
            Ok(Event::GeneralRef(entity)) => message.entity(&entity, at),
            Ok(Event::Eof) => break,
            Ok(Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_)) => {}
            Err(error) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(at);
                message.troubles.push(Trouble::at(
                    message.lines.of_byte(at),
                    format!("the XML is broken here, and what follows was not read: {error}"),
                ));
                message.path.clear();
                break;
            }
        }
    }
    if !message.is_onix {
        return Err(ImportError::OtherXml("nothing".to_owned()));
    }
    if let Some(name) = message.path.last() {
        let line = message.lines.of_byte(text.len().saturating_sub(1));
        let what = format!("the file ends inside `{name}`; it was cut off");
        message.troubles.push(Trouble::at(line, what));
    }
    Ok(List {
        understood: vec![format!(
            "ONIX {}, {}.",
            message.release.as_deref().unwrap_or("3"),
            if message.is_short {
                "short tags"
            } else {
                "reference names"
            }
        )],
        rows: message.rows,
        troubles: message.troubles,
    })
}

/// Where lines begin.
#[derive(Default)]
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    fn of_byte(&self, byte: usize) -> usize {
        self.0.partition_point(|newline| *newline < byte) + 1
    }
}

/// The reading of a message, element by element.
#[derive(Default)]
struct Message {
    lines: Lines,
    is_onix: bool,
    is_short: bool,
    release: Option<String>,
    path: Vec<String>,
    /// The text of the element that is open.
    text: String,
    product: Product,
    /// What is in the composite that is open, by reference name.
    parts: BTreeMap<&'static str, String>,
    rows: Vec<Row>,
    troubles: Vec<Trouble>,
}

/// A product while it is read.
#[derive(Default)]
struct Product {
    line: usize,
    values: BTreeMap<Field, String>,
    /// The ISBN does not come from an ISBN-10.
    has_isbn13: bool,
    is_deletion: bool,
    authors: Vec<String>,
}

impl Message {
    fn open(&mut self, start: &BytesStart<'_>, at: usize) -> Result<(), ImportError> {
        self.text.clear();
        let local = start.local_name().as_ref().to_owned();
        let name = reference(&local);
        if self.path.is_empty() {
            self.begin(start, &local, name)?;
        }
        self.path.push(name.unwrap_or(&local).to_owned());
        match self.below_product() {
            Some([]) => {
                self.product = Product {
                    line: self.lines.of_byte(at),
                    ..Product::default()
                };
            }
            Some([.., last]) if COMPOSITES.contains(&last.as_str()) => self.parts.clear(),
            Some(_) | None => {}
        }
        if name == Some("Date")
            && let Ok(Some(format)) = start.try_get_attribute("dateformat")
        {
            self.parts.insert("dateformat", format.value.to_string());
        }
        Ok(())
    }

    fn begin(
        &mut self,
        start: &BytesStart<'_>,
        local: &str,
        name: Option<&str>,
    ) -> Result<(), ImportError> {
        if name != Some("ONIXMessage") {
            return Err(ImportError::OtherXml(local.to_owned()));
        }
        self.is_onix = true;
        self.is_short = local != "ONIXMessage";
        if let Ok(Some(release)) = start.try_get_attribute("release") {
            let release = release.value.to_string();
            if !release.starts_with('3') {
                return Err(ImportError::OnixVersion(release));
            }
            self.release = Some(release);
        }
        Ok(())
    }

    fn entity(&mut self, entity: &BytesRef<'_>, at: usize) {
        let known = match entity.resolve_char_ref() {
            Ok(Some(character)) => Some(character.to_string()),
            Ok(None) => resolve_predefined_entity(entity).map(str::to_owned),
            Err(_) => None,
        };
        if let Some(text) = known {
            self.text.push_str(&text);
        } else {
            let name: &str = entity;
            let message = format!("`&{name};` is not known in XML; write the character itself");
            let line = self.lines.of_byte(at);
            self.troubles.push(Trouble::at(line, message));
        }
    }

    /// The elements between the product and here; `None` outside of products.
    fn below_product(&self) -> Option<&[String]> {
        match self.path.as_slice() {
            [_, product, rest @ ..] if product == "Product" => Some(rest),
            _ => None,
        }
    }

    fn close(&mut self) {
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.text.clear();
        let below: Vec<&str> = self
            .below_product()
            .unwrap_or_default()
            .iter()
            .map(String::as_str)
            .collect();
        match below.as_slice() {
            [] if self.below_product().is_some() => self.end_of_product(),
            ["NotificationType"] => self.product.is_deletion = text == "05",
            ["ProductIdentifier"] => self.identifier(),
            ["DescriptiveDetail", "ProductForm"] => self.set(Field::Format, text),
            ["DescriptiveDetail", "TitleDetail"] => self.title(),
            ["DescriptiveDetail", "Contributor"] => self.contributor(),
            ["PublishingDetail", "Imprint"] => {
                if let Some(name) = self.parts.remove("ImprintName") {
                    self.set(Field::Imprint, name);
                }
            }
            ["PublishingDetail", "PublishingStatus"] => self.set(Field::Status, text),
            ["PublishingDetail", "PublishingDate"] => self.date(),
            ["ProductSupply", "SupplyDetail", "Price"] => self.price(),
            [.., last] if !text.is_empty() => {
                if let Some(name) = reference(last) {
                    // Of repeated elements the first counts, as with title elements.
                    self.parts.entry(name).or_insert(text);
                }
            }
            _ => {}
        }
        self.path.pop();
    }

    fn set(&mut self, field: Field, text: String) {
        if !text.is_empty() {
            self.product.values.entry(field).or_insert(text);
        }
    }

    /// List 5: 15 is ISBN-13, 03 the same number as a GTIN-13, 02 ISBN-10.
    fn identifier(&mut self) {
        let kind = self.parts.remove("ProductIDType").unwrap_or_default();
        let Some(value) = self.parts.remove("IDValue") else {
            return;
        };
        match kind.as_str() {
            "15" | "03" if !self.product.has_isbn13 => {
                self.product.has_isbn13 = true;
                self.product.values.insert(Field::Isbn, value);
            }
            "02" => self.set(Field::Isbn, value),
            _ => {}
        }
    }

    /// List 15: 01 is the distinctive title. The element is that of the product, level 01.
    fn title(&mut self) {
        if self.parts.get("TitleType").is_some_and(|kind| kind != "01") {
            return;
        }
        let title = match self.parts.remove("TitleText") {
            Some(text) => text,
            None => match (
                self.parts.remove("TitlePrefix"),
                self.parts.remove("TitleWithoutPrefix"),
            ) {
                (Some(prefix), Some(rest)) => format!("{prefix} {rest}"),
                (None, Some(rest)) => rest,
                (_, None) => return,
            },
        };
        self.set(Field::Title, title);
    }

    /// List 17: A01 has written it.
    fn contributor(&mut self) {
        if self.parts.get("ContributorRole").map(String::as_str) != Some("A01") {
            return;
        }
        let name = self.parts.remove("PersonName").or_else(|| {
            let key = self.parts.remove("KeyNames")?;
            Some(match self.parts.remove("NamesBeforeKey") {
                Some(before) => format!("{before} {key}"),
                None => key,
            })
        });
        self.product.authors.extend(name);
    }

    /// List 163: 01 is the publication date, 02 the embargo, which IngramSpark calls the on-sale
    /// date. List 55: 00, and nothing, is a whole date.
    fn date(&mut self) {
        let field = match self.parts.get("PublishingDateRole").map(String::as_str) {
            Some("01") => Field::PublicationDate,
            Some("02") => Field::OnSaleDate,
            _ => return,
        };
        if let Some(date) = self.parts.remove("Date") {
            self.set(field, date);
        }
    }

    fn price(&mut self) {
        if let (Some(amount), Some(currency)) = (
            self.parts.remove("PriceAmount"),
            self.parts.remove("CurrencyCode"),
        ) {
            self.set(Field::Price, format!("{amount} {currency}"));
        }
    }

    fn end_of_product(&mut self) {
        let mut product = std::mem::take(&mut self.product);
        if product.is_deletion {
            product
                .values
                .insert(Field::Status, "deleted record".to_owned());
        }
        if !product.authors.is_empty() {
            let authors = product.authors.join(" & ");
            product.values.insert(Field::Author, authors);
        }
        self.rows.push(Row {
            line: product.line,
            values: product.values,
        });
    }
}

/// The reference name of an element that is read, from it or from its short tag.
fn reference(name: &str) -> Option<&'static str> {
    SHORT_TAGS
        .iter()
        .find(|(short, long)| *short == name || *long == name)
        .map(|(_, long)| *long)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFERENCE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ONIXMessage release="3.0" xmlns="http://ns.editeur.org/onix/3.0/reference">
  <Header><Sender><SenderName>Lamplight</SenderName></Sender></Header>
  <Product>
    <NotificationType>03</NotificationType>
    <ProductIdentifier><ProductIDType>02</ProductIDType><IDValue>1944098119</IDValue></ProductIdentifier>
    <ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>9781944098117</IDValue></ProductIdentifier>
    <DescriptiveDetail>
      <ProductForm>BC</ProductForm>
      <Collection><TitleDetail><TitleType>01</TitleType><TitleElement><TitleText>A Series</TitleText></TitleElement></TitleDetail></Collection>
      <TitleDetail><TitleType>01</TitleType><TitleElement><TitleElementLevel>01</TitleElementLevel>
        <TitlePrefix>The</TitlePrefix><TitleWithoutPrefix>Salt &amp; the
          Roads</TitleWithoutPrefix></TitleElement></TitleDetail>
      <Contributor><ContributorRole>A01</ContributorRole><PersonName>Jane Roe</PersonName></Contributor>
      <Contributor><ContributorRole>A12</ContributorRole><PersonName>Max Pen</PersonName></Contributor>
    </DescriptiveDetail>
    <PublishingDetail>
      <Imprint><ImprintName>Lamplight Editions</ImprintName></Imprint>
      <PublishingStatus>02</PublishingStatus>
      <PublishingDate><PublishingDateRole>02</PublishingDateRole><Date dateformat="00">20270210</Date></PublishingDate>
      <PublishingDate><PublishingDateRole>01</PublishingDateRole><Date>20270209</Date></PublishingDate>
    </PublishingDetail>
    <RelatedMaterial><RelatedProduct>
      <ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>9780132350884</IDValue></ProductIdentifier>
    </RelatedProduct></RelatedMaterial>
    <ProductSupply><SupplyDetail><Price><PriceType>01</PriceType><PriceAmount>16.99</PriceAmount><CurrencyCode>USD</CurrencyCode></Price></SupplyDetail></ProductSupply>
  </Product>
</ONIXMessage>
"#;

    fn in_short_tags() -> String {
        let mut text = REFERENCE.to_owned();
        for (short, long) in SHORT_TAGS {
            for (before, after) in [("<", ">"), ("</", ">"), ("<", " ")] {
                text = text.replace(
                    &format!("{before}{long}{after}"),
                    &format!("{before}{short}{after}"),
                );
            }
        }
        text
    }

    #[test]
    fn both_kinds_of_names_read_alike() {
        let mut expected = read(REFERENCE).unwrap();
        let row = &expected.rows[0];
        let value = |field| row.values.get(&field).map(String::as_str);
        assert_eq!(row.line, 4);
        assert_eq!(value(Field::Isbn), Some("9781944098117"));
        assert_eq!(value(Field::Title), Some("The Salt & the Roads"));
        assert_eq!(value(Field::Author), Some("Jane Roe"));
        assert_eq!(value(Field::Format), Some("BC"));
        assert_eq!(value(Field::PublicationDate), Some("20270209"));
        assert_eq!(value(Field::OnSaleDate), Some("20270210"));
        assert_eq!(value(Field::Status), Some("02"));
        assert_eq!(value(Field::Price), Some("16.99 USD"));
        assert_eq!(value(Field::Imprint), Some("Lamplight Editions"));
        assert_eq!(expected.rows.len(), 1);
        assert_eq!(expected.troubles, []);
        expected.understood = vec!["ONIX 3.0, short tags.".to_owned()];
        assert_eq!(read(&in_short_tags()).unwrap(), expected);
    }

    #[test]
    fn a_file_that_was_cut_off_or_is_broken_says_where() {
        let cut = &REFERENCE[..REFERENCE.find("<PublishingDetail>").unwrap()];
        let list = read(cut).unwrap();
        assert_eq!(list.rows, []);
        assert!(list.troubles[0].message.contains("cut off"), "{list:?}");
        let broken = REFERENCE.replace("</ProductForm>", "</Product>");
        let list = read(&broken).unwrap();
        assert_eq!(list.troubles[0].line, 9, "{list:?}");
        let entity = REFERENCE.replace("&amp;", "&copy;");
        let list = read(&entity).unwrap();
        assert!(list.troubles[0].message.contains("&copy;"), "{list:?}");
    }

    #[test]
    fn another_version_is_refused_by_its_number() {
        let old = REFERENCE.replace("release=\"3.0\"", "release=\"2.1\"");
        assert_eq!(read(&old), Err(ImportError::OnixVersion("2.1".to_owned())));
    }
}
