//! Spellings that look the same: zero-width characters, full-width and mathematical letters, digits of other scripts, and
//! letters of other alphabets inside a Latin word. They are read as what they look like; finds point at what was written.

use crate::text::find::Find;

/// Longest piece that is folded at once, in bytes.
const PIECE_BYTES_MAX: usize = 16 * 1024;
/// What two pieces of a line have in common, in bytes: more than a rule reaches, in characters of four bytes, so that what lies across
/// the end of one lies whole in the next.
const SHARED_BYTES: usize = 6 * 1024;

/// A piece of a text as it looks.
pub(crate) struct Folded {
    text: String,
    /// For each byte of `text`: where the character that it stands for begins and ends in the original.
    origins: Vec<(usize, usize)>,
}

impl Folded {
    fn new(piece: &str, base: usize) -> Self {
        let mut folded = Self { text: String::with_capacity(piece.len()), origins: Vec::new() };
        let mut beside_latin = false;
        for (at, c) in piece.char_indices() {
            let may_look_latin = || latin_look(c).is_some();
            let is_beside =
                beside_latin || may_look_latin() && goes_on_latin(piece.get(at..).unwrap_or_default());
            let Some(looks) = looks_like(c, is_beside) else { continue };
            beside_latin = looks.is_ascii_alphanumeric();
            folded.text.push(looks);
            let origin = (base + at, base + at + c.len_utf8());
            folded.origins.extend(std::iter::repeat_n(origin, looks.len_utf8()));
        }
        folded
    }

    /// The piece as it looks.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// A find in `text` as a find in the original.
    pub(crate) fn unfolded(&self, find: &Find) -> Option<Find> {
        let (start, _) = *self.origins.get(find.range.start)?;
        let (_, end) = *self.origins.get(find.range.end.checked_sub(1)?)?;
        (start < end).then_some(Find { range: start..end, ..find.clone() })
    }
}

/// A text as it looks.
pub(crate) fn as_it_looks(text: &str) -> String {
    Folded::new(text, 0).text
}

/// Calls `see` with every line of `text`, cut where it is very long, that looks like something else than it is.
pub(crate) fn each_folded(text: &str, mut see: impl FnMut(&Folded)) {
    if text.is_ascii() {
        return;
    }
    let mut base = 0;
    for line in text.split_inclusive('\n') {
        if !line.is_ascii() && line.chars().any(is_disguise) {
            each_piece(line, |at, piece| see(&Folded::new(piece, base + at)));
        }
        base += line.len();
    }
}

fn each_piece(line: &str, mut see: impl FnMut(usize, &str)) {
    let mut start = 0;
    loop {
        let end = line.floor_char_boundary(start + PIECE_BYTES_MAX);
        see(start, line.get(start..end).unwrap_or_default());
        if end == line.len() {
            return;
        }
        start = line.floor_char_boundary(end - SHARED_BYTES);
    }
}

/// Whether a character cannot be seen, or is a mark on the one before it: a line through it or a frame around it too.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{20d0}'..='\u{20f0}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e01ef}')
}

/// Whether a character may be there to look like another. Accented letters are told first: none of them is, and lines in
/// many languages hold them.
fn is_disguise(c: char) -> bool {
    const ACCENTED_BEFORE: char = '\u{300}';
    if c < ACCENTED_BEFORE {
        return c == '\u{ad}';
    }
    is_invisible(c) || sure_look(c).is_some() || latin_look(c).is_some()
}

/// What `c` looks like; nothing where it cannot be seen.
fn looks_like(c: char, beside_latin: bool) -> Option<char> {
    if c.is_ascii() {
        return Some(c);
    }
    if is_invisible(c) {
        return None;
    }
    let latin = if beside_latin { latin_look(c) } else { None };
    Some(sure_look(c).or(latin).unwrap_or(c))
}

/// Characters that are forms of an ASCII character wherever they stand.
fn sure_look(c: char) -> Option<char> {
    let code = u32::from(c);
    let from = |first: u32, ascii: char| char::from_u32(u32::from(ascii) + (code - first));
    match code {
        0xff01..=0xff5e => from(0xff01, '!'),
        0x3000 | 0x2000..=0x200a | 0x205f => Some(' '),
        0x2011..=0x2012 | 0x2212 | 0xfe63 => Some('-'),
        0xfe52 | 0x2024 | 0x3002 => Some('.'),
        0xfe6b => Some('@'),
        0x660..=0x669 => from(0x660, '0'),
        0x6f0..=0x6f9 => from(0x6f0, '0'),
        0x966..=0x96f => from(0x966, '0'),
        0x1_d7ce..=0x1_d7ff => char::from_u32(u32::from('0') + (code - 0x1_d7ce) % 10),
        0x1_d400..=0x1_d6a3 => mathematical(code),
        0x24b6..=0x24cf => from(0x24b6, 'A'),
        0x24d0..=0x24e9 => from(0x24d0, 'a'),
        _ => None,
    }
}

