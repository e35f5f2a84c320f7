//! Lists as people bring them: every file of `fixtures/lists` beside what must come of it; any bytes,
//! and files that are made to take all the memory or all the time there is.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use pubwatch::book::{Distribution, StoreId};
use pubwatch::config::edit::{Entry, with_entries};
use pubwatch::config::import::{self, Built, Defaults, How, Market, Report};

use crate::home::{Home, isbn};

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/lists")
}

fn defaults() -> Defaults {
    Defaults {
        stores: ["amazon.com", "barnesandnoble.com", "bookshop.org"]
            .map(StoreId::new)
            .to_vec(),
        own: Vec::new(),
        distribution: Distribution::IngramSpark,
        enabled: None,
        amazon_switch: false,
        order: None,
    }
}

fn how() -> How {
    How {
        markets: vec![Market {
            country: "US".to_owned(),
            currency: "USD",
        }],
        ..How::default()
    }
}

pub(crate) fn read(bytes: &[u8]) -> Result<(Report, Built), String> {
    let list = import::read(bytes, &how()).map_err(|error| error.to_string())?;
    let built = import::build(&list, &[], &defaults());
    Ok((Report::of(&list, &built, false), built))
}

/// All that is told of a list, line by line.
fn told(bytes: &[u8]) -> String {
    let report = match read(bytes) {
        Ok((report, _)) => report,
        Err(why) => return format!("refused: {why}"),
    };
    let mut text = format!("{}\n", report.kind);
    for line in &report.understood {
        writeln!(text, "{line}").unwrap();
    }
    for column in &report.columns {
        let tells = column.tells.as_deref().unwrap_or("-");
        writeln!(text, "  {} = {tells}", column.name).unwrap();
    }
    for one in &report.editions {
        let rest = [&one.author, &one.list_price, &one.imprint];
        let rest = rest.map(|value| value.as_deref().unwrap_or("-")).join(", ");
        let dates = if one.on_sale_date == one.publication_date {
            one.publication_date.to_string()
        } else {
            format!("{} (on sale {})", one.publication_date, one.on_sale_date)
        };
        let stores: Vec<&str> = one.stores.iter().map(StoreId::as_str).collect();
        let stores = stores.join("+");
        let (line, isbn, title) = (one.line, &one.id, &one.title);
        writeln!(
            text,
            "{line}: {isbn} “{title}”, {}, {dates}, {rest}, {}, at {stores}",
            one.format.name(),
            one.distribution.name()
        )
        .unwrap();
        if let Some(asin) = &one.asin {
            writeln!(text, "    ASIN {asin}").unwrap();
        }
        for address in one.addresses.values() {
            writeln!(text, "    {address}").unwrap();
        }
    }
    for (mark, lines) in [
        ("x", &report.left_out),
        ("-", &report.notes),
        ("!", &report.wrong),
    ] {
        for one in lines {
            let record = one.record.as_ref().map(|record| format!(" {record}"));
            let record = record.unwrap_or_default();
            writeln!(text, "{mark} {}{record}: {}", one.line, one.message).unwrap();
        }
    }
    text
}

#[test]
fn every_list_gives_what_stands_beside_it() {
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut lists = 0;
    for name in &names {
        if let Some(list) = name.strip_suffix(".snap") {
            assert!(names.iter().any(|one| one == list), "{name} is of no list");
            continue;
        }
        let bytes = fs::read(folder().join(name)).unwrap();
        settings.bind(|| insta::assert_snapshot!(name.as_str(), told(&bytes)));
        lists += 1;
    }
    assert!(40 <= lists, "{lists}");
}

/// Pieces of lists, so that random ones get past the first rule.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let words = [
        "ISBN,Title,Pub Date\n",
        "ISBN;Titel;Preis\r",
        "9781944098117",
        "0132350882",
        ",",
        ";",
        "\t",
        "\n",
        "\"",
        "'",
        "09/02/2027",
        "46427",
        "16,99 €",
        "9.78194E+12",
        "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?>",
        "<ONIXMessage release=\"3.0\">",
        "<ONIXmessage>",
        "<Product>",
        "</Product>",
        "<product>",
        "</product>",
        "<TitleDetail>",
        "<TitleElement>",
        "<TitleText>",
        "</TitleText>",
        "&eacute;",
        "&unknown;",
        "&#0;",
        "<!--",
        "<![CDATA[",
        "]]>",
        "<!DOCTYPE x [<!ENTITY a \"&a;\">]>",
        "</ONIXMessage>",
        "\u{feff}",
        "\0",
        "PK\u{3}\u{4}",
        "sep=",
        "https://amzn.to/x",
    ];
    prop_oneof![
        proptest::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 0..20),
    ]
}

