//! Tables in text: rows of cells under heads that say what they hold.
//!
//! A head is read with the row that follows it: as many cells, apart by the same mark. Each cell below a head that names
//! something personal is taken out whole, if it can be that at all: a column of telephone numbers holds digits.

mod cell;
mod header;

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::find::Find;
use crate::text::table::cell::{CELL_ENDS, Mark, cells, parts};
use crate::text::table::header::{HEAD_BYTES_MAX, Head, is_label, look_up};

/// Name in reports.
pub(crate) const RULE: &str = "table.column";

/// Longest line that is read as a row in bytes.
const LINE_BYTES_MAX: usize = 16 * 1024;
/// Longest line that is read as heads in bytes.
const HEADS_BYTES_MAX: usize = 2048;
/// How many rows of another shape may stand in a table before it ends: a name with a comma in it.
const STRANGE_ROWS_MAX: usize = 2;

/// The heads of a table.
struct Heads {
    mark: Mark,
    /// By column; none where the head says nothing.
    columns: Vec<Option<Head>>,
}

/// Finds the cells that stand under a head which names something personal, and adds them to `finds`. `open` is the line of
/// heads of a table that began before `text`.
pub(crate) fn find(text: &str, open: Option<&str>, finds: &mut Vec<Find>) {
    walk(text, open, |heads, row, start| heads.read(row, start, finds));
}

/// The line of heads of the table in which `text` ends, if it ends in one.
pub(crate) fn open_at_end<'a>(text: &'a str, open: Option<&'a str>) -> Option<&'a str> {
    walk(text, open, |heads, row, _| heads.cells(row).is_some())
}

/// Shows `see` every line below heads, and where it begins; `see` says whether it is a row.
fn walk<'a>(
    text: &'a str,
    open: Option<&'a str>,
    mut see: impl FnMut(&Heads, &str, usize) -> bool,
) -> Option<&'a str> {
    let mut table = open.and_then(|line| Some((heads(line)?, line)));
    let (mut strange, mut start, mut long_end) = (0, 0, 0);
    for line in text.split_inclusive('\n') {
        let row = line.trim_end_matches(['\n', '\r']);
        if let Some(heads) = heads(row) {
            table = Some((heads, row));
            strange = 0;
        } else if let Some((heads, _)) = &table {
            let mut is_row = see(heads, row, start);
            // Its lines are read as rows too: a quote may be one of a sentence, or a mark of inches.
            if let Some(long) = heads.row_over_lines(text, start).filter(|_| start >= long_end) {
                is_row |= see(heads, long, start);
                long_end = start + long.len();
            }
            strange = if is_row || start < long_end { 0 } else { strange + 1 };
            if start >= long_end && (row.is_empty() || strange > STRANGE_ROWS_MAX) {
                table = None;
            }
        }
        start += line.len();
    }
    table.map(|(_, line)| line)
}

/// The heads that a line holds: labels only, at least one of which names something personal.
fn heads(line: &str) -> Option<Heads> {
    if line.len() > HEADS_BYTES_MAX || begins_like_a_sentence(line) {
        return None;
    }
    let mark = Mark::of(line)?;
    if first_cell(line, mark).is_some_and(|cell| !is_label(cell)) {
        return None;
    }
    let cells = cells(line, mark);
    let texts: Vec<&str> = cells.iter().map(|cell| line.get(cell.clone()).unwrap_or_default()).collect();
    if texts.len() < 2 || !texts.iter().all(|text| text.is_empty() || is_label(text)) {
        return None;
    }
    let columns: Vec<Option<Head>> = texts.iter().map(|text| look_up(text)).collect();
    let known = columns.iter().flatten().count();
    let alone = columns.iter().flatten().any(|head| head.alone);
    let personal = alone || columns.iter().flatten().any(|head| head.kind == FindingKind::Email);
    // A sentence with commas may hold one such word; a row of heads is mostly known, or set apart by more than commas.
    let is_heads = personal && (known >= 2 || mark.is_strong());
    is_heads.then_some(Heads { mark, columns })
}

/// Whether a line begins with more than a head holds before anything that could end a cell: told by its first bytes.
fn begins_like_a_sentence(line: &str) -> bool {
    let Some(begin) = line.as_bytes().get(..=HEAD_BYTES_MAX) else { return false };
    let may_end =
        |two: &[u8]| matches!(two, [b'\t' | b';' | b'|' | b',' | b'"' | b'\'' | 0x80.., _] | [b' ', b' ']);
    begin.first().is_some_and(u8::is_ascii_alphanumeric)
        && begin.last().is_some_and(u8::is_ascii_alphanumeric)
        && !begin.windows(2).any(may_end)
}

/// The first cell of a line, where it is told without cutting the line up and holds something: most lines are no heads, and
/// show it there.
fn first_cell(line: &str, mark: Mark) -> Option<&str> {
    let end = match mark {
        Mark::Char(byte) => line.bytes().position(|b| b == byte),
        Mark::Spaces => line.find("  "),
    };
    let cell = line.get(..end?)?.trim_matches(CELL_ENDS);
    (!cell.is_empty() && !cell.contains('"')).then_some(cell)
}