/// Mathematical alphabets: capitals, then small letters, thirteen times over.
fn mathematical(code: u32) -> Option<char> {
    let place = (code - 0x1_d400) % 52;
    let first = if place < 26 { u32::from('A') } else { u32::from('a') - 26 };
    char::from_u32(first + place)
}

/// Whether a Latin letter or a digit follows the letters at the begin of `text` that look Latin, soon.
fn goes_on_latin(text: &str) -> bool {
    const LETTERS_MAX: usize = 8;
    let mut next =
        text.chars().take(LETTERS_MAX).skip_while(|c| is_invisible(*c) || latin_look(*c).is_some());
    next.next().and_then(sure_look_or_itself).is_some_and(|c| c.is_ascii_alphanumeric())
}

/// What a character looks like wherever it stands.
fn sure_look_or_itself(c: char) -> Option<char> {
    if c.is_ascii() { Some(c) } else { sure_look(c) }
}

/// Letters of the Cyrillic and the Greek alphabet that look Latin, if a Latin letter stands beside them.
fn latin_look(c: char) -> Option<char> {
    const LOOKS: &[(char, char)] = &[
        ('а', 'a'),
        ('е', 'e'),
        ('о', 'o'),
        ('р', 'p'),
        ('с', 'c'),
        ('у', 'y'),
        ('х', 'x'),
        ('і', 'i'),
        ('ј', 'j'),
        ('ѕ', 's'),
        ('һ', 'h'),
        ('ԁ', 'd'),
        ('А', 'A'),
        ('В', 'B'),
        ('Е', 'E'),
        ('К', 'K'),
        ('М', 'M'),
        ('Н', 'H'),
        ('О', 'O'),
        ('Р', 'P'),
        ('С', 'C'),
        ('Т', 'T'),
        ('Х', 'X'),
        ('ο', 'o'),
        ('α', 'a'),
        ('ν', 'v'),
        ('ι', 'i'),
    ];
    LOOKS.iter().find(|(letter, _)| *letter == c).map(|(_, looks)| *looks)
}

#[cfg(test)]
mod tests {
    use candor_model::FindingKind;

    use super::*;

    fn folded(text: &str) -> Vec<String> {
        let mut seen = Vec::new();
        each_folded(text, |folded| seen.push(folded.text().to_owned()));
        seen
    }

    #[test]
    fn what_looks_like_ascii_is_read_as_ascii() {
        assert_eq!(folded("４１１１ ab\nplain"), ["4111 ab\n"]);
        assert_eq!(folded("da\u{200b}na＠mаil.example"), ["dana@mail.example"]);
        assert_eq!(folded("𝟒𝟏 𝐀𝐛"), ["41 Ab"]);
        assert_eq!(folded("da\u{ad}na\nda\u{34f}na"), ["dana\n", "dana"]);
        assert_eq!(folded("\u{410}\u{41a}\u{200b}IA \u{435}\u{445}７"), ["AKIA ex7"]);
        assert_eq!(folded("4\u{336}1\u{332} 1\u{fe0f}\u{20e3}\u{61c}"), ["41 1"]);
    }

    #[test]
    fn what_lies_across_the_end_of_a_piece_lies_whole_in_the_next() {
        let card = "４１１１ １１１１ １１１１ １１１１";
        for before in PIECE_BYTES_MAX - card.len()..PIECE_BYTES_MAX {
            let line = format!("{}{card}, {}", "-".repeat(before), "é".repeat(PIECE_BYTES_MAX));
            assert!(folded(&line).iter().any(|piece| piece.contains("4111 1111 1111 1111")), "{before}");
        }
    }

    #[test]
    fn other_languages_are_left_alone() {
        assert_eq!(folded("Привет, мир: überall, naïve, 東京"), ["Привет, мир: überall, naïve, 東京"]);
        assert!(folded("überall, naïve").is_empty());
    }

    #[test]
    fn finds_point_at_what_was_written() {
        let mut back = None;
        each_folded("x ４\u{200b}１ y", |folded| {
            let at = folded.text().find("41").unwrap();
            back = folded.unfolded(&Find { range: at..at + 2, kind: FindingKind::Id, rule: "r" });
        });
        assert_eq!(back.unwrap().range, 2..11);
    }
}