/// The fixtures, to be damaged.
fn fixtures() -> Vec<Vec<u8>> {
    let files = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_none_or(|one| one != "snap"));
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    files.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// What an import writes into.
const CONFIGURATION: &str =
    "[author]\nname = \"J\"\nemail = \"j@example.com\"\ntimezone = \"UTC\"\n";

/// Whatever it is, it ends in a report or a refusal; nothing that is to be written is half-read, and
/// the configuration with it is right.
fn ends_in_a_report(bytes: &[u8]) {
    let Ok((report, built)) = read(bytes) else {
        return;
    };
    serde_json::to_string(&report).unwrap();
    for (_, entry) in &built.entries {
        assert!(!entry.edition.title.is_empty() && !entry.edition.title.contains('\u{fffd}'));
        assert!(!entry.stores.is_empty());
    }
    let entries: Vec<Entry> = built.entries.into_iter().map(|(_, entry)| entry).collect();
    let text = with_entries(CONFIGURATION, &entries).unwrap();
    let today = jiff::civil::date(2026, 12, 1);
    let (plan, _) = pubwatch::config::check(&text, "pubwatch.toml", today)
        .unwrap_or_else(|problems| panic!("{problems:?}\n{text}"));
    let written: Vec<_> = plan.editions.iter().map(|one| &one.edition).collect();
    let meant: Vec<_> = entries.iter().map(|one| &one.edition).collect();
    assert_eq!(written, meant);
}

