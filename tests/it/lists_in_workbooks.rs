//! Workbooks that have no end, or stand for more than any list: refused, and at once.

use std::fmt::Write as _;
use std::fs;

use crate::lists_as_they_come::{folder, read, repacked};

/// The `.ods` of the fixtures with this in the place of its first sheet's rows.
fn ods_with(sheet: &str) -> Vec<u8> {
    let book = fs::read(folder().join("workbook.ods")).unwrap();
    repacked(&book, |_, bytes| {
        let text = String::from_utf8(bytes).unwrap();
        match text.split_once("<table:table-row>") {
            Some((before, _)) => format!("{before}{sheet}").into_bytes(),
            None => text.into_bytes(),
        }
    })
}

#[test]
fn a_workbook_that_has_no_end_or_stands_for_too_much_is_refused_at_once() {
    let ends = "</table:table-cell></table:table-row></table:table></office:spreadsheet>\
                </office:body></office:document-content>";
    let row = "<table:table-row><table:table-cell office:value-type=\"string\"";
    let long = "sea ".repeat(250_000);
    let blanks = "<text:s text:c=\"100000000000\"/>";
    let (cut, grown) = ("ends in the middle of its content", "unpacks to more than");
    for (what, sheet, word) in [
        ("a sheet without an end", format!("{row}>"), cut),
        ("no sheet's end", format!("{row}/></table:table-row>"), cut),
        (
            "a remark without an end",
            format!("{row}><office:annotation>"),
            cut,
        ),
        (
            "an end of another",
            format!("{row}>{}", ends.replace("-cell", "-row")),
            "table-cell",
        ),
        (
            "blanks for ever",
            format!("{row}><text:p>{blanks}</text:p>{ends}"),
            grown,
        ),
        (
            "a long text in every column",
            format!("{row} table:number-columns-repeated=\"16384\">{long}{ends}"),
            grown,
        ),
        (
            "a long text in every row",
            format!(
                "{}>{long}{ends}",
                row.replace("-row", "-row table:number-rows-repeated=\"1000000\"")
            ),
            grown,
        ),
    ] {
        let why = read(&ods_with(&sheet)).err();
        let why = why.unwrap_or_else(|| panic!("{what} was read"));
        assert!(why.contains(word), "{what}: {why}");
    }
    // Blanks between rows that stand for every row of a sheet are nothing.
    let pretty = "<table:table-row>\n<table:table-cell office:value-type=\"string\">\
                  <text:p>ISBN</text:p></table:table-cell>\n</table:table-row>\n\
                  <table:table-row table:number-rows-repeated=\"1048575\">\n\
                  <table:table-cell table:number-columns-repeated=\"16384\"/>\n\
                  </table:table-row>\n</table:table></office:spreadsheet></office:body>\
                  </office:document-content>";
    let why = read(&ods_with(pretty)).err().unwrap_or_default();
    assert!(!why.contains(grown), "{why}");
}

#[test]
fn a_long_text_that_many_cells_of_excel_share_is_refused() {
    use std::io::Write as _;
    let book = fs::read(folder().join("workbook.xlsx")).unwrap();
    let cells = (1..=1000).fold(String::new(), |mut rows, row| {
        write!(
            rows,
            "<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>"
        )
        .unwrap();
        rows
    });
    let book = repacked(&book, |_, bytes| {
        let text = String::from_utf8(bytes).unwrap();
        match text.split_once("<sheetData>") {
            Some((before, _)) => {
                format!("{before}<sheetData>{cells}</sheetData></worksheet>").into_bytes()
            }
            None => text.into_bytes(),
        }
    });
    let mut writer = zip::ZipWriter::new_append(std::io::Cursor::new(book)).unwrap();
    let options = zip::write::SimpleFileOptions::default();
    writer.start_file("xl/sharedStrings.xml", options).unwrap();
    let shared = "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>";
    write!(writer, "{shared}{}</t></si></sst>", "sea ".repeat(100_000)).unwrap();
    let why = read(&writer.finish().unwrap().into_inner()).err().unwrap();
    assert!(why.contains("unpacks to more than"), "{why}");
}