impl Heads {
    /// The cells of a line, if it is a row of the table.
    fn cells(&self, row: &str) -> Option<Vec<Range<usize>>> {
        let cells = (row.len() <= LINE_BYTES_MAX).then(|| cells(row, self.mark))?;
        (cells.len() == self.columns.len()).then_some(cells)
    }

    /// The row that begins at `start` of `text`, if one of its cells is in quotes and runs over lines.
    fn row_over_lines<'a>(&self, text: &'a str, start: usize) -> Option<&'a str> {
        let text = text.get(start..).filter(|_| self.mark != Mark::Spaces)?;
        let (mut end, mut quotes) = (0, 0);
        for line in text.split_inclusive('\n') {
            end += line.len();
            quotes += line.bytes().filter(|byte| *byte == b'"').count();
            if quotes.is_multiple_of(2) || end > LINE_BYTES_MAX {
                break;
            }
        }
        let row = text.get(..end)?.trim_end_matches(['\n', '\r']);
        (row.contains('\n') && quotes.is_multiple_of(2) && self.cells(row).is_some()).then_some(row)
    }

    /// Adds the cells of a row, and says whether it was one.
    fn read(&self, row: &str, start: usize, finds: &mut Vec<Find>) -> bool {
        let Some(cells) = self.cells(row) else { return false };
        let personal = cells.into_iter().zip(&self.columns).filter_map(|(cell, head)| Some((cell, (*head)?)));
        finds.extend(personal.flat_map(|(cell, head)| {
            let parts = parts(row, cell, head.kind).into_iter();
            parts.map(move |part| Find {
                range: part.start + start..part.end + start,
                kind: head.kind,
                rule: RULE,
            })
        }));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let mut finds = Vec::new();
        find(text, None, &mut finds);
        finds.into_iter().map(|f| text.get(f.range).unwrap()).collect()
    }

    #[test]
    fn cells_below_a_personal_head_are_found() {
        assert_eq!(
            found("employee_id,name,dob\nE51119,Anmol Sarin,16-05-1990\n"),
            ["E51119", "Anmol Sarin", "16-05-1990"]
        );
        assert_eq!(
            found("Nome;Cidade;Telefone\nLiz Costa;Maceió;99630 8651"),
            ["Liz Costa", "Maceió", "99630 8651"]
        );
        assert_eq!(found("email,token\na@b.example,f69aa0a2a807bb8b"), ["f69aa0a2a807bb8b"]);
        assert_eq!(found("Kunde     Telefon\nKlose     030 1234"), ["Klose", "030 1234"]);
        assert_eq!(found("| Name | Phone |\n|---|---|\n| Bo | 555 0100 |"), ["Bo", "555 0100"]);
        assert_eq!(
            found("account,iban,owner\n56381579,IE3499,\"Lund, Dana\""),
            ["56381579", "IE3499", "Lund, Dana"]
        );
    }

    #[test]
    fn a_cell_in_quotes_may_run_over_lines() {
        let text = "employee_id,name,note,phone\n\
                    71001,\"Lund,\n Dana\",\"one\n\ntwo\nthree\nfour\",555 0100 22\n\
                    71002,Bo Ek,\"said \"\"no\"\"\nand left\",555 0100 23\n\
                    71003,\"Al Ek\nRoom 12\",x,555 0100 24";
        assert_eq!(
            found(text),
            [
                "71001",
                "Lund,\n Dana",
                "555 0100 22",
                "71002",
                "Bo Ek",
                "555 0100 23",
                "71003",
                "Al Ek",
                "555 0100 24"
            ]
        );
        assert_eq!(open_at_end(text, None), Some("employee_id,name,note,phone"));
    }

    #[test]
    fn a_quote_that_is_none_hides_no_row() {
        // What the marks of inches hold between them has as many cells as a row, and is three rows.
        let text =
            "employee_id;pipe;name\n7101;5\" long;Bo Ek\n7102;rod;Al Ek\n7103;3\" long;Cy Ek\n7104;rod;Di Ek";
        let found = found(text);
        assert!(["7102", "Al Ek", "7104", "Di Ek"].iter().all(|cell| found.contains(cell)), "{found:?}");
    }

    #[test]
    fn other_tables_and_sentences_are_passed_by() {
        for text in [
            "NAME   READY   STATUS   AGE\nweb-1   1/1   Running   3d",
            "file,size,modified\nname.txt,12,2026-01-01",
            "Hello, phone, and so on\nwell, yes, it is",
            "name,version\nserde,1.0.1",
            "phone, fax\nare both gone, they said, long ago",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_table_goes_on_in_the_next_piece_of_a_text() {
        let open = open_at_end("name;phone\nBo;1\n", None);
        assert_eq!(open, Some("name;phone"));
        assert_eq!(open_at_end("Ed;555 0100\n", open), open);
        let mut finds = Vec::new();
        find("Ed;555 0100\n", open, &mut finds);
        assert_eq!(finds.into_iter().map(|f| f.range).collect::<Vec<_>>(), [0..2, 3..11]);
        assert_eq!(open_at_end("\nand so on", open), None);
    }

    #[test]
    fn a_table_ends_where_its_shape_does() {
        let text = "dob;phone\n1990;555 0100 22\n\na;555 0100 23";
        assert_eq!(found(text), ["1990", "555 0100 22"]);
    }
}