/// A workbook in which one of its files is damaged; what packs it is whole.
pub(crate) fn repacked(book: &[u8], change: impl Fn(usize, Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    use std::io::{Read as _, Write as _};
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(name, options).unwrap();
        writer.write_all(&change(index, bytes)).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The text of a list in another encoding of those that files come in.
fn encoded(text: &str, label: &str) -> Vec<u8> {
    if let Some(end) = label.strip_prefix("UTF-16") {
        let units = format!("\u{feff}{text}").encode_utf16().collect::<Vec<_>>();
        let bytes = |unit: u16| {
            if end == "LE" {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            }
        };
        return units.into_iter().flat_map(bytes).collect();
    }
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
    encoding.encode(text).0.into_owned()
}

/// Encodings that ONIX files come in.
const ENCODINGS: [&str; 10] = [
    "UTF-8",
    "UTF-16LE",
    "UTF-16BE",
    "ISO-8859-1",
    "ISO-8859-2",
    "windows-1252",
    "Shift_JIS",
    "GBK",
    "EUC-KR",
    "KOI8-R",
];

#[test]
fn an_address_with_a_control_character_ends_in_a_report() {
    let list = "ISBN,Title,Pub Date,Addresses\n\
                9798896757733,Salt Roads,2027-02-09,https://www.amazon.com/dp/B0EXAMPLE1?a=\u{7}\n";
    ends_in_a_report(list.as_bytes());
    let said = told(list.as_bytes());
    assert!(said.contains("- 2: the address `https"), "{said}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_end_in_a_report(pieces in proptest::collection::vec(piece(), 0..40)) {
        ends_in_a_report(&pieces.concat());
    }

    #[test]
    fn a_workbook_with_damage_in_it_ends_in_a_report(
        is_excel in any::<bool>(),
        which in any::<usize>(),
        at in any::<proptest::sample::Index>(),
        cut in 0..200_usize,
        piece in piece(),
    ) {
        let name = if is_excel { "workbook.xlsx" } else { "workbook.ods" };
        let book = fs::read(folder().join(name)).unwrap();
        let files = zip::ZipArchive::new(std::io::Cursor::new(&book)).unwrap().len();
        ends_in_a_report(&repacked(&book, |index, mut bytes| {
            if index == which % files && !bytes.is_empty() {
                let from = at.index(bytes.len());
                let to = (from + cut).min(bytes.len());
                bytes.splice(from..to, piece.iter().copied());
            }
            bytes
        }));
    }

    #[test]
    fn an_onix_message_in_any_encoding_ends_in_a_report(
        label in proptest::sample::select(ENCODINGS.to_vec()),
        declared in proptest::sample::select(ENCODINGS.to_vec()),
        at in any::<proptest::sample::Index>(),
        piece in piece(),
    ) {
        let text = fs::read_to_string(folder().join("onix-reference.xml")).unwrap();
        let (_, rest) = text.split_once("?>").unwrap();
        let text = format!("<?xml version=\"1.0\" encoding=\"{declared}\"?>{rest}");
        let mut bytes = encoded(&text, label);
        let at = at.index(bytes.len());
        bytes.splice(at..at, piece);
        ends_in_a_report(&bytes);
    }

    #[test]
    fn a_damaged_list_ends_in_a_report(
        which in any::<proptest::sample::Index>(),
        at in any::<proptest::sample::Index>(),
        piece in piece(),
        cut in any::<bool>(),
    ) {
        let lists = fixtures();
        let list = which.get(&lists);
        let (before, after) = list.split_at(at.index(list.len()));
        let after = if cut { &[][..] } else { after };
        ends_in_a_report(&[before, &piece, after].concat());
    }
}

/// Reads a file with the built program, within so many MB of address space and a minute of the
/// processor's time, which do not depend on what else the machine does; gives what it says.
fn within(megabytes: usize, home: &Home, file: &str) -> String {
    let output = Command::new("sh")
        .args(["-c", "ulimit -v \"$0\" && ulimit -t 60 && exec \"$@\""])
        .arg((megabytes << 10).to_string())
        .args([env!("CARGO_BIN_EXE_pubwatch"), "import", file])
        .env_clear()
        .env("PUBWATCH_CONFIG", home.path("pubwatch.toml"))
        .current_dir(home.0.path())
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    let is_ended = output.status.code().is_some_and(|code| code < 100);
    assert!(is_ended, "{file}: {} {said}", output.status);
    said
}

/// An opening, and a piece again and again, until there are so many bytes.
fn fill(opening: &str, piece: &str, size: usize) -> Vec<u8> {
    let mut text = opening.to_owned();
    text.reserve(size + piece.len());
    while text.len() < size {
        text.push_str(piece);
    }
    text.into_bytes()
}

#[cfg(target_os = "linux")]
#[test]
fn files_of_200_megabytes_are_bounded_in_memory_and_time() {
    const SIZE: usize = 200 << 20;
    let home = Home::with_configuration();
    let before = home.config();
    let head = "<ONIXMessage release=\"3.0\">";
    let one = format!("{head}<Product>");
    let product = format!(
        "<Product><RecordReference>r</RecordReference><ProductIdentifier><ProductIDType>15\
         </ProductIDType><IDValue>{}</IDValue></ProductIdentifier><CollateralDetail><TextContent>\
         <Text>{}</Text></TextContent></CollateralDetail></Product>\n",
        isbn(1),
        "sea ".repeat(2500)
    );
    let (csv, row) = ("ISBN,Title,Pub Date\n", "9781944098117,Salt,2027-02-09\n");
    let files = [
        ("whole.xml", head, &*product, SIZE, "the title is missing"),
        (
            "elements.xml",
            &one,
            "<ProductIdentifier/>",
            SIZE,
            "cut off",
        ),
        ("open.xml", head, "<Product><!--", SIZE, "broken"),
        ("deep.xml", &one, "<a>", SIZE / 10, "cut off"),
        ("rows.csv", csv, row, SIZE, "too much for one list"),
        ("line.csv", csv, ",", SIZE, "more than a megabyte"),
    ];
    for (name, opening, piece, size, word) in files {
        fs::write(home.path(name), fill(opening, piece, size)).unwrap();
        let said = within(1000, &home, name);
        let shown: String = said.chars().take(3000).collect();
        assert!(said.contains(word), "{name}: {shown}");
        fs::remove_file(home.path(name)).unwrap();
    }
    assert_eq!(home.config(), before);
}

#[cfg(target_os = "linux")]
#[test]
fn files_that_grow_when_they_are_opened_or_are_larger_than_any_list_are_bounded() {
    let home = Home::with_configuration();
    let before = home.config();
    let laughs = fs::read(folder().join("onix-billion-laughs.xml")).unwrap();
    fs::write(home.path("laughs.xml"), laughs).unwrap();
    let said = within(200, &home, "laughs.xml");
    let is_named = said.contains("`&lol9;`") && said.contains("Harbour Lights");
    assert!(is_named, "{said}");
    fs::write(home.path("bomb.xlsx"), bomb("xl/sharedStrings.xml")).unwrap();
    fs::write(home.path("bomb.ods"), bomb("content.xml")).unwrap();
    for name in ["bomb.xlsx", "bomb.ods"] {
        let said = within(1000, &home, name);
        assert!(said.contains("unpacks to more than"), "{name}: {said}");
    }
    let large = fill("ISBN\n", "9781944098117\n", import::MOST_BYTES + 1);
    fs::write(home.path("large.csv"), large).unwrap();
    assert!(within(1000, &home, "large.csv").contains("split it"));
    assert_eq!(home.config(), before);
}

/// A small workbook that unpacks to half a gigabyte.
fn bomb(name: &str) -> Vec<u8> {
    use std::io::Write as _;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer.start_file(name, options).unwrap();
    for _ in 0..512 {
        writer.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
