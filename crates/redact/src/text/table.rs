//! Tables in text: rows of cells under heads that say what they hold.
//!
//! A head is read with the row that follows it: as many cells, apart by the same mark. Each cell below a head that names
//! something personal is taken out whole, if it can be that at all: a column of telephone numbers holds digits.

mod cell;
mod header;

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::find::Find;
use crate::text::table::cell::{Mark, can_be, cells};
use crate::text::table::header::{Head, is_label, look_up};

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

/// Finds the cells that stand under a head which names something personal, and adds them to `finds`.
pub(crate) fn find(text: &str, finds: &mut Vec<Find>) {
    let mut table: Option<Heads> = None;
    let mut strange = 0;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let row = line.trim_end_matches(['\n', '\r']);
        if let Some(heads) = heads(row) {
            table = Some(heads);
            strange = 0;
        } else if let Some(heads) = &table {
            if heads.read(row, start, finds) {
                strange = 0;
            } else {
                strange += 1;
            }
            if row.is_empty() || strange > STRANGE_ROWS_MAX {
                table = None;
            }
        }
        start += line.len();
    }
}

/// The heads that a line holds: labels only, at least one of which names something personal.
fn heads(line: &str) -> Option<Heads> {
    if line.len() > HEADS_BYTES_MAX {
        return None;
    }
    let mark = Mark::of(line)?;
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

impl Heads {
    /// Adds the cells of a row, and says whether it was one.
    fn read(&self, row: &str, start: usize, finds: &mut Vec<Find>) -> bool {
        if row.len() > LINE_BYTES_MAX {
            return false;
        }
        let cells = cells(row, self.mark);
        if cells.len() != self.columns.len() {
            return false;
        }
        let personal = cells.into_iter().zip(&self.columns).filter_map(|(cell, head)| Some((cell, (*head)?)));
        finds.extend(personal.filter_map(|(cell, head)| {
            let text = row.get(cell.clone())?;
            let range: Range<usize> = cell.start + start..cell.end + start;
            can_be(text, head.kind).then_some(Find { range, kind: head.kind, rule: RULE })
        }));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let mut finds = Vec::new();
        find(text, &mut finds);
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
    fn a_table_ends_where_its_shape_does() {
        let text = "dob;phone\n1990;555 0100 22\n\na;555 0100 23";
        assert_eq!(found(text), ["1990", "555 0100 22"]);
    }
}
